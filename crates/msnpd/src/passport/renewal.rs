//! New tickets for an older one, without the password (web-services reference, 9.3).
//!
//! The token broker's token is shown, and a signature that nobody can make without the secret that was given out with
//! it. When the request says it was written doesn't count: clocks of old machines are wrong. Who repeats a request that he
//! has overheard gains nothing by it, since the answer is sealed with the same secret.

use msnp::soap::rst::{Signature, Unsigned};

use super::{Passport, Refusal, Unavailable};
use crate::account::Account;
use crate::clock::unix_now;
use crate::ticket::SECRET_LEN;

/// Who may have new tickets.
pub(super) struct Renewal {
    pub(super) account: Account,
    /// The secret of the token that was shown.
    pub(super) secret: [u8; SECRET_LEN],
    /// Until when that token is good. One that renews itself gains no time.
    pub(super) until: u64,
}

impl Passport {
    /// The account whose token this is, if the one who shows it has its secret, and the account is as it was when the
    /// token was issued.
    pub(super) async fn prove_by_token(
        &self,
        cipher_value: &str,
        signature: &Result<Signature, Unsigned>,
    ) -> Result<Renewal, Refusal> {
        let refused = |why: &dyn std::fmt::Display| {
            tracing::debug!(%why, "refused a renewal");
            Refusal::Credentials
        };
        let (claims, ticket) =
            self.mint.check_cipher_value(cipher_value, unix_now()).map_err(|error| refused(&error))?;
        let signature = signature.as_ref().map_err(|error| refused(error))?;
        let secret = self.mint.secret(&ticket);
        if !signature.is_by(&secret) {
            return Err(refused(&"the signature is not made with the token's secret"));
        }
        let account =
            self.accounts.by_id(claims.account).await.map_err(|Unavailable| Refusal::Unavailable)?;
        let account = account
            .filter(|account| !account.disabled && account.generation == claims.generation)
            .ok_or_else(|| refused(&"the account is not what it was"))?;
        tracing::info!(account = %account.id, "renewed tickets");
        Ok(Renewal { account, secret, until: claims.expires })
    }
}
