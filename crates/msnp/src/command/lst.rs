//! `LST`: a person on one or several of one's lists, among those that `SYN` gets, or asked for (MSNP2-12).
//!
//! ```text
//! 2-8    C: LST t list
//!        S: LST t list version index total handle name [number,number]
//!        S: LST t list version 0 0                                            the list is empty
//! 8-9    S: LST handle name lists [number,number]
//! 10-11  S: LST N=handle F=name [C=guid] lists [guid,guid]
//! 12     S: LST N=handle F=name [C=guid] lists network [guid,guid]
//! ```
//! The form with a transaction id is that of the lists in MSNP2-7, one whole list after another, and of the answer to a
//! request for one in MSNP8 as well; groups stand there on the forward list of MSNP7 and 8. `lists` is a sum of list
//! bits. Groups stand there only for who is on the forward list; in MSNP8-9 he is in group 0
//! if in no other. The live service sometimes wrote names with bare spaces, so words may come between `F=` and what
//! follows it (notification-server reference, sections 3 and 7).

use std::fmt;

use super::Command;
use super::parts::malformed;
use crate::dialect::{Dialect, ListForm};
use crate::types::{GroupRef, Guid, List, Lists, TrId};
use crate::wire::{ArgError, Args, Encoded, Fault, Frame, Line, Verb};

/// A client asks for one of its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The transaction id.
    pub trid: TrId,
    /// The list.
    pub list: List,
}

impl Command<'_> for Request {
    const VERB: Verb = Verb::LST;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, list: args.parse("list")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::LST).trid(self.trid).arg(self.list).end();
    }
}

/// A person on one list with his place on it, as MSNP2-7 have it, or that nobody is on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The transaction id of the request or of the `SYN`.
    pub trid: TrId,
    /// The list.
    pub list: List,
    /// The version of the lists.
    pub version: u32,
    /// Who is on it; `None` if nobody is.
    pub listed: Option<Listed<'a>>,
}

/// A person on one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Which one he is, from 1.
    pub index: usize,
    /// How many there are.
    pub total: usize,
    /// His address.
    pub handle: &'a str,
    /// The name kept for him; his address if there is none.
    pub name: Encoded<'a>,
    /// The groups he is in; none but on the forward list, and none in MSNP2-6.
    pub groups: Vec<GroupRef>,
}

impl<'a> Command<'a> for Entry<'a> {
    const VERB: Verb = Verb::LST;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, list, version) = (args.trid()?, args.parse("list")?, args.parse("version")?);
        let listed = match (args.parse("index")?, args.parse("total")?) {
            (0, 0) => None,
            (0, _) => return Err(malformed("index")),
            (index, total) => Some(Listed {
                index,
                total,
                handle: args.word("handle")?,
                name: args.encoded("name")?,
                groups: read_groups(args)?,
            }),
        };
        Ok(Self { trid, list, version, listed })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        let line = Line::new(out, Verb::LST).trid(self.trid).arg(self.list).arg(self.version);
        match &self.listed {
            None => line.arg(0).arg(0),
            Some(Listed { index, total, handle, name, groups }) => {
                line.arg(index).arg(total).arg(handle).arg(name).arg(Commas(groups))
            }
        }
        .end();
    }
}

/// A person on one's lists, where they come a person at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// His address.
    pub handle: &'a str,
    /// The name kept for him; his address if there is none.
    pub name: Encoded<'a>,
    /// What names him as a contact in MSNP10-12, if he is on the forward list.
    pub guid: Option<Guid>,
    /// The lists.
    pub lists: Lists,
    /// The network, 1 for the service itself; written in MSNP12.
    pub network: u8,
    /// The groups; written if he is on the forward list.
    pub groups: Vec<GroupRef>,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::LST;

    fn read(Frame { args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        match dialect.lists {
            ListForm::Named => Self::read_named(args, false),
            ListForm::NamedWithNetwork => Self::read_named(args, true),
            ListForm::PerPerson | ListForm::PerList | ListForm::AddressBook => Self::read_plain(args),
        }
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::LST);
        let line = match dialect.lists {
            ListForm::Named | ListForm::NamedWithNetwork => {
                let network = (dialect.lists == ListForm::NamedWithNetwork).then_some(self.network);
                line.arg(format_args!("N={}", self.handle))
                    .arg(format_args!("F={}", self.name))
                    .opt(self.guid.map(Contact))
                    .number(self.lists.bits())
                    .opt(network)
            }
            ListForm::PerPerson | ListForm::PerList | ListForm::AddressBook => {
                line.word(self.handle).word(self.name.as_str()).number(self.lists.bits())
            }
        };
        if !self.lists.contains(List::Forward) {
            line.end();
        } else if self.groups.is_empty() {
            // Who is in no group is in the first.
            let line = if dialect.lists == ListForm::PerPerson { line.number(0) } else { line };
            line.end();
        } else {
            line.arg(Commas(&self.groups)).end();
        }
    }
}

