//! `REG`: a group gets another name.

use msnp::command::{Command, reg};
use msnp::flow::End;
use msnp::wire::Verb;

use super::Session;
use super::adg::group_name_fault;

impl Session {
    pub(super) async fn reg(&mut self, request: reg::Request<'_>) -> Result<(), End> {
        let reg::Request { trid, group, name } = request;
        if let Some(code) = group_name_fault(Verb::REG, &name)? {
            return self.deny(trid, code);
        }
        let key = self.group_key(Verb::REG, group)?;
        let renamed = match self.server.store.rename_group(self.user()?.id, key, &name.decode()).await {
            Ok(renamed) => renamed,
            Err(error) => return self.edit_refused(Verb::REG, trid, &error),
        };
        let version = self.list_version(renamed.revision);
        let spurious_one = self.flow.quirks().one_in_group_replies;
        self.say(|out, dialect| reg::Reply { trid, version, group, name, spurious_one }.write(out, dialect))
    }
}
