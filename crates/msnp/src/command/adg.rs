//! `ADG`: add a group (MSNP7-12).
//!
//! ```text
//! 7-9    C: ADG t name 0        S: ADG t version name number 0
//! 10-12  C: ADG t name          S: ADG t name guid
//!                               S: ADG t 1 name guid      what one client waits for
//! ```
//! Servers differ from MSNP10 on; both forms are read (notification-server reference, section 9).

use super::Command;
use super::parts::{counter, malformed};
use crate::dialect::{Dialect, Groups};
use crate::types::{GroupRef, Guid, TrId};
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// A client's new group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// What it is called.
    pub name: Encoded<'a>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::ADG;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, name: args.encoded("name")? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let zero = (dialect.groups == Groups::Numbered).then_some(0);
        Line::new(out, Verb::ADG).trid(self.trid).arg(&self.name).opt(zero).end();
    }
}

/// The group is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The version of the lists; written only where changes are counted.
    pub version: Option<u32>,
    /// The name as it came.
    pub name: Encoded<'a>,
    /// What the group is referred to by.
    pub group: GroupRef,
    /// Whether a `1` stands where MSNP7-9 have the version, in MSNP10 and later.
    pub spurious_one: bool,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::ADG;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, first, second) = (args.trid()?, args.word("name")?, args.word("group")?);
        if dialect.groups == Groups::Numbered {
            return Ok(Self {
                trid,
                version: Some(first.parse().map_err(|_| malformed("version"))?),
                name: Encoded::from_wire(second),
                group: GroupRef::Number(args.parse("group")?),
                spurious_one: false,
            });
        }
        let guid = |word: &str| word.parse::<Guid>();
        let (name, guid, spurious_one) = match args.next().map(guid) {
            Some(Ok(guid)) => (second, guid, true),
            _ => (first, guid(second).map_err(|_| malformed("group"))?, false),
        };
        let name = Encoded::from_wire(name);
        Ok(Self { trid, version: None, name, group: GroupRef::Guid(guid), spurious_one })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::ADG).trid(self.trid);
        if dialect.groups == Groups::Numbered {
            line.opt(counter(self.version, dialect)).arg(&self.name).arg(self.group).arg(0).end();
        } else {
            line.opt(self.spurious_one.then_some(1)).arg(&self.name).arg(self.group).end();
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
        asked_7: ToNotification MSNP7 "ADG 31 Book%20Club 0" =>
            Request { trid: TrId::new(31), name: Encoded::from_wire("Book%20Club") },
        asked_10: ToNotification MSNP10 "ADG 31 Book%20Club" =>
            Request { trid: TrId::new(31), name: Encoded::from_wire("Book%20Club") },
        reply_7: FromNotification MSNP7 "ADG 31 208 Book%20Club 3 0" => Reply {
            trid: TrId::new(31),
            version: Some(208),
            name: Encoded::from_wire("Book%20Club"),
            group: GroupRef::Number(3),
            spurious_one: false,
        },
        reply_10: FromNotification MSNP10 "ADG 31 Book%20Club b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" => reply(false),
        spurious: FromNotification MSNP11 "ADG 31 1 Book%20Club b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" => reply(true),
    }

    fn reply(spurious_one: bool) -> Reply<'static> {
        Reply {
            trid: TrId::new(31),
            version: None,
            name: Encoded::from_wire("Book%20Club"),
            group: "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c".parse().unwrap(),
            spurious_one,
        }
    }

    #[test]
    fn a_zero_at_the_end_is_passed_over() {
        let line = b"ADG 31 Book%20Club b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c 0\r\n";
        assert_eq!(Reply::read(testing::frame(Direction::FromNotification, line), &MSNP12), Ok(reply(false)));
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |dialect, line| {
            testing::fault::<Reply<'_>>(Direction::FromNotification, dialect, line).to_string()
        };
        assert_eq!(fault(&MSNP9, "ADG 31 x Work 2 0"), "version is malformed");
        assert_eq!(fault(&MSNP9, "ADG 31 42 Work"), "group is missing");
        assert_eq!(fault(&MSNP12, "ADG 31 Work 2"), "group is malformed");
    }
}
