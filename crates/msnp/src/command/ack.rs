//! `ACK`: a message was queued for everybody in the chat.
//!
//! ```text
//! S: ACK t
//! ```
//! Whether there is one depends on the letter of the `MSG` (switchboard reference, section 6).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// It reached somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the message.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::ACK;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::ACK).trid(self.trid).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::known_answers;

    known_answers! {
        reply: FromSwitchboard MSNP8 "ACK 2" => Reply { trid: TrId::new(2) },
    }
}
