//! `GTC`: whether to ask before a new user gets onto the allow list (MSNP2-12).
//!
//! ```text
//!        C: GTC t A|N
//! 2-9    S: GTC t version A|N
//! 10-    S: GTC t A|N
//! ```
//! Among the lists that `SYN` gets it is the second form in MSNP2-7, and `GTC A|N` alone in MSNP8 and later
//! (notification-server reference, sections 7 and 10).

use super::Command;
use super::parts::{counter, read_setting_head};
use crate::dialect::Dialect;
use crate::types::{Prompt, TrId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client's new setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The transaction id.
    pub trid: TrId,
    /// The setting.
    pub prompt: Prompt,
}

impl Command<'_> for Request {
    const VERB: Verb = Verb::GTC;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, prompt: args.parse("setting")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::GTC).trid(self.trid).arg(self.prompt).end();
    }
}

/// The setting as the server has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request or of the `SYN`; none among the lists in MSNP8 and later.
    pub trid: Option<TrId>,
    /// The version of the lists, if there is a transaction id; written only where changes are counted.
    pub version: Option<u32>,
    /// The setting.
    pub prompt: Prompt,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::GTC;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, version) = read_setting_head(&mut args)?;
        Ok(Self { trid, version, prompt: args.parse("setting")? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::GTC)
            .opt(self.trid)
            .opt(self.trid.and(counter(self.version, dialect)))
            .arg(self.prompt)
            .end();
    }
}
