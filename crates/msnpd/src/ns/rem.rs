//! `REM`: a contact leaves a list, or a group.

use msnp::command::{Command, rem};
use msnp::dialect::{Groups, ListEdits};
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Guid, List};
use msnp::wire::Verb;

use super::Session;
use crate::store::{ContactKey, EditError};

impl Session {
    pub(super) async fn rem(&mut self, request: rem::Request<'_>) -> Result<(), End> {
        let rem::Request { trid, list, who, group } = request;
        match list {
            List::Reverse => return Err(End::BeyondLimits(Verb::REM)),
            // To this client there is no such list.
            List::Pending if !self.dialect().has_pending_list => {
                return self.deny(trid, ErrorCode::INVALID_PARAMETER);
            }
            _ => {}
        }
        // Where there are no groups he would be taken off the list, which is more than was asked.
        if group.is_some() && self.dialect().groups == Groups::None {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        }
        let (store, id) = (&self.server.store, self.user()?.id);
        let by_guid = self.dialect().list_edits == ListEdits::Adc && list == List::Forward;
        let key = if by_guid {
            who.parse::<Guid>().ok().map(ContactKey::Guid)
        } else {
            who.parse::<Email>().ok().map(ContactKey::Email)
        };
        let Some(key) = key else { return self.deny(trid, ErrorCode::INVALID_PARAMETER) };
        let done = match (list, key) {
            (List::Forward, key) => {
                let group = group.map(|group| self.group_or_none(group));
                store.remove_contact(id, key, group).await
            }
            (list, ContactKey::Email(email)) => store.remove_from_list(id, list, &email).await,
            (_, ContactKey::Guid(_)) => return self.deny(trid, ErrorCode::INVALID_PARAMETER),
        };
        let edited = match done {
            Ok(edited) => edited,
            Err(EditError::NotOnList)
                if self.flow.quirks().swaps_allow_and_block && list.opposite().is_some() =>
            {
                return self.say(|out, dialect| {
                    rem::Reply { trid, list, version: None, who, group: None }.write(out, dialect);
                });
            }
            Err(error) => return self.edit_refused(Verb::REM, trid, &error),
        };
        let version = self.list_version(edited.revision);
        self.say(|out, dialect| rem::Reply { trid, list, version, who, group }.write(out, dialect))?;
        self.follow_up(&edited, trid)
    }
}
