//! `ANS`: joins the chat that one was invited to.

use msnp::command::ans;
use msnp::flow::End;
use msnp::wire::Verb;

use super::Session;
use super::admission::Entry;
use crate::connection::Step;

impl Session {
    pub(crate) fn ans(&mut self, request: ans::Request<'_>) -> Step<'_> {
        let ans::Request { trid, identity, cookie, session } = request;
        let Some((admission, member)) = self.redeem(identity, cookie.as_str()) else {
            return self.refuse(trid).into();
        };
        let id = match admission.entry {
            Entry::Open => return self.refuse(trid).into(),
            Entry::Join(id) | Entry::Fetch { session: id, .. } => id,
        };
        if session.parse() != Ok(id) {
            return Step::End(End::NotNow(Verb::ANS));
        }
        if let Entry::Fetch { from, .. } = admission.entry {
            return Step::Wait(Box::pin(self.fetch(trid, admission, member, id, from)));
        }
        let Some(chat) = self.server.switchboard.find(id) else { return self.refuse(trid).into() };
        match chat.join(&member, trid, self.server.now()) {
            Ok(()) => {
                self.sit_down(chat, &member, &admission);
                Step::Next
            }
            Err(_) => self.refuse(trid).into(),
        }
    }
}
