//! `DEL`: the user leaves the chat of a circle, and stays in the circle.

use msnp::command::{Command, del};
use msnp::flow::End;
use msnp::types::{CircleUri, ErrorCode};
use msnp::wire::Subject;

use super::Session;

impl Session {
    pub(super) fn del(&mut self, request: &del::Request<'_>) -> Result<(), End> {
        let del::Request { trid, payload } = *request;
        let (circle, blocks) = match self.read_for_circle(payload, Subject::Publication) {
            Ok(read) => read,
            Err(code) => return self.deny(trid, code),
        };
        let user = match blocks.content.get("Uri").and_then(CircleUri::read) {
            Some(CircleUri::User(address)) => address.to_string(),
            Some(CircleUri::Circle) | None => return self.deny(trid, ErrorCode::INVALID_PARAMETER),
        };
        if !self.is_named(&user) {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        }
        self.say(|out, dialect| del::Reply { trid, payload: b"" }.write(out, dialect))?;
        let user = self.user()?;
        self.server.directory.leave_chat(user.id, user.endpoint.id, circle);
        Ok(())
    }
}
