//! `PNG`: is the connection alive.
//!
//! ```text
//! C: PNG
//! ```
//! `QNG` answers it. It has no transaction id (notification-server reference, section 16).

use super::Command;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request;

impl Command<'_> for Request {
    const VERB: Verb = Verb::PNG;

    fn read(_: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::PNG).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::known_answers;

    known_answers! {
        asked: ToNotification MSNP12 "PNG" => Request,
    }
}