impl<'a> Reply<'a> {
    fn read_plain(mut args: Args<'a>) -> Result<Self, ArgError> {
        Ok(Self {
            handle: args.word("handle")?,
            name: args.encoded("name")?,
            guid: None,
            lists: args.parse("lists").map(Lists::from_bits)?,
            network: 1,
            groups: read_groups(args)?,
        })
    }

    fn read_named(mut args: Args<'a>, has_network: bool) -> Result<Self, ArgError> {
        let (mut handle, mut name, mut guid) = (None, None, None);
        let mut rest = args;
        while let Some(word) = args.next() {
            match word.split_once('=') {
                Some(("N", value)) => handle = Some(value),
                Some(("F", value)) => name = Some(value),
                Some(("C", value)) => guid = Some(value.parse().map_err(|_| malformed("contact"))?),
                _ => continue,
            }
            rest = args;
        }
        let handle = handle.ok_or(ArgError { what: "handle", fault: Fault::Missing })?;
        // What is no number here belongs to a name with spaces.
        let lists = rest.by_ref().find_map(|word| word.parse().ok());
        Ok(Self {
            handle,
            name: Encoded::from_wire(name.unwrap_or(handle)),
            guid,
            lists: lists.map(Lists::from_bits).ok_or(ArgError { what: "lists", fault: Fault::Missing })?,
            network: if has_network { rest.optional("network")?.unwrap_or(1) } else { 1 },
            groups: read_groups(rest)?,
        })
    }
}

fn read_groups(mut args: Args<'_>) -> Result<Vec<GroupRef>, ArgError> {
    let groups = args.next().unwrap_or_default().split(',').filter(|group| !group.is_empty());
    groups.map(|group| group.parse().map_err(|_| malformed("group"))).collect()
}

struct Contact(Guid);

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C={}", self.0)
    }
}

struct Commas<'a>(&'a [GroupRef]);

