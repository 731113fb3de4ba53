//! Messages for people who are away.

use std::time::Duration;

use msnp::types::{Guid, List, Privacy};
use msnpd::account::AccountId;
use msnpd::store::{
    DATABASE, KeepError, Kept, MAX_FROM_ONE, MAX_WAITING, MAX_WAITING_BYTES, NewMessage, Store,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Bench, LIMITS, add, email};

const LIFETIME: Duration = Duration::from_secs(3600);

fn message(receiver: AccountId, sender: AccountId, payload: &[u8]) -> NewMessage {
    NewMessage {
        receiver,
        sender,
        sender_name: "Somebody".to_owned(),
        run: Guid([1; 16]),
        number: 1,
        payload: payload.to_vec(),
    }
}

async fn keep(
    store: &Store,
    receiver: AccountId,
    sender: AccountId,
    payload: &[u8],
) -> Result<Kept, KeepError> {
    store.keep_message(message(receiver, sender, payload), LIFETIME).await
}

/// What waits for somebody, by the addresses of the senders.
async fn waiting(bench: &Bench, receiver: AccountId) -> Vec<(String, Vec<Vec<u8>>)> {
    let mut found = Vec::new();
    for sender in bench.store.waiting(receiver).await.unwrap().senders {
        let messages = bench.store.waiting_messages(receiver, sender.id).await.unwrap();
        found.push((sender.email.to_string(), messages.into_iter().map(|message| message.payload).collect()));
    }
    found
}

#[tokio::test]
async fn messages_wait_in_order_and_are_removed_once() {
    let bench = Bench::new().await;
    let Bench { store, alice, bob, carol, .. } = &bench;
    for (sender, text) in [(bob, b"1"), (carol, b"2"), (bob, b"3")] {
        assert_eq!(keep(store, *alice, *sender, text).await.unwrap(), Kept::Waiting);
    }
    let expected = [
        ("carol@example.com".to_owned(), vec![b"2".to_vec()]),
        ("bob@example.com".to_owned(), vec![b"1".to_vec(), b"3".to_vec()]),
    ];
    assert_eq!(waiting(&bench, *alice).await, expected);
    for with_lists in [false, true] {
        assert!(store.sign_in(*alice, with_lists).await.unwrap().unwrap().something_waits);
        assert!(!store.sign_in(*bob, with_lists).await.unwrap().unwrap().something_waits);
    }
    assert_eq!(store.count_waiting(*alice).await.unwrap(), 3);
    assert_eq!(store.count_waiting(*bob).await.unwrap(), 0);

    let bobs = store.waiting_messages(*alice, *bob).await.unwrap();
    let guids: Vec<Guid> = bobs.iter().map(|message| message.guid).collect();
    assert_eq!(store.remove_messages(*carol, guids.clone()).await.unwrap(), 0, "they are not hers");
    assert_eq!(store.remove_messages(*alice, guids.clone()).await.unwrap(), 2);
    assert_eq!(store.remove_messages(*alice, guids).await.unwrap(), 0);
    assert_eq!(store.count_waiting(*alice).await.unwrap(), 1);
}

#[tokio::test]
async fn what_a_blocked_sender_says_is_dropped_and_counts_for_him_alone() {
    let bench = Bench::new().await;
    let Bench { store, alice, bob, carol, .. } = &bench;
    store.add_to_list(*alice, List::Block, &email("bob"), false, LIMITS).await.unwrap();
    assert_eq!(keep(store, *alice, *bob, b"blocked").await.unwrap(), Kept::Dropped);
    let found = store.waiting(*alice).await.unwrap();
    assert!(found.senders.is_empty() && found.has_dropped);
    assert_eq!(store.count_waiting(*alice).await.unwrap(), 0);
    for _ in 1..MAX_FROM_ONE {
        assert_eq!(keep(store, *alice, *bob, b"blocked").await.unwrap(), Kept::Dropped);
    }
    // As many as somebody may have said who is not.
    assert!(matches!(keep(store, *alice, *bob, b"blocked").await, Err(KeepError::Full)));
    for _ in 0..MAX_FROM_ONE {
        assert_eq!(keep(store, *alice, *carol, b"kept").await.unwrap(), Kept::Waiting);
    }
    assert!(matches!(keep(store, *alice, *carol, b"kept").await, Err(KeepError::Full)));
    store.forget_dropped(*alice).await.unwrap();
    assert_eq!(keep(store, *alice, *bob, b"blocked").await.unwrap(), Kept::Dropped);
    assert_eq!(store.count_waiting(*alice).await.unwrap(), u64::from(MAX_FROM_ONE));

    store.set_privacy(*carol, Privacy::BlockOthers).await.unwrap();
    assert_eq!(keep(store, *carol, *bob, b"not allowed").await.unwrap(), Kept::Dropped);
}

