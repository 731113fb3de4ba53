//! `serve --demo`, with a client that we did not write: the crate `msnp11-sdk`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;
#[path = "common/sdk.rs"]
mod sdk;

use std::sync::Arc;

use common::Running;
use msnp::types::OwnedSecret;
use msnp11_sdk::{Event, MsnpStatus};
use sdk::{Chat, PATIENCE, User, done, text};
use tokio::time::timeout;

const ECHO: &str = "echo@demo.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_is_enough_to_see_the_service_work() {
    let dir = tempfile::tempdir().unwrap();
    let service = Running::start_with(dir.path(), |options| options.demo = true).await;
    let emails: Vec<_> = service.demo.iter().map(|account| account.email.as_str().to_owned()).collect();
    assert_eq!(emails, ["alice@demo.example", "bob@demo.example"]);
    let password = service.demo[0].password.as_ref().map(OwnedSecret::expose).unwrap().to_owned();

    let mut alice = User::sign_in_with(&service, &emails[0], &password).await;
    done(alice.client.set_presence(MsnpStatus::Online)).await;
    let object = alice
        .hear("the bot online", |event| match event {
            Event::InitialPresenceUpdate { email, display_name, presence, .. }
            | Event::PresenceUpdate { email, display_name, presence, .. } => {
                let is_there = presence.status == MsnpStatus::Online && display_name == "Echo";
                (email == ECHO && is_there).then_some(presence.msn_object_string)
            }
            _ => None,
        })
        .await
        .expect("a picture");

    let mut chat = Chat::new(Arc::new(done(alice.client.create_session(ECHO)).await));
    chat.hear("the bot joining", |event| {
        matches!(event, Event::ParticipantInSwitchboard { .. }).then_some(())
    })
    .await;
    done(chat.switchboard.send_typing_user(&emails[0])).await;
    chat.hear("typing", |event| match event {
        Event::TypingNotification { email } => (email == ECHO).then_some(()),
        _ => None,
    })
    .await;
    done(chat.switchboard.send_text_message(&text("Is there anybody? 100% läuft"))).await;
    chat.hears_text("Is there anybody? 100% läuft").await;
    done(chat.switchboard.send_nudge()).await;
    chat.hear("the nudge", |event| matches!(event, Event::Nudge { .. }).then_some(())).await;

    let request = chat.switchboard.request_contact_display_picture(ECHO, &object);
    timeout(PATIENCE, request).await.expect("the transfer in time").unwrap();
    let picture = chat
        .hear("the picture", |event| match event {
            Event::DisplayPicture { data, .. } => Some(data),
            _ => None,
        })
        .await;
    assert_eq!(picture, include_bytes!("../src/demo/echo.png"));
    done(chat.switchboard.disconnect()).await;
    service.stop().await;

    // The same accounts the next time.
    let service = Running::start_with(dir.path(), |options| options.demo = true).await;
    assert_eq!(service.demo[0].password.as_ref().map(OwnedSecret::expose), Some(&*password));
    service.stop().await;
}
