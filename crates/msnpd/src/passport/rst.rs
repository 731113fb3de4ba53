//! `/RST.srf` and `/RST2.srf`: tokens over SOAP.

use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;
use msnp::soap::rst::{Credentials, Fault, Form, Issued, Reply, Request, Seal, Token, Wanted};

use super::renewal::Renewal;
use super::{Passport, Refusal};
use crate::account::Account;
use crate::clock::unix_now;
use crate::http::{Answer, Asked, HTML, answer};
use crate::random;
use crate::ticket::Purpose;

/// The most bytes of a request. The longest one known has 3,853, with tokens for seven names.
pub const MAX_RST_BYTES: usize = 16 * 1024;

/// The name whose ticket single sign-on shows on the notification server.
const SINGLE_SIGN_ON: &str = "messengerclear.live.com";
/// The name whose ticket `USR t TWN S` shows there.
const TWEENER: &str = "messenger.msn.com";

impl Passport {
    /// Answers a request for tokens, in the form of the service that was asked: one for each that is asked for, or a
    /// fault.
    pub async fn rst(&self, asked: &Asked, form: &'static Form, body: Bytes) -> Answer {
        let refused = |fault: &Fault<'_>| soap(form, fault.to_xml(form, unix_now()));
        if let Some(url) = self.elsewhere(asked, form.file) {
            return refused(&Fault::Redirect { url: &url });
        }
        if !self.may_sign_in(asked.peer) {
            return refused(&Fault::InvalidRequest);
        }
        let request = Request::parse(&body);
        // A password may have to wait for minutes; what is left of the request is small.
        drop(body);
        let Request { credentials, tokens, in_list } = match request {
            Ok(request) => request,
            Err(error) => {
                tracing::debug!(%error, from = %asked.peer.address.ip(), "a request for tokens");
                return refused(&Fault::InvalidRequest);
            }
        };
        let (wrong, proved) = match credentials {
            Credentials::Password { user_name, password } => {
                let from = asked.peer.address.ip();
                let proved = self.prove(&user_name, password.expose(), from).await;
                (Fault::FailedAuthentication, proved.map(|account| (account, None)))
            }
            Credentials::Token { cipher_value, signature } => {
                let proved = self.prove_by_token(cipher_value.expose(), &signature).await;
                (
                    Fault::BadContextToken,
                    proved.map(|Renewal { account, secret, until }| (account, Some((secret, until)))),
                )
            }
        };
        match proved {
            // The time that was waited counts for nothing.
            Ok((account, None)) => soap(form, self.tokens(&account, tokens, unix_now(), None).to_xml(form)),
            Ok((account, Some((secret, until)))) => {
                let reply = self.tokens(&account, tokens, unix_now(), Some(until));
                let seal = Seal { secret, nonce: random::bytes() };
                soap(form, reply.to_sealed_xml(form, in_list, &seal))
            }
            Err(Refusal::Credentials) => refused(&wrong),
            Err(Refusal::Busy | Refusal::Unavailable) => answer(StatusCode::SERVICE_UNAVAILABLE, HTML, ""),
        }
    }

    /// A token for each that is wanted; the broker's is good `until` then at most.
    fn tokens<'a>(
        &self,
        account: &'a Account,
        wanted: Vec<Wanted>,
        now: u64,
        until: Option<u64>,
    ) -> Reply<'a> {
        let issued = |Wanted { number, address, .. }: Wanted| {
            let purpose = purpose_of(&address);
            let mut lifetime = self.lifetime(purpose);
            if let (Purpose::Broker, Some(until)) = (purpose, until) {
                lifetime = lifetime.min(Duration::from_secs(until.saturating_sub(now)));
            }
            let ticket = self.mint.issue(account.id, account.generation, purpose, now, lifetime);
            let expires = now.saturating_add(lifetime.as_secs());
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

/// Status 200 for faults too: one client reads nothing else.
fn soap(form: &Form, xml: String) -> Answer {
    answer(StatusCode::OK, form.content_type, xml).with(CACHE_CONTROL.as_str(), "no-cache")
}
