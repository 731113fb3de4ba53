//! How a client gets its lists and changes them: by commands, or by telling the server what the address book says.

use super::NotificationClient;
use super::ask::{Asked, is_word, name_of, require_word};
use crate::command::{Command, adc, add, adg, adl, blp, gtc, rea, reg, rem, rmg, rml, sbp, syn};
use crate::dialect::{ListEdits, ListVersion};
use crate::flow::client::CantAsk;
use crate::types::{
    GroupRef, Guid, List, Listed, Lists, MemberList, PASSPORT_NETWORK, Privacy, Prompt, Property, TrId,
};
use crate::wire::{Encoded, Verb, limits};

/// The longest list of people that is said at once, in bytes: servers of old took no more (later-versions reference, 4.8).
pub const MEMBER_LIST: usize = 7500;

/// Somebody on the user's lists, as far as he has to be named in an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact<'a> {
    /// His address.
    pub handle: &'a str,
    /// What names him as a contact, where the version has it.
    pub guid: Option<Guid>,
}

impl NotificationClient {
    /// Asks for the lists; `had` is what [`ListsHead`](super::ListsHead) told when the client's copy of them was made.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask): versions with the address book have no such thing.
    pub fn synchronize(&mut self, had: Option<(&str, &str)>, out: &mut Vec<u8>) -> Asked {
        let had =
            had.filter(|(lists, settings)| is_word(lists) && (settings.is_empty() || is_word(settings)));
        let (lists, settings) = had.unwrap_or(("0", "0"));
        let trid = self.ask(Verb::SYN, out, |trid, dialect, out| {
            syn::Request { trid, lists, settings: Some(settings) }.write(out, dialect);
        })?;
        let settings = if self.dialect.list_version == ListVersion::Timestamps { settings } else { "" };
        self.had = Some((lists.to_owned(), settings.to_owned()));
        Ok(trid)
    }

    /// Tells the server one's lists, in as many pieces as it takes: in versions with the address book the first thing
    /// after the sign-in.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask): other versions have no such thing.
    pub fn upload(&mut self, members: Vec<Listed>, out: &mut Vec<u8>) -> Result<Vec<TrId>, CantAsk> {
        let parts = MemberList { is_initial: true, members }.in_parts(MEMBER_LIST);
        let tell = |part: MemberList| self.tell_members(Verb::ADL, &part, out);
        parts.into_iter().map(tell).collect()
    }

    /// `ADL` or `RML`.
    fn tell_members(&mut self, verb: Verb, members: &MemberList, out: &mut Vec<u8>) -> Asked {
        let document = members.write();
        if document.len() > limits::PAYLOAD {
            return Err(CantAsk::TooLong(verb));
        }
        let payload = document.as_bytes();
        self.ask(verb, out, |trid, dialect, out| match verb {
            Verb::RML => rml::Request { trid, payload }.write(out, dialect),
            _ => adl::Request { trid, payload }.write(out, dialect),
        })
    }

    /// Sets who may see the user that stands on neither list.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask).
    pub fn set_privacy(&mut self, privacy: Privacy, out: &mut Vec<u8>) -> Asked {
        self.ask(Verb::BLP, out, |trid, dialect, out| blp::Request { trid, privacy }.write(out, dialect))
    }

    /// Sets whether the user is asked about who has added him.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask): later versions have it in the address book.
    pub fn set_prompt(&mut self, prompt: Prompt, out: &mut Vec<u8>) -> Asked {
        self.ask(Verb::GTC, out, |trid, dialect, out| gtc::Request { trid, prompt }.write(out, dialect))
    }

    /// Puts somebody on a list. In versions with the address book it is that which keeps him; this tells the server that
    /// it is so for the session.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), or when the address is none.
    pub fn add(&mut self, list: List, handle: &str, name: Option<&str>, out: &mut Vec<u8>) -> Asked {
        let verb = self.edits(Verb::ADD, Verb::ADC, Verb::ADL);
        require_word(verb, "the address", handle)?;
        let name = name.map(|name| name_of(verb, name)).transpose()?;
        match self.dialect.list_edits {
            ListEdits::Add => self.ask(verb, out, |trid, dialect, out| {
                let name = name.unwrap_or(Encoded::from_wire(handle));
                add::Request { trid, list, handle, name, group: None }.write(out, dialect);
            }),
            ListEdits::Adc => self.ask(verb, out, |trid, dialect, out| {
                let fallback = || Encoded::from_wire(handle);
                let name = (list == List::Forward).then(|| name.unwrap_or_else(fallback));
                adc::Request { trid, list, who: adc::Who::Handle { handle, name } }.write(out, dialect);
            }),
            ListEdits::AddressBook => self.tell_members(Verb::ADL, &one(list, handle), out),
        }
    }

    /// Takes somebody off a list.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), when the address is none, or a GUID is needed and not there.
    pub fn remove(&mut self, list: List, contact: Contact<'_>, out: &mut Vec<u8>) -> Asked {
        let verb = self.edits(Verb::REM, Verb::REM, Verb::RML);
        require_word(verb, "the address", contact.handle)?;
        if self.dialect.list_edits == ListEdits::AddressBook {
            return self.tell_members(Verb::RML, &one(list, contact.handle), out);
        }
        let who = if list == List::Forward {
            self.name_of_contact(verb, contact)?
        } else {
            contact.handle.to_owned()
        };
        self.ask(verb, out, |trid, dialect, out| {
            rem::Request { trid, list, who: &who, group: None }.write(out, dialect);
        })
    }

