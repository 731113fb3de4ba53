//! `UUX`: the user's personal message.

use msnp::command::{Command, uux};
use msnp::flow::End;
use msnp::types::PersonalMessage;

use super::Session;
use crate::directory::Media;

impl Session {
    pub(super) fn uux(&mut self, request: &uux::Request<'_>) -> Result<(), End> {
        let uux::Request { trid, message } = *request;
        // What is told to others has to be XML for the strictest of them.
        let kept = |text: Option<&str>| text.map(|text| PersonalMessage::well_formed(text).into());
        let media = Media { psm: kept(message.psm), current_media: kept(message.current_media) };
        self.say(|out, dialect| uux::Reply { trid }.write(out, dialect))?;
        let user = self.user()?;
        self.server.directory.publish(user.id, user.endpoint.id, media);
        Ok(())
    }
}
