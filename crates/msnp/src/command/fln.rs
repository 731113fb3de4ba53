//! `FLN`: a contact went offline, or is to be seen so.
//!
//! ```text
//! 2-13   S: FLN handle
//! 14-17  S: FLN handle network capabilities
//! 18     S: FLN network:handle capabilities
//! 18     S: FLN 1:handle;via=9:circle capabilities
//! ```
//! Who is offline can do nothing, so the capabilities are `0` or `0:0` (notification-server reference, 12.2;
//! later-versions reference, 4.12).

use super::Command;
use super::parts::{Written, read_address, write_address};
use crate::dialect::{Dialect, PresenceAddress};
use crate::types::{Capabilities, CircleId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// A contact is offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// The network he is on; written from MSNP14 on, whose clients alone are to be told of others than this one.
    pub network: u8,
    /// His address.
    pub handle: &'a str,
    /// The circle that he was seen in, if it was one; written in dialects that have circles.
    pub circle: Option<CircleId>,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::FLN;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (network, handle, circle) = read_address(&mut args, dialect)?;
        Ok(Self { network, handle, circle })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = write_address(Line::new(out, Verb::FLN), self.network, self.handle, self.circle, dialect);
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
    use crate::types::PASSPORT_NETWORK;
    use crate::wire::Direction;

    known_answers! {
        msnp12: FromNotification MSNP12 "FLN bob@example.net" => push(None),
        msnp14: FromNotification MSNP14 "FLN bob@example.net 1 0" => push(None),
        msnp16: FromNotification MSNP16 "FLN bob@example.net 1 0:0" => push(None),
        msnp18: FromNotification MSNP18 "FLN 1:bob@example.net 0:0" => push(None),
        in_circle: FromNotification MSNP18 "FLN 1:bob@example.net;via=9:00000000-0000-0000-0009-0a1b2c3d4e5f@live.com 0:0" =>
            push(CircleId::new(0x0a1b_2c3d_4e5f)),
        elsewhere_14: FromNotification MSNP14 "FLN yolanda@yahoo.com 32 0" => elsewhere(),
        elsewhere_18: FromNotification MSNP18 "FLN 32:yolanda@yahoo.com 0:0" => elsewhere(),
    }

    fn push(circle: Option<CircleId>) -> Push<'static> {
        Push { network: PASSPORT_NETWORK, handle: "bob@example.net", circle }
    }

    fn elsewhere() -> Push<'static> {
        Push { network: 32, handle: "yolanda@yahoo.com", circle: None }
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("FLN"), "handle is missing");
    }
}