    /// Puts a contact into a group.
    ///
    /// # Errors
    /// As of [`remove`](Self::remove). Versions with the address book have groups there alone.
    pub fn add_to_group(&mut self, contact: Contact<'_>, group: GroupRef, out: &mut Vec<u8>) -> Asked {
        let verb = self.edits(Verb::ADD, Verb::ADC, Verb::ADC);
        let (handle, list, group) = (contact.handle, List::Forward, group.to_string());
        require_word(verb, "the address", handle)?;
        if self.dialect.list_edits == ListEdits::Add {
            // Before there are groups it would say that he is to be added once more.
            if !self.dialect.from_client.contains(Verb::ADG) {
                return Err(CantAsk::NotInVersion(Verb::ADG));
            }
            return self.ask(verb, out, |trid, dialect, out| {
                let name = Encoded::from_wire(handle);
                add::Request { trid, list, handle, name, group: Some(&group) }.write(out, dialect);
            });
        }
        let guid = contact.guid.ok_or(CantAsk::NoGuid(verb))?;
        self.ask(verb, out, |trid, dialect, out| {
            adc::Request { trid, list, who: adc::Who::Member { guid, group: &group } }.write(out, dialect);
        })
    }

    /// Takes a contact out of a group.
    ///
    /// # Errors
    /// As of [`add_to_group`](Self::add_to_group).
    pub fn remove_from_group(&mut self, contact: Contact<'_>, group: GroupRef, out: &mut Vec<u8>) -> Asked {
        require_word(Verb::REM, "the address", contact.handle)?;
        let (who, group) = (self.name_of_contact(Verb::REM, contact)?, group.to_string());
        self.ask(Verb::REM, out, |trid, dialect, out| {
            rem::Request { trid, list: List::Forward, who: &who, group: Some(&group) }.write(out, dialect);
        })
    }

    /// Keeps another name for a contact.
    ///
    /// # Errors
    /// As of [`remove`](Self::remove), or when it is too long. Later versions have it in the address book.
    pub fn rename_contact(&mut self, contact: Contact<'_>, name: &str, out: &mut Vec<u8>) -> Asked {
        let verb = self.edits(Verb::REA, Verb::SBP, Verb::SBP);
        require_word(verb, "the address", contact.handle)?;
        let name = name_of(verb, name)?;
        let who = self.name_of_contact(verb, contact)?;
        self.ask(verb, out, |trid, dialect, out| match verb {
            Verb::REA => rea::Request { trid, handle: &who, name }.write(out, dialect),
            _ => {
                let (property, value) = (Property::FriendlyName.as_str(), Some(name));
                sbp::Request { trid, guid: &who, property, value, extra: None }.write(out, dialect);
            }
        })
    }

    /// Makes a group.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask), or when its name is too long.
    pub fn add_group(&mut self, name: &str, out: &mut Vec<u8>) -> Asked {
        let name = group_name(Verb::ADG, name)?;
        self.ask(Verb::ADG, out, |trid, dialect, out| adg::Request { trid, name }.write(out, dialect))
    }

    /// Gives a group another name.
    ///
    /// # Errors
    /// As of [`add_group`](Self::add_group).
    pub fn rename_group(&mut self, group: GroupRef, name: &str, out: &mut Vec<u8>) -> Asked {
        let (name, group) = (group_name(Verb::REG, name)?, group.to_string());
        self.ask(Verb::REG, out, |trid, dialect, out| {
            reg::Request { trid, group: &group, name }.write(out, dialect);
        })
    }

    /// Removes a group.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask).
    pub fn remove_group(&mut self, group: GroupRef, out: &mut Vec<u8>) -> Asked {
        let group = group.to_string();
        self.ask(Verb::RMG, out, |trid, dialect, out| {
            rmg::Request { trid, group: &group }.write(out, dialect)
        })
    }

    /// The word of an edit in each of the three worlds.
    const fn edits(&self, add: Verb, adc: Verb, book: Verb) -> Verb {
        match self.dialect.list_edits {
            ListEdits::Add => add,
            ListEdits::Adc => adc,
            ListEdits::AddressBook => book,
        }
    }

    /// What names somebody on the forward list.
    fn name_of_contact(&self, verb: Verb, contact: Contact<'_>) -> Result<String, CantAsk> {
        match self.dialect.list_edits {
            ListEdits::Add => Ok(contact.handle.to_owned()),
            ListEdits::Adc => contact.guid.map(|guid| guid.to_string()).ok_or(CantAsk::NoGuid(verb)),
            ListEdits::AddressBook => Err(CantAsk::NotInVersion(verb)),
        }
    }
}

/// One person on one list, as `ADL` has it.
fn one(list: List, handle: &str) -> MemberList {
    let lists = Some(Lists::NONE.with(list).bits());
    let is_telephone = handle.starts_with("tel:");
    let network = (!is_telephone).then_some(PASSPORT_NETWORK);
    let member = Listed { address: handle.to_owned(), lists, network, ..Listed::default() };
    MemberList { is_initial: false, members: vec![member] }
}

fn group_name(verb: Verb, name: &str) -> Result<Encoded<'_>, CantAsk> {
    let name = name_of(verb, name)?;
    if name.len() > limits::GROUP_NAME { Err(CantAsk::TooLong(verb)) } else { Ok(name) }
}
