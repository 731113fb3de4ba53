//! `UUN`: small data to one person (MSNP13 and later).
//!
//! ```text
//! C: UUN t handle[;{guid}] type length
//!    data
//! S: UUN t OK
//! ```
//! What the types mean to clients is in the later-versions reference, 4.11; the server passes the data on unread.

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// Data for somebody, or for one of his places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The address as written; with a place's GUID behind it in MSNP16 and later.
    pub target: &'a str,
    /// What kind of data it is, as written.
    pub kind: &'a str,
    /// The data.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::UUN;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, target: args.word("target")?, kind: args.word("type")?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::UUN).trid(self.trid).arg(self.target).arg(self.kind).payload(self.payload);
    }
}

/// It is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::UUN;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::UUN).trid(self.trid).arg("OK").end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP13;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP13 "UUN 12 bob@example.com 3 4" "data" =>
            Request { trid: TrId::new(12), target: "bob@example.com", kind: "3", payload: b"data" },
        to_a_place: ToNotification MSNP16 "UUN 12 alice@example.com;{c2d4e6f8-1a3b-4c5d-8e7f-90a1b2c3d4e5} 4 14" "goawyplzthxbye" => Request {
            trid: TrId::new(12),
            target: "alice@example.com;{c2d4e6f8-1a3b-4c5d-8e7f-90a1b2c3d4e5}",
            kind: "4",
            payload: b"goawyplzthxbye",
        },
        done: FromNotification MSNP13 "UUN 12 OK" => Reply { trid: TrId::new(12) },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |bytes| {
            Request::read(testing::frame(Direction::ToNotification, bytes), &MSNP13).unwrap_err().to_string()
        };
        assert_eq!(fault(b"UUN x bob@example.com 3 0\r\n"), "transaction id is malformed");
        assert_eq!(fault(b"UUN 12 0\r\n"), "type is missing");
    }
}
