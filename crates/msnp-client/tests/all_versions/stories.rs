//! What two people of one version do with each other.

use msnp::dialect::{Dialect, OfflineMessages};
use msnp_client::{Error, Event, Status};

use crate::person::Person;
use crate::service::{ALICE, BOB, CAROL, Running};

/// Everything, in one evening.
async fn an_evening(service: &Running, dialect: &'static Dialect) {
    let version = dialect.version;
    let mut alice = Person::sign_in(service.client(ALICE).version(version)).await;
    let mut bob = Person::sign_in(service.client(BOB).version(version)).await;
    assert_eq!(alice.client.dialect(), dialect);

    alice.client.add_contact(BOB).await.unwrap();
    bob.is_added_by(ALICE).await;
    bob.client.add_contact(ALICE).await.unwrap();
    alice.sees(BOB, Some(Status::Online)).await;
    bob.sees(ALICE, Some(Status::Online)).await;
    bob.client.set_status(Status::Busy).await.unwrap();
    alice.sees(BOB, Some(Status::Busy)).await;
    if dialect.personal_data.is_told() {
        bob.client.set_personal_message("R&D <3").await.unwrap();
        alice
            .until("a message", |event| match event {
                Event::PersonalMessage(contact) => (contact.message == "R&D <3").then_some(()),
                _ => None,
            })
            .await;
    } else {
        assert!(bob.client.set_personal_message("x").await.is_err());
    }

    let chat = alice.client.converse(BOB).await.unwrap();
    let other = bob.is_invited(ALICE).await;
    assert_eq!(other.members()[0].email, ALICE);
    chat.typing().await.unwrap();
    bob.until("typing", |event| {
        matches!(event, Event::Typing { from, .. } if from.email == ALICE).then_some(())
    })
    .await;
    chat.say("hi\nBob").await.unwrap();
    assert_eq!(bob.reads("hi\r\nBob").await, other);
    other.say("hello ☕").await.unwrap();
    assert_eq!(alice.reads("hello ☕").await, chat);
    if dialect.has_nudges {
        chat.nudge().await.unwrap();
        bob.until("a nudge", |event| matches!(event, Event::Nudge { .. }).then_some(())).await;
    } else {
        assert!(matches!(chat.nudge().await, Err(Error::NotInVersion(_))));
    }
    let long = "word ".repeat(1000);
    chat.say(&long).await.unwrap();
    // The same conversation goes on.
    assert_eq!(alice.client.converse(BOB).await.unwrap(), chat);
    assert!(matches!(alice.client.converse(CAROL).await, Err(Error::NotThere(_))));

    bob.leaves().await;
    alice.sees(BOB, None).await;
    if dialect.offline_messages == OfflineMessages::ByWebService {
        alice.client.send_offline_message(BOB, "see you ☕").await.unwrap();
    } else {
        assert!(matches!(alice.client.send_offline_message(BOB, "x").await, Err(Error::NotInVersion(_))));
        chat.say("see you ☕").await.unwrap();
    }
    let mut bob = Person::sign_in(service.client(BOB).version(version)).await;
    let text = bob
        .until("an offline message", |event| match event {
            Event::OfflineMessage(message) if message.from == ALICE => Some(message.text.clone()),
            Event::Text(said) if said.from.email == ALICE => Some(said.text.clone()),
            _ => None,
        })
        .await;
    assert!(text.ends_with("see you ☕"), "{text}");
    bob.sees(ALICE, Some(Status::Online)).await;
    alice.leaves().await;
    bob.leaves().await;
}

macro_rules! evenings {
    ($($name:ident $dialect:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let service = Running::start().await;
            an_evening(&service, &msnp::dialect::$dialect).await;
        })*

        #[test]
        fn every_version_has_its_evening() {
            let had = [$(&msnp::dialect::$dialect,)*];
            assert!(had.into_iter().eq(Dialect::ALL.iter().copied()));
        }
    };
}

evenings! {
    msnp2 MSNP2,
    msnp3 MSNP3,
    msnp4 MSNP4,
    msnp5 MSNP5,
    msnp6 MSNP6,
    msnp7 MSNP7,
    msnp8 MSNP8,
    msnp9 MSNP9,
    msnp10 MSNP10,
    msnp11 MSNP11,
    msnp12 MSNP12,
    msnp13 MSNP13,
    msnp14 MSNP14,
    msnp15 MSNP15,
    msnp16 MSNP16,
    msnp18 MSNP18,
}
