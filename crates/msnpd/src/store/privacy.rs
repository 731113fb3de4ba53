//! An account's own settings: its name, who may see it, whether it wants to be asked.

use std::str::FromStr;

use msnp::types::{List, Privacy, Prompt};
use sqlx::SqliteConnection;

use super::edit::EditError;
use super::property::{SettingEdited, Sight, turned};
use super::row::{Part, Revisions, account_id, revision};
use super::{Store, StoreError, now};
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
        let name = name.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                match change_name(tx, account, name).await {
                    Err(EditError::Unchanged) => revision(tx, account).await?.ok_or(EditError::Gone),
                    done => done,
                }
            })
        })
        .await
    }

    /// Sets who may see the account.
    ///
    /// # Errors
    /// [`Unchanged`](EditError::Unchanged), [`Gone`](EditError::Gone).
    pub async fn set_privacy(
        &self,
        account: AccountId,
        privacy: Privacy,
    ) -> Result<SettingEdited, EditError> {
        self.write(move |tx| Box::pin(change_privacy(tx, account, privacy))).await
    }

    /// Sets what the client is to do about newcomers, and returns the account's new revision.
    ///
    /// # Errors
    /// [`Unchanged`](EditError::Unchanged), [`Gone`](EditError::Gone).
    pub async fn set_prompt(&self, account: AccountId, prompt: Prompt) -> Result<u64, EditError> {
        self.write(move |tx| Box::pin(change_prompt(tx, account, prompt))).await
    }
}

/// [`Store::set_name`], but for a name that it has already, which is refused.
pub(super) async fn change_name(
    tx: &mut SqliteConnection,
    account: AccountId,
    name: String,
) -> Result<u64, EditError> {
    // Since when it is so is part of what roams.
    let done = sqlx::query(
        "UPDATE account SET name = nullif($2, ''), name_changed = $3 \
         WHERE id = $1 AND name IS DISTINCT FROM nullif($2, '')",
    )
    .bind(i64::from(account.0))
    .bind(name)
    .bind(now())
    .execute(&mut *tx)
    .await?;
    changed(tx, account, done.rows_affected()).await
}

/// [`Store::set_prompt`].
pub(super) async fn change_prompt(
    tx: &mut SqliteConnection,
    account: AccountId,
    prompt: Prompt,
) -> Result<u64, EditError> {
    let set = "UPDATE account SET prompt = $2 WHERE id = $1 AND prompt <> $2";
    set_one(tx, account, set, prompt.as_str().to_owned()).await
}

/// [`Store::set_privacy`].
pub(super) async fn change_privacy(
    tx: &mut SqliteConnection,
    account: AccountId,
    privacy: Privacy,
) -> Result<SettingEdited, EditError> {
    let set = "UPDATE account SET privacy = $2 WHERE id = $1 AND privacy <> $2";
    let revision = set_one(tx, account, set, privacy.as_str().to_owned()).await?;
    let mut sight = Sight::default();
    let properties = turned(tx, account, privacy == Privacy::AllowOthers).await?;
    if !properties.is_empty() {
        // Of those on the allow list and the block list nothing changes.
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT contact FROM contact WHERE owner = $1 AND contact <> $1 AND lists & $2 <> 0 AND lists & $3 = 0",
        )
        .bind(i64::from(account.0))
        .bind(i64::from(List::Reverse.bit().bits()))
        .bind(i64::from(List::Allow.bit().with(List::Block).bits()))
        .fetch_all(&mut *tx)
        .await?;
        let ids = ids.into_iter().map(account_id).collect::<Result<Vec<_>, _>>()?;
        let watchers = Revisions::next(tx, Part::Lists, ids).await?.into_vec();
        sight = Sight { properties, watchers };
    }
    Ok(SettingEdited { revision, sight })
}

/// Who may see the account, if it exists.
pub(super) async fn privacy(
    tx: &mut SqliteConnection,
    account: AccountId,
) -> Result<Option<Privacy>, StoreError> {
    let found: Option<String> = sqlx::query_scalar("SELECT privacy FROM account WHERE id = $1")
        .bind(i64::from(account.0))
        .fetch_optional(tx)
        .await?;
    found.as_deref().map(setting).transpose()
}

async fn set_one(
    tx: &mut SqliteConnection,
    account: AccountId,
    statement: &'static str,
    value: String,
) -> Result<u64, EditError> {
    let done = sqlx::query(statement).bind(i64::from(account.0)).bind(value).execute(&mut *tx).await?;
    changed(tx, account, done.rows_affected()).await
}

/// The account's new revision, if there is an account and one of its settings was changed.
async fn changed(tx: &mut SqliteConnection, account: AccountId, rows: u64) -> Result<u64, EditError> {
    if rows == 0 {
        revision(tx, account).await?.ok_or(EditError::Gone)?;
        return Err(EditError::Unchanged);
    }
    let revisions = Revisions::next(tx, Part::Settings, [account]).await?;
    revisions.of(account).ok_or(EditError::Gone)
}
