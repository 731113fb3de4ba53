//! `UBX`: a contact's personal message (MSNP11 and later), and what else he tells of himself.
//!
//! ```text
//! 11-13  S: UBX handle length
//! 14-17  S: UBX handle 1 length
//! 18     S: UBX 1:handle length
//! 18     S: UBX 1:handle;via=9:circle length
//!           <Data><PSM>text</PSM><CurrentMedia>media</CurrentMedia></Data>
//! ```
//! The server makes the payload anew, with the first two elements even if they are empty. A length of 0 says the same as
//! those two without a text; MSNP16 and later hear so of themselves first (notification-server reference, section 13;
//! later-versions reference, section 6).

use super::Command;
use super::parts::{no_personal_data, read_address, write_address};
use crate::dialect::Dialect;
use crate::types::{CircleId, InvalidPersonalData, PASSPORT_NETWORK, PersonalData, Place, read_places};
use crate::wire::{ArgError, Frame, Line, Verb};

/// What a contact tells of himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// His address.
    pub handle: &'a str,
    /// The circle that he tells it in, if it is one; written in dialects that have circles.
    pub circle: Option<CircleId>,
    /// What he tells; nothing at all where the length is 0.
    pub data: Option<PersonalData<'a>>,
    /// The places at which he is; written in dialects whose users have places.
    pub places: Vec<Place<'a>>,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::UBX;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (_, handle, circle) = read_address(&mut args, dialect)?;
        if payload.is_empty() {
            return Ok(Self { handle, circle, data: None, places: Vec::new() });
        }
        let data = PersonalData::read(payload).map_err(no_personal_data)?;
        let text = std::str::from_utf8(payload)
            .map_err(|_| no_personal_data(InvalidPersonalData::IllegalCharacter))?;
        let places = read_places(text).map_err(no_personal_data)?;
        Ok(Self { handle, circle, data: Some(data), places })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let mut document = String::new();
        if let Some(data) = &self.data {
            data.write(&self.places, dialect.personal_data, &mut document);
        }
        write_address(Line::new(out, Verb::UBX), PASSPORT_NETWORK, self.handle, self.circle, dialect)
            .payload(document.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP11;
    use crate::types::{Capabilities, PrivatePlace};
    use crate::wire::Direction;

    known_answers! {
        msnp11: FromNotification MSNP11 "UBX bob@example.net 65" "<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia></Data>" => push(),
        msnp14: FromNotification MSNP14 "UBX bob@example.net 1 65" "<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia></Data>" => push(),
        msnp18: FromNotification MSNP18 "UBX 1:bob@example.net 65" "<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia></Data>" => push(),
        in_circle: FromNotification MSNP18 "UBX 1:bob@example.net;via=9:00000000-0000-0000-0009-0a1b2c3d4e5f@live.com 65" "<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia></Data>" =>
            Push { circle: CircleId::new(0x0a1b_2c3d_4e5f), ..push() },
        nothing: FromNotification MSNP16 "UBX bob@example.net 1 0" => Push { data: None, ..push() },
        msnp16: FromNotification MSNP16 "UBX bob@example.net 1 394" "<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia><DDP></DDP><SignatureSound></SignatureSound><EndpointData id=\"{5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}\"><Capabilities>2416214052:48</Capabilities></EndpointData><PrivateEndpointData id=\"{5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}\"><EpName>Desk</EpName><Idle>false</Idle><ClientType>1</ClientType><State>NLN</State></PrivateEndpointData></Data>" =>
            Push {
                data: Some(PersonalData { ddp: Some(""), signature_sound: Some(""), ..data() }),
                places: vec![Place {
                    guid: "5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10".parse().unwrap(),
                    capabilities: Capabilities { base: 2_416_214_052, extended: 48 },
                    private: Some(PrivatePlace {
                        name: Some("Desk"),
                        idle: Some("false"),
                        client_type: Some("1"),
                        state: Some("NLN"),
                    }),
                }],
                ..push()
            },
    }

    fn data() -> PersonalData<'static> {
        PersonalData { psm: Some("gone fishing"), ..PersonalData::EMPTY }
    }

    fn push() -> Push<'static> {
        Push { handle: "bob@example.net", circle: None, data: Some(data()), places: Vec::new() }
    }

    #[test]
    fn what_a_dialect_does_not_have_is_left_out() {
        let all = PersonalData {
            machine_guid: Some("m"),
            ddp: Some("d"),
            signature_sound: Some("s"),
            scene: Some("b"),
            color_scheme: Some("-1"),
            ..data()
        };
        let guid = "5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10".parse().unwrap();
        let place = Place { guid, capabilities: Capabilities::default(), private: None };
        for (dialect, has) in [
            (&MSNP11, ""),
            (&crate::dialect::MSNP13, "<MachineGuid>m</MachineGuid>"),
            (
                &crate::dialect::MSNP16,
                "<DDP>d</DDP><SignatureSound>s</SignatureSound>\
                 <EndpointData id=\"{5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}\"><Capabilities>0:0</Capabilities></EndpointData>",
            ),
            (
                &crate::dialect::MSNP18,
                "<DDP>d</DDP><SignatureSound>s</SignatureSound><Scene>b</Scene><ColorScheme>-1</ColorScheme>\
                 <EndpointData id=\"{5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}\"><Capabilities>0:0</Capabilities></EndpointData>",
            ),
        ] {
            let mut out = Vec::new();
            Push { data: Some(all), places: vec![place], ..push() }.write(&mut out, dialect);
            let written = String::from_utf8(out).unwrap();
            let expected = format!("<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia>{has}</Data>");
            assert_eq!(written.split_once("\r\n").unwrap().1, expected);
        }
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |bytes| {
            Push::read(testing::frame(Direction::FromNotification, bytes), &MSNP11).unwrap_err().to_string()
        };
        assert_eq!(fault(b"UBX bob@example.net 4\r\ntext"), "personal message is malformed");
    }
}
