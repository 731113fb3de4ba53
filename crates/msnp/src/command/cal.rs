//! `CAL`: invite somebody to a chat.
//!
//! ```text
//! C: CAL t handle
//! S: CAL t RINGING session
//! ```
//! The reply tells that the invitation is on its way; that he is there, `JOI` will tell (switchboard reference,
//! section 4).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// Whom a client invites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The address as written, which need not be one.
    pub handle: &'a str,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::CAL;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, handle: args.word("handle")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::CAL).trid(self.trid).arg(self.handle).end();
    }
}

/// He is being invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The chat, as in `RNG`.
    pub session: &'a str,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::CAL;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        args.word("state")?;
        Ok(Self { trid, session: args.word("session")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::CAL).trid(self.trid).arg("RINGING").arg(self.session).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    known_answers! {
        asked: ToSwitchboard MSNP8 "CAL 2 bob@example.com" =>
            Request { trid: TrId::new(2), handle: "bob@example.com" },
        reply: FromSwitchboard MSNP8 "CAL 2 RINGING 11752013" =>
            Reply { trid: TrId::new(2), session: "11752013" },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToSwitchboard, &MSNP8, line).to_string();
        assert_eq!(fault("CAL 2"), "handle is missing");
    }
}
