//! Signing in with a ticket from Passport, as MSNP8 to 14 do, and Messenger for Mac for longer.

use msnp::types::{OwnedSecret, Secret};

use super::{Claim, Proven, Refusal, Sight};
use crate::ns::Session;
use crate::ticket::{Claims, Use};

impl Session {
    /// Who signs in so is taken for somebody without a place of his own (later-versions reference, 4.4).
    pub(super) async fn check_ticket(&self, claim: &Claim, ticket: Secret<'_>) -> Result<Proven, Refusal> {
        let claims = self.claims_of(ticket, Use::Tweener)?;
        let (seen, ticket_expires) = (self.owner(claim, claims).await?, Some(claims.expires));
        let pass = OwnedSecret::new(authentication_part(ticket.0));
        Ok(Proven { seen, pass, machine: None, ticket_expires })
    }

    /// What a ticket says that is good for `needed`.
    pub(super) fn claims_of(&self, ticket: Secret<'_>, needed: Use) -> Result<Claims, Refusal> {
        self.server.check_ticket(ticket.0, needed).map_err(|_| Refusal::Denied("bad ticket"))
    }

    /// The account of a ticket, if it is the one that somebody says he is, and as it was when the ticket was issued.
    pub(super) async fn owner(&self, claim: &Claim, claims: Claims) -> Result<Sight, Refusal> {
        let seen = self.see(claims.account).await?.ok_or(Refusal::Denied("no such account"))?;
        let account = &seen.read.account;
        if account.disabled || account.generation != claims.generation {
            return Err(Refusal::Denied("a ticket of former times"));
        }
        if account.email != claim.email {
            return Err(Refusal::Denied("the ticket of somebody else"));
        }
        Ok(seen)
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
