//! Whom the user has on his lists, and what is known of them.

use std::collections::HashMap;

use msnp::command::nln::Presence;
use msnp::types::{Capabilities, GroupRef, Guid, List, Lists, Privacy, Status};
use msnp::wire::{Encoded, limits};

use crate::error::Error;

/// How many people are kept. Servers let a user have some 1,000 contacts and as many again who are only allowed or blocked.
pub const MAX_PEOPLE: usize = 10_000;

/// How many groups are kept. Servers let a user have 30.
pub const MAX_GROUPS: usize = 500;

/// The longest address that is kept, in bytes: twice what a service takes, since others may have longer ones.
const MAX_ADDRESS: usize = 2 * msnp::types::MAX_EMAIL_LEN;

/// Somebody on the user's lists, as he is known at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Contact {
    /// His address.
    pub email: String,
    /// What he calls himself, or what the user calls him where that is not known yet.
    pub name: String,
    /// What names him as a contact, in versions and books that have it.
    pub guid: Option<Guid>,
    /// The lists he is on.
    pub lists: Lists,
    /// The groups he is in.
    pub groups: Vec<GroupRef>,
    /// His status; `None` while he is offline, or as good as.
    pub status: Option<Status>,
    /// His personal message.
    pub message: String,
    /// What is playing at his place, in the protocol's own form.
    pub current_media: String,
    /// What his client can do.
    pub capabilities: Capabilities,
    /// His display picture, an MSN object.
    pub object: Option<String>,
    /// The places at which he is.
    pub places: Vec<Guid>,
    /// The network he is on; 1 is the service itself.
    pub network: u8,
}

impl Contact {
    /// Whether he is on this list.
    pub fn is_on(&self, list: List) -> bool {
        self.lists.contains(list)
    }

    /// Whether he is to be seen as there.
    pub fn is_online(&self) -> bool {
        self.status.is_some()
    }

    pub(crate) fn new(email: &str) -> Self {
        Self { email: email.to_owned(), name: email.to_owned(), network: 1, ..Self::default() }
    }

    /// Takes what he shows.
    pub(crate) fn show(&mut self, presence: &Presence<'_>) {
        self.status = Some(presence.status);
        self.name = kept_name(&presence.name);
        self.capabilities = presence.capabilities;
        let object = presence.object.as_ref().filter(|object| object.len() <= limits::OBJECT);
        self.object = object.map(|object| object.decode().into_owned());
    }

    fn forget_presence(&mut self) {
        let Self { status, capabilities, object, places, .. } = self;
        (*status, *capabilities, *object) = (None, Capabilities::default(), None);
        places.clear();
    }
}

/// A name, as much of it as a service takes.
pub(crate) fn kept_name(name: &Encoded<'_>) -> String {
    let mut name = name.decode().into_owned();
    name.truncate(name.floor_char_boundary(limits::NAME));
    name
}

/// A group of contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// What it is referred to by.
    pub id: GroupRef,
    /// What it is called.
    pub name: String,
}

/// The lists, with what is known of who is on them. Addresses are found in whatever letter case.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    people: HashMap<String, Contact>,
    pub(crate) groups: Vec<Group>,
    pub(crate) privacy: Privacy,
}

impl Roster {
    pub(crate) fn get(&self, email: &str) -> Option<&Contact> {
        self.people.get(&email.to_ascii_lowercase())
    }

    pub(crate) fn get_mut(&mut self, email: &str) -> Option<&mut Contact> {
        self.people.get_mut(&email.to_ascii_lowercase())
    }

    pub(crate) fn by_guid(&mut self, guid: Guid) -> Option<&mut Contact> {
        self.people.values_mut().find(|contact| contact.guid == Some(guid))
    }

    /// Somebody, who need not be on a list yet.
    pub(crate) fn entry(&mut self, email: &str) -> Result<&mut Contact, Error> {
        if email.len() > MAX_ADDRESS {
            return Err(Error::TooMuch("letters in an address"));
        }
        let key = email.to_ascii_lowercase();
        if self.people.len() >= MAX_PEOPLE && !self.people.contains_key(&key) {
            return Err(Error::TooMuch("people"));
        }
        Ok(self.people.entry(key).or_insert_with(|| Contact::new(email)))
    }

    /// Everybody who is on a list, in the order of their addresses.
    pub(crate) fn people(&self) -> Vec<Contact> {
        let is_listed = |contact: &&Contact| !contact.lists.is_empty();
        let mut people: Vec<Contact> = self.people.values().filter(is_listed).cloned().collect();
        people.sort_by(|a, b| a.email.cmp(&b.email));
        people
    }

