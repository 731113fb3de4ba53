//! `/ppsecure/md5auth.srf` and `/ppsecure/sha1auth.srf`: the way from a client to a web page (web-services reference, 11).
//!
//! The client writes a form that posts itself. In that of the first are the ticket that the client got with its profile,
//! and an MD5 of that, the time and the password. Passwords are kept so that nobody can compute that MD5, so the ticket
//! alone is checked: it is signed, short-lived and void with a new password, which is more than the MD5 had to offer. In
//! that of the second, of clients that sign in by SOAP, are the token broker's token and a hash that proves its secret.
//!
//! No cookie is set. Pages of ours need none, and the operator's are elsewhere and would not know it: whoever has mail
//! there signs in there.

use std::collections::HashMap;

use hyper::StatusCode;
use msnp::types::Email;

use super::Passport;
use super::accounts::Unavailable;
use crate::clock::unix_now;
use crate::http::{Answer, Asked, Notice, lead};
use crate::pages::{Page, Pages, Target};
use crate::ticket::Use;

/// The longest form. Real ones have some 700 bytes.
pub const MAX_FORM_BYTES: usize = 8 * 1024;

/// How many fields of a form are read. Real ones have 14.
const MAX_FIELDS: usize = 32;

const PLAIN: Notice = Notice {
    title: "Not without encryption",
    what: "This server signs nobody in to a page over plain http, since others could read it on the way.",
    how: "Open the page from Messenger again. If it comes here again, tell the operator of this server.",
};

const REFUSED: Notice = Notice {
    title: "Sign in to Messenger again",
    what: "The sign-in that Messenger has sent for you is not good any more. That happens when it is older than a day, \
           or when you have a new password.",
    how: "Sign out of Messenger, sign in again, and open the page from there.",
};

const TROUBLE: Notice = Notice {
    title: "Try again later",
    what: "This server can't look up your account just now.",
    how: "Try again in a few minutes. If that does not help, tell the operator of this server.",
};

impl Passport {
    /// Sends whoever shows a good ticket on to the page that he wants: one of those that clients are told of, and never
    /// to an address that the form names.
    pub async fn sign_in_to_page(&self, asked: &Asked, form: &[u8], pages: &Pages) -> Answer {
        if !self.may_sign_in(asked.peer) {
            return PLAIN.page(StatusCode::FORBIDDEN);
        }
        let form = Form::read(form);
        let signed_in = self.is_signed_in(&form).await;
        lead_in(signed_in, asked, &form, pages)
    }

    /// The same for whoever shows the broker's token, and proves that he has its secret.
    pub async fn sign_in_to_page_by_token(&self, asked: &Asked, form: &[u8], pages: &Pages) -> Answer {
        if !self.may_sign_in(asked.peer) {
            return PLAIN.page(StatusCode::FORBIDDEN);
        }
        let form = Form::read(form);
        let token = form.get("token").unwrap_or_default();
        let signed_in = self.has_signed(token).await;
        lead_in(signed_in, asked, &Form::read(token.as_bytes()), pages)
    }

    /// Whether the form has a good ticket of the user that it names.
    async fn is_signed_in(&self, form: &Form) -> Result<bool, Unavailable> {
        let ticket = form.get("auth").and_then(|auth| self.mint.check(auth, Use::Page, unix_now()).ok());
        let email = form.get("username").and_then(|name| name.parse::<Email>().ok());
        let (Some(claims), Some(email)) = (ticket, email) else { return Ok(false) };
        let account = self.accounts.by_email(&email).await?;
        Ok(account.is_some_and(|account| {
            !account.disabled && account.id == claims.account && account.generation == claims.generation
        }))
    }
}

/// Where whoever has tried to sign in goes on.
fn lead_in(signed_in: Result<bool, Unavailable>, asked: &Asked, form: &Form, pages: &Pages) -> Answer {
    match signed_in {
        Ok(true) => {
            let here = |name: &&str| Target::at_reference(at_this_host(form.get(name)?, asked));
            let target = ["rru", "ru", "sru"].iter().find_map(here);
            lead(asked, &target.unwrap_or_else(|| Target::new(form.page(), None)), pages)
        }
        Ok(false) => REFUSED.page(StatusCode::FORBIDDEN),
        Err(Unavailable) => TROUBLE.page(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// An address of this server without its host; anything else as it is.
fn at_this_host<'r>(reference: &'r str, asked: &Asked) -> &'r str {
    let rest = reference.strip_prefix("https://").or_else(|| reference.strip_prefix("http://"));
    match rest.and_then(|rest| rest.get(..asked.host().len()).map(|host| (rest, host))) {
        Some((rest, host)) if host.eq_ignore_ascii_case(asked.host()) => {
            rest.get(host.len()..).unwrap_or_default()
        }
        _ => reference,
    }
}

/// The fields of a form. Some are secrets, so there is no `Debug`.
pub(super) struct Form(HashMap<String, String>);

impl Form {
    pub(super) fn read(body: &[u8]) -> Self {
        let mut fields = HashMap::new();
        for (name, value) in form_urlencoded::parse(body).take(MAX_FIELDS) {
            // Of two of a name the first counts.
            fields.entry(name.to_ascii_lowercase()).or_insert_with(|| value.into_owned());
        }
        Self(fields)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The page of the site that is named, where no page is.
    fn page(&self) -> Page {
        match self.get("id") {
            Some("961") => Page::Mobile,
            Some("4263" | "73625") => Page::Profile,
            Some("24000") => Page::AddressBook,
            _ => Page::Inbox,
        }
    }
}
