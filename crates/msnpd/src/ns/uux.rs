//! `UUX`: the user's personal message.

use msnp::command::{Command, uux};
use msnp::flow::End;

use super::Session;
use crate::directory::Media;

impl Session {
    pub(super) fn uux(&mut self, request: &uux::Request<'_>) -> Result<(), End> {
        let uux::Request { trid, message } = *request;
        let media =
            Media { psm: message.psm.map(Into::into), current_media: message.current_media.map(Into::into) };
        self.say(|out, dialect| uux::Reply { trid }.write(out, dialect))?;
        let user = self.user()?;
        self.server.directory.publish(user.id, user.endpoint.id, media);
        Ok(())
    }
}
