//! An account's own settings: its name, who may see it, whether it wants to be asked.

use std::str::FromStr;

use msnp::types::{Privacy, Prompt};

use super::edit::EditError;
use super::row::{Part, Revisions, revision};
use super::{Store, StoreError};
use crate::account::AccountId;

/// A setting as the database holds it.
pub(super) fn setting<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("the setting {text:?}")))
}

impl Store {
    /// Sets the account's friendly name and returns its revision; the one it had before where that is its name
    /// already. With an empty one the address stands in again.
    ///
    /// # Errors
    /// [`Gone`](EditError::Gone).
    pub async fn set_name(&self, account: AccountId, name: &str) -> Result<u64, EditError> {
        let set =
            "UPDATE account SET name = nullif($2, '') WHERE id = $1 AND name IS DISTINCT FROM nullif($2, '')";
        match self.set(account, set, name.to_owned()).await {
            Err(EditError::Unchanged) => self.revision(account).await?.ok_or(EditError::Gone),
            done => done,
        }
    }

    /// Sets who may see the account, and returns its new revision.
    ///
    /// # Errors
    /// [`Unchanged`](EditError::Unchanged), [`Gone`](EditError::Gone).
    pub async fn set_privacy(&self, account: AccountId, privacy: Privacy) -> Result<u64, EditError> {
        let set = "UPDATE account SET privacy = $2 WHERE id = $1 AND privacy <> $2";
        self.set(account, set, privacy.as_str().to_owned()).await
    }

    /// Sets what the client is to do about newcomers, and returns the account's new revision.
    ///
    /// # Errors
    /// [`Unchanged`](EditError::Unchanged), [`Gone`](EditError::Gone).
    pub async fn set_prompt(&self, account: AccountId, prompt: Prompt) -> Result<u64, EditError> {
        let set = "UPDATE account SET prompt = $2 WHERE id = $1 AND prompt <> $2";
        self.set(account, set, prompt.as_str().to_owned()).await
    }

    async fn set(
        &self,
        account: AccountId,
        statement: &'static str,
        value: String,
    ) -> Result<u64, EditError> {
        self.write(move |tx| {
            Box::pin(async move {
                let done =
                    sqlx::query(statement).bind(i64::from(account.0)).bind(value).execute(&mut *tx).await?;
                if done.rows_affected() == 0 {
                    revision(tx, account).await?.ok_or(EditError::Gone)?;
                    return Err(EditError::Unchanged);
                }
                let revisions = Revisions::next(tx, Part::Settings, [account]).await?;
                revisions.of(account).ok_or(EditError::Gone)
            })
        })
        .await
    }
}
