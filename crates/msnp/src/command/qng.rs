//! `QNG`: the connection is alive.
//!
//! ```text
//! 2-8   S: QNG
//! 9-    S: QNG seconds          when to ask again at the latest
//! ```
//! The number is no transaction id. Some clients need it, and one leaves at 5 or less (notification-server
//! reference, section 16).

use super::Command;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// The answer to `PNG`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// In how many seconds the client should say something; written only where the dialect tells.
    pub seconds: Option<u32>,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::QNG;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { seconds: args.optional("seconds")? })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::QNG).opt(self.seconds.filter(|_| dialect.tells_ping_interval)).end();
    }
}
