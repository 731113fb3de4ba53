//! `UBX`: a contact's personal message (MSNP11 and later).
//!
//! ```text
//! 11-13  S: UBX handle length
//! 14-17  S: UBX handle 1 length
//! 18     S: UBX 1:handle length
//!           <Data><PSM>text</PSM><CurrentMedia>media</CurrentMedia></Data>
//! ```
//! The server makes the payload anew, with both elements even if they are empty. A length of 0 says the same as two
//! empty elements (notification-server reference, section 13).

use super::Command;
use super::parts::{personal_message, read_address, write_address};
use crate::dialect::Dialect;
use crate::types::PersonalMessage;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A contact's personal message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// His address.
    pub handle: &'a str,
    /// The message.
    pub message: PersonalMessage<'a>,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::UBX;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let handle = read_address(&mut args, dialect)?;
        let message = if payload.is_empty() { PersonalMessage::EMPTY } else { personal_message(payload)? };
        Ok(Self { handle, message })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        write_address(Line::new(out, Verb::UBX), self.handle, dialect).arg(self.message.written_len()).end();
        self.message.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP11;
    use crate::wire::Direction;

    known_answers! {
        msnp11: FromNotification MSNP11 "UBX bob@example.net 65" "<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia></Data>" => push(),
        msnp14: FromNotification MSNP14 "UBX bob@example.net 1 65" "<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia></Data>" => push(),
        msnp18: FromNotification MSNP18 "UBX 1:bob@example.net 65" "<Data><PSM>gone fishing</PSM><CurrentMedia></CurrentMedia></Data>" => push(),
    }

    fn push() -> Push<'static> {
        let message = PersonalMessage { psm: Some("gone fishing"), current_media: Some("") };
        Push { handle: "bob@example.net", message }
    }

    #[test]
    fn nothing_is_two_empty_elements() {
        let frame = testing::frame(Direction::FromNotification, b"UBX bob@example.net 0\r\n");
        assert_eq!(Push::read(frame, &MSNP11).unwrap().message, PersonalMessage::EMPTY);
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |bytes| {
            Push::read(testing::frame(Direction::FromNotification, bytes), &MSNP11).unwrap_err().to_string()
        };
        assert_eq!(fault(b"UBX bob@example.net 4\r\ntext"), "personal message is malformed");
    }
}
