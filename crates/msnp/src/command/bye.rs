//! `BYE`: somebody left the chat.
//!
//! ```text
//! S: BYE handle [1]          1: because nothing was said for long
//! ```
//! It has no transaction id (switchboard reference, section 5).

use super::Command;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// Somebody left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// His address; with the place's GUID behind it in some lines of MSNP16 and later.
    pub handle: &'a str,
    /// Whether the server put him out because nothing was said for long.
    pub idle: bool,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::BYE;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { handle: args.word("handle")?, idle: args.next() == Some("1") })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::BYE).arg(self.handle).opt(self.idle.then_some(1)).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    known_answers! {
        left: FromSwitchboard MSNP8 "BYE bob@example.com" => Push { handle: "bob@example.com", idle: false },
        idle: FromSwitchboard MSNP8 "BYE carol@example.org 1" => Push { handle: "carol@example.org", idle: true },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromSwitchboard, &MSNP8, line).to_string();
        assert_eq!(fault("BYE"), "handle is missing");
    }
}
