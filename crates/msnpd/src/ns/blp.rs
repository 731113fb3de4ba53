//! `BLP`: who may see one who stands on neither list.

use msnp::command::{Command, blp};
use msnp::dialect::ListEdits;
use msnp::flow::End;
use msnp::types::Privacy;
use msnp::wire::Verb;

use super::Session;
use crate::store::EditError;

impl Session {
    pub(super) async fn blp(&mut self, request: blp::Request) -> Result<(), End> {
        let blp::Request { trid, privacy } = request;
        let id = self.user()?.id;
        // The lasting one is in the address book; this is for as long as the client is signed in, and never 218.
        if self.dialect().list_edits == ListEdits::AddressBook {
            self.say(|out, dialect| {
                blp::Reply { trid: Some(trid), version: None, privacy }.write(out, dialect);
            })?;
            let endpoint = &self.user()?.endpoint;
            self.server.directory.take_privacy(id, endpoint.id, privacy);
            if privacy == Privacy::AllowOthers && endpoint.is_live() {
                self.server.offer_messages(id);
            }
            return Ok(());
        }
        let edited = match self.server.store.set_privacy(id, privacy).await {
            Ok(edited) => edited,
            Err(EditError::Unchanged) if self.flow.quirks().repeats_settings => {
                return self.say(|out, dialect| {
                    blp::Reply { trid: Some(trid), version: None, privacy }.write(out, dialect);
                });
            }
            Err(error) => return self.edit_refused(Verb::BLP, trid, &error),
        };
        let version = self.list_version(edited.revision);
        self.say(|out, dialect| blp::Reply { trid: Some(trid), version, privacy }.write(out, dialect))?;
        self.server.directory.set_privacy(id, privacy, edited.revision);
        if privacy == Privacy::AllowOthers {
            self.server.offer_messages(id);
        }
        self.show_properties(&edited.sight)
    }
}
