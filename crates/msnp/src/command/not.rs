//! `NOT`: an alert (MSNP5 and later).
//!
//! ```text
//! S: NOT length
//!    <NOTIFICATION …>…</NOTIFICATION>
//! ```
//! It has no transaction id (notification-server reference, 18.1).

use super::Command;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// An alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// A document that looks like XML.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::NOT;

    fn read(Frame { payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::NOT).payload(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::known_answers;

    known_answers! {
        alert: FromNotification MSNP5 "NOT 29" "<NOTIFICATION></NOTIFICATION>" =>
            Push { payload: b"<NOTIFICATION></NOTIFICATION>" },
    }
}
