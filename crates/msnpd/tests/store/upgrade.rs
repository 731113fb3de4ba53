//! A database of an earlier version keeps what is in it.

use std::borrow::Cow;
use std::path::Path;

use msnp::types::{Guid, List};
use msnpd::account::AccountId;
use msnpd::store::{DATABASE, MemberKey, Role, Store};
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::{LIMITS, add, email, on};

/// Makes a database as the version wrote it whose newest schema change is `newest`, and puts `rows` into it.
async fn old_database(dir: &Path, newest: i64, rows: &'static str) {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut migrator = Migrator::new(migrations).await.unwrap();
    migrator.migrations =
        Cow::Owned(migrator.iter().filter(|step| step.version <= newest).cloned().collect());
    let options =
        SqliteConnectOptions::new().filename(dir.join(DATABASE)).create_if_missing(true).foreign_keys(true);
    let mut conn = options.connect().await.unwrap();
    migrator.run_direct(None, &mut conn, false).await.unwrap();
    sqlx::raw_sql(rows).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn lists_of_before_the_address_book_stay() {
    let dir = tempfile::tempdir().unwrap();
    old_database(
        dir.path(),
        8,
        "INSERT INTO account (id, email, name, password_hash, created, revision, lists_revision) VALUES \
         (1, 'alice@example.com', 'Alice', 'x', 1700000000, 9, 8), \
         (2, 'bob@example.com', NULL, 'x', 1700000000, 4, 4); \
         INSERT INTO contact (owner, contact, lists, name, guid, revision, in_other, phone) VALUES \
         (1, 2, 11, 'Bobby', x'000102030405060708090a0b0c0d0e0f', 7, 1, 'tel:+1'), \
         (2, 1, 28, NULL, x'100102030405060708090a0b0c0d0e0f', 4, 0, NULL); \
         INSERT INTO contact_group (owner, number, guid, name, revision) VALUES \
         (1, 3, x'200102030405060708090a0b0c0d0e0f', 'Friends', 6); \
         INSERT INTO membership (owner, contact, number) VALUES (1, 2, 3); \
         INSERT INTO outside_contact (owner, guid, network, address, lists, name, revision, phone) VALUES \
         (1, x'310102030405060708090a0b0c0d0e0f', 4, 'tel:+2', 1, 'Aunt', 8, NULL), \
         (1, x'300102030405060708090a0b0c0d0e0f', 4, 'tel:+3', 1, NULL, 5, 'tel:+4'); \
         INSERT INTO outside_membership (owner, guid, number) VALUES \
         (1, x'310102030405060708090a0b0c0d0e0f', 3);",
    )
    .await;
    let store = Store::open(dir.path()).await.unwrap();
    let (alice, bob) = (AccountId(1), AccountId(2));
    let roster = store.roster(alice).await.unwrap().unwrap();
    assert_eq!((roster.revision, roster.lists_revision), (9, 8));
    let [row] = &*roster.contacts else { panic!("{:?}", roster.contacts) };
    assert_eq!((row.id, row.lists.bits(), row.stored_name.as_deref()), (bob, 11, Some("Bobby")));
    assert_eq!((&*row.groups, row.phone.as_deref(), row.revision), (&[0, 3][..], Some("tel:+1"), 7));
    assert_eq!(row.guid.to_string(), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    let outside: Vec<_> = roster
        .outside
        .iter()
        .map(|row| (&*row.address, row.name.as_deref(), row.phone.as_deref(), &*row.groups, row.revision))
        .collect();
    assert_eq!(
        outside,
        [("tel:+2", Some("Aunt"), None, &[3][..], 8), ("tel:+3", None, Some("tel:+4"), &[][..], 5)]
    );
    let theirs = store.roster(bob).await.unwrap().unwrap();
    assert_eq!(theirs.contacts[0].lists, on(&[List::Block, List::Reverse, List::Pending]));

    // And all of it is in the book, where nobody can ask for changes from before it was kept.
    let book = store.book(alice, None).await.unwrap().unwrap();
    assert_eq!((book.entries.len(), book.groups.len(), book.deltas_from), (3, 1, 9));
    let members = store.membership(alice, None).await.unwrap().unwrap().members;
    assert_eq!(members.iter().map(|m| m.role).collect::<Vec<_>>(), [Role::Allow, Role::Reverse]);
    // What is added from here on has numbers of its own.
    for (n, number) in ["tel:+5", "tel:+2"].into_iter().enumerate() {
        let key = MemberKey::Outside { network: 4, address: number.to_owned() };
        store.add_members(alice, vec![(Role::Allow, key)], LIMITS).await.unwrap();
        let members = store.membership(alice, None).await.unwrap().unwrap().members;
        assert_eq!(members.len(), 3 + n);
    }
    // Whom nobody refers to any more goes, and with him what refers to him.
    store.remove_account(bob).await.unwrap();
    let carol = add(&store, "carol").await;
    assert_eq!(carol, AccountId(3));
    store.add_contact(alice, &email("carol"), None, None, LIMITS).await.unwrap();
    assert!(store.book(alice, None).await.unwrap().unwrap().entries.iter().all(|e| e.guid != Guid([0; 16])));
}
