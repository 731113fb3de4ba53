//! Whose ticket it is that comes with a request to a web service.

use super::{Passport, Unavailable};
use crate::account::Account;
use crate::clock::unix_now;
use crate::ticket::Use;

impl Passport {
    /// The account whose ticket this is, in any form in which clients show it; `None` if it is not good here now.
    ///
    /// # Errors
    /// When accounts can't be read.
    pub async fn bearer(&self, ticket: &str) -> Result<Option<Account>, Unavailable> {
        let Ok(claims) = self.mint.check(ticket.trim(), Use::Web, unix_now()) else { return Ok(None) };
        let account = self.accounts.by_id(claims.account).await?;
        Ok(account.filter(|account| !account.disabled && account.generation == claims.generation))
    }
}
