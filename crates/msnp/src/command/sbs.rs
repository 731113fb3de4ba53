//! `SBS`: unknown; sent once after sign-in (MSNP11 and later).
//!
//! ```text
//! S: SBS 0 null
//! ```
//! (notification-server reference, 5.8.)

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// What clients are used to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push;

impl Command<'_> for Push {
    const VERB: Verb = Verb::SBS;

    fn read(_: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SBS).trid(TrId::UNSOLICITED).arg("null").end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::known_answers;

    known_answers! {
        unasked: FromNotification MSNP11 "SBS 0 null" => Push,
    }
}
