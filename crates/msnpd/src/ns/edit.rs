//! What the edits of lists have in common: errors, and telling the other side.

use msnp::command::{Command, adc, add, rem};
use msnp::dialect::{Dialect, ListEdits};
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, List, TrId};
use msnp::wire::{Encoded, Verb};

use super::{Session, list_version};
use crate::store::{Change, EditError};

impl Session {
    /// Answers an edit that was refused.
    pub(super) fn edit_refused(&self, verb: Verb, trid: TrId, error: &EditError) -> Result<(), End> {
        let code = match error {
            EditError::AlreadyThere => ErrorCode::ALREADY_THERE,
            EditError::GroupExists => ErrorCode::GROUP_EXISTS,
            EditError::ListFull => ErrorCode::LIST_FULL,
            EditError::NoSuchGroup => ErrorCode::INVALID_GROUP,
            EditError::NotInGroup => ErrorCode::NOT_IN_GROUP,
            EditError::NotOnList => ErrorCode::NOT_ON_LIST,
            EditError::OnOppositeList => ErrorCode::ALREADY_IN_OPPOSITE_LIST,
            EditError::TooManyGroups => ErrorCode::TOO_MANY_GROUPS,
            EditError::Unchanged => ErrorCode::ALREADY_IN_THE_MODE,
            EditError::OtherContacts => ErrorCode::CANNOT_REMOVE_GROUP_ZERO,
            EditError::UnknownAccount => self.dialect().unknown_account,
            // The reverse list is the server's own, and nobody is put on the pending list by hand.
            EditError::NotEditable(_) => return Err(End::BeyondLimits(verb)),
            EditError::Gone => return Err(End::SignedOut),
            EditError::Store(error) => return self.store_failed(trid, error),
        };
        self.deny(trid, code)
    }

    /// Tells a contact that he was put on the user's forward list, or taken off it, if he was.
    pub(super) fn tell_other_side(&self, changes: &[Change]) -> Result<(), End> {
        let user = self.user()?;
        for change in changes.iter().filter(|change| change.owner != user.id) {
            let (before, after) =
                (change.before.contains(List::Reverse), change.after.contains(List::Reverse));
            if before == after {
                continue;
            }
            let name = self.server.directory.name(user.id);
            let name = name.as_deref().unwrap_or(user.email.as_str());
            self.server.directory.tell(change.owner, |dialect, out| {
                if after {
                    added_by(&user.email, name, change.revision, dialect, out);
                } else {
                    removed_by(&user.email, change.revision, dialect, out);
                }
            });
        }
        Ok(())
    }
}

/// That somebody has put the reader on his forward list.
fn added_by(email: &Email, name: &str, revision: u64, dialect: &Dialect, out: &mut Vec<u8>) {
    let (trid, list, handle, name) = (TrId::UNSOLICITED, List::Reverse, email.as_str(), Encoded::new(name));
    match dialect.list_edits {
        ListEdits::Add => {
            let version = list_version(dialect, revision).unwrap_or_default();
            add::Push { trid, list, version, handle, name, group: None }.write(out, dialect);
        }
        ListEdits::Adc => {
            let who = adc::Who::Handle { handle, name: Some(name) };
            adc::Push { request: adc::Request { trid, list, who }, guid: None }.write(out, dialect);
        }
        ListEdits::AddressBook => {}
    }
}

/// That somebody has taken the reader off his forward list.
fn removed_by(email: &Email, revision: u64, dialect: &Dialect, out: &mut Vec<u8>) {
    if dialect.list_edits != ListEdits::AddressBook {
        let version = list_version(dialect, revision);
        rem::Push { trid: TrId::UNSOLICITED, list: List::Reverse, version, who: email.as_str(), group: None }
            .write(out, dialect);
    }
}
