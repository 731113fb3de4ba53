//! What an operator did to accounts, for the server that runs meanwhile in another process.
//!
//! `msnpd user …` writes a row with each change; the server asks every now and then what is new.

use std::sync::atomic::Ordering;

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

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
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

    /// What has happened after the event `seq`, in order. What only a newer version of this program knows is left out,
    /// and the operator warned of it once.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn events_since(&self, seq: i64) -> Result<Vec<Event>, StoreError> {
        let rows: Vec<(i64, i64, String)> =
            sqlx::query_as("SELECT seq, account, kind FROM account_event WHERE seq > $1 ORDER BY seq")
                .bind(seq)
                .fetch_all(self.readers())
                .await?;
        let mut events = Vec::with_capacity(rows.len());
        for (seq, account, kind) in rows {
            let account = account_id(account)?;
            match EventKind::parse(&kind) {
                Some(kind) => events.push(Event { seq, account, kind }),
                // It is read again and again while nothing follows it.
                None if self.inner.passed_over.fetch_max(seq, Ordering::Relaxed) < seq => {
                    tracing::warn!(%account, kind, "an event that this version does not know is passed over");
                }
                None => {}
            }
        }
        Ok(events)
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
