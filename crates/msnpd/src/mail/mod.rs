//! Mail that the service sends for its users: invitations, and pages by way of a gateway to text messages.
//!
//! A mail is taken into a bounded queue and sent in the background, one after another, by one SMTP server of the
//! operator's. What waits in the queue is lost when the process dies; when the service goes down it has a few seconds.

mod allowance;
mod letter;
mod postman;
mod settings;

use std::fmt;
use std::time::Instant;

use lettre::Message;
use lettre::message::Mailbox;
use msnp::types::{Email, Telephone};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::account::AccountId;
use allowance::Allowance;
pub use allowance::Limits;
pub use letter::{Invitation, MAX_TEXT};
pub(crate) use postman::Postman;
pub use settings::{InvalidSetting, PageAddress, Sender, Settings, SmtpUrl};

/// How many mails may wait to be sent.
const QUEUE: usize = 256;

/// Invitations, in a day: of one account, to one address, in all.
pub const INVITATIONS: Limits = Limits { per_account: 20, per_target: 2, in_all: 2000 };

/// Pages, in a day: of one account, to one number, in all.
pub const PAGES: Limits = Limits { per_account: 50, per_target: 50, in_all: 5000 };

/// What takes mail in.
pub struct Mail {
    from: Mailbox,
    pages: Option<PageAddress>,
    /// `None` once the service goes down.
    queue: Mutex<Option<mpsc::Sender<Letter>>>,
    invitations: Mutex<Allowance>,
    paged: Mutex<Allowance>,
}

/// A mail that waits to be sent.
pub(crate) struct Letter {
    message: Message,
    /// What the operator is told that it is.
    kind: &'static str,
}

/// A place in the queue, which stays taken until it is used or dropped.
#[derive(Debug)]
#[must_use = "a place is for a mail"]
pub struct Place(mpsc::OwnedPermit<Letter>);

/// Nothing more is taken: of this account, for this address or number, or at all for the time being (800).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch;

impl Mail {
    /// What takes mail in, and what sends it.
    ///
    /// # Errors
    /// When no connection can be made in the way that the settings ask for.
    pub(crate) fn new(settings: Settings, now: Instant) -> anyhow::Result<(Self, Postman)> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let postman = Postman::new(settings.server.transport(&settings.from)?, receiver);
        let mail = Self {
            from: settings.from.into_mailbox(),
            pages: settings.pages,
            queue: Mutex::new(Some(sender)),
            invitations: Mutex::new(Allowance::new(INVITATIONS, now)),
            paged: Mutex::new(Allowance::new(PAGES, now)),
        };
        Ok((mail, postman))
    }

    /// Where pages to a number go; `None` where there is no paging.
    pub fn page_address(&self, number: &Telephone) -> Option<Email> {
        self.pages.as_ref()?.of(number)
    }

    /// Whether there is paging.
    pub fn has_pages(&self) -> bool {
        self.pages.is_some()
    }

    /// Whether mail can be sent to an address.
    pub fn reaches(&self, to: &Email) -> bool {
        letter::is_for_mail(to)
    }

    /// Counts an invitation of `account` to `to`, which need not be made in the end.
    ///
    /// # Errors
    /// When it is one too many, or the queue is full.
    pub fn place_for_invitation(
        &self,
        account: AccountId,
        to: &Email,
        now: Instant,
    ) -> Result<Place, TooMuch> {
        let place = self.place()?;
        self.invitations.lock().take(account, to.as_str(), now).then_some(place).ok_or(TooMuch)
    }

    /// Counts a page of `account` to `number`.
    ///
    /// # Errors
    /// When it is one too many, or the queue is full.
    pub fn place_for_page(
        &self,
        account: AccountId,
        number: &Telephone,
        now: Instant,
    ) -> Result<Place, TooMuch> {
        let place = self.place()?;
        self.paged.lock().take(account, number.digits(), now).then_some(place).ok_or(TooMuch)
    }

    fn place(&self) -> Result<Place, TooMuch> {
        let queue = self.queue.lock().clone().ok_or(TooMuch)?;
        queue.try_reserve_owned().map(Place).map_err(|_| TooMuch)
    }

    /// Sends an invitation in the background.
    ///
    /// # Errors
    /// When the address is none to mail servers.
    pub fn invite(
        &self,
        place: Place,
        to: &Email,
        invitation: &Invitation<'_>,
    ) -> Result<(), InvalidSetting> {
        let message = invitation.message(&self.from, to)?;
        place.0.send(Letter { message, kind: "an invitation" });
        Ok(())
    }

    /// Sends a page in the background.
    ///
    /// # Errors
    /// When the gateway's address is none to mail servers.
    pub fn page(&self, place: Place, to: &Email, from: &Email, text: &str) -> Result<(), InvalidSetting> {
        let message = letter::page(&self.from, to, from, text)?;
        place.0.send(Letter { message, kind: "a page" });
        Ok(())
    }

    /// Takes nothing more. What waits is still sent.
    pub(crate) fn close(&self) {
        drop(self.queue.lock().take());
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("from", &self.from).finish_non_exhaustive()
    }
}
