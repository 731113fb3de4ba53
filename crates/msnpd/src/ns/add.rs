//! `ADD`: a contact gets onto a list, or into a group (MSNP2-9).

use msnp::command::{Command, add};
use msnp::dialect::Groups;
use msnp::flow::{End, notification};
use msnp::types::{Email, ErrorCode, List};
use msnp::wire::Verb;

use super::Session;
use crate::store::GroupKey;

impl Session {
    /// The answer comes before what others cause meanwhile, whose list versions are later ones.
    pub(super) async fn add(&mut self, request: add::Request<'_>) -> Result<(), End> {
        self.outbox.begin_burst();
        let done = self.add_in_burst(request).await;
        self.outbox.end_burst();
        done
    }

    async fn add_in_burst(&mut self, request: add::Request<'_>) -> Result<(), End> {
        let add::Request { trid, list, handle, name, group } = request;
        notification::name_fits(Verb::ADD, &name)?;
        if list == List::Reverse {
            return Err(End::BeyondLimits(Verb::ADD));
        }
        // To this client there is no such list.
        if list == List::Pending {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        }
        let Ok(email) = handle.parse::<Email>() else {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        };
        let in_group = list == List::Forward && self.dialect().groups != Groups::None;
        let group = group.filter(|_| in_group);
        // Whom a client puts in no group it puts in the one of those who are in no other (reference, 8.1).
        let key = match group {
            Some(group) => Some(self.group_or_none(group)),
            None => in_group.then_some(GroupKey::Number(0)),
        };
        let edited = match self.put_on_list(list, &email, Some(&name.decode()), key).await {
            Ok(edited) => edited,
            Err(error) => return self.edit_refused(Verb::ADD, trid, &error),
        };
        let version = self.list_version(edited.revision);
        let shown = self.shown_of_new(&edited).await?;
        self.say(|out, dialect| {
            let (name, version) = (name.clone(), version.unwrap_or_default());
            add::Reply { trid, list, version, handle, name, group }.write(out, dialect);
            shown.write(handle, Some(version), dialect, out);
        })?;
        self.follow_up(&edited, trid)
    }
}
