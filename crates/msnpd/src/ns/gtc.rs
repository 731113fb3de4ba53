//! `GTC`: whether to ask before somebody new gets onto the allow list. Kept for the client, never acted on.

use msnp::command::{Command, gtc};
use msnp::flow::End;
use msnp::wire::Verb;

use super::Session;
use crate::store::EditError;

impl Session {
    pub(super) async fn gtc(&mut self, request: gtc::Request) -> Result<(), End> {
        let gtc::Request { trid, prompt } = request;
        let revision = match self.server.store.set_prompt(self.user()?.id, prompt).await {
            Ok(revision) => revision,
            Err(EditError::Unchanged) if self.flow.quirks().repeats_settings => {
                return self.say(|out, dialect| {
                    gtc::Reply { trid: Some(trid), version: None, prompt }.write(out, dialect);
                });
            }
            Err(error) => return self.edit_refused(Verb::GTC, trid, &error),
        };
        let version = self.list_version(revision);
        self.say(|out, dialect| gtc::Reply { trid: Some(trid), version, prompt }.write(out, dialect))
    }
}
