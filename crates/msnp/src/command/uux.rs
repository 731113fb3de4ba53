//! `UUX`: publish one's own personal message (MSNP11 and later).
//!
//! ```text
//! C: UUX t length
//!    <Data><PSM>text</PSM><CurrentMedia>media</CurrentMedia></Data>
//! S: UUX t 0
//! ```
//! (notification-server reference, section 13.)

use super::Command;
use super::parts::personal_message;
use crate::dialect::Dialect;
use crate::types::{PersonalMessage, TrId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client's new personal message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The message; what it lacks stays as it was.
    pub message: PersonalMessage<'a>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::UUX;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        Ok(Self { trid, message: personal_message(payload)? })
    }

    /// Writes both elements, so that nothing stays as it was.
    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::UUX).trid(self.trid).arg(self.message.written_len()).end();
        self.message.write(out);
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
    use crate::types::MAX_PSM;
    use crate::wire::{Direction, Fault};

    known_answers! {
        asked: ToNotification MSNP11 "UUX 8 105" r"<Data><PSM>tea time</PSM><CurrentMedia>\0Music\01\0{0} - {1}\0Song\0Band\0Album\0\0</CurrentMedia></Data>" => Request {
            trid: TrId::new(8),
            message: PersonalMessage {
                psm: Some("tea time"),
                current_media: Some(r"\0Music\01\0{0} - {1}\0Song\0Band\0Album\0\0"),
            },
        },
        reply: FromNotification MSNP11 "UUX 8 0" => Reply { trid: TrId::new(8) },
    }

    #[test]
    fn two_roots_are_read() {
        let bytes = b"UUX 11 40\r\n<PSM></PSM><CurrentMedia></CurrentMedia>";
        let request = Request::read(testing::frame(Direction::ToNotification, bytes), &MSNP12).unwrap();
        assert_eq!(request.message, PersonalMessage::EMPTY);
    }

    #[test]
    fn faults_name_the_argument() {
        let long = format!("<PSM>{}</PSM>", "x".repeat(MAX_PSM + 1));
        for (payload, fault, shown) in [
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
