//! `SBP`: set a property of a contact (MSNP10-12).
//!
//! ```text
//! C: SBP t guid property value [extra]
//! S: SBP t guid property value
//! ```
//! `MFN` is the name to keep for him. `PHM` with a number `tel:+…` comes with a `1` whose meaning is unknown
//! (notification-server reference, 8.5).

use super::Command;
use super::parts::rest_encoded;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// A client's new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The contact's GUID as written, which need not be one.
    pub guid: &'a str,
    /// The property as written, which need not be one.
    pub property: &'a str,
    /// The value.
    pub value: Option<Encoded<'a>>,
    /// What some clients write after it.
    pub extra: Option<&'a str>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::SBP;

    fn read(frame: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let Reply { trid, guid, property, value } = Reply::read(frame, dialect)?;
        Ok(Self { trid, guid, property, value, extra: { frame.args }.nth(4) })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SBP)
            .trid(self.trid)
            .arg(self.guid)
            .arg(self.property)
            .opt(self.value.as_ref())
            .opt(self.extra)
            .end();
    }
}

/// The value is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The contact's GUID as it came.
    pub guid: &'a str,
    /// The property as it came.
    pub property: &'a str,
    /// The value as it came.
    pub value: Option<Encoded<'a>>,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::SBP;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            guid: args.word("contact")?,
            property: args.word("property")?,
            value: rest_encoded(&mut args),
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SBP)
            .trid(self.trid)
            .arg(self.guid)
            .arg(self.property)
            .opt(self.value.as_ref())
            .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP12;
    use crate::wire::Direction;

    known_answers! {
        name: ToNotification MSNP10 "SBP 7 1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11 MFN Bob%20K" => Request {
            trid: TrId::new(7),
            guid: GUID,
            property: "MFN",
            value: Some(Encoded::from_wire("Bob%20K")),
            extra: None,
        },
        phone: ToNotification MSNP11 "SBP 8 1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11 PHM tel:+15550100 1" => Request {
            trid: TrId::new(8),
            guid: GUID,
            property: "PHM",
            value: Some(Encoded::from_wire("tel:+15550100")),
            extra: Some("1"),
        },
        reply: FromNotification MSNP12 "SBP 7 1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11 MFN Bob%20K" => Reply {
            trid: TrId::new(7),
            guid: GUID,
            property: "MFN",
            value: Some(Encoded::from_wire("Bob%20K")),
        },
    }

    const GUID: &str = "1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11";

    #[test]
    fn faults_name_the_argument() {
        let fault =
            |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP12, line).to_string();
        assert_eq!(fault("SBP 7"), "contact is missing");
        assert_eq!(fault("SBP 7 1"), "property is missing");
    }
}
