//! What clients are told of networks, over TCP.

use msnpd::federation::{Network, NotSaid};
use msnpd::store::Limits;

use crate::common::raw::{Raw, ticket};
use crate::common::{Running, add_accounts};
use crate::stage::*;

const TEXT: &str = "Content-Type: text/plain\r\n\r\nhi";

async fn uum(ns: &mut Raw, to: &str, kind: &str, payload: &str) -> String {
    let trid = ns.command_with("UUM", &format!("{to} 32 {kind} {}\r\n{payload}", payload.len())).await;
    answer(ns, trid).await
}

async fn fqy(ns: &mut Raw, asked: &str) -> String {
    let asked = format!("<ml><d n=\"yahoo.com\">{asked}</d></ml>");
    let trid = ns.command_with("FQY", &format!("{}\r\n{asked}", asked.len())).await;
    match answer(ns, trid).await {
        found if found.starts_with("FQY") => String::from_utf8(ns.payload.clone()).unwrap(),
        error => error,
    }
}

/// The answer to a request, without its transaction id.
async fn answer(ns: &mut Raw, trid: u32) -> String {
    let line = ns.until(|line| line.split(' ').nth(1) == Some(&trid.to_string())).await;
    line.replacen(&format!(" {trid}"), "", 1)
}

#[tokio::test]
async fn each_refusal_has_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let ids = add_accounts(dir.path(), &[ALICE, "both@yahoo.com"]).await;
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let running = Running::start_with(dir.path(), |options| {
        options.networks = vec![yahoo.clone() as std::sync::Arc<dyn Network>];
    })
    .await;
    let ticket = ticket(dir.path(), ids[0]);
    let mut ns = Raw::sign_in(running.addresses.msnp, "MSNP14", ALICE, &ticket).await;
    for kind in ["1", "2", "3"] {
        assert_eq!(uum(&mut ns, YOLANDA, kind, TEXT).await, "UUM OK");
    }
    assert_eq!(uum(&mut ns, YOLANDA, "4", TEXT).await, "201");
    assert_eq!(uum(&mut ns, "yolanda@nowhere.example", "1", TEXT).await, "204 0");
    assert_eq!(uum(&mut ns, YOLANDA, "1", &format!("{TEXT}{}", "x".repeat(1664))).await, "285");
    *yahoo.manner.lock() = Manner::Fails;
    for (refusal, number) in [
        (NotSaid::NotOnline, "217"),
        (NotSaid::Unroutable, "204 0"),
        (NotSaid::TooLong, "285"),
        (NotSaid::Failed, "508 0"),
        (NotSaid::Refused, "509 0"),
    ] {
        *yahoo.refusal.lock() = refusal;
        assert_eq!(uum(&mut ns, YOLANDA, "1", TEXT).await, number);
    }

    // On which network somebody is.
    let contact = |name: &str| format!("<c n=\"{name}\"/>");
    assert_eq!(fqy(&mut ns, &contact("yolanda")).await, "508 0", "who knows");
    *yahoo.manner.lock() = Manner::AtOnce;
    let told = |people: &str| format!("<ml><d n=\"yahoo.com\">{people}</d></ml>");
    assert_eq!(fqy(&mut ns, &contact("yolanda")).await, told("<c n=\"yolanda\" t=\"32\"/>"));
    assert_eq!(
        fqy(&mut ns, &contact("alias-yo")).await,
        told("<c n=\"alias-yo\" t=\"32\" actual=\"yo@yahoo.com.br\"/>")
    );
    assert_eq!(fqy(&mut ns, &contact("both")).await, told("<c n=\"both\" t=\"1\"/><c n=\"both\" t=\"32\"/>"));
    assert_eq!(fqy(&mut ns, &contact("nobody")).await, "208");
    let several = contact("nobody") + &contact("Yolanda");
    assert_eq!(fqy(&mut ns, &several).await, told("<c n=\"nobody\" t=\"0\"/><c n=\"Yolanda\" t=\"32\"/>"));
    *yahoo.manner.lock() = Manner::Fails;
    assert_eq!(
        fqy(&mut ns, &(contact("nobody") + &contact("both"))).await,
        told("<c n=\"nobody\" t=\"0\"/><c n=\"both\" t=\"1\"/>")
    );
    running.stop().await;
}

#[tokio::test]
async fn who_waits_for_a_network_hears_and_keeps_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let ids = add_accounts(dir.path(), &[ALICE, BOB]).await;
    let yahoo = Fake::new("yahoo.com", Manner::Never);
    let running = Running::start_with(dir.path(), |options| {
        options.networks = vec![yahoo.clone() as std::sync::Arc<dyn Network>];
    })
    .await;
    let tickets = [ticket(dir.path(), ids[0]), ticket(dir.path(), ids[1])];
    let store = &running.server.store;
    for (one, other) in [(ids[0], BOB), (ids[1], ALICE)] {
        store.add_contact(one, &email(other), None, None, Limits::CLASSIC).await.unwrap();
    }
    let mut alice = Raw::sign_in(running.addresses.msnp, "MSNP14", ALICE, &tickets[0]).await;
    let list = "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/></d></ml>";
    alice.command_with("ADL", &format!("{}\r\n{list}", list.len())).await;
    alice.ask("CHG", "NLN 0").await;
    let said = alice.command_with("UUM", &format!("{YOLANDA} 32 1 {}\r\n{TEXT}", TEXT.len())).await;
    yahoo.hears(&["say alice@example.com yolanda@yahoo.com"]).await;

    // She waits, and hears of Bob, who notices nothing.
    let mut bob = Raw::sign_in(running.addresses.msnp, "MSNP12", BOB, &tickets[1]).await;
    bob.ask("CHG", "BSY 0").await;
    alice.until(|line| line.starts_with("NLN BSY bob@example.com 1 ")).await;
    bob.settle().await;
    let is_answer = |line: &String| line.split(' ').nth(1) == Some(&said.to_string());
    assert!(!alice.heard.iter().any(is_answer), "{:?}", alice.heard);
}
