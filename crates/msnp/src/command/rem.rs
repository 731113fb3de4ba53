//! `REM`: remove a contact from a list, or from a group (MSNP2-12).
//!
//! ```text
//! 2-9    C: REM t FL|AL|BL handle [group]       S: REM t list version handle [group]
//!                                               S: REM 0 RL version handle
//! 10-12  C: REM t FL guid [group]               S: REM t FL guid [group]
//!        C: REM t AL|BL|PL handle               S: REM t list handle
//!                                               S: REM 0 RL handle
//! ```
//! `REM 0 RL` tells that somebody removed the user from his forward list; one server writes `N=handle` there
//! (notification-server reference, 8.3).

use super::Command;
use super::parts::{counter, read_counter};
use crate::dialect::Dialect;
use crate::types::{List, TrId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// Whom a client removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The list.
    pub list: List,
    /// The address or the contact's GUID, as written.
    pub who: &'a str,
    /// The group, as written, if he is to leave that alone.
    pub group: Option<&'a str>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::REM;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            list: args.parse("list")?,
            who: args.word("contact")?,
            group: args.next(),
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::REM).trid(self.trid).arg(self.list).arg(self.who).opt(self.group).end();
    }
}

/// What the server says: the answer to a request, or, with transaction id 0, that a list changed otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request, or 0.
    pub trid: TrId,
    /// The list.
    pub list: List,
    /// The version of the lists; written only where changes are counted.
    pub version: Option<u32>,
    /// The address or the contact's GUID.
    pub who: &'a str,
    /// The group, if he left that alone.
    pub group: Option<&'a str>,
}

/// What the server says unasked.
pub type Push<'a> = Reply<'a>;

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::REM;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, list) = (args.trid()?, args.parse("list")?);
        let (version, who) = (read_counter(&mut args, dialect)?, args.word("contact")?);
        Ok(Self { trid, list, version, who: who.strip_prefix("N=").unwrap_or(who), group: args.next() })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::REM)
            .trid(self.trid)
            .arg(self.list)
            .opt(counter(self.version, dialect))
            .arg(self.who)
            .opt(self.group)
            .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::{MSNP9, MSNP12};
    use crate::wire::Direction;

    known_answers! {
        numbered: ToNotification MSNP7 "REM 11 FL carol@example.org 1" =>
            Request { trid: TrId::new(11), list: List::Forward, who: "carol@example.org", group: Some("1") },
        pending: ToNotification MSNP10 "REM 9 PL dave@example.net" =>
            Request { trid: TrId::new(9), list: List::Pending, who: "dave@example.net", group: None },
        numbered_reply: FromNotification MSNP7 "REM 11 FL 44 carol@example.org 1" => Reply {
            trid: TrId::new(11),
            list: List::Forward,
            version: Some(44),
            who: "carol@example.org",
            group: Some("1"),
        },
        guid_reply: FromNotification MSNP12 "REM 12 FL 1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" => Reply {
            trid: TrId::new(12),
            list: List::Forward,
            version: None,
            who: "1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11",
            group: Some("b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c"),
        },
        removed_by: FromNotification MSNP10 "REM 0 RL alice@example.com" => Push {
            trid: TrId::UNSOLICITED,
            list: List::Reverse,
            version: None,
            who: "alice@example.com",
            group: None,
        },
    }

    #[test]
    fn both_forms_of_a_removal_by_others_are_read() {
        let frame = testing::frame(Direction::FromNotification, b"REM 0 RL N=alice@example.com\r\n");
        assert_eq!(Push::read(frame, &MSNP12).unwrap().who, "alice@example.com");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault =
            |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP12, line).to_string();
        assert_eq!(fault("REM 7 XL dave@example.net"), "list is malformed");
        assert_eq!(fault("REM 7 FL"), "contact is missing");
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP9, line).to_string();
        assert_eq!(fault("REM 7 FL dave@example.net"), "version is malformed");
    }
}
