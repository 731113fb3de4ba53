//! `DEL`: withdraw what was published, as that one is in a chat (MSNP18).
//!
//! ```text
//! C: DEL t length
//!    blocks of headers, and a body
//! S: DEL t OK length
//! ```
//! The answer has a payload only where the server has chosen an address, and ends in 0 else (later-versions reference, 8.3
//! and 11.3).

use super::Command;
use super::parts::malformed;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client withdraws something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// [`Blocks`](crate::wire::Blocks), unread: what is wrong with them depends on what they are about.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::DEL;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::DEL).trid(self.trid).payload(self.payload);
    }
}

/// It is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// Whom it is from, where that is news to the client.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::DEL;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        if args.word("OK")? != "OK" {
            return Err(malformed("OK"));
        }
        Ok(Self { trid, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::DEL).trid(self.trid).arg("OK").payload(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP18;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP18 "DEL 14 16" "Routing: 1.0\r\n\r\n" =>
            Request { trid: TrId::new(14), payload: b"Routing: 1.0\r\n\r\n" },
        done: FromNotification MSNP18 "DEL 14 OK 0" => Reply { trid: TrId::new(14), payload: b"" },
        chosen: FromNotification MSNP18 "DEL 14 OK 16" "Routing: 1.0\r\n\r\n" =>
            Reply { trid: TrId::new(14), payload: b"Routing: 1.0\r\n\r\n" },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault =
            |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP18, line).to_string();
        assert_eq!(fault("DEL x 0"), "transaction id is malformed");
        let fault =
            |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP18, line).to_string();
        assert_eq!(fault("DEL 14 KO 0"), "OK is malformed");
    }
}
