//! What an operator does to accounts.

use msnp::types::List;
use msnpd::account::AccountId;
use msnpd::password::legacy::LegacyKey;
use msnpd::store::{AccountError, DATABASE, EditError, EventKind, NewAccount, SignIn, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::task::JoinSet;

use super::{Bench, LIMITS, add, email, on};

#[tokio::test]
async fn are_found_by_address_and_number() {
    let b = Bench::new().await;
    let alice = b.store.account_by_email(&"ALICE@example.com".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((alice.id, alice.email, alice.name.as_str()), (b.alice, email("alice"), "alice@example.com"));
    assert_eq!(alice.generation, 1);
    assert!(!alice.disabled);
    assert_eq!(b.store.account(b.bob).await.unwrap().unwrap().email, email("bob"));
    assert!(b.store.account_by_email(&email("nobody")).await.unwrap().is_none());
    let twice =
        NewAccount { email: email("alice"), name: None, password_hash: String::new(), sealed_password: None };
    assert!(matches!(b.store.add_account(twice).await, Err(AccountError::Exists(_))));
    let all: Vec<_> = b.store.accounts().await.unwrap().into_iter().map(|account| account.id).collect();
    assert_eq!(all, [b.alice, b.bob, b.carol]);
}

#[tokio::test]
async fn say_nothing_of_their_secrets() {
    let b = Bench::new().await;
    let account = b.store.account(b.alice).await.unwrap().unwrap();
    assert!(!account.password_hash.is_empty());
    assert!(!format!("{account:?}").contains("argon2id"));
}

#[tokio::test]
async fn numbers_are_never_used_twice() {
    let b = Bench::new().await;
    b.store.remove_account(b.carol).await.unwrap();
    assert!(add(&b.store, "carol").await > b.carol);
}

#[tokio::test]
async fn a_new_password_and_disable_end_tickets() {
    let b = Bench::new().await;
    let start = b.store.last_event().await.unwrap();
    let key = LegacyKey::load_or_create(b.path()).unwrap();
    let sealed = key.seal(b.alice, "secret").unwrap();
    b.store.set_password(b.alice, "new".to_owned(), Some(sealed)).await.unwrap();
    let account = b.store.account(b.alice).await.unwrap().unwrap();
    assert_eq!((account.password_hash.as_str(), account.generation), ("new", 2));
    let sealed = b.store.sealed_password(b.alice).await.unwrap().unwrap();
    assert_eq!(key.open(b.alice, &sealed).unwrap(), "secret");
    b.store.set_password(b.alice, "newer".to_owned(), None).await.unwrap();
    assert_eq!(b.store.sealed_password(b.alice).await.unwrap(), None);
    assert!(b.store.disable(b.alice).await.unwrap());
    assert!(!b.store.disable(b.alice).await.unwrap());
    let account = b.store.account(b.alice).await.unwrap().unwrap();
    assert_eq!((account.disabled, account.generation), (true, 4));
    assert!(b.store.enable(b.alice).await.unwrap());
    assert!(!b.store.enable(b.alice).await.unwrap());
    let account = b.store.account(b.alice).await.unwrap().unwrap();
    assert_eq!((account.disabled, account.generation), (false, 4));
    let events = b.store.events_since(start).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| (event.account, event.kind)).collect();
    let password = (b.alice, EventKind::Password);
    assert_eq!(kinds, [password, password, (b.alice, EventKind::Disabled)]);
    assert_eq!(b.store.last_event().await.unwrap(), events[2].seq);
    assert_eq!(b.store.events_since(events[1].seq).await.unwrap(), [events[2]]);
    for id in [b.alice, b.bob] {
        b.store.remove_account(id).await.unwrap();
        assert!(matches!(b.store.disable(id).await, Err(AccountError::Unknown)));
        assert!(matches!(b.store.enable(id).await, Err(AccountError::Unknown)));
        let error = b.store.set_password(id, String::new(), None).await;
        assert!(matches!(error, Err(AccountError::Unknown)));
    }
}

#[tokio::test]
async fn a_password_is_sealed_for_the_account_that_is_made() {
    let b = Bench::new().await;
    let key = LegacyKey::load_or_create(b.path()).unwrap();
    let new = NewAccount {
        email: email("dave"),
        name: Some("Dave".to_owned()),
        password_hash: "hash".to_owned(),
        sealed_password: Some(key.sealing("old ways")),
    };
    let dave = b.store.add_account(new).await.unwrap();
    let sealed = b.store.sealed_password(dave).await.unwrap().unwrap();
    assert_eq!(key.open(dave, &sealed).unwrap(), "old ways");
    let summary = b.store.account_summary(&email("dave")).await.unwrap().unwrap();
    assert_eq!((summary.name.as_deref(), summary.legacy), (Some("Dave"), true));
}

#[tokio::test]
async fn lists_follow_a_rename() {
    let b = Bench::new().await;
    b.store.add_contact(b.alice, &email("bob"), Some("Bob@Example.com"), None, LIMITS).await.unwrap();
    b.store.add_contact(b.carol, &email("bob"), Some("Bobby"), None, LIMITS).await.unwrap();
    b.store.set_name(b.bob, "bob@example.com").await.unwrap();
    let (start, alices, bobs) =
        (b.store.last_event().await.unwrap(), b.revision(b.alice).await, b.revision(b.bob).await);
    b.store.rename_account(b.bob, &email("robert")).await.unwrap();
    let row = b.row(b.alice, b.bob).await.unwrap();
    assert_eq!(
        (row.email, row.name.as_str(), row.stored_name),
        (email("robert"), "robert@example.com", None)
    );
    assert_eq!((row.revision, b.revision(b.alice).await), (alices + 1, alices + 1));
    assert_eq!(b.row(b.carol, b.bob).await.unwrap().stored_name.as_deref(), Some("Bobby"));
    assert!(b.revision(b.bob).await > bobs);
    let events = b.store.events_since(start).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| (event.account, event.kind)).collect();
    assert_eq!(
        kinds,
        [(b.bob, EventKind::Renamed), (b.alice, EventKind::Lists), (b.carol, EventKind::Lists)]
    );
    assert!(b.store.account_by_email(&email("bob")).await.unwrap().is_none());
    let taken = b.store.rename_account(b.bob, &email("carol")).await;
    assert!(matches!(taken, Err(AccountError::Exists(_))));
    b.store.set_name(b.bob, "Bob").await.unwrap();
    b.store.rename_account(b.bob, &email("bob")).await.unwrap();
    assert_eq!(b.store.account(b.bob).await.unwrap().unwrap().name, "Bob");
}

