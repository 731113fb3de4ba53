//! `RMG`: a group goes.

use msnp::command::{Command, rmg};
use msnp::dialect::Groups;
use msnp::flow::End;
use msnp::wire::Verb;

use super::Session;
use crate::store::Orphans;

impl Session {
    pub(super) async fn rmg(&mut self, request: rmg::Request<'_>) -> Result<(), End> {
        let rmg::Request { trid, group } = request;
        let key = self.group_key(Verb::RMG, group)?;
        // With numbers everybody is in a group, so who is left in none leaves the forward list.
        let orphans = if self.dialect().groups == Groups::Numbered { Orphans::Leave } else { Orphans::Stay };
        let removed = match self.server.store.remove_group(self.user()?.id, key, orphans).await {
            Ok(removed) => removed,
            Err(error) => return self.edit_refused(Verb::RMG, trid, &error),
        };
        let version = self.list_version(removed.revision);
        let spurious_one = self.flow.quirks().one_in_group_replies;
        self.say(|out, dialect| rmg::Reply { trid, version, group, spurious_one }.write(out, dialect))?;
        self.server.directory.apply(&removed.changes);
        self.tell_other_side(&removed.changes)
    }
}
