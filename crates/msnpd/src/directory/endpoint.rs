//! One place at which a person is signed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use msnp::dialect::{Dialect, ListForm, Quirks};
use msnp::types::{Guid, Invitations, Lists};
use parking_lot::Mutex;

use super::session_lists::Watched;
use crate::account::AccountId;
use crate::oim::Told;
use crate::outbox::Outbox;

/// The number of an endpoint, never used twice while the server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EndpointId(pub u64);

/// A place at which a person is signed in: where lines for him go, and in which dialect.
#[derive(Debug)]
pub struct Endpoint {
    /// Its number.
    pub id: EndpointId,
    /// How its client speaks.
    pub dialect: &'static Dialect,
    /// What waits to be said to it.
    pub outbox: Arc<Outbox>,
    /// Where its client finds switchboards, `host:port`; `None` if no address can be told to it.
    pub switchboard: Option<Arc<str>>,
    /// Where its browser finds web pages, if there is mail to tell it of.
    pub web: Option<Box<str>>,
    /// The machine that its client is on, in dialects that have places; `None` elsewhere, and where a client signs in
    /// as one without a place.
    pub machine: Option<Guid>,
    /// What its client gets of its own.
    pub quirks: Quirks,
    /// When the ticket expires that it was signed in with, if it was with one, in seconds since 1970.
    pub ticket_expires: Option<u64>,
    /// Whom it wants to be told of, where its client tells that itself.
    watched: Mutex<Watched>,
    /// Whether it has asked for its lists: before that it is not told of their changes, which it will read anyway.
    hears_of_lists: AtomicBool,
    /// The last revision of which its copy of the lists has everything; 0: of every one it is told.
    ///
    /// Clients that count changes take over the number that each answer brings. One that was not told of a change would
    /// think it has all of them, and its next `SYN` would be answered so.
    behind: AtomicU64,
    /// Whether it has told a status: before that it is not told of others'.
    live: AtomicBool,
    /// Whether it is invited to chats.
    takes_invitations: AtomicBool,
    /// Whether another place has asked it to sign out.
    is_asked_to_go: AtomicBool,
    /// What it was told of messages that wait.
    pub told: Told,
}

impl Endpoint {
    /// A place whose client has just signed in.
    pub fn new(
        id: EndpointId,
        dialect: &'static Dialect,
        outbox: Arc<Outbox>,
        switchboard: Option<Arc<str>>,
        web: Option<Box<str>>,
        machine: Option<Guid>,
        quirks: Quirks,
    ) -> Self {
        Self {
            id,
            dialect,
            outbox,
            switchboard,
            web,
            machine,
            quirks,
            ticket_expires: None,
            watched: Mutex::default(),
            hears_of_lists: AtomicBool::new(false),
            behind: AtomicU64::new(0),
            live: AtomicBool::new(false),
            takes_invitations: AtomicBool::new(true),
            is_asked_to_go: AtomicBool::new(false),
            told: Told::default(),
        }
    }

    /// Whether it and another place of the same person can be signed in at the same time: both have to know that there are
    /// such, and to be on machines of their own.
    pub(super) fn stays_beside(&self, other: &Self) -> bool {
        self.machine.is_some() && other.machine.is_some() && self.machine != other.machine
    }

    /// From here on it is told of changes of its lists.
    pub fn hear_of_lists(&self) {
        self.hears_of_lists.store(true, Ordering::Release);
    }

    /// Takes whom its client wants to be told of. Returns who is new, or `None` where there would be too many.
    pub(super) fn watch(&self, said: &[(AccountId, Lists)]) -> Option<Vec<AccountId>> {
        self.watched.lock().add(said)
    }

    /// Takes of whom its client wants to be told no more.
    pub(super) fn stop_watching(&self, said: &[(AccountId, Lists)]) {
        self.watched.lock().remove(said);
    }

    /// Everybody whom its client wants to be told of, where it tells that itself; elsewhere the lists say it.
    pub(super) fn watched(&self) -> Option<Vec<AccountId>> {
        self.reads_address_book().then(|| self.watched.lock().all().to_vec())
    }

    /// Whether its client has its lists from the address book, and tells itself whom it wants to be told of.
    pub(super) fn reads_address_book(&self) -> bool {
        self.dialect.lists == ListForm::AddressBook
    }

    /// Whether its client wants to be told of somebody who is on the forward list.
    pub(super) fn watches(&self, id: AccountId) -> bool {
        !self.reads_address_book() || self.watched.lock().contains(id)
    }

    pub(super) fn hears_of_lists(&self) -> bool {
        self.hears_of_lists.load(Ordering::Acquire)
    }

    /// It is not told of the change that has led to `revision`, and is told no later revision until it has read all of
    /// its lists again.
    pub(super) fn fall_behind(&self, revision: u64) {
        // Of several the first counts.
        self.stay_behind(revision.saturating_sub(1));
    }

    /// It is about to read all of its lists, unless it has what is current. Returns what [`stay_behind`](Self::stay_behind)
    /// takes if they can't be read.
    pub fn catch_up(&self) -> u64 {
        self.behind.swap(0, Ordering::AcqRel)
    }

    /// It has not caught up after all.
    pub fn stay_behind(&self, behind: u64) {
        let _ = self.behind.compare_exchange(0, behind, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The revision that it may be told after a change.
    pub fn told_revision(&self, revision: u64) -> u64 {
        match self.behind.load(Ordering::Acquire) {
            0 => revision,
            behind => behind.min(revision),
        }
    }

    pub(super) fn go_live(&self) {
        self.live.store(true, Ordering::Release);
    }

    /// Whether it has told a status.
    pub fn is_live(&self) -> bool {
        self.live.load(Ordering::Acquire)
    }

    /// From here on it is invited to chats, or is not.
    pub fn take_invitations(&self, invitations: Invitations) {
        self.takes_invitations.store(invitations == Invitations::Taken, Ordering::Release);
    }

    /// Notes that another place has asked it to sign out. Returns whether one had before.
    pub fn asked_to_go(&self) -> bool {
        self.is_asked_to_go.swap(true, Ordering::AcqRel)
    }

    pub(super) fn takes_invitations(&self) -> bool {
        self.takes_invitations.load(Ordering::Acquire)
    }

    /// Tells it something about the presence of `about`, whose entry the caller holds locked.
    pub(super) fn push_presence(&self, about: AccountId, line: Bytes) {
        if self.is_live() && !line.is_empty() && self.watches(about) {
            self.outbox.push(Some(about), line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_not_told_of_a_change_is_told_no_later_revision() {
        let dialect = &msnp::dialect::MSNP8;
        let endpoint =
            Endpoint::new(EndpointId(1), dialect, Arc::default(), None, None, None, Quirks::default());
        assert_eq!(endpoint.told_revision(5), 5);
        endpoint.fall_behind(8);
        endpoint.fall_behind(9);
        assert_eq!([7, 8, 12].map(|revision| endpoint.told_revision(revision)), [7, 7, 7]);
        let behind = endpoint.catch_up();
        assert_eq!(endpoint.told_revision(12), 12);
        endpoint.stay_behind(behind);
        assert_eq!(endpoint.told_revision(12), 7, "the lists could not be read");
    }
}
