//! `IRO`: somebody who already is in the chat.
//!
//! ```text
//! 2-11  S: IRO t index total handle name
//! 12-   S: IRO t index total handle name capabilities
//! ```
//! Sent to who answers an invitation, with the transaction id of his `ANS`, once for everybody
//! (switchboard reference, section 5).

use super::Command;
use super::parts::{Written, read_capabilities};
use crate::dialect::Dialect;
use crate::types::{Capabilities, TrId};
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// Somebody in the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the `ANS`.
    pub trid: TrId,
    /// Which of them he is, from 1.
    pub index: usize,
    /// How many there are.
    pub total: usize,
    /// His address; with the place's GUID behind it in some lines of MSNP16 and later.
    pub handle: &'a str,
    /// His name.
    pub name: Encoded<'a>,
    /// What his client can do; written from MSNP12 on.
    pub capabilities: Capabilities,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::IRO;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            index: args.parse("index")?,
            total: args.parse("total")?,
            handle: args.word("handle")?,
            name: args.encoded("name")?,
            capabilities: read_capabilities(&mut args, dialect.roster_capabilities)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::IRO)
            .trid(self.trid)
            .arg(self.index)
            .arg(self.total)
            .arg(self.handle)
            .arg(&self.name)
            .arg(Written(dialect.roster_capabilities, self.capabilities))
            .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP12;
    use crate::wire::Direction;

    known_answers! {
        msnp8: FromSwitchboard MSNP8 "IRO 1 1 2 alice@example.com Alice" => Reply {
            trid: TrId::new(1), index: 1, total: 2,
            handle: "alice@example.com",
            name: Encoded::from_wire("Alice"),
            capabilities: Capabilities::default(),
        },
        msnp12: FromSwitchboard MSNP12 "IRO 1 1 2 alice@example.com Alice 1342558252" => Reply {
            trid: TrId::new(1), index: 1, total: 2,
            handle: "alice@example.com",
            name: Encoded::from_wire("Alice"),
            capabilities: Capabilities { base: 1_342_558_252, extended: 0 },
        },
        msnp16: FromSwitchboard MSNP16 "IRO 1 1 2 alice@example.com Alice 2789003324:48" => Reply {
            trid: TrId::new(1), index: 1, total: 2,
            handle: "alice@example.com",
            name: Encoded::from_wire("Alice"),
            capabilities: Capabilities { base: 2_789_003_324, extended: 48 },
        },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromSwitchboard, &MSNP12, line).to_string();
        assert_eq!(fault("IRO 1 1 2 alice@example.com"), "name is missing");
        assert_eq!(fault("IRO 1 1 2 alice@example.com Alice x"), "capabilities is malformed");
    }
}
