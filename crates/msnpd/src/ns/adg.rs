//! `ADG`: a new group; and how groups are named in every command that names one.

use msnp::command::{Command, adg};
use msnp::dialect::Groups;
use msnp::flow::End;
use msnp::types::{ErrorCode, GroupRef, Guid};
use msnp::wire::{Encoded, Verb, limits};

use super::Session;
use crate::store::{Group, GroupKey, Limits};

/// Groups have numbers below this; a higher one ends the session.
const GROUP_NUMBERS: u8 = 30;

impl Session {
    pub(super) async fn adg(&mut self, request: adg::Request<'_>) -> Result<(), End> {
        let adg::Request { trid, name } = request;
        if let Some(code) = group_name_fault(Verb::ADG, &name)? {
            return self.deny(trid, code);
        }
        let added = match self.server.store.add_group(self.user()?.id, &name.decode(), self.limits()).await {
            Ok(added) => added,
            Err(error) => return self.edit_refused(Verb::ADG, trid, &error),
        };
        let version = self.list_version(added.revision);
        let group = self.group_ref(&added.group);
        let spurious_one = self.flow.quirks().one_in_group_replies;
        self.say(|out, dialect| adg::Reply { trid, version, name, group, spurious_one }.write(out, dialect))
    }

    /// The group that a client has named.
    ///
    /// MSN Messenger 7.0 names a group by its name, escaped twice, when it removes one in a certain dialog.
    ///
    /// # Errors
    /// When it is no name that any group could have, which ends the session.
    pub(super) fn group_key(&self, verb: Verb, written: &str) -> Result<GroupKey, End> {
        let beyond = End::BeyondLimits(verb);
        match self.dialect().groups {
            Groups::Numbered => written
                .parse()
                .ok()
                .filter(|number| *number < GROUP_NUMBERS)
                .map(GroupKey::Number)
                .ok_or(beyond),
            _ => match written.parse::<Guid>() {
                Ok(guid) => Ok(GroupKey::Guid(guid)),
                Err(_) if written.contains('%') => {
                    let once = Encoded::from_wire(written).decode().into_owned();
                    Ok(GroupKey::Name(Encoded::from_wire(&once).decode().into_owned()))
                }
                Err(_) => Err(beyond),
            },
        }
    }

    /// A group as this client names it.
    pub(super) fn group_ref(&self, group: &Group) -> GroupRef {
        match self.dialect().groups {
            Groups::Numbered => GroupRef::Number(group.number),
            _ => GroupRef::Guid(group.guid),
        }
    }

    /// How long lists may get by what this client adds.
    pub(super) fn limits(&self) -> Limits {
        Limits { forward: self.dialect().forward_list_limit as u32, ..Limits::CLASSIC }
    }
}

/// What is wrong with a group's name, if anything: an error number, or, far beyond the limit, the end.
pub(super) fn group_name_fault(verb: Verb, name: &Encoded<'_>) -> Result<Option<ErrorCode>, End> {
    match name.len() {
        length if length > limits::GROUP_NAME_CLOSES => Err(End::BeyondLimits(verb)),
        length if length > limits::GROUP_NAME => Ok(Some(ErrorCode::GROUP_NAME_TOO_LONG)),
        _ => Ok(None),
    }
}
