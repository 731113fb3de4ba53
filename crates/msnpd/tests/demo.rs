//! `serve --demo`, with a client that we did not write: the crate `msnp11-sdk`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;
#[path = "common/sdk.rs"]
mod sdk;

use std::sync::Arc;

use common::Running;
use msnp::types::OwnedSecret;
use msnp11_sdk::{Event, MsnpStatus};
use sdk::{Chat, User, done, text};

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
    alice
        .hear("the bot online", |event| match event {
            Event::InitialPresenceUpdate { email, display_name, presence, .. } => {
                (email == ECHO && display_name == "Echo" && presence.status == MsnpStatus::Online)
                    .then_some(())
            }
            Event::PresenceUpdate { email, presence, .. } => {
                (email == ECHO && presence.status == MsnpStatus::Online).then_some(())
            }
            _ => None,
        })
        .await;

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
    done(chat.switchboard.disconnect()).await;
    service.stop().await;

    // The same accounts the next time.
    let service = Running::start_with(dir.path(), |options| options.demo = true).await;
    assert_eq!(service.demo[0].password.as_ref().map(OwnedSecret::expose), Some(&*password));
    service.stop().await;
}
