//! `CHL`: a challenge to prove that the client is a known one (MSNP6 and later).
//!
//! ```text
//! S: CHL 0 challenge
//! C: CHL t                S: CHL t challenge          a client may ask for one
//! ```
//! It is answered with `QRY`; [`auth::challenge`](crate::auth::challenge) computes what
//! (notification-server reference, section 15).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client asks for a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The transaction id.
    pub trid: TrId,
}

impl Command<'_> for Request {
    const VERB: Verb = Verb::CHL;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::CHL).trid(self.trid).end();
    }
}

/// The challenge it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The challenge.
    pub challenge: &'a str,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::CHL;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, challenge: args.word("challenge")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::CHL).trid(self.trid).arg(self.challenge).end();
    }
}

/// A challenge nobody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// The challenge.
    pub challenge: &'a str,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::CHL;

    fn read(frame: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Reply::read(frame, dialect).map(|Reply { challenge, .. }| Self { challenge })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Reply { trid: TrId::UNSOLICITED, challenge: self.challenge }.write(out, dialect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP7;
    use crate::wire::Direction;

    known_answers! {
        push: FromNotification MSNP7 "CHL 0 31415926535897932384" => Push { challenge: "31415926535897932384" },
        asked: ToNotification MSNP11 "CHL 5" => Request { trid: TrId::new(5) },
        reply: FromNotification MSNP11 "CHL 5 31415926535897932384" =>
            Reply { trid: TrId::new(5), challenge: "31415926535897932384" },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP7, line).to_string();
        assert_eq!(fault("CHL 0"), "challenge is missing");
    }
}
