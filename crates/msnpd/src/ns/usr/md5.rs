//! Signing in with the MD5 of a challenge and the password, as MSNP2-7 do (notification-server reference, 5.5).
//!
//! Only accounts whose operator asked for it can: the server has to have the password itself. An account that is not
//! there, is disabled, can't sign in so, or has another password looks the same, costs the same, and counts the same
//! with the throttle, which is that of Passport: an MD5 costs a guesser nothing.

use std::time::Instant;

use msnp::auth::md5;
use msnp::types::Secret;
use tracing::{error, info, warn};

use super::{Claim, JUST_CHANGED, Proven, Refusal};
use crate::account::{Account, AccountId};
use crate::clock::unix_now;
use crate::ns::Session;
use crate::passport::throttle;
use crate::password::legacy::{LegacyError, LegacyKey};
use crate::random;

/// What is sealed and compared where there is nothing to be opened.
const NO_PASSWORD: &str = "no password";

/// A challenge in the form of the live service, `seconds.digits`, as long as those of `CHL`, which old clients take
/// too. No two are the same, so an answer that was overheard is worth nothing.
pub(super) fn challenge() -> String {
    format!("{}.{}", unix_now(), random::digits(9))
}

impl Session {
    pub(super) async fn check_response(
        &self,
        claim: &Claim,
        response: Secret<'_>,
    ) -> Result<Proven, Refusal> {
        let Claim { email, challenge, .. } = claim;
        let (server, from) = (&self.server, self.ends.peer.ip());
        let attempt = server
            .throttle
            .begin(email.as_str(), from, Instant::now())
            .map_err(|throttle::Busy| Refusal::Busy)?;
        if !attempt.delay().is_zero() {
            tokio::time::sleep(attempt.delay()).await;
        }
        // An attempt that ends in a failure of ours counts for nothing: nobody knows whether the answer was right.
        let key = self.legacy_key().await?;
        let found =
            server.store.account_and_sealed_password(email).await.map_err(|error| self.failed(&error))?;
        let (account, sealed) = found.map_or((None, None), |(account, sealed)| (Some(account), sealed));
        let password = open(key.as_ref(), account.as_ref(), sealed.as_deref())?;
        let right = md5::check(challenge, password.as_deref().unwrap_or(NO_PASSWORD), response.as_str());
        match account {
            Some(account) if right && password.is_some() && !account.disabled => {
                attempt.succeeded();
                let pass = server.page_pass(&account);
                let seen = self.see(account.id).await?.filter(|seen| seen.is_of(&account));
                let seen = seen.ok_or(Refusal::Denied(JUST_CHANGED))?;
                Ok(Proven { seen, pass, machine: None, ticket_expires: None })
            }
            account => {
                attempt.failed();
                let account = account.map(|account| account.id.0);
                info!(account, %from, "refused a sign-in");
                Err(Refusal::Denied("a wrong answer to the challenge"))
            }
        }
    }

    /// The key that passwords are sealed with, if there is one. Read each time: the first `--legacy-md5` makes it, maybe
    /// while the server runs.
    async fn legacy_key(&self) -> Result<Option<LegacyKey>, Refusal> {
        let dir = self.server.store.dir().to_owned();
        let read = tokio::task::spawn_blocking(move || LegacyKey::load(&dir)).await;
        match read {
            Ok(Ok(key)) => Ok(key),
            Ok(Err(error)) => {
                error!(%error, "nobody can sign in from MSNP2-7");
                Err(Refusal::Failed)
            }
            // The runtime is going down.
            Err(_) => Err(Refusal::Failed),
        }
    }
}

/// The password of an account, if it can be had. Where there is none to open one is sealed, which takes as long.
fn open(
    key: Option<&LegacyKey>,
    account: Option<&Account>,
    sealed: Option<&[u8]>,
) -> Result<Option<String>, Refusal> {
    let Some(key) = key else {
        if let (Some(account), Some(_)) = (account, sealed) {
            warn!(account = %account.id, "legacy.key is missing: restore it, or set the account's password again");
        }
        return Ok(None);
    };
    match (account, sealed) {
        (Some(account), Some(sealed)) => match key.open(account.id, sealed) {
            Ok(password) => Ok(Some(password)),
            Err(error) => {
                warn!(account = %account.id, %error, "an account can't sign in from MSNP2-7");
                Ok(None)
            }
        },
        _ => match key.seal(AccountId(0), NO_PASSWORD) {
            Ok(_) => Ok(None),
            Err(error) => Err(cannot_seal(&error)),
        },
    }
}

fn cannot_seal(error: &LegacyError) -> Refusal {
    error!(%error, "nobody can sign in from MSNP2-7");
    Refusal::Failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_fresh_and_in_the_form_of_the_live_service() {
        let (one, other) = (challenge(), challenge());
        assert_ne!(one, other);
        let (seconds, digits) = one.split_once('.').unwrap();
        assert!(seconds.bytes().chain(digits.bytes()).all(|b| b.is_ascii_digit()), "{one}");
        assert_eq!(digits.len(), 9);
    }

    #[test]
    fn without_a_sealed_password_there_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let key = LegacyKey::load_or_create(dir.path()).unwrap();
        let account = Account {
            id: AccountId(7),
            email: "alice@example.com".parse().unwrap(),
            name: String::new(),
            password_hash: String::new(),
            generation: 0,
            disabled: false,
        };
        let sealed = key.seal(AccountId(7), "wonderland").unwrap();
        let opened = |key, account, sealed| open(key, account, sealed).ok().unwrap();
        assert_eq!(opened(Some(&key), Some(&account), Some(&sealed)).as_deref(), Some("wonderland"));
        assert_eq!(opened(Some(&key), Some(&account), None), None);
        assert_eq!(opened(Some(&key), None, None), None);
        assert_eq!(opened(None, Some(&account), Some(&sealed)), None);
        assert_eq!(opened(Some(&key), Some(&account), Some(&sealed[1..])), None);
    }
}
