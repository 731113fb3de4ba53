//! `ANS`: joins the chat that one was invited to.

use msnp::command::ans;
use msnp::flow::End;
use msnp::wire::Verb;

use super::Session;

impl Session {
    pub(super) fn ans(&mut self, request: ans::Request<'_>) -> Result<(), End> {
        let ans::Request { trid, identity, cookie, session } = request;
        let Some((admission, member)) = self.redeem(identity, cookie.as_str()) else {
            return self.refuse(trid);
        };
        let Some(id) = admission.chat else { return self.refuse(trid) };
        if session.parse() != Ok(id) {
            return Err(End::NotNow(Verb::ANS));
        }
        let Some(chat) = self.server.switchboard.find(id) else { return self.refuse(trid) };
        match chat.join(&member, trid, self.server.now()) {
            Ok(()) => {
                self.sit_down(chat, &member, &admission);
                Ok(())
            }
            Err(_) => self.refuse(trid),
        }
    }
}
