//! The pages that clients open, where the operator has none of his own: what there is instead. Plain HTML 4, for the
//! browser of 1999 that opens them.

use askama::Template;
use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, LOCATION};

use super::answer::{Answer, HTML, answer};
use super::asked::Asked;
use crate::pages::{Page, Pages, Target};

/// What a page of ours says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its heading.
    pub title: &'static str,
    /// What is the matter.
    pub what: &'static str,
    /// What to do about it.
    pub how: &'static str,
}

impl Notice {
    /// As a page.
    pub fn page(&self, status: StatusCode) -> Answer {
        let Self { title, what, how } = *self;
        match (Shown { title, what, how, version: env!("CARGO_PKG_VERSION") }).render() {
            Ok(page) => {
                answer(status, "text/html; charset=utf-8", page).with(CACHE_CONTROL.as_str(), "no-cache")
            }
            Err(error) => {
                tracing::error!(%error, "a page");
                answer(StatusCode::INTERNAL_SERVER_ERROR, HTML, "")
            }
        }
    }
}

/// The page itself, or the way to the operator's.
pub(super) fn show(target: &Target, pages: &Pages) -> Answer {
    match pages.place_of(target) {
        Some(place) => redirect(&place),
        None => instead_of(target.page).page(StatusCode::OK),
    }
}

/// Leads a browser to the operator's page for a target, or else to ours.
pub fn lead(asked: &Asked, target: &Target, pages: &Pages) -> Answer {
    match pages.place_of(target) {
        Some(place) => redirect(&place),
        // An address without a host is not what browsers of that time expect.
        None => redirect(&format!("{}://{}{}", asked.scheme(), asked.host(), target.path())),
    }
}

/// Sends a browser on.
pub fn redirect(to: &str) -> Answer {
    answer(StatusCode::FOUND, HTML, "").with(LOCATION.as_str(), to).with(CACHE_CONTROL.as_str(), "no-cache")
}

const OTHER_MAIL: &str = "Mail that is sent to the address you sign in with goes wherever that address has its mail: \
    read it there. If your operator has web mail for you, he can make Messenger open it.";

/// What there is instead of a page.
fn instead_of(page: Page) -> Notice {
    let (title, what, how) = match page {
        Page::Inbox | Page::Folders | Page::Message => {
            ("No mail here", "There is no mail behind this Messenger service.", OTHER_MAIL)
        }
        Page::Compose => (
            "No mail here",
            "Messenger wants to write a mail, and there is no mail behind this service.",
            "Write it with the program that you use for mail. If your operator has web mail for you, he can make \
             Messenger open it.",
        ),
        Page::AddressBook => (
            "Your contacts are in Messenger",
            "There is no address book on the web behind this service. Everybody you know here is on your contact list.",
            "Add, remove and rename contacts in Messenger itself: this server keeps them, and they are there wherever \
             you sign in.",
        ),
        Page::Person => (
            "Your settings are in Messenger",
            "There is no page for your account. Your name, your status and who may see you are set in Messenger itself.",
            "What Messenger can't change, your address and your password, only the operator of this server can: ask him.",
        ),
        Page::Password => (
            "Ask for a new password",
            "Passwords of this service can't be changed on the web.",
            "Ask the operator of this server for a new one. When you have it, sign in again wherever you are signed in.",
        ),
        Page::Profile => (
            "No profiles here",
            "There are no profiles on the web behind this service.",
            "What you want others to know, put into your name or your personal message in Messenger.",
        ),
        Page::Mobile | Page::ChangeMobile => (
            "Messages to phones",
            "There is no page for mobile phones behind this service.",
            "Whether messages from Messenger can reach a phone from here, and how it is set up, the operator of this \
             server knows.",
        ),
        Page::Chat => (
            "No chat rooms here",
            "The chat rooms that Messenger had on the web are closed, and there are none behind this service.",
            "Invite several of your contacts into one conversation: everybody in it sees what everybody says.",
        ),
        Page::AdvancedSearch | Page::InterestSearch => (
            "No directory here",
            "Nobody can be searched for: this service has no public directory.",
            "Ask people for the address that they sign in with, and add them by it.",
        ),
        Page::PhoneAccount | Page::PhoneFund => (
            "No calls to telephones",
            "Messenger can't call telephones any more: the companies that carried the calls have ended it.",
            "Voice conversations between two computers may still work, if both have a version that can.",
        ),
    };
    Notice { title, what, how }
}

#[derive(Template)]
#[template(path = "page.html")]
struct Shown<'a> {
    title: &'a str,
    what: &'a str,
    how: &'a str,
    version: &'a str,
}
