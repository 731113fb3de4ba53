//! `SDG`: a message over the notification server, in MSNP18 to a circle.
//!
//! ```text
//! C: SDG t length
//! S: SDG 0 length
//!    blocks of headers, and a body
//! ```
//! The others get the same blocks; the sender gets no answer unless it failed (later-versions reference, 8.4 and 11.7).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id, which is 0 from some clients.
    pub trid: TrId,
    /// [`Blocks`](crate::wire::Blocks): to whom, and what.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::SDG;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SDG).trid(self.trid).payload(self.payload);
    }
}

/// Somebody says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// The blocks as he has written them.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::SDG;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        args.trid()?;
        Ok(Self { payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SDG).trid(TrId::UNSOLICITED).payload(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP18;
    use crate::wire::Direction;

    known_answers! {
        said: ToNotification MSNP18 "SDG 15 16" "Routing: 1.0\r\n\r\n" =>
            Request { trid: TrId::new(15), payload: b"Routing: 1.0\r\n\r\n" },
        heard: FromNotification MSNP18 "SDG 0 16" "Routing: 1.0\r\n\r\n" => Push { payload: b"Routing: 1.0\r\n\r\n" },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault =
            |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP18, line).to_string();
        assert_eq!(fault("SDG x 0"), "transaction id is malformed");
    }
}
