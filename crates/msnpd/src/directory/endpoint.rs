//! One place at which a person is signed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use msnp::dialect::Dialect;
use msnp::types::Invitations;

use crate::account::AccountId;
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
    /// Whether it has asked for its lists: before that it is not told of their changes, which it will read anyway.
    hears_of_lists: AtomicBool,
    /// Whether it has told a status: before that it is not told of others'.
    live: AtomicBool,
    /// Whether it is invited to chats.
    takes_invitations: AtomicBool,
}

impl Endpoint {
    /// A place whose client has just signed in.
    pub fn new(
        id: EndpointId,
        dialect: &'static Dialect,
        outbox: Arc<Outbox>,
        switchboard: Option<Arc<str>>,
    ) -> Self {
        Self {
            id,
            dialect,
            outbox,
            switchboard,
            hears_of_lists: AtomicBool::new(false),
            live: AtomicBool::new(false),
            takes_invitations: AtomicBool::new(true),
        }
    }

    /// From here on it is told of changes of its lists.
    pub fn hear_of_lists(&self) {
        self.hears_of_lists.store(true, Ordering::Release);
    }

    pub(super) fn hears_of_lists(&self) -> bool {
        self.hears_of_lists.load(Ordering::Acquire)
    }

    pub(super) fn go_live(&self) {
        self.live.store(true, Ordering::Release);
    }

    pub(super) fn is_live(&self) -> bool {
        self.live.load(Ordering::Acquire)
    }

    /// From here on it is invited to chats, or is not.
    pub fn take_invitations(&self, invitations: Invitations) {
        self.takes_invitations.store(invitations == Invitations::Taken, Ordering::Release);
    }

    pub(super) fn takes_invitations(&self) -> bool {
        self.takes_invitations.load(Ordering::Acquire)
    }

    /// Tells it something about the presence of `about`, whose entry the caller holds locked.
    pub(super) fn push_presence(&self, about: AccountId, line: Bytes) {
        if self.is_live() && !line.is_empty() {
            self.outbox.push(Some(about), line);
        }
    }
}