#[tokio::test]
async fn a_removed_one_is_on_nobodys_list() {
    let b = Bench::new().await;
    b.store.add_group(b.alice, "Friends", LIMITS).await.unwrap();
    let group = Some(msnpd::store::GroupKey::Number(1));
    b.store.add_contact(b.alice, &email("bob"), None, group, LIMITS).await.unwrap();
    b.store.add_to_list(b.carol, List::Block, &email("bob"), false, LIMITS).await.unwrap();
    b.store.add_contact(b.bob, &email("bob"), None, None, LIMITS).await.unwrap();
    b.store.add_contact(b.alice, &email("carol"), None, None, LIMITS).await.unwrap();
    let (start, alices) = (b.store.last_event().await.unwrap(), b.revision(b.alice).await);
    assert_eq!(b.store.remove_account(b.bob).await.unwrap(), [b.alice, b.carol]);
    assert!(
        b.store.account(b.bob).await.unwrap().is_none() && b.store.roster(b.bob).await.unwrap().is_none()
    );
    assert_eq!(b.lists(b.carol, b.alice).await, on(&[List::Reverse, List::Pending]));
    let roster = b.roster(b.alice).await;
    assert_eq!((roster.contacts.len(), roster.lists_revision), (1, alices + 1));
    let events = b.store.events_since(start).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| (event.account, event.kind)).collect();
    assert_eq!(
        kinds,
        [(b.bob, EventKind::Removed), (b.alice, EventKind::Lists), (b.carol, EventKind::Lists)]
    );
    let gone = b.store.add_contact(b.bob, &email("alice"), None, None, LIMITS).await;
    assert!(matches!(gone, Err(EditError::Gone)));
    assert!(matches!(b.store.remove_account(b.bob).await, Err(AccountError::Unknown)));
}

