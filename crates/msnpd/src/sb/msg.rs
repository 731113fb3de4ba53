//! `MSG`: says something to everybody else in the chat. Passed on as it came.

use msnp::command::{Command, ack, msg, nak};
use msnp::flow::End;
use msnp::wire::Verb;

use super::Session;
use super::chat::Relayed;

impl Session {
    pub(super) fn msg(&mut self, request: &msg::Request<'_>) -> Result<(), End> {
        let now = self.server.now();
        let Some(seat) = &mut self.seat else { return Err(End::NotNow(Verb::MSG)) };
        seat.has_spoken = true;
        self.server.metrics.messages.increment(1);
        let relayed = seat.chat.relay(seat.number, &seat.header, request.payload, now);
        let trid = request.trid;
        match (request.ack, relayed) {
            (msg::Ack::Unacknowledged, _)
            | (msg::Ack::Negative, Relayed::ToAll)
            | (msg::Ack::Success, Relayed::Failed) => Ok(()),
            (msg::Ack::Always | msg::Ack::Data | msg::Ack::Success, Relayed::ToAll) => {
                self.say(|out, dialect| ack::Reply { trid }.write(out, dialect))
            }
            (msg::Ack::Negative | msg::Ack::Always | msg::Ack::Data, Relayed::Failed) => {
                self.say(|out, dialect| nak::Reply { trid }.write(out, dialect))
            }
        }
    }
}