impl fmt::Display for Commas<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for group in self.0 {
            write!(f, "{separator}{group}")?;
            separator = ",";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::{MSNP8, MSNP12};
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP2 "LST 11 BL" => Request { trid: TrId::new(11), list: List::Block },
        entry: FromNotification MSNP2 "LST 8 FL 31 1 2 bob@example.net Bob%20K" => Entry {
            trid: TrId::new(8),
            list: List::Forward,
            version: 31,
            listed: Some(listed("Bob%20K", Vec::new())),
        },
        entry_in_groups: FromNotification MSNP7 "LST 5 FL 41 1 2 bob@example.net Bobby 0,1" => Entry {
            trid: TrId::new(5),
            list: List::Forward,
            version: 41,
            listed: Some(listed("Bobby", vec![GroupRef::Number(0), GroupRef::Number(1)])),
        },
        nobody: FromNotification MSNP8 "LST 11 BL 255 0 0" =>
            Entry { trid: TrId::new(11), list: List::Block, version: 255, listed: None },
        plain: FromNotification MSNP8 "LST bob@example.net Bobby 11 0,1" => Reply {
            groups: vec![GroupRef::Number(0), GroupRef::Number(1)],
            ..reply("bob@example.net", "Bobby", 11)
        },
        plain_default_group: FromNotification MSNP8 "LST carol@example.org Carol 3 0" =>
            Reply { groups: vec![GroupRef::Number(0)], ..reply("carol@example.org", "Carol", 3) },
        plain_no_contact: FromNotification MSNP9 "LST dave@example.net dave@example.net 8" =>
            reply("dave@example.net", "dave@example.net", 8),
        named: FromNotification MSNP10 "LST N=bob@example.net F=Bobby C=1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11 11 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" =>
            Reply { guid: guid(), groups: group(), ..reply("bob@example.net", "Bobby", 11) },
        named_no_contact: FromNotification MSNP10 "LST N=dave@example.net F=Dave 16" =>
            reply("dave@example.net", "Dave", 16),
        with_network: FromNotification MSNP12 "LST N=bob@example.net F=Bobby C=1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11 11 1 b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c" =>
            Reply { guid: guid(), groups: group(), ..reply("bob@example.net", "Bobby", 11) },
        with_network_no_group: FromNotification MSNP12 "LST N=tel:15550100 F=Carol C=1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11 3 4" =>
            Reply { guid: guid(), network: 4, ..reply("tel:15550100", "Carol", 3) },
        with_network_no_contact: FromNotification MSNP12 "LST N=dave@example.net F=Dave 4 1" =>
            reply("dave@example.net", "Dave", 4),
    }

    fn listed(name: &str, groups: Vec<GroupRef>) -> Listed<'_> {
        Listed { index: 1, total: 2, handle: "bob@example.net", name: Encoded::from_wire(name), groups }
    }

    fn reply<'a>(handle: &'a str, name: &'a str, lists: u8) -> Reply<'a> {
        Reply {
            handle,
            name: Encoded::from_wire(name),
            guid: None,
            lists: Lists::from_bits(lists),
            network: 1,
            groups: Vec::new(),
        }
    }

    fn guid() -> Option<Guid> {
        "1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11".parse().ok()
    }

    fn group() -> Vec<GroupRef> {
        vec!["b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c".parse().unwrap()]
    }

    fn written(reply: &Reply<'_>, dialect: &Dialect) -> String {
        let mut out = Vec::new();
        reply.write(&mut out, dialect);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn groups_stand_there_for_contacts_alone() {
        let without = reply("a@b.c", "A", 1);
        assert_eq!(written(&without, &MSNP8), "LST a@b.c A 1 0\r\n");
        assert_eq!(written(&without, &MSNP12), "LST N=a@b.c F=A 1 1\r\n");
        let blocked = Reply { groups: vec![GroupRef::Number(2)], ..reply("a@b.c", "A", 4) };
        assert_eq!(written(&blocked, &MSNP8), "LST a@b.c A 4\r\n");
    }

    #[test]
    fn names_with_spaces_and_missing_ones_are_survived() {
        let read = |line: &'static str| {
            Reply::read(testing::frame(Direction::FromNotification, line.as_bytes()), &MSNP12).unwrap()
        };
        let spaced = "LST N=bob@example.net F=Bob the 1st C=1f0d7c52-6a0e-4b5c-9a3d-5d2f6f0a9b11 3 1\r\n";
        assert_eq!(read(spaced), Reply { guid: guid(), ..reply("bob@example.net", "Bob", 3) });
        assert_eq!(read("LST N=bob@example.net F=Bob the 4 1\r\n"), reply("bob@example.net", "Bob", 4));
        assert_eq!(read("LST N=bob@example.net 4\r\n"), reply("bob@example.net", "bob@example.net", 4));
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |dialect, line| {
            testing::fault::<Reply<'_>>(Direction::FromNotification, dialect, line).to_string()
        };
        assert_eq!(fault(&MSNP8, "LST bob@example.net Bobby x"), "lists is malformed");
        assert_eq!(fault(&MSNP8, "LST bob@example.net Bobby 3 0,x"), "group is malformed");
        assert_eq!(fault(&MSNP12, "LST F=Bobby 3 1"), "handle is missing");
        assert_eq!(fault(&MSNP12, "LST N=bob@example.net F=Bobby"), "lists is missing");
        assert_eq!(fault(&MSNP12, "LST N=bob@example.net C=1 3 1"), "contact is malformed");
        assert_eq!(fault(&MSNP12, "LST N=bob@example.net 3 x"), "network is malformed");
        let fault = |line| testing::fault::<Entry<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("LST 11 BL 255 0 1"), "index is malformed");
        assert_eq!(fault("LST 11 FL 255 1 1 bob@example.net"), "name is missing");
        let fault = |line| testing::fault::<Request>(Direction::ToNotification, &MSNP8, line).to_string();
        assert_eq!(fault("LST 11 XL"), "list is malformed");
    }
}
