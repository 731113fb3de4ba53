//! People who live in the server, with each other and with a server that has no connections at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::time::Duration;

use msnp::command::msg::Ack;
use msnp::types::{Capabilities, Email, List, Status};
use msnpd::directory::Shown;
use msnpd::resident::{CannotMoveIn, Conversation, Heard, News, NotJoined, Over, Resident};
use msnpd::serve::Service;
use msnpd::store::Limits;
use tokio::time::timeout;

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";

fn email(address: &str) -> Email {
    address.parse().unwrap()
}

/// A service of which nothing is listened to.
async fn service() -> (tempfile::TempDir, Service) {
    let dir = common::with_accounts(&[ALICE, BOB]).await;
    let service = Service::bind(common::options(dir.path())).await.unwrap();
    (dir, service)
}

async fn resident(service: &Service, address: &str) -> Resident {
    Resident::move_in(service.server().clone(), &email(address)).await.unwrap()
}

/// The next of the news of which `pick` makes something.
async fn news<T>(of: &mut Resident, mut pick: impl FnMut(News) -> Option<T>) -> T {
    let found = timeout(common::raw::PATIENCE, async {
        loop {
            if let Some(found) = pick(of.next().await.expect("still signed in")) {
                return found;
            }
        }
    });
    found.await.expect("news in time")
}

async fn heard(chat: &mut Conversation) -> Option<Heard> {
    timeout(common::raw::PATIENCE, chat.next()).await.expect("something in time")
}

fn joined(who: &str) -> Heard {
    Heard::Joined { who: email(who), name: who.to_owned(), capabilities: Capabilities::default() }
}

/// Both signed in, and online.
async fn both(service: &Service) -> (Resident, Resident) {
    let (mut alice, mut bob) = (resident(service, ALICE).await, resident(service, BOB).await);
    alice.show_online().await;
    bob.show_online().await;
    (alice, bob)
}

#[tokio::test]
async fn they_meet_and_talk() {
    let (_dir, service) = service().await;
    let (mut alice, mut bob) = both(&service).await;

    alice.add(&email(BOB)).await.unwrap();
    alice.add(&email(BOB)).await.unwrap();
    assert_eq!(news(&mut bob, Some).await, News::Added { who: email(ALICE), name: ALICE.to_owned() });
    let shown = Shown { status: Status::Busy, capabilities: Capabilities::default(), object: None };
    bob.show(shown).await;
    let busy = news(&mut alice, |news| match news {
        News::Presence { who, status: Status::Busy, .. } => Some(who),
        _ => None,
    });
    assert_eq!(busy.await, email(BOB));

    let mut alices = alice.call(&email(BOB)).await.unwrap();
    let invitation = news(&mut bob, |news| match news {
        News::Invited(invitation) => Some(invitation),
        _ => None,
    })
    .await;
    assert_eq!(invitation.from, email(ALICE));
    let mut bobs = bob.join(invitation.clone()).await.unwrap();
    assert_eq!(heard(&mut alices).await, Some(joined(BOB)));
    assert_eq!(heard(&mut bobs).await, Some(joined(ALICE)));
    assert_eq!(bob.join(invitation).await.err(), Some(NotJoined), "a call is good once");

    let trid = alices.say(Ack::Always, b"Content-Type: text/plain\r\n\r\nhi").await.unwrap();
    assert_eq!(heard(&mut alices).await, Some(Heard::Taken(trid)));
    let said = Heard::Said { from: email(ALICE), payload: b"Content-Type: text/plain\r\n\r\nhi".to_vec() };
    assert_eq!(heard(&mut bobs).await, Some(said.clone()));
    assert!(!format!("{said:?}").contains("hi"), "what people say is in no log");

    drop(bobs);
    assert_eq!(heard(&mut alices).await, Some(Heard::Left { who: email(BOB) }));
    let trid = alices.say(Ack::Always, b"typing").await.unwrap();
    assert_eq!(heard(&mut alices).await, Some(Heard::Missed(trid)));

    drop(bob);
    let gone = news(&mut alice, |news| matches!(news, News::Gone { .. }).then_some(news));
    assert_eq!(gone.await, News::Gone { who: email(BOB) });
    assert_eq!(alice.call(&email(BOB)).await.err(), Some(NotJoined));
}

#[tokio::test]
async fn lists_and_blocks_hold_for_them() {
    let (_dir, service) = service().await;
    let (alice, mut bob) = both(&service).await;
    let store = &service.server().store;
    let bobs = store.account_by_email(&email(BOB)).await.unwrap().unwrap().id;
    let edited = store.add_to_list(bobs, List::Block, &email(ALICE), true, Limits::CLASSIC).await.unwrap();
    service.server().directory.apply(&edited.changes);
    assert_eq!(alice.call(&email(BOB)).await.err(), Some(NotJoined));
    bob.add(&email("nobody@example.com")).await.unwrap_err();
    bob.add(&email(ALICE)).await.unwrap_err();

    // Signed out, a resident hears nothing more and gets nowhere.
    let mut chat = bob.call(&email(ALICE)).await.unwrap();
    service.server().disconnect(bobs);
    while bob.next().await.is_some() {}
    while chat.next().await.is_some() {}
    assert_eq!(chat.say(Ack::Unacknowledged, b"").await, Err(Over));
    assert_eq!(bob.call(&email(ALICE)).await.err(), Some(NotJoined));
}

#[tokio::test]
async fn only_who_may_moves_in() {
    let (_dir, service) = service().await;
    let server = service.server();
    let unknown = Resident::move_in(server.clone(), &email("nobody@example.com")).await;
    assert!(matches!(unknown.err(), Some(CannotMoveIn::Unknown)));
    let bob = server.store.account_by_email(&email(BOB)).await.unwrap().unwrap().id;
    server.store.disable(bob).await.unwrap();
    let disabled = Resident::move_in(server.clone(), &email(BOB)).await;
    assert!(matches!(disabled.err(), Some(CannotMoveIn::Disabled)));
    assert!(server.directory.is_empty(), "nobody is left behind");

    let mut first = resident(&service, ALICE).await;
    let _second = resident(&service, ALICE).await;
    assert_eq!(first.next().await, None, "signed in elsewhere");
    drop(first);
    assert_eq!(server.directory.len(), 1);
    server.shut_down();
    let late = Resident::move_in(server.clone(), &email(ALICE)).await;
    assert!(matches!(late.err(), Some(CannotMoveIn::GoingDown)));
}

#[tokio::test]
async fn a_silent_chat_ends_for_them_too() {
    let (_dir, service) = service().await;
    let (alice, mut bob) = both(&service).await;
    let mut alices = alice.call(&email(BOB)).await.unwrap();
    let invitation = news(&mut bob, |news| match news {
        News::Invited(invitation) => Some(invitation),
        _ => None,
    })
    .await;
    let mut bobs = bob.join(invitation).await.unwrap();
    tokio::time::pause();
    let both = async {
        tokio::join!(async { while alices.next().await.is_some() {} }, async {
            while bobs.next().await.is_some() {}
        })
    };
    timeout(Duration::from_secs(3600), both).await.expect("it ends by itself");
    assert!(service.server().switchboard.is_empty());
}