#[tokio::test]
async fn no_more_wait_than_may() {
    let bench = Bench::new().await;
    let Bench { store, alice, bob, carol, .. } = &bench;
    let big = vec![b'x'; 100 << 10];
    for _ in 0..MAX_WAITING_BYTES / (100 << 10) {
        keep(store, *alice, *bob, &big).await.unwrap();
    }
    assert!(matches!(keep(store, *alice, *bob, &big).await, Err(KeepError::Full)));
    keep(store, *alice, *carol, b"small").await.unwrap();

    let mut left = MAX_WAITING;
    for n in 0.. {
        if left == 0 {
            break;
        }
        let sender = add(store, &format!("sender{n}")).await;
        for _ in 0..MAX_FROM_ONE.min(left) {
            keep(store, *carol, sender, b"x").await.unwrap();
        }
        left = left.saturating_sub(MAX_FROM_ONE);
    }
    assert!(matches!(keep(store, *carol, *bob, b"x").await, Err(KeepError::Full)));
}

#[tokio::test]
async fn messages_go_with_their_time_and_with_either_account() {
    let bench = Bench::new().await;
    let Bench { store, alice, bob, carol, .. } = &bench;
    for (receiver, sender) in [(alice, bob), (alice, carol), (bob, carol), (carol, alice)] {
        keep(store, *receiver, *sender, b"x").await.unwrap();
    }
    store.expire_messages(LIFETIME).await.unwrap();
    assert_eq!(store.count_waiting(*alice).await.unwrap(), 2);
    store.rename_account(*carol, &email("carola")).await.unwrap();
    assert_eq!(waiting(&bench, *bob).await, [("carola@example.com".to_owned(), vec![b"x".to_vec()])]);
    store.remove_account(*carol).await.unwrap();
    assert_eq!(waiting(&bench, *alice).await, [("bob@example.com".to_owned(), vec![b"x".to_vec()])]);
    assert_eq!(store.count_waiting(*bob).await.unwrap(), 0);
    for (receiver, sender) in [(carol, alice), (alice, carol)] {
        assert!(matches!(keep(store, *receiver, *sender, b"x").await, Err(KeepError::UnknownAccount)));
    }
    // An hour later, as far as the database can tell.
    let file = bench.path().join(DATABASE);
    let mut raw = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::query("UPDATE offline_message SET sent = sent - 3601").execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    keep(store, *bob, *alice, b"new").await.unwrap();
    assert_eq!(waiting(&bench, *bob).await, [("alice@example.com".to_owned(), vec![b"new".to_vec()])]);
    assert_eq!(store.count_waiting(*alice).await.unwrap(), 0);
}

#[tokio::test]
async fn nothing_shows_what_is_said() {
    let bench = Bench::new().await;
    let new = message(bench.alice, bench.bob, b"secret");
    assert!(!format!("{new:?}").contains("secret") && format!("{new:?}").contains("6 bytes"));
    bench.store.keep_message(new, LIFETIME).await.unwrap();
    let kept = bench.store.waiting_messages(bench.alice, bench.bob).await.unwrap();
    assert!(!format!("{kept:?}").contains("115, 101"), "{kept:?}");
}
