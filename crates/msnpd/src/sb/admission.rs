//! Cookies: whoever shows one is let into a chat, once.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use msnp::dialect::Dialect;
use msnp::types::{Email, Guid};
use parking_lot::Mutex;

use crate::account::AccountId;
use crate::directory::{Endpoint, EndpointId};
use crate::random;

/// How long a cookie is good (switchboard reference, 2.3).
pub(super) const LIFETIME: Duration = Duration::from_secs(120);

/// How many cookies an account may have asked for that are unused. One is made for each `XFR`, and for each place at
/// which somebody is called.
const MAX_UNUSED: usize = 200;

/// What a cookie admits to.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Whom.
    pub account: AccountId,
    /// His address.
    pub email: Email,
    /// The place at which he got it.
    pub endpoint: EndpointId,
    /// How his client speaks: on a switchboard nothing else tells.
    pub dialect: &'static Dialect,
    /// What names that place, in dialects that have places.
    pub machine: Option<Guid>,
    /// Whether his client is told of the places of those in a chat.
    pub sees_places: bool,
    /// What he may do.
    pub entry: Entry,
}

/// What a cookie is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// To open a chat.
    Open,
    /// To join this one.
    Join(u32),
    /// To be given what somebody has said in his absence, in a chat of this number, which is opened then.
    Fetch {
        /// The number.
        session: u32,
        /// Who has said it.
        from: AccountId,
    },
}

impl Admission {
    /// To a chat of one's own.
    pub fn to_open(account: AccountId, email: Email, endpoint: &Endpoint) -> Self {
        let &Endpoint { id, dialect, machine, quirks, .. } = endpoint;
        let sees_places = dialect.has_places && !quirks.plain_roster;
        Self { account, email, endpoint: id, dialect, machine, sees_places, entry: Entry::Open }
    }

    /// To the chat of somebody who invites.
    pub fn to_join(account: AccountId, email: Email, endpoint: &Endpoint, chat: u32) -> Self {
        Self { entry: Entry::Join(chat), ..Self::to_open(account, email, endpoint) }
    }

    /// To what `from` has said in his absence.
    pub fn to_fetch(
        account: AccountId,
        email: Email,
        endpoint: &Endpoint,
        session: u32,
        from: AccountId,
    ) -> Self {
        Self { entry: Entry::Fetch { session, from }, ..Self::to_open(account, email, endpoint) }
    }
}

/// The cookies that were not used yet.
#[derive(Debug, Default)]
pub(super) struct Admissions {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    unused: HashMap<String, Unused>,
    /// How many of them each account has asked for.
    per_account: HashMap<AccountId, usize>,
    /// Nothing expires before this time.
    next_sweep: Option<Instant>,
}

/// A cookie that was not used yet.
#[derive(Debug)]
struct Unused {
    admission: Admission,
    /// Who has asked for it.
    payer: AccountId,
    until: Instant,
}

impl Inner {
    fn remove(&mut self, cookie: &str) -> Option<Unused> {
        let found = self.unused.remove(cookie)?;
        if let Some(count) = self.per_account.get_mut(&found.payer) {
            *count -= 1;
            if *count == 0 {
                self.per_account.remove(&found.payer);
            }
        }
        Some(found)
    }

    /// Drops what has expired, at most once in [`LIFETIME`]: every cookie goes after two of them at the latest.
    fn sweep(&mut self, now: Instant) {
        if self.next_sweep.is_some_and(|at| now < at) {
            return;
        }
        self.next_sweep = Some(now + LIFETIME);
        let expired: Vec<String> = self
            .unused
            .iter()
            .filter(|(_, unused)| unused.until <= now)
            .map(|(cookie, _)| cookie.clone())
            .collect();
        for cookie in expired {
            self.remove(&cookie);
        }
    }
}

impl Admissions {
    /// A cookie for `admission`, in the historic shape of three decimal numbers; 96 random bits. It counts against
    /// `payer`, who has asked for it: nobody can use up what another has.
    pub(super) fn issue(&self, admission: Admission, payer: AccountId, now: Instant) -> Option<String> {
        let cookie = format!("{}.{}.{}", random::number(), random::number(), random::number());
        let mut inner = self.inner.lock();
        inner.sweep(now);
        let count = inner.per_account.entry(payer).or_default();
        if *count >= MAX_UNUSED {
            return None;
        }
        *count += 1;
        inner.unused.insert(cookie.clone(), Unused { admission, payer, until: now + LIFETIME });
        Some(cookie)
    }

    /// What a cookie admits to. It is used up, whatever comes of it.
    pub(super) fn redeem(&self, cookie: &str, now: Instant) -> Option<Admission> {
        let found = self.inner.lock().remove(cookie)?;
        (now < found.until).then_some(found.admission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission() -> Admission {
        Admission {
            account: AccountId(1),
            email: "alice@example.com".parse().unwrap(),
            endpoint: EndpointId(1),
            dialect: &msnp::dialect::MSNP8,
            machine: None,
            sees_places: false,
            entry: Entry::Open,
        }
    }

    #[test]
    fn a_cookie_is_good_once_and_for_its_time() {
        let (admissions, now) = (Admissions::default(), Instant::now());
        let cookie = admissions.issue(admission(), AccountId(1), now).unwrap();
        assert_eq!(cookie.split('.').count(), 3);
        assert!(admissions.redeem(&cookie, now).is_some());
        assert!(admissions.redeem(&cookie, now).is_none(), "used up");
        let late = admissions.issue(admission(), AccountId(1), now).unwrap();
        assert!(admissions.redeem(&late, now + LIFETIME).is_none());
        assert!(admissions.redeem("1.2.3", now).is_none());
    }

    #[test]
    fn unused_cookies_are_bounded_and_swept() {
        let (admissions, now) = (Admissions::default(), Instant::now());
        for _ in 0..MAX_UNUSED {
            assert!(admissions.issue(admission(), AccountId(1), now).is_some());
        }
        assert!(admissions.issue(admission(), AccountId(1), now).is_none());
        assert!(
            admissions.issue(admission(), AccountId(1), now + LIFETIME).is_some(),
            "the old ones are gone"
        );
        assert_eq!(admissions.inner.lock().unused.len(), 1);
    }
}
