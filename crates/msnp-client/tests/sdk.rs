//! A chat and pictures with a client that we did not write on the other end: the crate `msnp11-sdk`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    missing_docs,
    unreachable_pub
)]

#[path = "all_versions/service.rs"]
mod common;
#[path = "all_versions/person.rs"]
mod person;
#[path = "../../msnpd/tests/common/sdk.rs"]
mod sdk;

use msnp_client::Event;
use msnp11_sdk::{Event as Heard, MsnpStatus};
use sdk::{Chat, PATIENCE, User, done, text};
use tokio::time::timeout;

use common::{ALICE, BOB, Running};
use person::Person;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_and_a_picture_each() {
    let service = Running::start().await;
    // The crate reads 1,664 bytes at a time and loses what is cut there: pictures of one packet.
    let (hers, his) = ([7; 900], vec![9; 800]);
    let mut bob = User::sign_in(&service, BOB).await;
    bob.add(ALICE).await;
    done(bob.client.set_display_picture(his.clone())).await;
    done(bob.client.set_presence(MsnpStatus::Online)).await;
    let mut alice = Person::sign_in(service.client(ALICE).picture(hers)).await;
    alice.client.add_contact(BOB).await.unwrap();
    alice
        .until("his picture", |event| match event {
            Event::Presence(contact) => contact.picture().map(drop),
            _ => None,
        })
        .await;
    assert!(alice.client.picture_of(BOB).await.unwrap() == his);

    let shown = bob
        .hear("her picture", |event| match event {
            Heard::PresenceUpdate { presence, .. } => presence.msn_object_string,
            _ => None,
        })
        .await;

    let conversation = alice.client.converse(BOB).await.unwrap();
    let switchboard = bob
        .hear("the invitation", |event| match event {
            Heard::SessionAnswered(switchboard) => Some(switchboard),
            _ => None,
        })
        .await;
    let mut chat = Chat::new(switchboard);
    conversation.say("hello from ours").await.unwrap();
    chat.hears_text("hello from ours").await;
    done(chat.switchboard.send_text_message(&text("hello from another"))).await;
    alice.reads("hello from another").await;
    conversation.nudge().await.unwrap();
    chat.hear("a nudge", |event| matches!(event, Heard::Nudge { .. }).then_some(())).await;
    let fetched = timeout(PATIENCE, chat.switchboard.request_contact_display_picture(ALICE, &shown)).await;
    fetched.expect("the picture in time").unwrap();
    let got = chat
        .hear("the picture", |event| match event {
            Heard::DisplayPicture { data, .. } => Some(data),
            _ => None,
        })
        .await;
    assert_eq!(got, hers);
    alice.leaves().await;
    service.stop().await;
}
