//! `REG`: rename a group (MSNP7-12).
//!
//! ```text
//! 7-9    C: REG t number name 0     S: REG t version number name 0
//! 10-12  C: REG t guid name         S: REG t guid name
//!                                   S: REG t 1 name guid      what one client waits for
//! ```
//! Servers differ from MSNP10 on; both orders are read, with a number before them or without
//! (notification-server reference, section 9).

use super::Command;
use super::parts::{counter, malformed};
use crate::dialect::{Dialect, Groups};
use crate::types::{Guid, TrId};
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// A client's new name for a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The group as written.
    pub group: &'a str,
    /// Its name.
    pub name: Encoded<'a>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::REG;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, group: args.word("group")?, name: args.encoded("name")? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let zero = (dialect.groups == Groups::Numbered).then_some(0);
        Line::new(out, Verb::REG).trid(self.trid).arg(self.group).arg(&self.name).opt(zero).end();
    }
}

/// The group is renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The version of the lists; written only where changes are counted.
    pub version: Option<u32>,
    /// The group as it came.
    pub group: &'a str,
    /// The name as it came.
    pub name: Encoded<'a>,
    /// Whether, in MSNP10 and later, a `1` stands where MSNP7-9 have the version, and the name before the group.
    pub spurious_one: bool,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::REG;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, first, second) = (args.trid()?, args.word("group")?, args.word("name")?);
        if dialect.groups == Groups::Numbered {
            return Ok(Self {
                trid,
                version: Some(first.parse().map_err(|_| malformed("version"))?),
                group: second,
                name: args.encoded("name")?,
                spurious_one: false,
            });
        }
        let is_guid = |word: &&str| word.parse::<Guid>().is_ok();
        let (group, name, spurious_one) = match args.next().filter(is_guid) {
            Some(third) => (third, second, true),
            None if is_guid(&second) && !is_guid(&first) => (second, first, false),
            None => (first, second, false),
        };
        Ok(Self { trid, version: None, group, name: Encoded::from_wire(name), spurious_one })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::REG).trid(self.trid);
        if dialect.groups == Groups::Numbered {
            line.opt(counter(self.version, dialect)).arg(self.group).arg(&self.name).arg(0).end();
        } else if self.spurious_one {
            line.arg(1).arg(&self.name).arg(self.group).end();
        } else {
            line.arg(self.group).arg(&self.name).end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::{MSNP9, MSNP12};
    use crate::wire::Direction;

    known_answers! {
        asked_7: ToNotification MSNP7 "REG 32 3 Readers 0" =>
            Request { trid: TrId::new(32), group: "3", name: Encoded::from_wire("Readers") },
        asked_10: ToNotification MSNP10 "REG 32 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c Readers" =>
            Request { trid: TrId::new(32), group: GUID, name: Encoded::from_wire("Readers") },
        reply_7: FromNotification MSNP7 "REG 32 209 3 Readers 0" =>
            Reply { version: Some(209), group: "3", ..reply(false) },
        reply_10: FromNotification MSNP10 "REG 32 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c Readers" => reply(false),
        by_name: FromNotification MSNP11 "REG 32 New%2520Group Readers" =>
            Reply { group: "New%2520Group", ..reply(false) },
        spurious: FromNotification MSNP11 "REG 32 1 Readers b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" => reply(true),
    }

    const GUID: &str = "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c";

    fn reply(spurious_one: bool) -> Reply<'static> {
        Reply {
            trid: TrId::new(32),
            version: None,
            group: GUID,
            name: Encoded::from_wire("Readers"),
            spurious_one,
        }
    }

    #[test]
    fn other_orders_are_read() {
        for line in [
            "REG 32 Readers b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c\r\n",
            "REG 32 Readers b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c 0\r\n",
            "REG 32 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c Readers 0\r\n",
        ] {
            let frame = testing::frame(Direction::FromNotification, line.as_bytes());
            assert_eq!(Reply::read(frame, &MSNP12), Ok(reply(false)), "{line}");
        }
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP9, line).to_string();
        assert_eq!(fault("REG 32 x 3 Readers"), "version is malformed");
        assert_eq!(fault("REG 32 209 3"), "name is missing");
    }
}
