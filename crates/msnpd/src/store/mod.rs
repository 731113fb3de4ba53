//! What is kept across a restart: accounts, lists, groups, privacy, properties.

use msnp::types::Email;

use crate::account::{Account, AccountId};

/// The store, open. Cheap to clone: all clones share one writer and its readers.
#[derive(Clone, Debug)]
pub struct Store {}

/// The store could not do what was asked, through no fault of the asker.
#[derive(Debug, thiserror::Error)]
#[error("the store failed")]
pub struct StoreError;

impl Store {
    /// The account that signs in with `email`.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn account_by_email(&self, _email: &Email) -> Result<Option<Account>, StoreError> {
        Err(StoreError)
    }

    /// The account with this number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn account(&self, _id: AccountId) -> Result<Option<Account>, StoreError> {
        Err(StoreError)
    }
}
