//! `REA`: change a name, one's own or the one kept for a contact (MSNP2-9).
//!
//! ```text
//! C: REA t handle name
//! S: REA t version handle name
//! ```
//! (notification-server reference, 8.5.)

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// A client's new name for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// His address as written.
    pub handle: &'a str,
    /// His name.
    pub name: Encoded<'a>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::REA;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, handle: args.word("handle")?, name: args.encoded("name")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::REA).trid(self.trid).arg(self.handle).arg(&self.name).end();
    }
}

/// The name is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The version of the lists.
    pub version: u32,
    /// The address as it came.
    pub handle: &'a str,
    /// The name as it came.
    pub name: Encoded<'a>,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::REA;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            version: args.parse("version")?,
            handle: args.word("handle")?,
            name: args.encoded("name")?,
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::REA).trid(self.trid).arg(self.version).arg(self.handle).arg(&self.name).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP9;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP9 "REA 7 alice@example.com Alice%20in%20W" => Request {
            trid: TrId::new(7),
            handle: "alice@example.com",
            name: Encoded::from_wire("Alice%20in%20W"),
        },
        reply: FromNotification MSNP9 "REA 7 48 alice@example.com Alice%20in%20W" => Reply {
            trid: TrId::new(7),
            version: 48,
            handle: "alice@example.com",
            name: Encoded::from_wire("Alice%20in%20W"),
        },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP9, line).to_string();
        assert_eq!(fault("REA 7"), "handle is missing");
        assert_eq!(fault("REA 7 alice@example.com"), "name is missing");
    }
}
