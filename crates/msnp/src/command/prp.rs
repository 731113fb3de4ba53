//! `PRP`: set one of one's own properties (MSNP5 and later).
//!
//! ```text
//!       C: PRP t property [value]
//! 5-9   S: PRP t version property [value]
//! 10-   S: PRP t property [value]
//! ```
//! Without a value the property is emptied. Among the lists that `SYN` gets it is the second form in MSNP5-7, and
//! `PRP property value` alone in MSNP8 and later (notification-server reference, sections 7 and 11).

use super::Command;
use super::parts::{counter, rest_encoded};
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// A client's new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The property as written, which need not be one.
    pub property: &'a str,
    /// The value.
    pub value: Option<Encoded<'a>>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::PRP;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, property: args.word("property")?, value: rest_encoded(&mut args) })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::PRP).trid(self.trid).arg(self.property).opt(self.value.as_ref()).end();
    }
}

/// The value as the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request or of the `SYN`; none among the lists in MSNP8 and later.
    pub trid: Option<TrId>,
    /// The version of the lists, if there is a transaction id; written only where changes are counted.
    pub version: Option<u32>,
    /// The property.
    pub property: &'a str,
    /// The value.
    pub value: Option<Encoded<'a>>,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::PRP;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        // No property is a number, so the numbers in front of it are what they look like.
        let mut property = args.word("property")?;
        let trid: Option<TrId> = property.parse().ok();
        if trid.is_some() {
            property = args.word("property")?;
        }
        let version: Option<u32> = trid.and(property.parse().ok());
        if version.is_some() {
            property = args.word("property")?;
        }
        Ok(Self { trid, version, property, value: rest_encoded(&mut args) })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::PRP)
            .opt(self.trid)
            .opt(self.trid.and(counter(self.version, dialect)))
            .arg(self.property)
            .opt(self.value.as_ref())
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
        asked: ToNotification MSNP12 "PRP 12 MFN Alice%20in%20W" =>
            Request { trid: TrId::new(12), property: "MFN", value: value("Alice%20in%20W") },
        emptied: ToNotification MSNP5 "PRP 13 PHW" =>
            Request { trid: TrId::new(13), property: "PHW", value: None },
        reply_9: FromNotification MSNP9 "PRP 21 205 PHM 1%20555%200100" => Reply {
            trid: Some(TrId::new(21)),
            version: Some(205),
            property: "PHM",
            value: value("1%20555%200100"),
        },
        reply_10: FromNotification MSNP10 "PRP 12 MFN 7" =>
            Reply { trid: Some(TrId::new(12)), version: None, property: "MFN", value: value("7") },
        list_7: FromNotification MSNP7 "PRP 5 41 PHW" =>
            Reply { trid: Some(TrId::new(5)), version: Some(41), property: "PHW", value: None },
        list_12: FromNotification MSNP12 "PRP MFN Alice%20L" =>
            Reply { trid: None, version: None, property: "MFN", value: value("Alice%20L") },
    }

    fn value(value: &str) -> Option<Encoded<'_>> {
        Some(Encoded::from_wire(value))
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP9, line).to_string();
        assert_eq!(fault("PRP PHW"), "transaction id is malformed");
        assert_eq!(fault("PRP 1"), "property is missing");
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP9, line).to_string();
        assert_eq!(fault("PRP 1 2"), "property is missing");
    }
}
