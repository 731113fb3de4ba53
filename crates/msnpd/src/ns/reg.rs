//! `REG`: a group gets another name.

use msnp::command::{Command, reg};
use msnp::flow::End;
use msnp::wire::Verb;

use super::Session;
use super::adg::group_name;
use super::syn::OTHER_CONTACTS;
use crate::store::{EditError, GroupKey};

impl Session {
    pub(super) async fn reg(&mut self, request: reg::Request<'_>) -> Result<(), End> {
        let reg::Request { trid, group, name } = request;
        let plain = group_name(Verb::REG, &name)?;
        let key = self.group_key(group).ok_or(End::BeyondLimits(Verb::REG))?;
        let revision = match self.rename_group(key, &plain).await {
            Ok(revision) => revision,
            Err(error) => return self.edit_refused(Verb::REG, trid, &error),
        };
        let version = self.list_version(revision);
        let spurious_one = self.flow.quirks().one_in_group_replies;
        self.say(|out, dialect| {
            reg::Reply { trid, version, group, name: name.clone(), spurious_one }.write(out, dialect);
        })
    }

    async fn rename_group(&self, key: GroupKey, name: &str) -> Result<u64, EditError> {
        let (store, Ok(user)) = (&self.server.store, self.user()) else { return Err(EditError::Gone) };
        // Clients that set up their groups begin with this one, which has its name already.
        if key == GroupKey::Number(0) && name == OTHER_CONTACTS {
            return store.revision(user.id).await?.ok_or(EditError::Gone);
        }
        store.rename_group(user.id, key, name).await.map(|renamed| renamed.revision)
    }
}
