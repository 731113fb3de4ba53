//! `SYN`: compare one's lists with those of the server (MSNP2-12).
//!
//! ```text
//! 2-9    C: SYN t version                      0: nothing kept
//! 10-12  C: SYN t lists settings               0 0: nothing kept
//!
//! up to date:
//! 2-9    S: SYN t version
//! 10-12  S: SYN t lists settings
//! else, and all lists follow:
//! 2-7    S: SYN t version
//! 8-9    S: SYN t version contacts groups
//! 10-12  S: SYN t lists settings contacts groups
//! ```
//! A client counts lines by the two numbers, so they must be exact. One source shows lists that follow without them;
//! a client should take such for lists and not for the end (notification-server reference, section 7).

use super::Command;
use crate::dialect::{Dialect, ListForm, ListVersion};
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// The versions that a client has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// That of the lists; digits where changes are counted.
    pub lists: &'a str,
    /// That of the settings, where they have one.
    pub settings: Option<&'a str>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::SYN;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, lists) = (args.trid()?, args.word("version of the lists")?);
        if dialect.list_version == ListVersion::Counter && !lists.bytes().all(|b| b.is_ascii_digit()) {
            return Err(super::parts::malformed("version of the lists"));
        }
        Ok(Self { trid, lists, settings: has_settings(dialect).then(|| args.next()).flatten() })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::SYN)
            .trid(self.trid)
            .arg(self.lists)
            .opt(self.settings.filter(|_| has_settings(dialect)))
            .end();
    }
}

/// The versions that the server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// That of the lists.
    pub lists: &'a str,
    /// That of the settings, where they have one.
    pub settings: Option<&'a str>,
    /// How much follows; nothing if the client is up to date, and where the dialect does not tell.
    pub counts: Option<Counts>,
}

/// How many lines of lists follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// How many `LST`.
    pub contacts: usize,
    /// How many `LSG`.
    pub groups: usize,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::SYN;

    fn read(frame: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let Request { trid, lists, settings } = Request::read(frame, dialect)?;
        let mut rest = frame.args;
        let counts = match rest.nth(if has_settings(dialect) { 3 } else { 2 }) {
            Some(contacts) if has_counts(dialect) => Some(Counts {
                contacts: contacts.parse().map_err(|_| super::parts::malformed("number of contacts"))?,
                groups: rest.parse("number of groups")?,
            }),
            _ => None,
        };
        Ok(Self { trid, lists, settings, counts })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let counts = self.counts.filter(|_| has_counts(dialect));
        Line::new(out, Verb::SYN)
            .trid(self.trid)
            .arg(self.lists)
            .opt(self.settings.filter(|_| has_settings(dialect)))
            .opt(counts.map(|counts| counts.contacts))
            .opt(counts.map(|counts| counts.groups))
            .end();
    }
}

fn has_settings(dialect: &Dialect) -> bool {
    dialect.list_version == ListVersion::Timestamps
}

fn has_counts(dialect: &Dialect) -> bool {
    dialect.lists != ListForm::PerList
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    known_answers! {
        nothing_kept: ToNotification MSNP9 "SYN 5 0" => Request { trid: TrId::new(5), lists: "0", settings: None },
        timestamps: ToNotification MSNP12 "SYN 8 2005-04-23T18:57:44.8130000-07:00 0" =>
            Request { trid: TrId::new(8), lists: LISTS, settings: Some("0") },
        all_7: FromNotification MSNP7 "SYN 5 41" =>
            Reply { trid: TrId::new(5), lists: "41", settings: None, counts: None },
        all_8: FromNotification MSNP8 "SYN 5 46 3 2" => Reply {
            trid: TrId::new(5),
            lists: "46",
            settings: None,
            counts: Some(Counts { contacts: 3, groups: 2 }),
        },
        up_to_date: FromNotification MSNP11 "SYN 5 2005-04-23T18:57:44.8130000-07:00 2005-04-23T18:57:54.2070000-07:00" =>
            Reply { trid: TrId::new(5), lists: LISTS, settings: Some(SETTINGS), counts: None },
        all_10: FromNotification MSNP10 "SYN 5 2005-04-23T18:57:44.8130000-07:00 2005-04-23T18:57:54.2070000-07:00 3 1" => Reply {
            trid: TrId::new(5),
            lists: LISTS,
            settings: Some(SETTINGS),
            counts: Some(Counts { contacts: 3, groups: 1 }),
        },
    }

    const LISTS: &str = "2005-04-23T18:57:44.8130000-07:00";
    const SETTINGS: &str = "2005-04-23T18:57:54.2070000-07:00";

    #[test]
    fn what_a_dialect_does_not_have_is_left_out() {
        let reply = Reply {
            trid: TrId::new(5),
            lists: "41",
            settings: Some("7"),
            counts: Some(Counts { contacts: 3, groups: 1 }),
        };
        let mut out = Vec::new();
        reply.write(&mut out, &crate::dialect::MSNP7);
        assert_eq!(out, b"SYN 5 41\r\n");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("SYN 5"), "version of the lists is missing");
        assert_eq!(fault("SYN 5 x 3 1"), "version of the lists is malformed");
        assert_eq!(fault("SYN 5 46 x 1"), "number of contacts is malformed");
        assert_eq!(fault("SYN 5 46 3"), "number of groups is missing");
    }
}
