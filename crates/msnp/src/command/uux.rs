//! `UUX`: publish one's own personal message (MSNP11 and later), and what else one tells of oneself.
//!
//! ```text
//! C: UUX t length
//!    <Data><PSM>text</PSM><CurrentMedia>media</CurrentMedia></Data>
//! 16+  <EndpointData><Capabilities>a:b</Capabilities></EndpointData>
//! 16+  <PrivateEndpointData><EpName>name</EpName><Idle>false</Idle><ClientType>1</ClientType><State>NLN</State></PrivateEndpointData>
//! S: UUX t 0
//! ```
//! (notification-server reference, section 13; later-versions reference, section 6.)

use super::Command;
use super::parts::{malformed, no_personal_data};
use crate::dialect::Dialect;
use crate::types::{Published, TrId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// What a client tells of its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// What it tells; what it lacks stays as it was.
    pub published: Published<'a>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::UUX;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        let published = Published::read(payload).map_err(no_personal_data)?;
        let has_place = published.capabilities.is_some() || published.place.is_some();
        if has_place && !dialect.has_places {
            return Err(malformed("personal message"));
        }
        Ok(Self { trid, published })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        let mut document = String::new();
        self.published.write(&mut document);
        Line::new(out, Verb::UUX).trid(self.trid).payload(document.as_bytes());
    }
}

/// It is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::UUX;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::UUX).trid(self.trid).arg(0).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP12;
    use crate::types::{Capabilities, MAX_PSM, PersonalData, PrivatePlace};
    use crate::wire::{Direction, Fault};

    known_answers! {
        asked: ToNotification MSNP11 "UUX 8 105" r"<Data><PSM>tea time</PSM><CurrentMedia>\0Music\01\0{0} - {1}\0Song\0Band\0Album\0\0</CurrentMedia></Data>" => Request {
            trid: TrId::new(8),
            published: Published {
                data: PersonalData {
                    psm: Some("tea time"),
                    current_media: Some(r"\0Music\01\0{0} - {1}\0Song\0Band\0Album\0\0"),
                    ..PersonalData::default()
                },
                ..Published::default()
            },
        },
        machine: ToNotification MSNP13 "UUX 8 81" "<Data><PSM></PSM><CurrentMedia></CurrentMedia><MachineGuid>x</MachineGuid></Data>" => Request {
            trid: TrId::new(8),
            published: Published {
                data: PersonalData { machine_guid: Some("x"), ..PersonalData::EMPTY },
                ..Published::default()
            },
        },
        place: ToNotification MSNP16 "UUX 9 70" "<EndpointData><Capabilities>2416214052:0</Capabilities></EndpointData>" => Request {
            trid: TrId::new(9),
            published: Published {
                capabilities: Some(Capabilities { base: 2_416_214_052, extended: 0 }),
                ..Published::default()
            },
        },
        private: ToNotification MSNP18 "UUX 10 126" "<PrivateEndpointData><EpName>Desk</EpName><Idle>false</Idle><ClientType>1</ClientType><State>NLN</State></PrivateEndpointData>" => Request {
            trid: TrId::new(10),
            published: Published {
                place: Some(PrivatePlace {
                    name: Some("Desk"),
                    idle: Some("false"),
                    client_type: Some("1"),
                    state: Some("NLN"),
                }),
                ..Published::default()
            },
        },
        reply: FromNotification MSNP11 "UUX 8 0" => Reply { trid: TrId::new(8) },
    }

    #[test]
    fn two_roots_are_read() {
        let bytes = b"UUX 11 40\r\n<PSM></PSM><CurrentMedia></CurrentMedia>";
        let request = Request::read(testing::frame(Direction::ToNotification, bytes), &MSNP12).unwrap();
        assert_eq!(request.published.data, PersonalData::EMPTY);
    }

    #[test]
    fn faults_name_the_argument() {
        let long = format!("<PSM>{}</PSM>", "x".repeat(MAX_PSM + 1));
        for (payload, fault, shown) in [
            (
                "<EndpointData><Capabilities>1:2</Capabilities></EndpointData>",
                Fault::Malformed,
                "personal message is malformed",
            ),
            ("<invalid/>", Fault::Malformed, "personal message is malformed"),
            (
                "<PSM>\u{1}</PSM>",
                Fault::IllegalCharacter,
                "personal message holds what is no character of XML",
            ),
            (&long, Fault::TooLong, "personal message is too long"),
        ] {
            let bytes = format!("UUX 11 {}\r\n{payload}", payload.len());
            let frame = testing::frame(Direction::ToNotification, bytes.as_bytes());
            let error = Request::read(frame, &MSNP12).unwrap_err();
            assert_eq!((error.fault, &*error.to_string()), (fault, shown));
        }
    }
}
