//! `ANS`: answer an invitation to a chat.
//!
//! ```text
//! C: ANS t identity cookie session
//! S: ANS t OK                       after an IRO for everybody in the chat
//! ```
//! (switchboard reference, section 3.)

use super::Command;
use crate::dialect::Dialect;
use crate::types::{Secret, TrId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// How who was invited presents himself to a switchboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The address as written; with the place's GUID behind it in MSNP16 and later.
    pub identity: &'a str,
    /// What came with the invitation.
    pub cookie: Secret<'a>,
    /// The chat, as written.
    pub session: &'a str,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::ANS;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            identity: args.word("identity")?,
            cookie: Secret(args.word("cookie")?),
            session: args.word("session")?,
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::ANS)
            .trid(self.trid)
            .arg(self.identity)
            .arg(self.cookie.as_str())
            .arg(self.session)
            .end();
    }
}

/// He is in the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::ANS;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::ANS).trid(self.trid).arg("OK").end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    known_answers! {
        asked: ToSwitchboard MSNP8 "ANS 1 bob@example.com 849102291.520491113.77201 11752013" => Request {
            trid: TrId::new(1),
            identity: "bob@example.com",
            cookie: Secret("849102291.520491113.77201"),
            session: "11752013",
        },
        reply: FromSwitchboard MSNP8 "ANS 1 OK" => Reply { trid: TrId::new(1) },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToSwitchboard, &MSNP8, line).to_string();
        assert_eq!(fault("ANS 1 bob@example.com"), "cookie is missing");
        assert_eq!(fault("ANS 1 bob@example.com 8"), "session is missing");
    }
}
