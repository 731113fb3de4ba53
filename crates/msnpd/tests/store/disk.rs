//! What is on the disk, when, and who else may write there.

use std::fs;
use std::time::Duration;

use msnp::types::{List, Property};
use msnpd::store::{ContactKey, DATABASE, EditError, EventKind, Store, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::task::JoinSet;

use super::{Bench, LIMITS, add, email};

#[tokio::test]
async fn all_of_it_is_there_after_a_restart() {
    let Bench { dir, store, alice, bob, .. } = Bench::new().await;
    store.add_contact(alice, &email("bob"), Some("B"), None, LIMITS).await.unwrap();
    store.set_property(bob, Property::WorkPhone, Some("1")).await.unwrap();
    let before = store.roster(alice).await.unwrap();
    // Closed, not dropped: only the last connection of all takes the log away, and dropped ones end when they like.
    store.close().await;
    let store = Store::open(dir.path()).await.unwrap();
    assert_eq!(store.roster(alice).await.unwrap(), before);
    store.close().await;
    assert!(matches!(store.set_name(alice, "x").await, Err(EditError::Store(StoreError::Closed))));
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("wal")), "{left:?}");
    let store = Store::open(dir.path()).await.unwrap();
    assert_eq!(store.roster(alice).await.unwrap(), before);
}

/// What a process has written is in the files when its edits are answered, however it ends.
#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let b = Bench::new().await;
    for round in 0..20 {
        if round % 2 == 0 {
            b.store.add_contact(b.alice, &email("bob"), None, None, LIMITS).await.unwrap();
        } else {
            let key = ContactKey::Email(email("bob"));
            b.store.remove_contact(b.alice, key, None).await.unwrap();
        }
        // The shared memory file is not part of what a crash leaves: it is made again from the log.
        let crashed = tempfile::tempdir().unwrap();
        for file in [DATABASE.to_owned(), format!("{DATABASE}-wal")] {
            fs::copy(b.path().join(&file), crashed.path().join(&file)).unwrap();
        }
        let after = Store::open(crashed.path()).await.unwrap();
        for account in [b.alice, b.bob] {
            assert_eq!(after.roster(account).await.unwrap(), b.store.roster(account).await.unwrap());
        }
    }
}

#[tokio::test]
async fn a_refused_edit_takes_nothing_with_it() {
    let b = Bench::new().await;
    let mut edits = JoinSet::new();
    for n in 0..200 {
        let (store, alice) = (b.store.clone(), b.alice);
        edits.spawn(async move {
            let name = if n % 3 == 0 { "nobody".to_owned() } else { format!("user{n}") };
            if n % 3 != 0 {
                add(&store, &name).await;
            }
            (n, store.add_to_list(alice, List::Allow, &email(&name), true, LIMITS).await)
        });
    }
    let mut revisions = Vec::new();
    while let Some(done) = edits.join_next().await {
        match done.unwrap() {
            (n, Err(EditError::UnknownAccount)) => assert_eq!(n % 3, 0),
            (n, done) => {
                assert_ne!(n % 3, 0);
                revisions.push(done.unwrap().revision);
            }
        }
    }
    revisions.sort_unstable();
    let expected: Vec<u64> = (2..2 + revisions.len() as u64).collect();
    assert_eq!(revisions, expected, "each has a revision of its own, and none is left out");
    assert_eq!(b.roster(b.alice).await.contacts.len(), revisions.len());
}

/// An edit whose caller has gone is done all the same.
#[tokio::test]
async fn an_edit_outlives_who_asked_for_it() {
    let b = Bench::new().await;
    for n in 0..50 {
        let name = format!("A{n}");
        let mut edit = Box::pin(b.store.set_name(b.alice, &name));
        std::future::poll_fn(|cx| {
            assert!(edit.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    }
    assert_eq!(b.store.set_name(b.alice, "last").await.unwrap(), 52);
}

/// `msnpd user …` writes while the server does, however busy it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_write_at_once() {
    let b = Bench::new().await;
    let other = Store::open(b.path()).await.unwrap();
    let mut busy = JoinSet::new();
    for account in [b.alice, b.bob, b.carol] {
        let store = b.store.clone();
        busy.spawn(async move {
            for n in 0_u64.. {
                store.set_name(account, &n.to_string()).await.unwrap();
            }
        });
    }
    let foreign = async {
        for n in 0..10 {
            let id = add(&other, &format!("user{n}")).await;
            assert_eq!(b.store.account(id).await.unwrap().unwrap().email, email(&format!("user{n}")));
        }
    };
    tokio::time::timeout(Duration::from_secs(20), foreign).await.expect("it starves");
    busy.abort_all();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_make_the_same_store_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("not/yet");
    let mut opening = JoinSet::new();
    for n in 0..6 {
        let path = path.clone();
        opening.spawn(async move {
            let store = Store::open(&path).await.unwrap();
            add(&store, &format!("user{n}")).await;
        });
    }
    while let Some(opened) = opening.join_next().await {
        opened.unwrap();
    }
    assert_eq!(Store::open(&path).await.unwrap().accounts().await.unwrap().len(), 6);
}

#[cfg(unix)]
#[tokio::test]
async fn it_is_for_nobody_else() {
    use std::os::unix::fs::PermissionsExt;

    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let store = Store::open(&dir).await.unwrap();
    add(&store, "alice").await;
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&dir).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path()).await.unwrap().close().await;
    let options = SqliteConnectOptions::new().filename(dir.path().join(DATABASE));
    let mut conn = options.connect().await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'the future', 1, x'00', 0)",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    let error = Store::open(dir.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 9999, .. }), "{error}");
    assert!(error.to_string().contains("run the newer msnpd"), "{error}");
}

#[tokio::test]
async fn what_is_no_database_is_told_with_its_name() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(DATABASE), "x".repeat(5000)).unwrap();
    let error = Store::open(dir.path()).await.unwrap_err();
    assert!(error.to_string().contains(DATABASE), "{error}");
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Store::open(&file).await.unwrap_err();
    assert!(matches!(error, StoreError::File { .. }), "{error}");
}

/// A newer version of `msnpd user` may say more than a server that still runs knows of.
#[tokio::test]
async fn an_event_of_the_future_is_passed_over() {
    let b = Bench::new().await;
    let start = b.store.last_event().await.unwrap();
    let options = SqliteConnectOptions::new().filename(b.path().join(DATABASE));
    let mut conn = options.connect().await.unwrap();
    sqlx::query("INSERT INTO account_event (account, kind, at) VALUES (1, 'knighted', unixepoch())")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    assert!(b.store.events_since(start).await.unwrap().is_empty());
    b.store.disable(b.alice).await.unwrap();
    for _ in 0..2 {
        let events = b.store.events_since(start).await.unwrap();
        let kinds: Vec<_> = events.iter().map(|event| (event.account, event.kind)).collect();
        assert_eq!(kinds, [(b.alice, EventKind::Disabled)]);
    }
}
