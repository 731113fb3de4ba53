//! `IMS`: whether one may be invited to chats (MSNP3-8; said by MSN TV).
//!
//! ```text
//! C: IMS t ON|OFF
//! S: IMS t 0 ON|OFF
//! ```
//! What the 0 is for is not known (notification-server reference, section 14).

use super::Command;
use crate::dialect::Dialect;
use crate::types::{Invitations, TrId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client's new setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The transaction id.
    pub trid: TrId,
    /// The setting.
    pub invitations: Invitations,
}

impl Command<'_> for Request {
    const VERB: Verb = Verb::IMS;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, invitations: args.parse("setting")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::IMS).trid(self.trid).arg(self.invitations).end();
    }
}

/// The setting as the server has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The setting.
    pub invitations: Invitations,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::IMS;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        args.word("0")?;
        Ok(Self { trid, invitations: args.parse("setting")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::IMS).trid(self.trid).arg(0).arg(self.invitations).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP3;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP3 "IMS 26 OFF" =>
            Request { trid: TrId::new(26), invitations: Invitations::Refused },
        answered: FromNotification MSNP3 "IMS 26 0 OFF" =>
            Reply { trid: TrId::new(26), invitations: Invitations::Refused },
        answered_on: FromNotification MSNP8 "IMS 27 0 ON" =>
            Reply { trid: TrId::new(27), invitations: Invitations::Taken },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request>(Direction::ToNotification, &MSNP3, line).to_string();
        assert_eq!(fault("IMS 26 off"), "setting is malformed");
        assert_eq!(fault("IMS 26"), "setting is missing");
        let fault = |line| testing::fault::<Reply>(Direction::FromNotification, &MSNP3, line).to_string();
        assert_eq!(fault("IMS 26 ON"), "setting is missing");
    }
}
