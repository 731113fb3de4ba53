//! `FLN`: a contact went offline, or is to be seen so.
//!
//! ```text
//! 2-13   S: FLN handle
//! 14-17  S: FLN handle 1 capabilities
//! 18     S: FLN 1:handle capabilities
//! ```
//! Who is offline can do nothing, so the capabilities are `0` or `0:0` (notification-server reference, 12.2;
//! later-versions reference, 4.12).

use super::Command;
use super::parts::{Written, read_address, write_address};
use crate::dialect::{Dialect, PresenceAddress};
use crate::types::Capabilities;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A contact is offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// His address.
    pub handle: &'a str,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::FLN;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { handle: read_address(&mut args, dialect)? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = write_address(Line::new(out, Verb::FLN), self.handle, dialect);
        match dialect.presence_address {
            PresenceAddress::Plain => line,
            PresenceAddress::WithNetwork | PresenceAddress::Prefixed => {
                line.arg(Written(dialect.capabilities, Capabilities::default()))
            }
        }
        .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    known_answers! {
        msnp12: FromNotification MSNP12 "FLN bob@example.net" => Push { handle: "bob@example.net" },
        msnp14: FromNotification MSNP14 "FLN bob@example.net 1 0" => Push { handle: "bob@example.net" },
        msnp16: FromNotification MSNP16 "FLN bob@example.net 1 0:0" => Push { handle: "bob@example.net" },
        msnp18: FromNotification MSNP18 "FLN 1:bob@example.net 0:0" => Push { handle: "bob@example.net" },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("FLN"), "handle is missing");
    }
}
