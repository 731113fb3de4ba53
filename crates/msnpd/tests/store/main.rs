//! The store, as the server and the operator see it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod accounts;
mod book;
mod circles;
mod disk;
mod groups;
mod lists;
mod messages;
mod orders;
mod outside;
mod random;
mod random_circles;
mod recordings;
mod roaming;
mod settings;
mod upgrade;

use std::path::Path;

use msnp::types::{Email, List, Lists};
use msnpd::account::AccountId;
use msnpd::store::{Limits, NewAccount, Roster, RosterContact, Store};
use tempfile::TempDir;

const LIMITS: Limits = Limits::CLASSIC;

/// A store in a directory of its own, with three accounts.
struct Bench {
    dir: TempDir,
    store: Store,
    alice: AccountId,
    bob: AccountId,
    carol: AccountId,
}

impl Bench {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).await.unwrap();
        let alice = add(&store, "alice").await;
        let bob = add(&store, "bob").await;
        let carol = add(&store, "carol").await;
        Self { dir, store, alice, bob, carol }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    async fn roster(&self, owner: AccountId) -> Roster {
        self.store.roster(owner).await.unwrap().unwrap()
    }

    /// The row that `owner` has for `contact`.
    async fn row(&self, owner: AccountId, contact: AccountId) -> Option<RosterContact> {
        self.roster(owner).await.contacts.into_iter().find(|c| c.id == contact)
    }

    async fn lists(&self, owner: AccountId, contact: AccountId) -> Lists {
        self.row(owner, contact).await.map(|row| row.lists).unwrap_or_default()
    }

    async fn revision(&self, account: AccountId) -> u64 {
        self.store.brief(account).await.unwrap().unwrap().revision
    }
}

async fn add(store: &Store, name: &str) -> AccountId {
    let hash = "$argon2id$of nothing".to_owned();
    let new = NewAccount { email: email(name), name: None, password_hash: hash, sealed_password: None };
    store.add_account(new).await.unwrap()
}

fn email(name: &str) -> Email {
    format!("{name}@example.com").parse().unwrap()
}

fn on(lists: &[List]) -> Lists {
    lists.iter().fold(Lists::NONE, |all, list| all.with(*list))
}
