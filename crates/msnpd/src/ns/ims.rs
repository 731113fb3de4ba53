//! `IMS`: whether the user may be invited to chats. His presence is not touched.

use msnp::command::{Command, ims};
use msnp::flow::End;

use super::Session;

impl Session {
    pub(super) fn ims(&self, request: ims::Request) -> Result<(), End> {
        let ims::Request { trid, invitations } = request;
        self.say(|out, dialect| ims::Reply { trid, invitations }.write(out, dialect))?;
        self.user()?.endpoint.take_invitations(invitations);
        Ok(())
    }
}
