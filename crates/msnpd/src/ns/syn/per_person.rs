//! Lists a person at a time, each with the sum of his list bits: MSNP8-12.

use msnp::command::{Command, blp, bpr, gtc, lsg, lst, prp, syn};
use msnp::dialect::{Dialect, Groups, Properties};
use msnp::types::{GroupRef, List, Lists, Property, Telephone};
use msnp::wire::Encoded;

use super::{OTHER_CONTACTS, shown_lists, shown_name};
use crate::store::{OutsideContact, Roster, RosterContact};

/// The bit of the Messenger network itself.
const MESSENGER: u8 = 1;

/// What a line about a contact mostly has, in bytes: room is made for all of them at once.
const LINE: usize = 64;

/// How much [`write`] writes: clients count.
pub(super) fn counts(roster: &Roster, dialect: &Dialect) -> syn::Counts {
    let zero = dialect.groups == Groups::Numbered;
    syn::Counts {
        contacts: contacts(roster, dialect).count() + telephones(roster, dialect).count(),
        groups: roster.groups.len() + usize::from(zero),
    }
}

fn contacts<'a>(
    roster: &'a Roster,
    dialect: &'a Dialect,
) -> impl Iterator<Item = (&'a RosterContact, Lists)> + 'a {
    let shown = roster.contacts.iter().map(|contact| (contact, shown_lists(contact.lists, dialect)));
    shown.filter(|(_, lists)| !lists.is_empty())
}

/// The telephone numbers among the contacts, where a client can be told of them.
fn telephones<'a>(roster: &'a Roster, dialect: &'a Dialect) -> impl Iterator<Item = &'a OutsideContact> + 'a {
    roster.outside.iter().filter(|contact| {
        dialect.has_telephone_contacts && contact.network == Telephone::NETWORK && !contact.lists.is_empty()
    })
}

/// Everything that follows the answer's first line.
pub(super) fn write(roster: &Roster, dialect: &Dialect, out: &mut Vec<u8>) {
    let zero = dialect.groups == Groups::Numbered;
    out.reserve(LINE * roster.contacts.len());
    gtc::Reply { trid: None, version: None, prompt: roster.prompt }.write(out, dialect);
    blp::Reply { trid: None, version: None, privacy: roster.privacy }.write(out, dialect);
    if dialect.properties == Properties::SetOnesAndName {
        property(Property::FriendlyName, &roster.name, dialect, out);
    }
    for (name, value) in &roster.properties {
        property(*name, value, dialect, out);
    }
    if zero {
        lsg::Reply { group: GroupRef::Number(0), name: Encoded::new(OTHER_CONTACTS) }.write(out, dialect);
    }
    for group in &roster.groups {
        let name = Encoded::new(&group.name);
        let group = if zero { GroupRef::Number(group.number) } else { GroupRef::Guid(group.guid) };
        lsg::Reply { group, name }.write(out, dialect);
    }
    for (contact, lists) in contacts(roster, dialect) {
        let forward = lists.contains(List::Forward);
        let groups = if zero {
            contact.groups.iter().copied().map(GroupRef::Number).collect()
        } else {
            roster.groups_of(&contact.groups).map(|group| GroupRef::Guid(group.guid)).collect()
        };
        lst::Reply {
            handle: contact.email.as_str(),
            name: Encoded::new(shown_name(contact)),
            guid: forward.then_some(contact.guid),
            lists,
            network: MESSENGER,
            groups,
        }
        .write(out, dialect);
        for (property, value) in contact.properties.iter().filter(|_| forward) {
            bpr::Push { version: None, handle: None, property: *property, value: Some(Encoded::new(value)) }
                .write(out, dialect);
        }
        let has_own = contact.properties.iter().any(|(property, _)| *property == Property::MobilePhone);
        if forward && !has_own {
            noted_phone(contact.phone.as_deref(), dialect, out);
        }
    }
    for contact in telephones(roster, dialect) {
        lst::Reply {
            handle: &contact.address,
            name: Encoded::new(contact.name.as_deref().unwrap_or(&contact.address)),
            guid: contact.lists.contains(List::Forward).then_some(contact.guid),
            lists: contact.lists,
            network: contact.network,
            groups: roster.groups_of(&contact.groups).map(|group| GroupRef::Guid(group.guid)).collect(),
        }
        .write(out, dialect);
        noted_phone(contact.phone.as_deref(), dialect, out);
    }
}

/// The number that the user has for the contact of the line before, in the form in which the contact's own would be
/// told (notification-server reference, 8.5).
fn noted_phone(phone: Option<&str>, dialect: &Dialect, out: &mut Vec<u8>) {
    if let Some(phone) = phone.filter(|_| dialect.sets_contact_phones) {
        let (property, value) = (Property::MobilePhone, Some(Encoded::new(phone)));
        bpr::Push { version: None, handle: None, property, value }.write(out, dialect);
    }
}

fn property(property: Property, value: &str, dialect: &Dialect, out: &mut Vec<u8>) {
    prp::Reply { trid: None, version: None, property: property.as_str(), value: Some(Encoded::new(value)) }
        .write(out, dialect);
}
