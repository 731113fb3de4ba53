//! What an operator did to accounts, for the server that runs meanwhile in another process.
//!
//! `msnpd user …` writes a row with each change; the server asks every now and then what is new.

use std::str::FromStr;

use sqlx::SqliteConnection;

use super::row::account_id;
use super::{Store, StoreError, now};
use crate::account::AccountId;

/// How long events are kept, in seconds: longer than any server that runs fails to ask.
const KEPT: i64 = 24 * 60 * 60;

/// What has happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Disabled: whoever is signed in with it has to go.
    Disabled,
    /// Its lists are others than before, since somebody on them was renamed or removed. To be read again.
    Lists,
    /// It has a new password: whoever is signed in with it has to sign in again.
    Password,
    /// Removed, as is every row about it.
    Removed,
    /// It has a new address.
    Renamed,
}

impl EventKind {
    const ALL: [Self; 5] = [Self::Disabled, Self::Lists, Self::Password, Self::Removed, Self::Renamed];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Lists => "lists",
            Self::Password => "password",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
        }
    }
}

impl FromStr for EventKind {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| StoreError::Corrupt(format!("the event {text:?}")))
    }
}

/// Something an operator did to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Grows with every event; never used twice.
    pub seq: i64,
    /// Whom it happened to.
    pub account: AccountId,
    /// What happened.
    pub kind: EventKind,
}

impl Store {
    /// The number of the newest event, 0 where there is none: what a server starts to ask from.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn last_event(&self) -> Result<i64, StoreError> {
        let seq = sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM account_event");
        Ok(seq.fetch_one(self.readers()).await?)
    }

    /// What has happened after the event `seq`, in order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn events_since(&self, seq: i64) -> Result<Vec<Event>, StoreError> {
        let rows: Vec<(i64, i64, String)> =
            sqlx::query_as("SELECT seq, account, kind FROM account_event WHERE seq > $1 ORDER BY seq")
                .bind(seq)
                .fetch_all(self.readers())
                .await?;
        let event = |(seq, account, kind): (i64, i64, String)| {
            Ok(Event { seq, account: account_id(account)?, kind: kind.parse()? })
        };
        rows.into_iter().map(event).collect()
    }
}

/// Tells the running server, with the change itself: both are seen, or neither.
pub(super) async fn tell(
    tx: &mut SqliteConnection,
    kind: EventKind,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<(), StoreError> {
    let now = now();
    sqlx::query("DELETE FROM account_event WHERE at < $1").bind(now - KEPT).execute(&mut *tx).await?;
    for account in accounts {
        sqlx::query("INSERT INTO account_event (account, kind, at) VALUES ($1, $2, $3)")
            .bind(i64::from(account.0))
            .bind(kind.as_str())
            .bind(now)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}
