//! `LSG`: a group, among the lists that `SYN` gets (MSNP8-12).
//!
//! ```text
//! 8-9    S: LSG number name 0
//! 10-12  S: LSG name guid
//! ```
//! (notification-server reference, section 7.)

use super::Command;
use crate::dialect::{Dialect, Groups};
use crate::types::GroupRef;
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// A group.
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
    }
}
