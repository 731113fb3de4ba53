//! `RMG`: a group goes.

use msnp::command::{Command, rmg};
use msnp::dialect::Groups;
use msnp::flow::End;
use msnp::wire::{Encoded, Verb};

use super::Session;
use crate::store::{EditError, GroupKey, GroupRemoved, Orphans};

impl Session {
    pub(super) async fn rmg(&mut self, request: rmg::Request<'_>) -> Result<(), End> {
        let rmg::Request { trid, group } = request;
        let done = match self.group_key(group) {
            Some(key) => self.remove_group(key).await,
            None if self.dialect().groups == Groups::Numbered => return Err(End::BeyondLimits(Verb::RMG)),
            None => match self.remove_group_named(group).await {
                Err(EditError::NoSuchGroup) => return Err(End::BeyondLimits(Verb::RMG)),
                done => done,
            },
        };
        let removed = match done {
            Ok(removed) => removed,
            Err(error) => return self.edit_refused(Verb::RMG, trid, &error),
        };
        let version = self.list_version(removed.revision);
        let spurious_one = self.flow.quirks().one_in_group_replies;
        self.say(|out, dialect| rmg::Reply { trid, version, group, spurious_one }.write(out, dialect))?;
        self.server.directory.apply(&removed.changes);
        self.tell_other_side(&removed.changes)
    }

    /// MSN Messenger 7.0 names a group by its name, escaped twice, when it removes one in a certain dialog.
    async fn remove_group_named(&self, written: &str) -> Result<GroupRemoved, EditError> {
        let once = Encoded::from_wire(written).decode().into_owned();
        let twice = Encoded::from_wire(&once).decode().into_owned();
        match self.remove_group(GroupKey::Name(once)).await {
            Err(EditError::NoSuchGroup) => self.remove_group(GroupKey::Name(twice)).await,
            done => done,
        }
    }

    async fn remove_group(&self, key: GroupKey) -> Result<GroupRemoved, EditError> {
        let Ok(user) = self.user() else { return Err(EditError::Gone) };
        // With numbers everybody is in a group, so who is left in none leaves the forward list.
        let orphans = if self.dialect().groups == Groups::Numbered { Orphans::Leave } else { Orphans::Stay };
        self.server.store.remove_group(user.id, key, orphans).await
    }
}
