//! A client that we did not write: the crate `msnp11-sdk`, which speaks MSNP11, against the running service.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;
#[path = "common/sdk.rs"]
mod sdk;

use std::sync::Arc;

use common::Running;
use msnp11_sdk::{Client, Event, MsnpList, MsnpStatus, PersonalMessage};
use sdk::{Chat, PATIENCE, User, done, text};
use tokio::time::timeout;

/// What this test makes of what a client hears.
impl User {
    async fn hears_group(&mut self) -> (String, String) {
        self.hear("a group", |event| match event {
            Event::Group { name, guid } => Some((name, guid)),
            _ => None,
        })
        .await
    }

    /// The name, lists and groups of a contact, out of the lists at sign-in.
    async fn hears_contact(&mut self, of: &str) -> (String, Vec<MsnpList>, Vec<String>) {
        self.hear("a contact on the list", |event| match event {
            Event::ContactInForwardList { email, display_name, lists, groups, .. } => {
                (email == of).then_some((display_name, lists, groups))
            }
            _ => None,
        })
        .await
    }
}

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.net";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_users_meet_talk_and_keep_their_lists() {
    let dir = common::with_accounts(&[ALICE, BOB]).await;
    let service = Running::start(dir.path()).await;
    let (mut alice, mut bob) = (User::sign_in(&service, ALICE).await, User::sign_in(&service, BOB).await);

    // Presence, before and after they add each other.
    done(alice.client.set_presence(MsnpStatus::Online)).await;
    done(bob.client.set_presence(MsnpStatus::Online)).await;
    alice.add(BOB).await;
    bob.hear("having been added", |event| match event {
        Event::AddedBy { email, .. } => (email == ALICE).then_some(()),
        _ => None,
    })
    .await;
    alice
        .hear("Bob's first presence", |event| match event {
            Event::InitialPresenceUpdate { email, presence, .. } => {
                (email == BOB && presence.status == MsnpStatus::Online).then_some(())
            }
            _ => None,
        })
        .await;
    let alices_guid = bob.add(ALICE).await;
    done(bob.client.set_presence(MsnpStatus::Busy)).await;
    alice
        .hear("Bob busy", |event| match event {
            Event::PresenceUpdate { email, presence, .. } => {
                (email == BOB && presence.status == MsnpStatus::Busy).then_some(())
            }
            _ => None,
        })
        .await;

    // Names and personal messages, with what XML and the line would trip over.
    let message = PersonalMessage { psm: "tea & <biscuits>".to_owned(), current_media: String::new() };
    done(bob.client.set_personal_message(&message)).await;
    alice
        .hear("Bob's personal message", |event| match event {
            Event::PersonalMessageUpdate { email, personal_message } => {
                (email == BOB && personal_message.psm == "tea & <biscuits>").then_some(())
            }
            _ => None,
        })
        .await;
    done(bob.client.set_display_name("Bob 100% läuft")).await;
    alice
        .hear("Bob's new name", |event| match event {
            Event::PresenceUpdate { display_name, .. } => (display_name == "Bob 100% läuft").then_some(()),
            _ => None,
        })
        .await;
    done(bob.client.set_contact_display_name(&alices_guid, "Alice L")).await;

    // A group, which this client wants answered in a form of its own. It learns the GUID at its next sign-in.
    done(bob.client.create_group("Book Club")).await;

    // A chat: typing, text both ways, a nudge.
    // In one piece: where several wait to be read, the crate loops for ever over a line that its buffer cuts.
    done(alice.client.set_display_picture(vec![7; 1000])).await;
    done(alice.client.set_presence(MsnpStatus::Online)).await;
    let object = bob
        .hear("Alice's picture", |event| match event {
            Event::PresenceUpdate { presence, .. } | Event::InitialPresenceUpdate { presence, .. } => {
                presence.msn_object_string
            }
            _ => None,
        })
        .await;
    let mut alices = Chat::new(Arc::new(done(alice.client.create_session(BOB)).await));
    let mut bobs = bob
        .hear("the invitation", |event| match event {
            Event::SessionAnswered(switchboard) => Some(Chat::new(switchboard)),
            _ => None,
        })
        .await;
    alices
        .hear("Bob joining", |event| matches!(event, Event::ParticipantInSwitchboard { .. }).then_some(()))
        .await;
    done(alices.switchboard.send_typing_user(ALICE)).await;
    bobs.hear("typing", |event| matches!(event, Event::TypingNotification { .. }).then_some(())).await;
    done(alices.switchboard.send_text_message(&text("Hi Bob, ça va?\nSecond line, 100%"))).await;
    bobs.hears_text("Hi Bob, ça va?\nSecond line, 100%").await;
    done(bobs.switchboard.send_text_message(&text("Hello :)"))).await;
    alices.hears_text("Hello :)").await;
    done(bobs.switchboard.send_nudge()).await;
    alices.hear("the nudge", |event| matches!(event, Event::Nudge { .. }).then_some(())).await;

    // The display picture, fetched through the switchboard.
    let request = bobs.switchboard.request_contact_display_picture(ALICE, &object);
    timeout(PATIENCE, request).await.expect("the transfer in time").unwrap();
    let picture = bobs
        .hear("the picture", |event| match event {
            Event::DisplayPicture { data, .. } => Some(data),
            _ => None,
        })
        .await;
    assert_eq!(picture, vec![7; 1000]);

    done(bobs.switchboard.disconnect()).await;
    alices
        .hear("Bob leaving", |event| matches!(event, Event::ParticipantLeftSwitchboard { .. }).then_some(()))
        .await;

    // A restart: the lists are still there.
    done(alice.client.disconnect()).await;
    bob.hear("Alice going", |event| match event {
        Event::ContactOffline { email } => (email == ALICE).then_some(()),
        _ => None,
    })
    .await;
    service.stop().await;
    bob.hear("the end", |event| matches!(event, Event::Disconnected).then_some(())).await;

    let service = Running::start(dir.path()).await;
    let mut bob = User::sign_in(&service, BOB).await;
    let (name, club) = bob.hears_group().await;
    assert_eq!(name, "Book Club");
    let (name, lists, groups) = bob.hears_contact(ALICE).await;
    assert_eq!((name.as_str(), groups.len()), ("Alice L", 0));
    assert!(
        [MsnpList::ForwardList, MsnpList::AllowList].iter().all(|list| lists.contains(list)),
        "{lists:?}"
    );
    done(bob.client.add_contact_to_group(&alices_guid, &club)).await;
    done(bob.client.rename_group(&club, "Readers")).await;

    let mut bob = User::sign_in(&service, BOB).await;
    assert_eq!(bob.hears_group().await, ("Readers".to_owned(), club.clone()));
    assert_eq!(bob.hears_contact(ALICE).await.2, std::slice::from_ref(&club));
    done(bob.client.remove_contact_from_group(&alices_guid, &club)).await;
    done(bob.client.delete_group(&club)).await;
    done(bob.client.block_contact(ALICE)).await;
    done(bob.client.unblock_contact(ALICE)).await;
    done(bob.client.set_blp("BL")).await;
    done(bob.client.set_gtc("N")).await;
    done(bob.client.remove_contact_from_forward_list(&alices_guid)).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_refused() {
    let dir = common::with_accounts(&[ALICE]).await;
    let service = Running::start(dir.path()).await;
    let client = Client::new("127.0.0.1", service.addresses.msnp.port()).await.unwrap();
    let nexus = service.nexus();
    let login = client.login(ALICE.to_owned(), "looking-glass", &nexus, "msnp11-sdk", "0.13");
    assert!(timeout(PATIENCE, login).await.unwrap().is_err());
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_sign_in_ends_the_first() {
    let dir = common::with_accounts(&[ALICE]).await;
    let service = Running::start(dir.path()).await;
    let mut first = User::sign_in(&service, ALICE).await;
    let _second = User::sign_in(&service, ALICE).await;
    first.hear("being signed out", |event| matches!(event, Event::LoggedInAnotherDevice).then_some(())).await;
    service.stop().await;
}
