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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::{MSNP8, MSNP9};
    use crate::wire::Direction;

    known_answers! {
        msnp8: FromNotification MSNP8 "QNG" => Reply { seconds: None },
        msnp9: FromNotification MSNP9 "QNG 50" => Reply { seconds: Some(50) },
    }

    #[test]
    fn seconds_are_told_where_the_dialect_does() {
        let mut out = Vec::new();
        Reply { seconds: Some(60) }.write(&mut out, &MSNP8);
        assert_eq!(out, b"QNG\r\n");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = testing::fault::<Reply>(Direction::FromNotification, &MSNP9, "QNG soon");
        assert_eq!(fault.to_string(), "seconds is malformed");
    }
}
