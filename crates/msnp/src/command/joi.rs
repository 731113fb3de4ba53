//! `JOI`: somebody joined the chat.
//!
//! ```text
//! 2-11  S: JOI handle name
//! 12-   S: JOI handle name capabilities
//! ```
//! (switchboard reference, section 5.)

use super::Command;
use super::parts::{Written, read_capabilities};
use crate::dialect::Dialect;
use crate::types::Capabilities;
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// Somebody new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// His address; with the place's GUID behind it in some lines of MSNP16 and later.
    pub handle: &'a str,
    /// His name.
    pub name: Encoded<'a>,
    /// What his client can do; written from MSNP12 on.
    pub capabilities: Capabilities,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::JOI;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            handle: args.word("handle")?,
            name: args.encoded("name")?,
            capabilities: read_capabilities(&mut args, dialect.roster_capabilities)?,
        })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        Line::new(out, Verb::JOI)
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
        msnp8: FromSwitchboard MSNP8 "JOI alice@example.com Alice" => Push {

            handle: "alice@example.com",
            name: Encoded::from_wire("Alice"),
            capabilities: Capabilities::default(),
        },
        msnp12: FromSwitchboard MSNP12 "JOI alice@example.com Alice 1342558252" => Push {

            handle: "alice@example.com",
            name: Encoded::from_wire("Alice"),
            capabilities: Capabilities { base: 1_342_558_252, extended: 0 },
        },
        msnp16: FromSwitchboard MSNP16 "JOI alice@example.com Alice 2789003324:48" => Push {

            handle: "alice@example.com",
            name: Encoded::from_wire("Alice"),
            capabilities: Capabilities { base: 2_789_003_324, extended: 48 },
        },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromSwitchboard, &MSNP12, line).to_string();
        assert_eq!(fault("JOI alice@example.com"), "name is missing");
        assert_eq!(fault("JOI alice@example.com Alice x"), "capabilities is malformed");
    }
}
