//! Signing in with a ticket from Passport and the proof of having its secret, as MSNP15 and later do (later-versions
//! reference, section 5).

use msnp::auth::sso;
use msnp::types::{Guid, Secret};

use super::{Claim, Proven, Refusal};
use crate::ns::Session;
use crate::random;
use crate::ticket::Use;

/// A nonce. No two are the same, so a response that was overheard is worth nothing.
pub(super) fn nonce() -> String {
    sso::nonce(random::bytes())
}

impl Session {
    /// Nothing here depends on the account before it is known that the response is right.
    pub(super) async fn check_single_sign_on(
        &self,
        claim: &Claim,
        ticket: Secret<'_>,
        response: Option<Secret<'_>>,
        machine: Option<Guid>,
    ) -> Result<Proven, Refusal> {
        let claims = self.claims_of(ticket, Use::SingleSignOn)?;
        let secret = self.server.secret_of_ticket(ticket.0).ok_or(Refusal::Denied("bad ticket"))?;
        let response = response.ok_or(Refusal::Denied("no response"))?;
        if !sso::check(&secret, &claim.challenge, response) {
            return Err(Refusal::Denied("a wrong response"));
        }
        let (seen, ticket_expires) = (self.owner(claim, claims).await?, Some(claims.expires));
        // The ticket has crossed the network in clear and opens nothing more.
        let pass = self.server.page_pass(&seen.read.account);
        // A client that doesn't say which machine it is on is on one that nobody else is on.
        let machine = self.dialect().has_places.then(|| machine.unwrap_or_else(|| Guid(random::bytes())));
        Ok(Proven { seen, pass, machine, ticket_expires })
    }
}
