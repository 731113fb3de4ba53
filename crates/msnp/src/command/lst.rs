//! `LST`: a person on one or several of one's lists, among those that `SYN` gets (MSNP8-12).
//!
//! ```text
//! 8-9    S: LST handle name lists [number,number]
//! 10-11  S: LST N=handle F=name [C=guid] lists [guid,guid]
//! 12     S: LST N=handle F=name [C=guid] lists network [guid,guid]
//! ```
//! `lists` is a sum of list bits. Groups stand there only for who is on the forward list; in MSNP8-9 he is in group 0
//! if in no other. The live service sometimes wrote names with bare spaces, so words may come between `F=` and what
//! follows it (notification-server reference, sections 3 and 7).

use std::fmt;

use super::Command;
use super::parts::malformed;
use crate::dialect::{Dialect, ListForm};
use crate::types::{GroupRef, Guid, List, Lists};
use crate::wire::{ArgError, Args, Encoded, Fault, Frame, Line, Verb};

/// A person on one's lists.
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
                    .arg(self.lists.bits())
                    .opt(network)
            }
            ListForm::PerPerson | ListForm::PerList | ListForm::AddressBook => {
                line.arg(self.handle).arg(&self.name).arg(self.lists.bits())
            }
        };
        if !self.lists.contains(List::Forward) {
            line.end();
        } else if self.groups.is_empty() {
            line.opt((dialect.lists == ListForm::PerPerson).then_some(0)).end();
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
