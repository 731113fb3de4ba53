//! `VAS`: report somebody (MSNP18).
//!
//! ```text
//! C: VAS t handle x y length
//!    report
//! S: VAS t OK
//! ```
//! (later-versions reference, 4.7.)

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A user's report about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// Whom it is about, as written.
    pub handle: &'a str,
    /// What it says.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::VAS;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, handle: args.word("handle")?, payload })
    }

    /// What the two words between mean is not known.
    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::VAS).trid(self.trid).arg(self.handle).arg(0).arg(0).payload(self.payload);
    }
}

/// It is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::VAS;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::VAS).trid(self.trid).arg("OK").end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP18;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP18 "VAS 20 bob@example.com 0 0 6" "<spam>" =>
            Request { trid: TrId::new(20), handle: "bob@example.com", payload: b"<spam>" },
        done: FromNotification MSNP18 "VAS 20 OK" => Reply { trid: TrId::new(20) },
    }

    #[test]
    fn faults_name_the_argument() {
        let frame = testing::frame(Direction::ToNotification, b"VAS x bob@example.com 0 0 0\r\n");
        assert_eq!(Request::read(frame, &MSNP18).unwrap_err().to_string(), "transaction id is malformed");
    }
}
