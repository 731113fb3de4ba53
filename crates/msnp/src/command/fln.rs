//! `FLN`: a contact went offline, or is to be seen so.
//!
//! ```text
//! 2-13   S: FLN handle
//! 14-17  S: FLN handle 1 capabilities
//! 18     S: FLN 1:handle capabilities
//! ```
//! Who is offline can do nothing, so the capabilities are `0` or `0:0` (notification-server reference, 12.2;
//! later-versions reference, section 5).

use super::Command;
use super::parts::{Written, read_address, write_address};
use crate::dialect::{Dialect, PresenceAddress};
use crate::types::Capabilities;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A contact is offline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// His address.
    pub handle: &'a str,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::FLN;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { handle: read_address(&mut args, dialect)? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = write_address(Line::new(out, Verb::FLN), self.handle, dialect);
        match dialect.presence_address {
            PresenceAddress::Plain => line,
            PresenceAddress::WithNetwork | PresenceAddress::Prefixed => {
                line.arg(Written(dialect.capabilities, Capabilities::default()))
            }
        }
        .end();
    }
}
