//! `FQY`: ask which network an address is on (MSNP14 and later).
//!
//! ```text
//! C: FQY t length
//!    <ml><d n="example.com"><c n="bob"/></d></ml>
//! S: FQY t length
//!    <ml><d n="example.com"><c n="bob" t="1"/></d></ml>
//! ```
//! The answer gives each contact his network (later-versions reference, 4.9).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// Whom a client asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// A [`MemberList`](crate::types::MemberList), unread.
    pub payload: &'a [u8],
}

/// The same people, with their networks.
pub type Reply<'a> = Request<'a>;

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::FQY;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::FQY).trid(self.trid).payload(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP14;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP14 "FQY 9 46" "<ml><d n=\"yahoo.com\"><c n=\"yolanda\"/></d></ml>" =>
            Request { trid: TrId::new(9), payload: b"<ml><d n=\"yahoo.com\"><c n=\"yolanda\"/></d></ml>" },
        told: FromNotification MSNP18 "FQY 9 53" "<ml><d n=\"yahoo.com\"><c n=\"yolanda\" t=\"32\"/></d></ml>" =>
            Reply { trid: TrId::new(9), payload: b"<ml><d n=\"yahoo.com\"><c n=\"yolanda\" t=\"32\"/></d></ml>" },
    }

    #[test]
    fn faults_name_the_argument() {
        let frame = testing::frame(Direction::ToNotification, b"FQY 0\r\n");
        assert!(Request::read(frame, &MSNP14).is_ok(), "the length reads as a transaction id too");
        let frame = testing::frame(Direction::ToNotification, b"FQY x 0\r\n");
        assert_eq!(Request::read(frame, &MSNP14).unwrap_err().to_string(), "transaction id is malformed");
    }
}
