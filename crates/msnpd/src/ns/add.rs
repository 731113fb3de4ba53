//! `ADD`: a contact gets onto a list, or into a group (MSNP2-9).

use msnp::command::{Command, add};
use msnp::dialect::Groups;
use msnp::flow::{End, notification};
use msnp::types::{Email, ErrorCode, List};
use msnp::wire::Verb;

use super::Session;

impl Session {
    pub(super) async fn add(&mut self, request: add::Request<'_>) -> Result<(), End> {
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
        let group = group.filter(|_| list == List::Forward && self.dialect().groups != Groups::None);
        let key = group.map(|group| self.group_or_none(group));
        let edited = match self.put_on_list(list, &email, Some(&name.decode()), key).await {
            Ok(edited) => edited,
            Err(error) => return self.edit_refused(Verb::ADD, trid, &error),
        };
        let version = self.list_version(edited.revision).unwrap_or_default();
        let shown = self.shown_of_new(&edited).await?;
        self.say(|out, dialect| {
            add::Reply { trid, list, version, handle, name: name.clone(), group }.write(out, dialect);
            shown.write(handle, &edited, dialect, out);
        })?;
        self.follow_up(&edited, trid)
    }
}
