//! `UUM`: what is said to somebody who is away, from MSNP18 on; in MSNP14 to 16 to people of other networks.
//!
//! To an account of ours it is an offline message, with or without the header by which some clients ask for that, and
//! whether its owner is away or not: he is told of it where he is (later-versions reference, 4.10). To somebody of another
//! network it is said now or not at all.

use std::borrow::Cow;

use msnp::command::{Command, uum};
use msnp::flow::End;
use msnp::soap::oim::MAX_PAYLOAD;
use msnp::types::{ErrorCode, Guid, PASSPORT_NETWORK, TrId, YAHOO_NETWORK};
use msnp::wire::Mime;

use super::Session;
use crate::federation::{Message, NotSaid, Said};
use crate::oim::{Draft, NotKept};
use crate::random;

/// The network that is ours.
const OURS: u32 = PASSPORT_NETWORK as u32;

/// That on which people of other networks are.
const ABROAD: u32 = YAHOO_NETWORK as u32;

/// What asks for a message to be kept; worth nothing to who gets it.
const DESTINATION: &[u8] = b"Dest-Agent";

impl Session {
    pub(super) async fn uum(&mut self, request: uum::Request<'_>) -> Result<(), End> {
        let uum::Request { trid, handle, network, kind, payload } = request;
        match network {
            OURS => {}
            ABROAD => return self.say_abroad(trid, handle, kind, payload).await,
            _ => return self.deny(trid, ErrorCode::UNROUTABLE_USER),
        }
        match kind {
            "1" => self.leave_message(trid, handle, payload).await,
            // Typing and nudges mean nothing later. What 4 is nobody knows.
            "2" | "3" | "4" => self.say(|out, dialect| uum::Reply { trid }.write(out, dialect)),
            _ => self.deny(trid, ErrorCode::INVALID_PARAMETER),
        }
    }

    async fn say_abroad(&mut self, trid: TrId, handle: &str, kind: &str, payload: &[u8]) -> Result<(), End> {
        let (server, from) = (self.server.clone(), self.user()?.email.clone());
        let to = handle.parse().ok().filter(|to| server.federation.has_route(&from, to));
        let Some(to) = to else { return self.deny(trid, ErrorCode::UNROUTABLE_USER) };
        let said = match kind {
            "1" => {
                let payload = without(payload, DESTINATION);
                if payload.len() > MAX_PAYLOAD {
                    return self.deny(trid, ErrorCode::MESSAGE_TOO_LONG);
                }
                Mime::new(&payload).is("text/plain").then(|| Said::Text(payload.into_owned().into()))
            }
            "2" => Some(Said::Typing),
            "3" => Some(Said::Nudge),
            _ => None,
        };
        let Some(said) = said else { return self.deny(trid, ErrorCode::INVALID_PARAMETER) };
        match server.federation.say(Message { from, to, said }).await {
            Ok(()) => self.say(|out, dialect| uum::Reply { trid }.write(out, dialect)),
            Err(refused) => self.deny(trid, code(refused)),
        }
    }

    async fn leave_message(&mut self, trid: TrId, handle: &str, payload: &[u8]) -> Result<(), End> {
        let payload = without(payload, DESTINATION);
        if payload.len() > MAX_PAYLOAD {
            return self.deny(trid, ErrorCode::MESSAGE_TOO_LONG);
        }
        if !Mime::new(&payload).is("text/plain") {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        }
        let (server, sender) = (self.server.clone(), self.user()?.id);
        let (run, number) = self.run.get_or_insert_with(|| (Guid(random::bytes()), 0));
        *number = number.saturating_add(1);
        let draft = Draft { run: *run, number: *number, payload: payload.into_owned() };
        match server.keep_draft(sender, handle, draft).await {
            Ok(receiver) => {
                self.say(|out, dialect| uum::Reply { trid }.write(out, dialect))?;
                server.offer_messages(receiver);
                Ok(())
            }
            Err(NotKept::NoReceiver) => self.deny(trid, ErrorCode::NOT_ONLINE),
            Err(NotKept::TooMuch) => self.deny(trid, ErrorCode::RATE_LIMIT_EXCEEDED),
            Err(NotKept::Failed(error)) => self.store_failed(trid, &error),
        }
    }
}

/// What a client is told of a network that does not take a message.
const fn code(refused: NotSaid) -> ErrorCode {
    match refused {
        NotSaid::NotOnline => ErrorCode::NOT_ONLINE,
        NotSaid::Unroutable => ErrorCode::UNROUTABLE_USER,
        NotSaid::TooLong => ErrorCode::MESSAGE_TOO_LONG,
        NotSaid::Failed => ErrorCode::FEDERATED_SERVER_ERROR,
        NotSaid::Refused => ErrorCode::UUM_ERROR,
    }
}

/// A message without the header lines of this name.
fn without<'a>(payload: &'a [u8], name: &[u8]) -> Cow<'a, [u8]> {
    let is_named = |line: &[u8]| {
        line.iter()
            .position(|&b| b == b':')
            .and_then(|colon| line.get(..colon))
            .is_some_and(|found| found.trim_ascii().eq_ignore_ascii_case(name))
    };
    let (mut kept, mut in_body, mut found) = (Vec::with_capacity(payload.len()), false, false);
    for line in payload.split_inclusive(|&b| b == b'\n') {
        if !in_body && is_named(line) {
            found = true;
            continue;
        }
        in_body |= line.trim_ascii().is_empty();
        kept.extend_from_slice(line);
    }
    if found { Cow::Owned(kept) } else { Cow::Borrowed(payload) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_left_out_and_a_line_of_text_is_not() {
        let without = |payload: &'static str| without(payload.as_bytes(), DESTINATION).into_owned();
        assert_eq!(without("A: b\r\ndest-agent : client\r\n\r\nhi"), b"A: b\r\n\r\nhi");
        let kept = "A: b\r\n\r\nDest-Agent: client\r\n";
        assert_eq!(without(kept), kept.as_bytes());
        assert_eq!(without(""), b"");
    }
}
