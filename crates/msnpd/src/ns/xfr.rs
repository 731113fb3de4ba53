//! `XFR SB`: the way to a new chat.

use msnp::command::{Command, xfr};
use msnp::flow::End;
use msnp::types::{ErrorCode, Secret, TrId};

use super::Session;
use crate::sb::Admission;

impl Session {
    pub(super) fn xfr(&mut self, trid: TrId) -> Result<(), End> {
        let user = self.user()?;
        let Some(address) = user.endpoint.switchboard.clone() else {
            tracing::warn!(
                "a client that came over IPv6 can't be told where the switchboard is: set public_host to a name"
            );
            return self.deny(trid, ErrorCode::SWITCHBOARD_FAILED);
        };
        if self.server.switchboard.is_busy(user.id) {
            return self.deny(trid, ErrorCode::TOO_MANY_SESSIONS);
        }
        let admission = Admission::to_open(user.id, user.email.clone(), &user.endpoint);
        let Some(cookie) = self.server.switchboard.admit(admission, user.id, self.server.now()) else {
            return self.deny(trid, ErrorCode::RATE_LIMIT_EXCEEDED);
        };
        self.say(|out, dialect| {
            xfr::Reply::Switchboard { trid, address: &address, cookie: Secret(&cookie) }.write(out, dialect);
        })
    }
}
