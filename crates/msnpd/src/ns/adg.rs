//! `ADG`: a new group; and how groups are named in every command that names one.

use std::borrow::Cow;

use msnp::command::{Command, adg};
use msnp::dialect::Groups;
use msnp::flow::End;
use msnp::types::{ErrorCode, GroupRef, Guid};
use msnp::wire::{Encoded, Verb, limits};

use super::Session;
use crate::store::{Group, GroupKey, Limits};

/// Groups have numbers below this.
const GROUP_NUMBERS: u8 = 30;

impl Session {
    pub(super) async fn adg(&mut self, request: adg::Request<'_>) -> Result<(), End> {
        let adg::Request { trid, name } = request;
        let plain = group_name(Verb::ADG, &name)?;
        if Encoded::new(&plain).len() > limits::GROUP_NAME {
            return self.deny(trid, ErrorCode::GROUP_NAME_TOO_LONG);
        }
        let added = match self.server.store.add_group(self.user()?.id, &plain, self.limits()).await {
            Ok(added) => added,
            Err(error) => return self.edit_refused(Verb::ADG, trid, &error),
        };
        let version = self.list_version(added.revision);
        let group = self.group_ref(&added.group);
        let spurious_one = self.flow.quirks().one_in_group_replies;
        self.say(|out, dialect| adg::Reply { trid, version, name, group, spurious_one }.write(out, dialect))
    }

    /// The group that a client has named; `None` if it is no way to name any.
    pub(super) fn group_key(&self, written: &str) -> Option<GroupKey> {
        match self.dialect().groups {
            Groups::Numbered => {
                written.parse().ok().filter(|number| *number < GROUP_NUMBERS).map(GroupKey::Number)
            }
            _ => written.parse::<Guid>().ok().map(GroupKey::Guid),
        }
    }

    /// The same for commands that look at contact and group in turn: to them such a group is one that the user has not.
    pub(super) fn group_or_none(&self, written: &str) -> GroupKey {
        self.group_key(written).unwrap_or(GroupKey::Malformed)
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

/// A group's name. One far beyond the limit ends the session.
pub(super) fn group_name<'a>(verb: Verb, written: &'a Encoded<'_>) -> Result<Cow<'a, str>, End> {
    let name = written.decode();
    // Other clients get it escaped, however this one has written it.
    if Encoded::new(&name).len() > limits::GROUP_NAME_CLOSES {
        Err(End::BeyondLimits(verb))
    } else {
        Ok(name)
    }
}
