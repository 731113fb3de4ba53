//! Tickets of every kind, from msnpd.

use msnp::auth::sso;
use msnp::dialect::{MSNP8, MSNP12, MSNP13, MSNP15, MSNP18, Package};
use msnp::soap::rst::Form;
use msnp::types::OwnedSecret;
use msnp::wire::Direction;
use msnp_client::web::{
    AddressBook, ConnectTo, Error, Generation, Method, Services, Settings, Tickets, Trust, Web,
};

use crate::common::raw::Raw;
use crate::common::{PASSWORD, Running};
use crate::support::{ALICE, Bench, parameters, settings};

/// Each way to sign in, with the version of the protocol that it is of.
fn methods() -> [(&'static str, Method); 5] {
    let sso = |form| Method::SingleSignOn { form, policy: "MBI_KEY_OLD".to_owned() };
    [
        ("MSNP8", Method::Login { parameters: parameters() }),
        ("MSNP12", Method::Login { parameters: parameters() }),
        ("MSNP13", Method::Tokens { form: Form::RST, parameters: parameters() }),
        ("MSNP15", sso(Form::RST)),
        ("MSNP18", sso(Form::RST2)),
    ]
}

#[test]
fn every_version_gets_its_tickets_as_its_clients_did() {
    let dialects = [&MSNP8, &MSNP12, &MSNP13, &MSNP15, &MSNP18];
    for (dialect, (_, method)) in dialects.into_iter().zip(methods()) {
        let (package, text) = match method {
            Method::SingleSignOn { .. } => (Package::SingleSignOn, "MBI_KEY_OLD".to_owned()),
            _ => (Package::Tweener, parameters()),
        };
        assert_eq!(Method::of(dialect, package, &text), Some(method));
        assert_eq!(Method::of(dialect, Package::Md5, &text), None);
    }
}

#[tokio::test]
async fn the_notification_server_takes_every_kind_of_ticket() {
    let bench = Bench::new().await;
    for (dialect, method) in methods() {
        let tickets = bench.sign_in(ALICE, PASSWORD, method.clone()).await.unwrap();
        let shown = tickets.for_sign_in().await.unwrap();
        let hidden = format!("{tickets:?}{shown:?}");
        assert!(
            !hidden.contains("&p=") && !hidden.contains(shown.ticket.expose()) && !hidden.contains(PASSWORD),
            "{hidden}"
        );
        if let Some(secret) = shown.secret {
            let mut raw = Raw::connect(bench.running.addresses.msnp, Direction::FromNotification).await;
            raw.ask("VER", &format!("{dialect} CVR0")).await;
            let asked = raw.ask("USR", &format!("SSO I {ALICE}")).await;
            let nonce = asked.rsplit_once(' ').unwrap().1;
            let response = sso::respond(secret.expose(), nonce, [7; 8]);
            let place = if dialect == "MSNP18" { " {5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}" } else { "" };
            let said = format!("SSO S {} {response}{place}", shown.ticket.expose());
            let answer = raw.ask("USR", &said).await;
            assert!(answer.contains(" OK "), "{dialect}: {answer}");
        } else {
            Raw::sign_in(bench.running.addresses.msnp, dialect, ALICE, shown.ticket.expose()).await;
        }
        // And the address book takes what belongs to it, or the one that there is.
        let book = AddressBook::new(&bench.web, &tickets, Generation::Before2009);
        assert_eq!(book.lists(None).await.unwrap().owner.passport_name, ALICE);
    }
    bench.running.stop().await;
}

#[tokio::test]
async fn a_wrong_password_is_told_as_one() {
    let bench = Bench::new().await;
    for (_, method) in methods() {
        for (email, password) in [(ALICE, "hatter"), ("nobody@example.com", PASSWORD)] {
            let error = bench.sign_in(email, password, method.clone()).await.unwrap_err();
            assert!(matches!(error, Error::WrongPassword { .. }), "{error:?}");
            assert!(error.to_string().starts_with("wrong address or password"), "{error}");
            assert!(!error.to_string().contains("hatter"));
        }
    }
    bench.running.stop().await;
}

#[tokio::test]
async fn tickets_that_are_void_are_replaced() {
    let bench = Bench::new().await;
    for (_, method) in methods() {
        let tickets = bench.sign_in(ALICE, PASSWORD, method).await.unwrap();
        let book = AddressBook::new(&bench.web, &tickets, Generation::From2009);
        book.contacts(None).await.unwrap();
        // With the same password again: all tickets of before are void.
        let before = tickets.for_sign_in().await.unwrap();
        let id =
            bench.running.server.store.account_by_email(&ALICE.parse().unwrap()).await.unwrap().unwrap().id;
        let hash = msnpd::password::Hasher::new(1).hash(PASSWORD).await.unwrap();
        bench.running.server.store.set_password(id, hash, None).await.unwrap();
        book.contacts(None).await.unwrap();
        let after = tickets.for_sign_in().await.unwrap();
        assert_ne!(before, after, "what was in one answer is replaced as one");
    }
    bench.running.stop().await;
}

#[tokio::test]
async fn the_historical_names_lead_to_a_server_that_has_them() {
    let bench = Bench::new().await;
    let connect_to = ConnectTo { https: bench.running.addresses.https, http: bench.running.addresses.http };
    let settings = Settings { connect_to: Some(connect_to), ..settings(bench.dir.path()) };
    let web = Web::new(Services::historical(), settings).unwrap();
    for (_, method) in methods() {
        let tickets = Tickets::get(&web, ALICE, OwnedSecret::new(PASSWORD), method).await.unwrap();
        let book = AddressBook::new(&web, &tickets, Generation::From2009);
        // The second time by the name that the server prefers.
        for _ in 0..2 {
            assert_eq!(book.contacts(None).await.unwrap().ab.unwrap().info.owner_email, ALICE);
        }
    }
    bench.running.stop().await;
}

#[tokio::test]
async fn without_tls_only_if_that_is_said() {
    let bench = Bench::new().await;
    let base = format!("http://{}", bench.running.addresses.http);
    assert!(matches!(Services::at(&base), Err(Error::Plain { .. })));
    let web = Web::new(Services::at_without_tls(&base).unwrap(), Settings::default()).unwrap();
    for (_, method) in methods() {
        let tickets = Tickets::get(&web, ALICE, OwnedSecret::new(PASSWORD), method).await.unwrap();
        let book = AddressBook::new(&web, &tickets, Generation::From2009);
        book.contacts(None).await.unwrap();
        book.contacts(None).await.unwrap();
    }
    bench.running.stop().await;
}

#[tokio::test]
async fn who_is_not_trusted_or_not_there_is_named() {
    let bench = Bench::new().await;
    let services = bench.web.services().clone();
    let get = async |services: Services, trust: Trust| {
        let web = Web::new(services, Settings { trust, ..Settings::default() }).unwrap();
        let password = OwnedSecret::new(PASSWORD);
        Tickets::get(&web, ALICE, password, Method::single_sign_on("MBI")).await.unwrap_err().to_string()
    };
    for trust in [Trust::web(), Trust::nobody()] {
        let error = get(services.clone(), trust).await;
        assert!(error.contains("nobody who is trusted vouches") && error.contains("ca.pem"), "{error}");
    }
    // A name that the certificate is not for.
    let trust = || Trust::nobody().and_file(bench.dir.path().join("ca.pem")).unwrap();
    let port = bench.running.addresses.https.port();
    let other = Services::at(&format!("https://127.0.0.2:{port}")).unwrap();
    let settings = Settings {
        trust: trust(),
        connect_to: Some(ConnectTo {
            https: bench.running.addresses.https,
            http: bench.running.addresses.http,
        }),
        ..Settings::default()
    };
    let web = Web::new(other, settings).unwrap();
    let password = OwnedSecret::new(PASSWORD);
    let error = Tickets::get(&web, ALICE, password, Method::single_sign_on("MBI")).await.unwrap_err();
    assert!(error.to_string().contains("another name"), "{error}");
    // By its address it is known as well.
    let by_address = Services::at(&format!("https://127.0.0.1:{port}")).unwrap();
    let web = Web::new(by_address, Settings { trust: trust(), ..Settings::default() }).unwrap();
    Tickets::get(&web, ALICE, OwnedSecret::new(PASSWORD), Method::single_sign_on("MBI")).await.unwrap();
    // What speaks no TLS.
    let plain = Services::at(&format!("https://{}", bench.running.addresses.http)).unwrap();
    let error = get(plain, trust()).await;
    assert!(error.contains("TLS"), "{error}");
    let Bench { running, .. } = bench;
    Running::stop(running).await;
    let error = get(services.clone(), trust()).await;
    assert!(error.contains("can't be reached") && error.contains(&port.to_string()), "{error}");
}
