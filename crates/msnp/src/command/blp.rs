//! `BLP`: who may see one who stands on neither the allow nor the block list.
//!
//! ```text
//!        C: BLP t AL|BL
//! 2-9    S: BLP t version AL|BL
//! 10-    S: BLP t AL|BL
//! ```
//! Among the lists that `SYN` gets it is the second form in MSNP2-7, and `BLP AL|BL` alone in MSNP8 and later
//! (notification-server reference, sections 7 and 10).

use super::Command;
use super::parts::{counter, read_setting_head};
use crate::dialect::Dialect;
use crate::types::{Privacy, TrId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client's new setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The transaction id.
    pub trid: TrId,
    /// The setting.
    pub privacy: Privacy,
}

impl Command<'_> for Request {
    const VERB: Verb = Verb::BLP;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, privacy: args.parse("setting")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::BLP).trid(self.trid).arg(self.privacy).end();
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
    pub privacy: Privacy,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::BLP;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, version) = read_setting_head(&mut args)?;
        Ok(Self { trid, version, privacy: args.parse("setting")? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::BLP)
            .opt(self.trid)
            .opt(self.trid.and(counter(self.version, dialect)))
            .arg(self.privacy)
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
        asked: ToNotification MSNP12 "BLP 24 BL" => Request { trid: TrId::new(24), privacy: Privacy::BlockOthers },
        reply_9: FromNotification MSNP9 "BLP 24 203 BL" =>
            Reply { trid: Some(TrId::new(24)), version: Some(203), privacy: Privacy::BlockOthers },
        reply_10: FromNotification MSNP10 "BLP 24 BL" =>
            Reply { trid: Some(TrId::new(24)), version: None, privacy: Privacy::BlockOthers },
        list_7: FromNotification MSNP7 "BLP 5 41 AL" =>
            Reply { trid: Some(TrId::new(5)), version: Some(41), privacy: Privacy::AllowOthers },
        list_8: FromNotification MSNP8 "BLP AL" => Reply { trid: None, version: None, privacy: Privacy::AllowOthers },
    }

    #[test]
    fn a_version_is_written_where_changes_are_counted() {
        let written = |trid, dialect| {
            let mut out = Vec::new();
            Reply { trid, version: Some(7), privacy: Privacy::AllowOthers }.write(&mut out, dialect);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(None, &MSNP9), "BLP AL\r\n");
        assert_eq!(written(Some(TrId::new(5)), &crate::dialect::MSNP10), "BLP 5 AL\r\n");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request>(Direction::ToNotification, &MSNP9, line).to_string();
        assert_eq!(fault("BLP 26 X"), "setting is malformed");
        assert_eq!(fault("BLP 26"), "setting is missing");
        let fault = |line| testing::fault::<Reply>(Direction::FromNotification, &MSNP9, line).to_string();
        assert_eq!(fault("BLP"), "setting is missing");
        assert_eq!(fault("BLP 1 x AL"), "version is malformed");
    }
}
