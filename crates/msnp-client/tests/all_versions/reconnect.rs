//! Connections that are lost, and sessions that end.

use msnp::dialect::{Dialect, MSNP8, MSNP11, MSNP16, MSNP18};
use msnp::flow::client::End;
use msnp_client::{Error, Event, Guid, Status};

use crate::person::Person;
use crate::service::{ALICE, BOB, Running};

/// The service goes down and comes back.
async fn comes_back(dialect: &'static Dialect) {
    let service = Running::start().await;
    let builder = |email| service.client(email).version(dialect.version);
    let mut alice = Person::sign_in(builder(ALICE)).await;
    let mut bob = Person::sign_in(builder(BOB)).await;
    alice.client.add_contact(BOB).await.unwrap();
    bob.client.add_contact(ALICE).await.unwrap();
    bob.client.set_status(Status::Away).await.unwrap();
    alice.sees(BOB, Some(Status::Away)).await;
    let chat = alice.client.converse(BOB).await.unwrap();

    let (dir, addresses) = service.stop().await;
    for person in [&mut alice, &mut bob] {
        person.until("disconnected", |event| matches!(event, Event::Disconnected { .. }).then_some(())).await;
    }
    assert!(matches!(alice.client.set_status(Status::Busy).await, Err(Error::NotConnected)));
    assert!(!alice.client.contact(BOB).unwrap().is_online());
    let _service = Running::start_in(dir, |options| {
        (options.msnp, options.http, options.https) = (addresses.msnp, addresses.http, addresses.https);
    })
    .await;
    for person in [&mut alice, &mut bob] {
        person.until("reconnected", |event| matches!(event, Event::Reconnected).then_some(())).await;
    }
    // What he showed before.
    alice.sees(BOB, Some(Status::Away)).await;
    assert!(chat.say("still there?").await.is_err());
    let chat = alice.client.converse(BOB).await.unwrap();
    chat.say("here again").await.unwrap();
    bob.reads("here again").await;
    alice.leaves().await;
    bob.leaves().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_with_lists_of_its_own() {
    comes_back(&MSNP11).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_with_the_address_book() {
    comes_back(&MSNP18).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_elsewhere_does_not_come_back_here() {
    let service = Running::start().await;
    let builder = || service.client(ALICE).version(MSNP8.version);
    let mut first = Person::sign_in(builder()).await;
    let second = Person::sign_in(builder()).await;
    let reason = first
        .until("signed out", |event| match event {
            Event::SignedOut { reason } => Some(reason.as_ref().unwrap().to_string()),
            _ => None,
        })
        .await;
    assert_eq!(reason, "signed out by the server: the account has signed in elsewhere");
    assert!(first.events.next().await.is_none());
    assert!(first.client.is_over());
    second.leaves().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_places_know_of_each_other_and_one_can_sign_the_other_out() {
    let service = Running::start().await;
    let at = |number: u8, name: &str| {
        service.client(ALICE).version(MSNP16.version).place(Guid([number; 16]), name)
    };
    let mut desk = Person::sign_in(at(1, "Desk & chair")).await;
    let mut sofa = Person::sign_in(at(2, "Sofa")).await;
    for person in [&mut desk, &mut sofa] {
        person
            .until("two places", |event| match event {
                Event::Places(places) => {
                    let names: Vec<_> = places.iter().map(|place| place.name.as_str()).collect();
                    (names.contains(&"Desk & chair") && names.contains(&"Sofa")).then_some(())
                }
                _ => None,
            })
            .await;
    }
    sofa.client.set_status(Status::Busy).await.unwrap();
    desk.until("busy", |event| matches!(event, Event::OwnStatus(Some(Status::Busy))).then_some(())).await;
    assert_eq!(desk.client.status(), Status::Busy);
    // What one says in a conversation reaches the other as well.
    let bob = Person::sign_in(service.client(BOB)).await;
    let chat = bob.client.converse(ALICE).await.unwrap();
    chat.say("both of you").await.unwrap();
    desk.reads("both of you").await;
    sofa.reads("both of you").await;
    desk.client.sign_out_place(Some(sofa.client.place())).await.unwrap();
    sofa.until("signed out", |event| matches!(event, Event::SignedOut { reason: None }).then_some(())).await;
    desk.leaves().await;
    bob.leaves().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispatch_server_is_followed() {
    let service = Running::start().await;
    let (dir, _) = service.stop().await;
    let service = Running::start_in(dir, |options| options.dispatch = Some(options.msnp)).await;
    let dispatch = service.addresses.dispatch.unwrap();
    for dialect in Dialect::ALL.iter().step_by(5) {
        let builder = service.client(ALICE).version(dialect.version).server(dispatch.to_string());
        Person::sign_in(builder).await.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_keeps_one_out_is_said_plainly() {
    let service = Running::start().await;
    let server = service.addresses.msnp.to_string();
    for dialect in [&msnp::dialect::MSNP7, &MSNP8, &MSNP18] {
        let wrong = msnp_client::Client::builder(ALICE, "wrong").server(&server).web(service.web());
        let error = wrong.version(dialect.version).sign_in().await.map(drop).unwrap_err();
        assert!(matches!(error, Error::WrongPassword), "{error:?}");
    }
    let no_web = msnp_client::Client::builder(ALICE, "wonderland").server(&server);
    assert!(matches!(no_web.sign_in().await, Err(Error::NoWebServices)));
    let no_address = msnp_client::Client::builder("alice", "wonderland").server(&server);
    assert!(matches!(no_address.sign_in().await, Err(Error::Address { .. })));
    let (_dir, addresses) = service.stop().await;
    let nobody = msnp_client::Client::builder(ALICE, "x").server(addresses.msnp.to_string());
    let said = nobody.sign_in().await.map(drop).unwrap_err().to_string();
    assert!(said.contains("check the name and the port"), "{said}");
    assert!(End::NoDialect.to_string().contains("none of the versions"));
}
