//! `/login2.srf`: Passport 1.4.

use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, CACHE_CONTROL, LOCATION};
use msnp::auth::tweener::{self, Authorization};

use super::{Passport, Refusal};
use crate::clock::unix_now;
use crate::http::{Answer, Asked, HTML, answer};
use crate::ticket::Purpose;

/// What a refused user reads. Some clients show it.
const WRONG: &str = "The e-mail address or the password is wrong. Please try again.";
/// What who comes over plain HTTP reads.
const PLAIN: &str = "This server takes passwords over https only.";

impl Passport {
    /// Answers a login request: with a ticket, with another server's address, or with a refusal.
    pub async fn login(&self, asked: &Asked) -> Answer {
        if let Some(elsewhere) = self.elsewhere(asked, "login2.srf?lc=1033") {
            return answer(StatusCode::FOUND, HTML, "")
                .with(LOCATION.as_str(), &elsewhere)
                .with(CACHE_CONTROL.as_str(), "no-cache")
                .saying(&tweener::Answer::Redirected);
        }
        if !self.may_sign_in(asked.peer) {
            return refusal(asked, false, PLAIN);
        }
        let Some(credentials) =
            asked.headers.get(AUTHORIZATION).and_then(|value| Authorization::parse(value.as_bytes()).ok())
        else {
            return refusal(asked, true, WRONG);
        };
        let from = asked.peer.address.ip();
        match self.prove(&credentials.sign_in, credentials.password.expose(), from).await {
            Ok(account) => {
                let ticket = self.issue(&account, Purpose::Tweener, unix_now());
                answer(StatusCode::OK, HTML, "")
                    .with(CACHE_CONTROL.as_str(), "no-cache")
                    .saying(&tweener::Answer::Success { ticket: ticket.text() })
            }
            Err(Refusal::Credentials) => refusal(asked, true, WRONG),
            // Not "wrong password": the user can't help it, and clients tell him to try again later.
            Err(Refusal::Busy | Refusal::Unavailable) => answer(StatusCode::SERVICE_UNAVAILABLE, HTML, ""),
        }
    }
}

/// Any body will do for clients, which take all 401 for a wrong password; one for who looks with a browser.
fn refusal(asked: &Asked, retry: bool, text: &str) -> Answer {
    let picture = format!("{}://{}/logo.gif", asked.scheme(), asked.host());
    let body = format!("<html><head><title>Sign-in failed</title></head><body><p>{text}</p></body></html>\n");
    answer(StatusCode::UNAUTHORIZED, HTML, body)
        .with(CACHE_CONTROL.as_str(), "no-cache")
        .saying(&tweener::Answer::Failed { retry, picture, text: text.to_owned() })
}

impl Answer {
    fn saying(self, what: &tweener::Answer) -> Self {
        self.with(what.header_name(), &what.to_header())
    }
}
