//! `USR`: opens a chat.

use msnp::command::usr;
use msnp::flow::End;

use super::Session;
use super::admission::Entry;

impl Session {
    pub(crate) fn usr(&mut self, request: usr::SwitchboardRequest<'_>) -> Result<(), End> {
        let usr::SwitchboardRequest { trid, identity, cookie } = request;
        match self.redeem(identity, cookie.as_str()) {
            Some((admission, member)) if admission.entry == Entry::Open => {
                let chat = self.server.switchboard.open();
                chat.found(&member, trid, identity, self.server.now());
                self.sit_down(chat, &member, &admission);
                Ok(())
            }
            _ => self.refuse(trid),
        }
    }
}
