//! `MSG`: says something to everybody else in the chat. Passed on as it came, or kept for the last one who was there.

use msnp::command::{Command, ack, msg, nak};
use msnp::flow::End;
use msnp::types::TrId;
use msnp::wire::Verb;

use super::Session;
use super::chat::Relayed;
use super::letter::Letter;
use crate::account::AccountId;
use crate::connection::Step;

impl Session {
    pub(crate) fn msg(&mut self, request: &msg::Request<'_>) -> Step<'_> {
        let Some(seat) = &mut self.seat else { return Step::End(End::NotNow(Verb::MSG)) };
        seat.spoken += 1;
        let msg::Request { trid, ack, payload } = *request;
        match seat.chat.relay(seat.number, seat.account, &seat.header, payload) {
            Relayed::ToAll => self.acknowledge(trid, ack, true).into(),
            Relayed::Failed => self.acknowledge(trid, ack, false).into(),
            Relayed::Alone(last) => self.alone(trid, ack, last, payload),
        }
    }

    /// Nobody else is there. Text waits for `last`, who was, if the sender could not call him: whether he is away, hides,
    /// or wants nothing from the sender, nobody can tell from what becomes of it.
    fn alone(&mut self, trid: TrId, ack: msg::Ack, last: AccountId, payload: &[u8]) -> Step<'_> {
        let Some(seat) = &mut self.seat else { return Step::End(End::NotNow(Verb::MSG)) };
        let letter = Letter::read(payload);
        // A part of a text is worth nothing without the first.
        let is_wanted = match letter {
            Some(Letter::Whole | Letter::First(_)) => true,
            Some(Letter::Later(id)) => seat.parts_of.as_deref() == Some(id),
            None => false,
        };
        let is_away = !self.server.directory.takes_calls(last, seat.account);
        if !is_wanted || !is_away {
            return self.acknowledge(trid, ack, false).into();
        }
        let begins = match letter {
            Some(Letter::First(id)) => Some(Box::from(id)),
            _ => None,
        };
        let payload = payload.to_vec();
        Step::Wait(Box::pin(async move {
            let is_kept = self.keep(last, payload).await;
            if let Some(seat) = &mut self.seat
                && begins.is_some()
            {
                seat.parts_of = begins.filter(|_| is_kept);
            }
            self.acknowledge(trid, ack, is_kept)?;
            if is_kept {
                // He may have come while it was written.
                self.server.offer_messages(last);
            }
            Ok(())
        }))
    }

    /// Tells the sender what became of a message, if he wants to know.
    fn acknowledge(&self, trid: TrId, ack: msg::Ack, is_taken: bool) -> Result<(), End> {
        match (ack, is_taken) {
            (msg::Ack::Unacknowledged, _) | (msg::Ack::Negative, true) | (msg::Ack::Success, false) => Ok(()),
            (msg::Ack::Always | msg::Ack::Data | msg::Ack::Success, true) => {
                self.say(|out, dialect| ack::Reply { trid }.write(out, dialect))
            }
            (msg::Ack::Negative | msg::Ack::Always | msg::Ack::Data, false) => {
                self.say(|out, dialect| nak::Reply { trid }.write(out, dialect))
            }
        }
    }
}
