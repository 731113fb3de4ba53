//! What sign-in needs of the rest of the server.

use std::future::Future;
use std::pin::Pin;

use msnp::types::Email;

use crate::account::{Account, AccountId};
use crate::password::{HashError, Hasher};
use crate::store::{Store, StoreError};

/// A future that a trait object can give back. Beside the password hash it costs nothing.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where accounts come from and passwords are checked.
pub trait Accounts: Send + Sync + 'static {
    /// The account that signs in with `email`.
    fn by_email<'a>(&'a self, email: &'a Email) -> Later<'a, Result<Option<Account>, Unavailable>>;

    /// The account with this number.
    fn by_id<'a>(&'a self, id: AccountId) -> Later<'a, Result<Option<Account>, Unavailable>>;

    /// Whether `password` is the one that `hash` was made of. Has to take as long for `None`. An error says that the
    /// password was not looked at.
    fn verify<'a>(&'a self, password: &'a str, hash: Option<&'a str>) -> Later<'a, Result<bool, HashError>>;
}

/// Accounts can't be read just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("accounts can't be read")]
pub struct Unavailable;

impl Accounts for (Store, Hasher) {
    fn by_email<'a>(&'a self, email: &'a Email) -> Later<'a, Result<Option<Account>, Unavailable>> {
        Box::pin(async move { self.0.account_by_email(email).await.map_err(|error| unavailable(&error)) })
    }

    fn by_id<'a>(&'a self, id: AccountId) -> Later<'a, Result<Option<Account>, Unavailable>> {
        Box::pin(async move { self.0.account(id).await.map_err(|error| unavailable(&error)) })
    }

    fn verify<'a>(&'a self, password: &'a str, hash: Option<&'a str>) -> Later<'a, Result<bool, HashError>> {
        Box::pin(self.1.verify(password, hash))
    }
}

fn unavailable(error: &StoreError) -> Unavailable {
    tracing::error!(%error, "sign-in can't read accounts");
    Unavailable
}
