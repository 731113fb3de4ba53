//! `BPR`: a property of a contact (MSNP5-12).
//!
//! ```text
//! 5-9    S: BPR version handle property [value]
//! 10-12  S: BPR handle property [value]
//! 8-12   S: BPR property value                  among the lists, about the contact of the `LST` before it
//! ```
//! Without a value the property is empty (notification-server reference, sections 7 and 11).

use super::Command;
use super::parts::{counter, rest_encoded};
use crate::dialect::Dialect;
use crate::types::Property;
use crate::wire::{ArgError, Encoded, Fault, Frame, Line, Verb};

/// A contact's property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// The version of the lists, if there is a handle; written only where changes are counted.
    pub version: Option<u32>,
    /// The contact; none if he was named before.
    pub handle: Option<&'a str>,
    /// The property.
    pub property: Property,
    /// The value.
    pub value: Option<Encoded<'a>>,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::BPR;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let version: Option<u32> = args.peek().and_then(|word| word.parse().ok());
        if version.is_some() {
            args.next();
        }
        let first = args.word("property")?;
        let (handle, property) = match first.parse() {
            Ok(property) => (None, property),
            Err(_) => (Some(first), args.parse("property")?),
        };
        if version.is_some() && handle.is_none() {
            return Err(ArgError { what: "handle", fault: Fault::Missing });
        }
        Ok(Self { version, handle, property, value: rest_encoded(&mut args) })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::BPR)
            .opt(self.handle.and(counter(self.version, dialect)))
            .opt(self.handle)
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
        counted: FromNotification MSNP9 "BPR 205 bob@example.net MOB N" => Push {
            version: Some(205),
            handle: Some("bob@example.net"),
            property: Property::Pageable,
            value: Some(Encoded::from_wire("N")),
        },
        counted_empty: FromNotification MSNP7 "BPR 205 bob@example.net PHH" => Push {
            version: Some(205),
            handle: Some("bob@example.net"),
            property: Property::HomePhone,
            value: None,
        },
        named: FromNotification MSNP10 "BPR alice@example.com PHM 1%20555%200100" => Push {
            version: None,
            handle: Some("alice@example.com"),
            property: Property::MobilePhone,
            value: Some(Encoded::from_wire("1%20555%200100")),
        },
        list: FromNotification MSNP8 "BPR PHH 1%20555%200199" => Push {
            version: None,
            handle: None,
            property: Property::HomePhone,
            value: Some(Encoded::from_wire("1%20555%200199")),
        },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP9, line).to_string();
        assert_eq!(fault("BPR"), "property is missing");
        assert_eq!(fault("BPR 205 bob@example.net XYZ"), "property is malformed");
        assert_eq!(fault("BPR 205 PHH"), "handle is missing");
    }
}
