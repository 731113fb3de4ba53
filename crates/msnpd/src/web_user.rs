//! Whoever asks a web service: the one whose ticket comes with the request.

use crate::account::Account;
use crate::server::Server;
use crate::ticket::Use;

/// Why a web service does not know who asks. Each service has words of its own for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketFault {
    /// There is no ticket, or none that is good here now: the client has to get a new one.
    #[error("no ticket that is good here")]
    Void,
    /// The store has failed: nobody can know.
    #[error("accounts can't be read")]
    Unavailable,
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct WebUser {
    /// His account.
    pub account: Account,
    /// When the ticket that he has shown expires, in seconds since 1970. Those that a client gets in one answer expire together,
    /// so that this tells from which of his places he asks.
    pub ticket_expires: u64,
}

impl Server {
    /// Whose ticket this is: `t=…&p=…`, `t=…`, or the auth part alone, as it stands in the cookie `MSPAuth`.
    ///
    /// Every ticket of an account is good for every web service, but for the one that single sign-on shows in clear. It
    /// is void once the account is disabled or has a new password.
    ///
    /// # Errors
    /// [`Void`](TicketFault::Void) without a ticket or with a bad one, and [`Unavailable`](TicketFault::Unavailable).
    pub async fn web_user(&self, ticket: Option<&str>) -> Result<WebUser, TicketFault> {
        let claims = ticket.and_then(|ticket| self.check_ticket(ticket.trim(), Use::Web).ok());
        let claims = claims.ok_or(TicketFault::Void)?;
        let account = self.store.account(claims.account).await.map_err(|error| {
            self.note_failure(&error);
            TicketFault::Unavailable
        })?;
        let account = account
            .filter(|account| !account.disabled && account.generation == claims.generation)
            .ok_or(TicketFault::Void)?;
        Ok(WebUser { account, ticket_expires: claims.expires })
    }
}
