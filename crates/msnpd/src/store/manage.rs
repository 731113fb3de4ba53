//! What an operator does to accounts. Each change leaves an event for the running server.

use msnp::types::Email;
use sqlx::SqliteConnection;

use super::account::AccountError;
use super::event::{EventKind, tell};
use super::row::{Part, Revisions, account_id, find};
use super::tombstone::forget_before;
use super::{Store, StoreError, circle_account};
use crate::account::AccountId;

impl Store {
    /// Gives an account another password and ends all its tickets. `sealed_password` takes the place of the one it
    /// has; with `None`, MSNP2-7 can't sign in any more.
    ///
    /// # Errors
    /// [`Unknown`](AccountError::Unknown).
    pub async fn set_password(
        &self,
        id: AccountId,
        password_hash: String,
        sealed_password: Option<Vec<u8>>,
    ) -> Result<(), AccountError> {
        self.write(move |tx| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE account SET password_hash = $2, sealed_password = $3, generation = generation + 1 \
                     WHERE id = $1",
                )
                .bind(i64::from(id.0))
                .bind(password_hash)
                .bind(sealed_password)
                .execute(&mut *tx)
                .await?;
                if done.rows_affected() == 0 {
                    return Err(AccountError::Unknown);
                }
                tell(tx, EventKind::Password, [id]).await?;
                Ok(())
            })
        })
        .await
    }

    /// Keeps an account from signing in and ends all its tickets. `false`: it was disabled already.
    ///
    /// # Errors
    /// [`Unknown`](AccountError::Unknown).
    pub async fn disable(&self, id: AccountId) -> Result<bool, AccountError> {
        self.write(move |tx| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE account SET disabled = 1, generation = generation + 1 WHERE id = $1 AND disabled = 0",
                )
                .bind(i64::from(id.0))
                .execute(&mut *tx)
                .await?;
                if done.rows_affected() == 0 {
                    return must_exist(tx, id).await.map(|()| false);
                }
                tell(tx, EventKind::Disabled, [id]).await?;
                Ok(true)
            })
        })
        .await
    }

    /// Lets a disabled account sign in again. `false`: it was not disabled.
    ///
    /// # Errors
    /// [`Unknown`](AccountError::Unknown).
    pub async fn enable(&self, id: AccountId) -> Result<bool, AccountError> {
        self.write(move |tx| {
            Box::pin(async move {
                let done = sqlx::query("UPDATE account SET disabled = 0 WHERE id = $1 AND disabled = 1")
                    .bind(i64::from(id.0))
                    .execute(&mut *tx)
                    .await?;
                if done.rows_affected() == 0 {
                    return must_exist(tx, id).await.map(|()| false);
                }
                Ok(true)
            })
        })
        .await
    }

    /// Gives an account another address. It stays on all lists, which are by number; where a name said the old
    /// address, because clients write that when they have no name, it says the new one.
    ///
    /// # Errors
    /// [`Unknown`](AccountError::Unknown), [`Exists`](AccountError::Exists).
    pub async fn rename_account(&self, id: AccountId, new: &Email) -> Result<(), AccountError> {
        let new = new.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let old: String = sqlx::query_scalar("SELECT email FROM account WHERE id = $1")
                    .bind(i64::from(id.0))
                    .fetch_optional(&mut *tx)
                    .await?
                    .ok_or(AccountError::Unknown)?;
                if find(tx, &new).await?.is_some() {
                    return Err(AccountError::Exists(new));
                }
                // NULL: the address stands in, whichever it is.
                sqlx::query(
                    "UPDATE account SET email = $2, name = CASE WHEN lower(name) = $3 THEN NULL ELSE name END \
                     WHERE id = $1",
                )
                .bind(i64::from(id.0))
                .bind(new.as_str())
                .bind(&old)
                .execute(&mut *tx)
                .await?;
                let holders = holders(tx, id).await?;
                let revisions = Revisions::next(tx, Part::Lists, holders).await?.into_vec();
                for (holder, revision) in &revisions {
                    sqlx::query(
                        "UPDATE contact SET name = CASE WHEN lower(name) = $3 THEN NULL ELSE name END, \
                         revision = $4, book_revision = $4, member_revision = $4 \
                         WHERE owner = $1 AND contact = $2",
                    )
                    .bind(i64::from(holder.0))
                    .bind(i64::from(id.0))
                    .bind(&old)
                    .bind(super::row::signed(*revision)?)
                    .execute(&mut *tx)
                    .await?;
                    // Clients know him by his address: with it all that they have of him is another's.
                    forget_before(tx, *holder, *revision).await?;
                }
                circle_account::show_anew(tx, id).await?;
                Revisions::next(tx, Part::Settings, [id]).await?;
                tell(tx, EventKind::Renamed, [id]).await?;
                tell(tx, EventKind::Lists, revisions.into_iter().map(|(holder, _)| holder)).await?;
                Ok(())
            })
        })
        .await
    }

    /// Removes an account and every row about it, on everybody's lists. Returns whose lists it was on.
    ///
    /// # Errors
    /// [`Unknown`](AccountError::Unknown).
    pub async fn remove_account(&self, id: AccountId) -> Result<Vec<AccountId>, AccountError> {
        self.write(move |tx| {
            Box::pin(async move {
                must_exist(tx, id).await?;
                let mut holders = holders(tx, id).await?;
                holders.retain(|holder| *holder != id);
                let revisions = Revisions::next(tx, Part::Lists, holders.iter().copied()).await?;
                for (holder, revision) in revisions.into_vec() {
                    // Clients that ask what has changed read all of it: no mark is left of somebody who is gone for good.
                    forget_before(tx, holder, revision).await?;
                    sqlx::query(
                        "DELETE FROM detail WHERE owner = $1 AND entry = \
                         (SELECT guid FROM contact WHERE owner = $1 AND contact = $2)",
                    )
                    .bind(i64::from(holder.0))
                    .bind(i64::from(id.0))
                    .execute(&mut *tx)
                    .await?;
                }
                let beside = circle_account::leave_all(tx, id).await?;
                // Its rows and those about it go with it, by their foreign keys.
                sqlx::query("DELETE FROM account WHERE id = $1")
                    .bind(i64::from(id.0))
                    .execute(&mut *tx)
                    .await?;
                tell(tx, EventKind::Removed, [id]).await?;
                let mut concerned: Vec<_> = holders.iter().copied().chain(beside).collect();
                concerned.sort_unstable();
                concerned.dedup();
                tell(tx, EventKind::Lists, concerned).await?;
                Ok(holders)
            })
        })
        .await
    }
}

/// Whoever has the account on a list.
async fn holders(tx: &mut SqliteConnection, id: AccountId) -> Result<Vec<AccountId>, StoreError> {
    let ids: Vec<i64> = sqlx::query_scalar("SELECT owner FROM contact WHERE contact = $1 ORDER BY owner")
        .bind(i64::from(id.0))
        .fetch_all(tx)
        .await?;
    ids.into_iter().map(account_id).collect()
}

async fn must_exist(tx: &mut SqliteConnection, id: AccountId) -> Result<(), AccountError> {
    super::row::revision(tx, id).await?.map(drop).ok_or(AccountError::Unknown)
}
