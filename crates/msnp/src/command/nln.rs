//! `NLN`: a contact's status.
//!
//! ```text
//! 2-7   S: NLN state handle name
//! 8     S: NLN state handle name capabilities
//! 9-12  S: NLN state handle name capabilities [object]
//! 13    S: NLN state handle name capabilities object          an object 0 is none
//! 14-   S: NLN state handle 1 name capabilities object
//! 18    S: NLN state 1:handle name capabilities object
//! ```
//! It replaces all that was known: without an object he has none (notification-server reference, 12.2;
//! later-versions reference, section 5).

use super::Command;
use super::parts::{Written, read_address, read_capabilities, rest_encoded, write_address};
use crate::dialect::{Dialect, ObjectForm};
use crate::types::{Capabilities, Status};
use crate::wire::{ArgError, Args, Encoded, Frame, Line, Verb};

/// What is shown of somebody who is online: all of [`Push`], and of [`iln::Push`](super::iln::Push) but its
/// transaction id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence<'a> {
    /// His status, never [`Status::Hidden`].
    pub status: Status,
    /// His address.
    pub handle: &'a str,
    /// His name.
    pub name: Encoded<'a>,
    /// What his client can do; written from MSNP8 on.
    pub capabilities: Capabilities,
    /// His display picture and the like; written from MSNP9 on.
    pub object: Option<Encoded<'a>>,
}

impl<'a> Presence<'a> {
    pub(super) fn read(args: &mut Args<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            status: args.parse("status")?,
            handle: read_address(args, dialect)?,
            name: args.encoded("name")?,
            capabilities: read_capabilities(args, dialect.capabilities)?,
            object: match dialect.object {
                ObjectForm::None => None,
                ObjectForm::Omitted | ObjectForm::Zero => {
                    rest_encoded(args).filter(|object| object.as_str() != "0")
                }
            },
        })
    }

    pub(super) fn write(&self, line: Line<'_>, dialect: &Dialect) {
        let line = write_address(line.arg(self.status), self.handle, dialect)
            .arg(&self.name)
            .arg(Written(dialect.capabilities, self.capabilities));
        match (dialect.object, &self.object) {
            (ObjectForm::None, _) | (ObjectForm::Omitted, None) => line,
            (ObjectForm::Zero, None) => line.arg(0),
            (ObjectForm::Omitted | ObjectForm::Zero, Some(object)) => line.arg(object),
        }
        .end();
    }
}

/// A contact came online or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push<'a>(pub Presence<'a>);

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::NLN;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        Presence::read(&mut args, dialect).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        self.0.write(Line::new(out, Verb::NLN), dialect);
    }
}
