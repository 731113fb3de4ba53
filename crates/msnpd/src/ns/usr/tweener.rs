//! Signing in with a ticket from Passport, as MSNP8 and later do.

use msnp::types::{OwnedSecret, Secret};

use super::{Claim, Proven, Refusal};
use crate::ns::Session;

impl Session {
    pub(super) async fn check_ticket(&self, claim: &Claim, ticket: Secret<'_>) -> Result<Proven, Refusal> {
        let claims = self.server.check_ticket(ticket.0).map_err(|_| Refusal::Denied("bad ticket"))?;
        let account = self.server.store.account(claims.account).await.map_err(|error| self.failed(&error))?;
        let account = account.ok_or(Refusal::Denied("no such account"))?;
        if account.disabled || account.generation != claims.generation {
            return Err(Refusal::Denied("a ticket of former times"));
        }
        if account.email != claim.email {
            return Err(Refusal::Denied("the ticket of somebody else"));
        }
        Ok(Proven { account, pass: OwnedSecret::new(authentication_part(ticket.0)) })
    }
}

/// The part of a ticket that web pages are signed in to with.
fn authentication_part(ticket: &str) -> &str {
    let part = ticket.strip_prefix("t=").unwrap_or(ticket);
    part.split_once('&').map_or(part, |(part, _)| part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ticket_proper_is_shown() {
        assert_eq!(authentication_part("t=abc*!&p=def"), "abc*!");
        assert_eq!(authentication_part("abc"), "abc");
    }
}
