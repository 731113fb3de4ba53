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
