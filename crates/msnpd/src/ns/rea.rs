//! `REA`: another name, for oneself or for a contact (MSNP2-9).

use msnp::command::{Command, rea};
use msnp::flow::{End, notification};
use msnp::types::{Email, ErrorCode};
use msnp::wire::Verb;

use super::Session;
use crate::store::{ContactKey, EditError};

impl Session {
    pub(super) async fn rea(&mut self, request: rea::Request<'_>) -> Result<(), End> {
        let rea::Request { trid, handle, name } = request;
        notification::name_fits(Verb::REA, &name)?;
        let Ok(email) = handle.parse::<Email>() else {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        };
        let (id, plain) = (self.user()?.id, name.decode().into_owned());
        let is_own = email == self.user()?.email;
        if is_own && self.renames.is_too_many(self.server.now()) {
            return self.deny(trid, ErrorCode::RATE_LIMIT_EXCEEDED);
        }
        let store = &self.server.store;
        let done = if is_own {
            store.set_name(id, &plain).await
        } else {
            store.rename_contact(id, ContactKey::Email(email), &plain).await.map(|edited| edited.revision)
        };
        let revision = match done {
            Ok(revision) => revision,
            // Whether there is such an account is told by ADD, not by a command that is about the user's own lists.
            Err(EditError::UnknownAccount) => return self.deny(trid, ErrorCode::NOT_ON_LIST),
            Err(error) => return self.edit_refused(Verb::REA, trid, &error),
        };
        let version = self.list_version(revision).unwrap_or_default();
        self.say(|out, dialect| {
            rea::Reply { trid, version, handle, name: name.clone() }.write(out, dialect)
        })?;
        if is_own {
            self.show_name(&plain, revision)?;
        }
        Ok(())
    }
}
