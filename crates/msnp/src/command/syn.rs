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
    /// That of the lists.
    pub lists: &'a str,
    /// That of the settings, where they have one.
    pub settings: Option<&'a str>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::SYN;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, lists) = (args.trid()?, args.word("version of the lists")?);
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
