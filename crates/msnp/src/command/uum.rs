//! `UUM`: a message to somebody of another network, or to somebody who is away (MSNP14 and later).
//!
//! ```text
//! C: UUM t handle network type length
//!    message
//! S: UUM t OK
//! ```
//! The types are 1 text, 2 typing, 3 nudge; 4 is unknown. The message is the one that would be said on a switchboard
//! (later-versions reference, 4.10).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A message for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The address as written, or `tel:` and a number.
    pub handle: &'a str,
    /// The network: 1 is this one, 4 telephones, 32 Yahoo!.
    pub network: u32,
    /// What kind of message it is, as written.
    pub kind: &'a str,
    /// The message.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::UUM;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            handle: args.word("handle")?,
            network: args.parse("network")?,
            kind: args.word("type")?,
            payload,
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        let line = Line::new(out, Verb::UUM).trid(self.trid).arg(self.handle).arg(self.network);
        line.arg(self.kind).payload(self.payload);
    }
}

/// It is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::UUM;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::UUM).trid(self.trid).arg("OK").end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP14;
    use crate::wire::Direction;

    known_answers! {
        msnp14: ToNotification MSNP14 "UUM 12 yolanda@yahoo.com 32 1 4" "text" => asked("yolanda@yahoo.com", 32, "1"),
        msnp15: ToNotification MSNP15 "UUM 12 tel:+15550100 4 1 4" "text" => asked("tel:+15550100", 4, "1"),
        msnp16: ToNotification MSNP16 "UUM 12 bob@example.com 1 3 4" "text" => asked("bob@example.com", 1, "3"),
        msnp18: ToNotification MSNP18 "UUM 12 bob@example.com 1 1 4" "text" => asked("bob@example.com", 1, "1"),
        done_14: FromNotification MSNP14 "UUM 12 OK" => Reply { trid: TrId::new(12) },
        done_15: FromNotification MSNP15 "UUM 12 OK" => Reply { trid: TrId::new(12) },
        done_16: FromNotification MSNP16 "UUM 12 OK" => Reply { trid: TrId::new(12) },
        done_18: FromNotification MSNP18 "UUM 12 OK" => Reply { trid: TrId::new(12) },
    }

    fn asked(handle: &'static str, network: u32, kind: &'static str) -> Request<'static> {
        Request { trid: TrId::new(12), handle, network, kind, payload: b"text" }
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |bytes| {
            Request::read(testing::frame(Direction::ToNotification, bytes), &MSNP14).unwrap_err().to_string()
        };
        assert_eq!(fault(b"UUM x bob@example.com 1 1 0\r\n"), "transaction id is malformed");
        assert_eq!(fault(b"UUM 12 bob@example.com x 1 0\r\n"), "network is malformed");
        assert_eq!(fault(b"UUM 12 0\r\n"), "network is missing");
    }
}
