//! `/RST.srf`: tokens over SOAP.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;
use msnp::soap::rst::{Credentials, Fault, Issued, Reply, Request, Token, Wanted};

use super::{Passport, Refusal};
use crate::account::Account;
use crate::clock::unix_now;
use crate::http::{Answer, Asked, HTML, XML, answer};
use crate::ticket::Purpose;

/// The most bytes of a request. The longest one known has 3,853, with tokens for seven names.
pub const MAX_RST_BYTES: usize = 16 * 1024;

/// The name whose ticket single sign-on shows on the notification server.
const SINGLE_SIGN_ON: &str = "messengerclear.live.com";
/// The name whose ticket `USR t TWN S` shows there.
const TWEENER: &str = "messenger.msn.com";

impl Passport {
    /// Answers a request for tokens: one for each that is asked for, or a fault.
    pub async fn rst(&self, asked: &Asked, body: Bytes) -> Answer {
        let now = unix_now();
        if !self.may_sign_in(asked.peer) {
            return fault(&Fault::InvalidRequest, now);
        }
        let request = Request::parse(&body);
        // A password may have to wait for minutes; what is left of the request is small.
        drop(body);
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                tracing::debug!(%error, from = %asked.peer.address.ip(), "a request for tokens");
                return fault(&Fault::InvalidRequest, now);
            }
        };
        let Credentials::Password { user_name, password } = &request.credentials else {
            // Renewal needs the signature checked and the answer encrypted; until it is, the client has to
            // send its password again.
            return fault(&Fault::BadContextToken, now);
        };
        match self.prove(user_name, password.expose(), asked.peer.address.ip()).await {
            // The time that was waited counts for nothing.
            Ok(account) => soap(self.tokens(&account, request.tokens, unix_now()).to_xml()),
            Err(Refusal::Credentials) => fault(&Fault::FailedAuthentication, now),
            Err(Refusal::Busy | Refusal::Unavailable) => answer(StatusCode::SERVICE_UNAVAILABLE, HTML, ""),
        }
    }

    fn tokens<'a>(&self, account: &'a Account, wanted: Vec<Wanted>, now: u64) -> Reply<'a> {
        let expires = now.saturating_add(self.settings.ticket_lifetime.as_secs());
        let issued = |Wanted { number, address, .. }: Wanted| {
            let purpose = purpose_of(&address);
            let ticket = self.issue(account, purpose, now);
            let token = match purpose {
                Purpose::Broker => Token::Broker(self.mint.cipher_value(&ticket)),
                Purpose::Page | Purpose::SingleSignOn | Purpose::Tweener | Purpose::Web => {
                    Token::Compact(ticket.text())
                }
            };
            Issued { number, address, expires, secret: self.mint.secret(&ticket), token }
        };
        Reply {
            now,
            puid: account.id.puid(),
            cid: account.id.cid(),
            member_name: account.email.as_str(),
            tokens: wanted.into_iter().map(issued).collect(),
        }
    }
}

fn purpose_of(address: &str) -> Purpose {
    if Issued::is_broker(address) {
        Purpose::Broker
    } else if address.eq_ignore_ascii_case(SINGLE_SIGN_ON) {
        Purpose::SingleSignOn
    } else if address.eq_ignore_ascii_case(TWEENER) {
        Purpose::Tweener
    } else {
        Purpose::Web
    }
}

/// Faults come with status 200 too: one client reads nothing else.
fn fault(fault: &Fault<'_>, now: u64) -> Answer {
    soap(fault.to_xml(now))
}

fn soap(xml: String) -> Answer {
    answer(StatusCode::OK, XML, xml).with(CACHE_CONTROL.as_str(), "no-cache")
}
