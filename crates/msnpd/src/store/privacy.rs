//! An account's own settings: its name, who may see it, whether it wants to be asked.

use std::fmt;
use std::str::FromStr;

use super::edit::EditError;
use super::row::{Part, Revisions, revision};
use super::{Store, StoreError};
use crate::account::AccountId;

/// Who may see and contact a user, of those on neither his allow nor his block list: `BLP`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// `AL`: everybody. What an account starts with.
    Allow,
    /// `BL`: nobody.
    Block,
}

impl Privacy {
    /// The letters that stand for it on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "AL",
            Self::Block => "BL",
        }
    }
}

/// What the client is to do about people who have added the user: `GTC`. Stored for it, the server never acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// `A`: ask the user. What an account starts with.
    Ask,
    /// `N`: allow them without a word.
    Silent,
}

impl Prompt {
    /// The letter that stands for it on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "A",
            Self::Silent => "N",
        }
    }
}

/// The text stands for no value of this setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no value of this setting")]
pub struct UnknownSetting;

impl FromStr for Privacy {
    type Err = UnknownSetting;

    fn from_str(written: &str) -> Result<Self, UnknownSetting> {
        [Self::Allow, Self::Block].into_iter().find(|p| p.as_str() == written).ok_or(UnknownSetting)
    }
}

impl FromStr for Prompt {
    type Err = UnknownSetting;

    fn from_str(written: &str) -> Result<Self, UnknownSetting> {
        [Self::Ask, Self::Silent].into_iter().find(|p| p.as_str() == written).ok_or(UnknownSetting)
    }
}

impl fmt::Display for Privacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A setting as the database holds it.
pub(super) fn setting<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("the setting {text:?}")))
}

impl Store {
    /// Sets the account's friendly name and returns its revision; the one it had before where that is its name
    /// already.
    ///
    /// # Errors
    /// [`Gone`](EditError::Gone).
    pub async fn set_name(&self, account: AccountId, name: &str) -> Result<u64, EditError> {
        let set = "UPDATE account SET name = $2 WHERE id = $1 AND name IS DISTINCT FROM $2";
        match self.set(account, set, name.to_owned()).await {
            Err(EditError::Unchanged) => {
                let revision = sqlx::query_scalar("SELECT revision FROM account WHERE id = $1")
                    .bind(i64::from(account.0))
                    .fetch_one(self.readers())
                    .await?;
                Ok(super::row::unsigned(revision)?)
            }
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
