//! `LSG`: a group, among the lists that `SYN` gets, or asked for (MSNP7-12).
//!
//! ```text
//! 7-8    C: LSG t
//!        S: LSG t version index total number name 0
//! 8-9    S: LSG number name 0
//! 10-12  S: LSG name guid
//! ```
//! The form with a transaction id is that of the lists in MSNP7, and of the answer to a request for groups in MSNP8 as
//! well (notification-server reference, section 7).

use super::Command;
use crate::dialect::{Dialect, Groups};
use crate::types::{GroupRef, TrId};
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// A client asks for its groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The transaction id.
    pub trid: TrId,
}

impl Command<'_> for Request {
    const VERB: Verb = Verb::LSG;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::LSG).trid(self.trid).end();
    }
}

/// A group with its place among all of them, as MSNP7 has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The transaction id of the request or of the `SYN`.
    pub trid: TrId,
    /// The version of the lists.
    pub version: u32,
    /// Which one it is, from 1.
    pub index: usize,
    /// How many there are.
    pub total: usize,
    /// Its number.
    pub group: u8,
    /// What it is called.
    pub name: Encoded<'a>,
}

impl<'a> Command<'a> for Entry<'a> {
    const VERB: Verb = Verb::LSG;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            version: args.parse("version")?,
            index: args.parse("index")?,
            total: args.parse("total")?,
            group: args.parse("group")?,
            name: args.encoded("name")?,
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::LSG)
            .trid(self.trid)
            .arg(self.version)
            .arg(self.index)
            .arg(self.total)
            .arg(self.group)
            .arg(&self.name)
            .arg(0)
            .end();
    }
}

/// A group, where the lists come a person at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// What it is referred to by.
    pub group: GroupRef,
    /// What it is called.
    pub name: Encoded<'a>,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::LSG;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Ok(if dialect.groups == Groups::Numbered {
            Self { group: GroupRef::Number(args.parse("group")?), name: args.encoded("name")? }
        } else {
            let name = args.encoded("name")?;
            Self { group: GroupRef::Guid(args.parse("group")?), name }
        })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::LSG);
        if dialect.groups == Groups::Numbered {
            line.arg(self.group).arg(&self.name).arg(0).end();
        } else {
            line.arg(&self.name).arg(self.group).end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::{MSNP8, MSNP12};
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP7 "LSG 11" => Request { trid: TrId::new(11) },
        entry: FromNotification MSNP7 "LSG 5 41 1 2 0 Other%20Contacts 0" => Entry {
            trid: TrId::new(5),
            version: 41,
            index: 1,
            total: 2,
            group: 0,
            name: Encoded::from_wire("Other%20Contacts"),
        },
        numbered: FromNotification MSNP8 "LSG 0 Other%20Contacts 0" =>
            Reply { group: GroupRef::Number(0), name: Encoded::from_wire("Other%20Contacts") },
        guid: FromNotification MSNP10 "LSG Friends b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" => Reply {
            group: "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c".parse().unwrap(),
            name: Encoded::from_wire("Friends"),
        },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |dialect, line| {
            testing::fault::<Reply<'_>>(Direction::FromNotification, dialect, line).to_string()
        };
        assert_eq!(fault(&MSNP8, "LSG Friends 0"), "group is malformed");
        assert_eq!(fault(&MSNP12, "LSG Friends 1"), "group is malformed");
        let fault = |line| testing::fault::<Entry<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("LSG 5 41 1"), "total is missing");
        assert_eq!(fault("LSG 5 41 1 2 Friends 0"), "group is malformed");
    }
}
