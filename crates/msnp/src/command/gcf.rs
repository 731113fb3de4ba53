//! `GCF`: get a configuration file (MSNP11 and later).
//!
//! ```text
//! C: GCF t file
//! S: GCF t file length
//! 13-  S: GCF 0 length             unasked
//!         the file
//! ```
//! (notification-server reference, section 18.)

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client asks for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// Its name, `Shields.xml`.
    pub file: &'a str,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::GCF;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, file: args.word("file")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::GCF).trid(self.trid).arg(self.file).end();
    }
}

/// The file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request, or 0.
    pub trid: TrId,
    /// Its name; empty if nobody asked.
    pub file: &'a str,
    /// What is in it.
    pub content: &'a [u8],
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::GCF;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, file) = (args.trid()?, args.word("file")?);
        // A single word is the length.
        Ok(Self { trid, file: args.next().map_or("", |_| file), content: payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::GCF).trid(self.trid).arg(self.file).payload(self.content);
    }
}
