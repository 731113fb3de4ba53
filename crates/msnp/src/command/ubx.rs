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
use super::parts::{malformed, read_address, write_address};
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
        let message = if payload.is_empty() {
            PersonalMessage::EMPTY
        } else {
            PersonalMessage::read(payload).map_err(|_| malformed("personal message"))?
        };
        Ok(Self { handle, message })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        write_address(Line::new(out, Verb::UBX), self.handle, dialect).arg(self.message.written_len()).end();
        self.message.write(out);
    }
}
