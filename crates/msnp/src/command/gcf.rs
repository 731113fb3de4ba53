//! `GCF`: get a configuration file (MSNP11 and later).
//!
//! ```text
//! C: GCF t file
//! S: GCF t file length
//! 13-  S: GCF 0 length             unasked
//!         the file
//! ```
//! (notification-server reference, 18.5.)

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP12;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP11 "GCF 6 Shields.xml" => Request { trid: TrId::new(6), file: "Shields.xml" },
        reply: FromNotification MSNP11 "GCF 6 Shields.xml 9" "<config/>" =>
            Reply { trid: TrId::new(6), file: "Shields.xml", content: b"<config/>" },
        unasked: FromNotification MSNP13 "GCF 0 9" "<config/>" =>
            Reply { trid: TrId::UNSOLICITED, file: "", content: b"<config/>" },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault =
            |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP12, line).to_string();
        assert_eq!(fault("GCF 6"), "file is missing");
    }
}
