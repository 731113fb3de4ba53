//! `ILN`: a contact's status at the first look.
//!
//! ```text
//! S: ILN t …          the rest as in NLN
//! ```
//! Sent about everybody who is online at the first `CHG`, and about a contact just added; the transaction id is that
//! of the `CHG` or of the `ADD` or `ADC` (notification-server reference, 12.2).

use super::Command;
use super::nln::Presence;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A contact who is online already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// The transaction id of the request that brings it.
    pub trid: TrId,
    /// What is shown of him.
    pub presence: Presence<'a>,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::ILN;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, presence: Presence::read(&mut args, dialect)? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        self.presence.write(Line::new(out, Verb::ILN).trid(self.trid), dialect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::types::{Capabilities, PASSPORT_NETWORK, Status};
    use crate::wire::Direction;
    use crate::wire::Encoded;

    known_answers! {
        msnp8: FromNotification MSNP8 "ILN 6 AWY bob@example.net Bobby 28" => Push {
            trid: TrId::new(6),
            presence: Presence {
                status: Status::Away,
                network: PASSPORT_NETWORK,
                handle: "bob@example.net",
                circle: None,
                name: Encoded::from_wire("Bobby"),
                capabilities: Capabilities { base: 28, extended: 0 },
                object: None,
            },
        },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("ILN NLN bob@example.net Bobby"), "transaction id is malformed");
        assert_eq!(fault("ILN 6"), "status is missing");
    }
}
