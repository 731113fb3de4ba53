//! `SDG`: what the user says in a circle. It is passed on as it came to everybody else in the chat, and kept for nobody.

use msnp::command::sdg;
use msnp::flow::End;
use msnp::types::ErrorCode;
use msnp::wire::Subject;

use super::Session;

/// The longest body of a message, in bytes (later-versions reference, 11.7).
const MAX_BODY: usize = 8 << 10;

impl Session {
    pub(super) fn sdg(&mut self, request: &sdg::Request<'_>) -> Result<(), End> {
        let sdg::Request { trid, payload } = *request;
        let (circle, blocks) = match self.read_for_circle(payload, Subject::Messaging) {
            Ok(read) => read,
            Err(code) => return self.deny(trid, code),
        };
        if blocks.body.len() > MAX_BODY {
            return self.deny(trid, ErrorCode::RATE_LIMIT_EXCEEDED);
        }
        let user = self.user()?;
        let heard = self.server.directory.say_in_circle(user.id, user.endpoint.id, circle, payload);
        match heard {
            // Each of them costs something.
            Some(places) => self.pace.count_people(places),
            None => return self.deny(trid, ErrorCode::INVALID_CIRCLE_MEMBERSHIP),
        }
        Ok(())
    }
}
