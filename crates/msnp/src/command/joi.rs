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
