//! What is known of somebody who is signed in.

use std::sync::Arc;

use msnp::command::{Command, fln, iln, nln, ubx};
use msnp::dialect::Dialect;
use msnp::types::{Capabilities, Email, PersonalMessage, Privacy, Status, TrId};
use msnp::wire::Encoded;

use super::contacts::Contacts;
use super::{Turn, may_see};
use crate::account::{Account, AccountId};
use crate::store::Brief;

/// What a person shows: his last `CHG`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The status.
    pub status: Status,
    /// What his client can do.
    pub capabilities: Capabilities,
    /// His MSN object, in the client's own bytes.
    pub object: Option<Box<str>>,
}

/// What a person plays and says beside his name: his last `UUX`. XML-escaped, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// The personal message.
    pub psm: Option<Box<str>>,
    /// What is playing.
    pub current_media: Option<Box<str>>,
}

impl Media {
    /// Takes what `newer` has; what it lacks stays. Returns whether anything changed.
    pub(super) fn update(&mut self, newer: Self) -> bool {
        let merged = Self {
            psm: newer.psm.or_else(|| self.psm.clone()),
            current_media: newer.current_media.or_else(|| self.current_media.clone()),
        };
        let changed = *self != merged;
        *self = merged;
        changed
    }
}

/// Somebody who is signed in.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) id: AccountId,
    pub(super) email: Email,
    pub(super) name: Arc<str>,
    /// The account's revision when the name was last changed, as far as is known.
    pub(super) name_revision: u64,
    pub(super) privacy: Privacy,
    /// The same of the privacy.
    pub(super) privacy_revision: u64,
    pub(super) contacts: Contacts,
    /// Nothing before the first `CHG`.
    pub(super) shown: Option<Shown>,
    pub(super) media: Media,
}

impl Person {
    /// Somebody of whom nothing is loaded yet: nobody may see him.
    pub(super) fn new(account: &Account) -> Self {
        Self {
            id: account.id,
            email: account.email.clone(),
            name: account.name.as_str().into(),
            name_revision: 0,
            privacy: Privacy::BlockOthers,
            privacy_revision: 0,
            contacts: Contacts::default(),
            shown: None,
            media: Media::default(),
        }
    }

    pub(super) fn load(&mut self, brief: &Brief) {
        let revision = brief.settings_revision;
        if self.privacy_revision <= revision {
            (self.privacy, self.privacy_revision) = (brief.privacy, revision);
        }
        if self.name_revision <= revision {
            (self.name, self.name_revision) = (brief.name.as_str().into(), revision);
        }
        self.contacts.load(brief.revision, &brief.contacts);
    }

    /// Whether there is anything to be seen.
    pub(super) fn is_visible(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.status != Status::Hidden)
    }

    /// Whether `other` may see and contact him.
    pub(super) fn allows(&self, other: AccountId) -> bool {
        may_see(self.privacy, self.contacts.lists(other))
    }

    fn presence<'a>(&'a self, shown: &'a Shown) -> nln::Presence<'a> {
        nln::Presence {
            status: shown.status,
            handle: self.email.as_str(),
            name: Encoded::new(&self.name),
            capabilities: shown.capabilities,
            object: shown.object.as_deref().map(Encoded::from_wire),
        }
    }

    /// His status, to somebody who has asked with `trid`.
    pub(super) fn write_first_look(&self, dialect: &'static Dialect, trid: TrId, out: &mut Vec<u8>) {
        let Some(shown) = &self.shown else { return };
        if dialect.from_server.contains(<iln::Push<'_> as Command<'_>>::VERB) {
            iln::Push { trid, presence: self.presence(shown) }.write(out, dialect);
        } else {
            nln::Push(self.presence(shown)).write(out, dialect);
        }
        self.write_media(dialect, out);
    }

    /// That he has appeared to somebody, or vanished from him.
    pub(super) fn write_turn(&self, turn: Turn, dialect: &'static Dialect, out: &mut Vec<u8>) {
        match turn {
            Turn::Appears => self.write_arrival(dialect, out),
            Turn::Vanishes => self.write_gone(dialect, out),
        }
    }

    /// That he has come.
    pub(super) fn write_arrival(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        self.write_status(dialect, out);
        self.write_media(dialect, out);
    }

    /// His status.
    pub(super) fn write_status(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        if let Some(shown) = &self.shown {
            nln::Push(self.presence(shown)).write(out, dialect);
        }
    }

    /// His personal message, to those who can show one: also when it is empty, as the official clients expect.
    pub(super) fn write_media(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        if dialect.has_personal_message {
            let message = PersonalMessage {
                psm: self.media.psm.as_deref(),
                current_media: self.media.current_media.as_deref(),
            };
            ubx::Push { handle: self.email.as_str(), message }.write(out, dialect);
        }
    }

    /// That he is gone.
    pub(super) fn write_gone(&self, dialect: &'static Dialect, out: &mut Vec<u8>) {
        fln::Push { handle: self.email.as_str() }.write(out, dialect);
    }
}
