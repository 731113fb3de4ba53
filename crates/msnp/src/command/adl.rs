//! `ADL`: tell the server one's lists (MSNP13 and later).
//!
//! ```text
//! C: ADL t length
//!    <ml …>…</ml>
//! S: ADL t OK
//! S: ADL 0 length
//!    <ml …>…</ml>
//! ```
//! The server tells a client so of who has added its user, with the bit of the reverse list and his name.
//! (later-versions reference, 4.8.)

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client tells whom it has on its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// A [`MemberList`](crate::types::MemberList), unread: what is wrong with it has error numbers of its own.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::ADL;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::ADL).trid(self.trid).payload(self.payload);
    }
}

/// It is so from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::ADL;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::ADL).trid(self.trid).arg("OK").end();
    }
}

/// Somebody has put the user on his list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// A [`MemberList`](crate::types::MemberList) that tells who.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::ADL;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        args.trid()?;
        Ok(Self { payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::ADL).trid(TrId::UNSOLICITED).payload(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP13;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP13 "ADL 6 62" "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/></d></ml>" => Request {
            trid: TrId::new(6),
            payload: b"<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/></d></ml>",
        },
        done: FromNotification MSNP18 "ADL 6 OK" => Reply { trid: TrId::new(6) },
        push: FromNotification MSNP15 "ADL 0 56" "<ml><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\"/></d></ml>" =>
            Push { payload: b"<ml><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\"/></d></ml>" },
    }

    #[test]
    fn faults_name_the_argument() {
        let frame = testing::frame(Direction::ToNotification, b"ADL x 0\r\n");
        assert_eq!(Request::read(frame, &MSNP13).unwrap_err().to_string(), "transaction id is malformed");
    }
}
