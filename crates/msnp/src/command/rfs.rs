//! `RFS`: read the lists again (MSNP13 and later).
//!
//! ```text
//! S: RFS
//! ```
//! The client then fetches the address book anew (later-versions reference, 4.7).

use super::Command;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// The lists are others than the client knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push;

impl Command<'_> for Push {
    const VERB: Verb = Verb::RFS;

    fn read(_: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::RFS).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::known_answers;

    known_answers! {
        push: FromNotification MSNP13 "RFS" => Push,
    }
}
