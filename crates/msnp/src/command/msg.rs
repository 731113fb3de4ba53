//! `MSG`: a message, in a chat or from the service.
//!
//! ```text
//! C: MSG t U|N|A|D|S length        to a switchboard
//! S: MSG handle name length        from a switchboard, without an answer
//! S: MSG Hotmail Hotmail length    from a notification server
//!    the payload
//! ```
//! The payload is passed on as it came (switchboard reference, section 6; notification-server reference,
//! section 17).

use std::fmt;
use std::str::FromStr;

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// What a client says in a chat.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// What it wants to hear of it.
    pub ack: Ack,
    /// The message.
    pub payload: &'a [u8],
}

/// What a client wants to hear of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ack {
    /// `U`: nothing.
    Unacknowledged,
    /// `N`: `NAK` if it reached nobody.
    Negative,
    /// `A`: `ACK` or `NAK`.
    Always,
    /// `D`: the same, and the message is data between two clients (MSNP9 and later).
    Data,
    /// `S`: `ACK` if it reached somebody.
    Success,
}

impl Ack {
    /// The letter that stands for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unacknowledged => "U",
            Self::Negative => "N",
            Self::Always => "A",
            Self::Data => "D",
            Self::Success => "S",
        }
    }
}

impl FromStr for Ack {
    type Err = UnknownAck;

    fn from_str(written: &str) -> Result<Self, UnknownAck> {
        Ok(match written {
            "U" => Self::Unacknowledged,
            "N" => Self::Negative,
            "A" => Self::Always,
            "D" => Self::Data,
            "S" => Self::Success,
            _ => return Err(UnknownAck),
        })
    }
}

/// The letter stands for nothing: the service closes the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message is acknowledged U, N, A, D or S")]
pub struct UnknownAck;

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::MSG;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, ack: args.parse("acknowledgement")?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::MSG).trid(self.trid).word(self.ack.as_str()).payload(self.payload);
    }
}

impl fmt::Debug for Request<'_> {
    /// Shows how long the message is and not what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trid, ack, payload } = self;
        write!(f, "Request {{ trid: {trid}, ack: {ack:?}, payload: <{} bytes> }}", payload.len())
    }
}

/// A message as it reaches a client.
#[derive(Clone, PartialEq, Eq)]
pub struct Push<'a> {
    /// Who says it: an address without a place, or `Hotmail`.
    pub from: &'a str,
    /// The name he had when he joined.
    pub name: Encoded<'a>,
    /// The message.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::MSG;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { from: args.word("sender")?, name: args.encoded("name")?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        write_start(out, self.from, &self.name);
        Line::resume(out).payload(self.payload);
    }
}

impl fmt::Debug for Push<'_> {
    /// Shows how long the message is and not what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, name, payload } = self;
        write!(f, "Push {{ from: {from:?}, name: {name:?}, payload: <{} bytes> }}", payload.len())
    }
}

/// Writes how every message of one sender begins, `MSG handle name`: what a relay makes once and keeps.
pub fn write_start(out: &mut Vec<u8>, from: &str, name: &Encoded<'_>) {
    Line::new(out, Verb::MSG).word(from).word(name.as_str()).open();
}

/// Writes a whole message: what [`write_start`] has made, the length, and the payload as it is. A relay writes it
/// straight into a reader's buffer.
pub fn write_rest(out: &mut Vec<u8>, start: &[u8], payload: &[u8]) {
    out.reserve(start.len() + payload.len() + 8);
    out.extend_from_slice(start);
    Line::resume(out).payload(payload);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP12;
    use crate::wire::Direction;

    known_answers! {
        typing: ToSwitchboard MSNP8 "MSG 3 U 5" "x\r\n\r\n" =>
            Request { trid: TrId::new(3), ack: Ack::Unacknowledged, payload: b"x\r\n\r\n" },
        text: ToSwitchboard MSNP8 "MSG 4 N 0" =>
            Request { trid: TrId::new(4), ack: Ack::Negative, payload: b"" },
        receipt: ToSwitchboard MSNP8 "MSG 2 A 1" "x" =>
            Request { trid: TrId::new(2), ack: Ack::Always, payload: b"x" },
        data: ToSwitchboard MSNP9 "MSG 2 D 1" "\0" =>
            Request { trid: TrId::new(2), ack: Ack::Data, payload: b"\0" },
        success: ToSwitchboard MSNP9 "MSG 2 S 1" "x" =>
            Request { trid: TrId::new(2), ack: Ack::Success, payload: b"x" },
        relayed: FromSwitchboard MSNP8 "MSG bob@example.com Bob%20Example 6" "Hello\n" => Push {
            from: "bob@example.com",
            name: Encoded::from_wire("Bob%20Example"),
            payload: b"Hello\n",
        },
        from_the_service: FromNotification MSNP2 "MSG Hotmail Hotmail 17" "MIME-Version: 1.0" => Push {
            from: "Hotmail",
            name: Encoded::from_wire("Hotmail"),
            payload: b"MIME-Version: 1.0",
        },
    }

    #[test]
    fn what_is_said_is_not_shown() {
        let request = Request { trid: TrId::new(3), ack: Ack::Always, payload: b"secret" };
        assert_eq!(format!("{request:?}"), "Request { trid: 3, ack: Always, payload: <6 bytes> }");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToSwitchboard, &MSNP12, line).to_string();
        assert_eq!(fault("MSG 3 n 0"), "acknowledgement is malformed");
        assert_eq!(fault("MSG x N 0"), "transaction id is malformed");
    }
}
