//! `RMG`: remove a group (MSNP7-12).
//!
//! ```text
//!        C: RMG t group
//! 7-9    S: RMG t version number
//! 10-12  S: RMG t guid
//!        S: RMG t 1 guid          what one client waits for
//! ```
//! One client names the group by its name in a certain dialog, so what came is repeated. Servers differ from MSNP10
//! on; both forms are read (notification-server reference, section 9).

use super::Command;
use super::parts::{counter, read_counter};
use crate::dialect::{Dialect, Groups};
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// The group that a client removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The group as written.
    pub group: &'a str,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::RMG;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, group: args.word("group")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::RMG).trid(self.trid).arg(self.group).end();
    }
}

/// The group is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The version of the lists; written only where changes are counted.
    pub version: Option<u32>,
    /// The group as it came.
    pub group: &'a str,
    /// Whether a `1` stands where MSNP7-9 have the version, in MSNP10 and later.
    pub spurious_one: bool,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::RMG;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, version, first) = (args.trid()?, read_counter(&mut args, dialect)?, args.word("group")?);
        let after_number = args.next().filter(|_| version.is_none() && matches!(first, "0" | "1"));
        Ok(Self { trid, version, group: after_number.unwrap_or(first), spurious_one: after_number.is_some() })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let one = self.spurious_one && dialect.groups != Groups::Numbered;
        Line::new(out, Verb::RMG)
            .trid(self.trid)
            .opt(counter(self.version, dialect))
            .opt(one.then_some(1))
            .arg(self.group)
            .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP9;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP10 "RMG 33 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" =>
            Request { trid: TrId::new(33), group: GUID },
        reply_7: FromNotification MSNP7 "RMG 12 209 3" =>
            Reply { trid: TrId::new(12), version: Some(209), group: "3", spurious_one: false },
        reply_10: FromNotification MSNP10 "RMG 33 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" =>
            Reply { trid: TrId::new(33), version: None, group: GUID, spurious_one: false },
        by_name: FromNotification MSNP11 "RMG 33 New%2520Group" =>
            Reply { trid: TrId::new(33), version: None, group: "New%2520Group", spurious_one: false },
        spurious: FromNotification MSNP11 "RMG 33 1 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" =>
            Reply { trid: TrId::new(33), version: None, group: GUID, spurious_one: true },
    }

    const GUID: &str = "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c";

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP9, line).to_string();
        assert_eq!(fault("RMG 12 x 3"), "version is malformed");
        assert_eq!(fault("RMG 12 209"), "group is missing");
    }
}