/// Many who sign in at once share statements; each gets what is his, and who has no account gets nothing.
#[tokio::test]
async fn everybody_gets_his_own_however_many_ask_at_once() {
    let b = Bench::new().await;
    b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await.unwrap();
    let nobody = AccountId(4_000_000);
    let mut asking = JoinSet::new();
    for number in 0..300 {
        let (store, who) = (b.store.clone(), [b.alice, b.bob, nobody][number % 3]);
        asking.spawn(async move {
            let signed_in = store.sign_in(who, number % 2 == 0).await.unwrap();
            (who, signed_in, store.roster(who).await.unwrap())
        });
    }
    while let Some(asked) = asking.join_next().await {
        let (who, signed_in, roster) = asked.unwrap();
        if who == nobody {
            assert!(signed_in.is_none() && roster.is_none());
            continue;
        }
        let (SignIn { account, brief, roster: read, something_waits }, roster) =
            (signed_in.unwrap(), roster.unwrap());
        assert!(read.is_none_or(|read| *read == roster) && !something_waits);
        let other = if who == b.alice { b.bob } else { b.alice };
        assert_eq!(account.id, who);
        assert_eq!(brief.contacts.iter().map(|contact| contact.id).collect::<Vec<_>>(), [other]);
        assert_eq!(roster.contacts.iter().map(|contact| contact.id).collect::<Vec<_>>(), [other]);
        assert_eq!(roster.name, account.name);
    }
    b.store.close().await;
    assert!(matches!(b.store.roster(b.alice).await, Err(StoreError::Closed)));
}

/// Whoever has read something and finds the moment the same need not read it again.
#[tokio::test]
async fn the_moment_passes_with_every_change() {
    let b = Bench::new().await;
    let before = b.store.moment();
    b.store.sign_in(b.alice, true).await.unwrap();
    assert_eq!(b.store.moment(), before, "reading changes nothing");
    b.store.set_name(b.alice, "Alice").await.unwrap();
    let after = b.store.moment();
    assert_ne!(after, before);
    b.store.pass_moment();
    assert_ne!(b.store.moment(), after);
}

/// A row that can't be made out is nobody else's trouble, however many share the statement that reads it.
#[tokio::test]
async fn what_is_wrong_with_one_account_keeps_nobody_else_out() {
    let b = Bench::new().await;
    let mut database = SqliteConnectOptions::new().filename(b.path().join(DATABASE)).connect().await.unwrap();
    sqlx::query("UPDATE account SET generation = -1 WHERE id = $1")
        .bind(i64::from(b.bob.0))
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
    let mut asking = JoinSet::new();
    for number in 0..100 {
        let (store, who) = (b.store.clone(), [b.alice, b.bob][number % 2]);
        asking.spawn(async move { (who, store.sign_in(who, number < 50).await, store.account(who).await) });
    }
    while let Some(asked) = asking.join_next().await {
        let (who, signed_in, account) = asked.unwrap();
        if who == b.bob {
            assert!(matches!(signed_in, Err(StoreError::Corrupt(_))), "{signed_in:?}");
            assert!(matches!(account, Err(StoreError::Corrupt(_))), "{account:?}");
        } else {
            assert_eq!(signed_in.unwrap().unwrap().account.email, account.unwrap().unwrap().email);
        }
    }
}
