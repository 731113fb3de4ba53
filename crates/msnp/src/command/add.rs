//! `ADD`: add a contact to a list, or to a group (MSNP2-9; `ADC` from MSNP10).
//!
//! ```text
//! C: ADD t FL|AL|BL handle name [group]
//! S: ADD t list version handle name [group]
//! S: ADD 0 RL version handle name              somebody added the user
//! ```
//! A group is named with the forward list alone, in MSNP7-9, and repeated only if it came (notification-server
//! reference, 8.1).

use super::Command;
use super::parts::rest_encoded;
use crate::dialect::Dialect;
use crate::types::{List, TrId};
use crate::wire::{ArgError, Args, Encoded, Frame, Line, Verb};

/// Whom a client adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The list.
    pub list: List,
    /// The address as written, which need not be one.
    pub handle: &'a str,
    /// The name to keep for him; his address if it is missing.
    pub name: Encoded<'a>,
    /// The number of the group as written.
    pub group: Option<&'a str>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::ADD;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, list) = (args.trid()?, args.parse("list")?);
        let (handle, name, group) = read_contact(args)?;
        Ok(Self { trid, list, handle, name, group })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::ADD)
            .trid(self.trid)
            .arg(self.list)
            .arg(self.handle)
            .arg(&self.name)
            .opt(self.group)
            .end();
    }
}

/// What the server says: the answer to a request, or, with transaction id 0, that a list changed otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request, or 0.
    pub trid: TrId,
    /// The list.
    pub list: List,
    /// The version of the lists.
    pub version: u32,
    /// The address.
    pub handle: &'a str,
    /// The name.
    pub name: Encoded<'a>,
    /// The group, if the request named one.
    pub group: Option<&'a str>,
}

/// What the server says unasked.
pub type Push<'a> = Reply<'a>;

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::ADD;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, list, version) = (args.trid()?, args.parse("list")?, args.parse("version")?);
        let (handle, name, group) = read_contact(args)?;
        Ok(Self { trid, list, version, handle, name, group })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::ADD)
            .trid(self.trid)
            .arg(self.list)
            .arg(self.version)
            .arg(self.handle)
            .arg(&self.name)
            .opt(self.group)
            .end();
    }
}

type Contact<'a> = (&'a str, Encoded<'a>, Option<&'a str>);

fn read_contact(mut args: Args<'_>) -> Result<Contact<'_>, ArgError> {
    let handle = args.word("handle")?;
    let name = rest_encoded(&mut args).unwrap_or(Encoded::from_wire(handle));
    Ok((handle, name, args.next()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP9;
    use crate::wire::Direction;

    known_answers! {
        forward: ToNotification MSNP7 "ADD 14 FL bob@example.net bob@example.net 1" => Request {
            trid: TrId::new(14),
            list: List::Forward,
            handle: "bob@example.net",
            name: Encoded::from_wire("bob@example.net"),
            group: Some("1"),
        },
        forward_reply: FromNotification MSNP7 "ADD 14 FL 205 bob@example.net bob@example.net 1" => Reply {
            trid: TrId::new(14),
            list: List::Forward,
            version: 205,
            handle: "bob@example.net",
            name: Encoded::from_wire("bob@example.net"),
            group: Some("1"),
        },
        added_by: FromNotification MSNP2 "ADD 0 RL 88 alice@example.com Alice%20L" => Push {
            trid: TrId::UNSOLICITED,
            list: List::Reverse,
            version: 88,
            handle: "alice@example.com",
            name: Encoded::from_wire("Alice%20L"),
            group: None,
        },
    }

    #[test]
    fn the_address_stands_in_for_the_name() {
        let frame = testing::frame(Direction::ToNotification, b"ADD 7 BL dave@example.net\r\n");
        assert_eq!(Request::read(frame, &MSNP9).unwrap().name.as_str(), "dave@example.net");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP9, line).to_string();
        assert_eq!(fault("ADD 7 XL dave@example.net"), "list is malformed");
        assert_eq!(fault("ADD 7 FL"), "handle is missing");
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP9, line).to_string();
        assert_eq!(fault("ADD 7 FL dave@example.net Dave"), "version is malformed");
    }
}
