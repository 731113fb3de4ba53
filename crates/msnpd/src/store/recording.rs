//! Whose connections an operator wants recorded. It holds across a restart, until its time is over.

use msnp::types::Email;

use super::account::AccountError;
use super::row::{email, find, unsigned};
use super::{Store, StoreError, now};

/// Somebody who is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Whose connections.
    pub account: Email,
    /// Until when, in seconds since 1970.
    pub until: u64,
}

impl Store {
    /// Wants an account recorded until then, whatever was wanted before.
    ///
    /// # Errors
    /// [`Unknown`](AccountError::Unknown).
    pub async fn want_recording(&self, wish: &Wish) -> Result<(), AccountError> {
        let Wish { account, until } = wish.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let id = find(tx, &account).await?.ok_or(AccountError::Unknown)?;
                sqlx::query("DELETE FROM recording WHERE until <= $1").bind(now()).execute(&mut *tx).await?;
                sqlx::query("INSERT OR REPLACE INTO recording (account, until) VALUES ($1, $2)")
                    .bind(i64::from(id.0))
                    .bind(i64::try_from(until).unwrap_or(i64::MAX))
                    .execute(tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Wants an account recorded no more. `false`: it was not.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn end_recording(&self, account: &Email) -> Result<bool, StoreError> {
        let account = account.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let done = sqlx::query(
                    "DELETE FROM recording WHERE account = (SELECT id FROM account WHERE email = $1)",
                )
                .bind(account.as_str())
                .execute(tx)
                .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    /// Whom to record, by address; those whose time is over are left out.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn recordings(&self) -> Result<Vec<Wish>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT email, until FROM recording JOIN account ON id = account WHERE until > $1 ORDER BY email",
        )
        .bind(now())
        .fetch_all(self.readers())
        .await?;
        let wish =
            |(address, until): (String, i64)| Ok(Wish { account: email(&address)?, until: unsigned(until)? });
        rows.into_iter().map(wish).collect()
    }
}
