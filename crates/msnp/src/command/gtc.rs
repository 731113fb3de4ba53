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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP9;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP12 "GTC 24 N" => Request { trid: TrId::new(24), prompt: Prompt::Allow },
        reply_9: FromNotification MSNP9 "GTC 24 203 N" =>
            Reply { trid: Some(TrId::new(24)), version: Some(203), prompt: Prompt::Allow },
        reply_10: FromNotification MSNP10 "GTC 24 N" =>
            Reply { trid: Some(TrId::new(24)), version: None, prompt: Prompt::Allow },
        list_7: FromNotification MSNP7 "GTC 5 41 A" =>
            Reply { trid: Some(TrId::new(5)), version: Some(41), prompt: Prompt::Ask },
        list_8: FromNotification MSNP8 "GTC A" => Reply { trid: None, version: None, prompt: Prompt::Ask },
    }

    #[test]
    fn a_version_is_written_where_changes_are_counted() {
        let written = |trid, dialect| {
            let mut out = Vec::new();
            Reply { trid, version: Some(7), prompt: Prompt::Ask }.write(&mut out, dialect);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(None, &MSNP9), "GTC A\r\n");
        assert_eq!(written(Some(TrId::new(5)), &crate::dialect::MSNP10), "GTC 5 A\r\n");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request>(Direction::ToNotification, &MSNP9, line).to_string();
        assert_eq!(fault("GTC 26 X"), "setting is malformed");
        assert_eq!(fault("GTC 26"), "setting is missing");
        let fault = |line| testing::fault::<Reply>(Direction::FromNotification, &MSNP9, line).to_string();
        assert_eq!(fault("GTC"), "setting is missing");
        assert_eq!(fault("GTC 1 x A"), "version is malformed");
    }
}