    /// Lists that replace these are to come.
    pub(crate) fn clear(&mut self) {
        self.people.clear();
        self.groups.clear();
    }

    /// Nobody is known to be there any more.
    pub(crate) fn all_offline(&mut self) {
        self.people.values_mut().for_each(Contact::forget_presence);
    }

    pub(crate) fn listed(
        &mut self,
        listed: msnp::flow::client::notification::Listed<'_>,
    ) -> Result<(), Error> {
        let contact = self.entry(listed.handle)?;
        contact.name = kept_name(&listed.name);
        contact.guid = listed.guid.or(contact.guid);
        // Where lists come one by one, each adds to the others.
        contact.lists |= listed.lists;
        contact.network = listed.network;
        if !listed.groups.is_empty() {
            contact.groups = listed.groups;
        }
        Ok(())
    }

    pub(crate) fn put_group(&mut self, id: GroupRef, name: &str) -> Result<(), Error> {
        if let Some(group) = self.groups.iter_mut().find(|group| group.id == id) {
            name.clone_into(&mut group.name);
        } else if self.groups.len() < MAX_GROUPS {
            self.groups.push(Group { id, name: name.to_owned() });
        } else {
            return Err(Error::TooMuch("groups"));
        }
        Ok(())
    }

    pub(crate) fn remove_group(&mut self, id: GroupRef) {
        self.groups.retain(|group| group.id != id);
        for contact in self.people.values_mut() {
            contact.groups.retain(|group| *group != id);
        }
    }

    pub(crate) fn add_to(&mut self, email: &str, list: List) -> Result<&mut Contact, Error> {
        let contact = self.entry(email)?;
        contact.lists = contact.lists.with(list);
        // They exclude each other, whoever says so first.
        if let Some(opposite) = list.opposite() {
            contact.lists = contact.lists.without(opposite);
        }
        Ok(contact)
    }

    pub(crate) fn remove_from(&mut self, email: &str, list: List) {
        let Some(contact) = self.get_mut(email) else { return };
        contact.lists = contact.lists.without(list);
        if list == List::Forward {
            contact.groups.clear();
            contact.guid = None;
            contact.forget_presence();
        }
        if contact.lists.is_empty() {
            self.people.remove(&email.to_ascii_lowercase());
        }
    }

    pub(crate) fn offline(&mut self, email: &str) -> Option<Contact> {
        let contact = self.get_mut(email)?;
        contact.forget_presence();
        Some(contact.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_known_in_any_letter_case_and_go_with_their_last_list() {
        let mut roster = Roster::default();
        roster.add_to("Bob@Example.net", List::Forward).expect("room").status = Some(Status::Busy);
        roster.add_to("bob@example.net", List::Allow).expect("room");
        assert_eq!(roster.people().len(), 1);
        roster.add_to("BOB@example.net", List::Block).expect("room");
        let bob = roster.get("bob@example.net").expect("bob");
        assert!(bob.is_on(List::Block) && !bob.is_on(List::Allow) && bob.is_online());
        roster.remove_from("bob@example.net", List::Forward);
        assert!(!roster.get("bob@example.net").expect("bob").is_online());
        roster.remove_from("bob@example.net", List::Block);
        assert!(roster.get("bob@example.net").is_none());
    }

    #[test]
    fn names_and_addresses_have_their_limits() {
        assert_eq!(kept_name(&Encoded::new(&"ä".repeat(500))).len(), limits::NAME - 1);
        let mut roster = Roster::default();
        assert!(roster.entry(&"a".repeat(MAX_ADDRESS + 1)).is_err());
        // Who is on no list is not shown.
        roster.entry("eve@example.com").expect("room");
        assert!(roster.people().is_empty());
    }

    #[test]
    fn a_server_can_tell_of_no_more_than_there_may_be() {
        let mut roster = Roster::default();
        for number in 0..MAX_PEOPLE {
            roster.entry(&format!("user{number}@example.com")).expect("room");
        }
        assert!(matches!(roster.entry("eve@example.com"), Err(Error::TooMuch("people"))));
        assert!(roster.entry("USER1@example.com").is_ok());
        for number in 0..MAX_GROUPS {
            roster.put_group(GroupRef::Guid(Guid((number as u128).to_be_bytes())), "g").expect("room");
        }
        assert!(roster.put_group(GroupRef::Number(1), "g").is_err());
    }
}
