//! Lists one after another, each complete: MSNP2-7, and what clients of MSNP8 and before ask for by `LST` and `LSG`.
//!
//! Every line has the transaction id and the version of the lists; a list ends with the line whose index is the total
//! (notification-server reference, section 7).

use msnp::command::{Command, blp, bpr, gtc, lsg, lst, prp};
use msnp::dialect::{Dialect, Groups, Properties};
use msnp::types::{GroupRef, List, Property, TrId};
use msnp::wire::Encoded;

use super::{OTHER_CONTACTS, shown_lists, shown_name};
use crate::ns::edit::{CONTACT_PROPERTIES, told_properties};
use crate::store::{Roster, RosterContact};

/// The lists in the order in which clients await them. With the last line of the last one they have everything.
const LISTS: [List; 4] = [List::Forward, List::Allow, List::Block, List::Reverse];

/// The user's own properties that are always told.
const OWN: [Property; 5] = [
    Property::HomePhone,
    Property::WorkPhone,
    Property::MobilePhone,
    Property::Pageable,
    Property::MobileEnabled,
];

/// Everything that follows the answer's first line.
pub(super) fn write(trid: TrId, roster: &Roster, dialect: &Dialect, out: &mut Vec<u8>) {
    let version = roster.revision as u32;
    gtc::Reply { trid: Some(trid), version: Some(version), prompt: roster.prompt }.write(out, dialect);
    blp::Reply { trid: Some(trid), version: Some(version), privacy: roster.privacy }.write(out, dialect);
    let has_properties = dialect.properties == Properties::All;
    if has_properties {
        for (property, value) in told_properties(&OWN, &roster.properties) {
            let value = value.map(Encoded::new);
            prp::Reply { trid: Some(trid), version: Some(version), property: property.as_str(), value }
                .write(out, dialect);
        }
    }
    if dialect.groups == Groups::Numbered {
        write_groups(trid, roster, dialect, out);
    }
    for list in LISTS {
        write_list(trid, list, roster, has_properties, dialect, out);
    }
}

/// All groups, "Other Contacts" first.
pub(in crate::ns) fn write_groups(trid: TrId, roster: &Roster, dialect: &Dialect, out: &mut Vec<u8>) {
    let total = roster.groups.len() + 1;
    let others = roster.groups.iter().map(|group| (group.number, group.name.as_str()));
    for (index, (group, name)) in (1..).zip(std::iter::once((0, OTHER_CONTACTS)).chain(others)) {
        let (version, name) = (roster.revision as u32, Encoded::new(name));
        lsg::Entry { trid, version, index, total, group, name }.write(out, dialect);
    }
}

/// One list; with the properties of everybody on it, if that is asked for and it is the forward list.
pub(in crate::ns) fn write_list(
    trid: TrId,
    list: List,
    roster: &Roster,
    with_properties: bool,
    dialect: &Dialect,
    out: &mut Vec<u8>,
) {
    let version = roster.revision as u32;
    let on_it = |contact: &&RosterContact| shown_lists(contact.lists, dialect).contains(list);
    let total = roster.contacts.iter().filter(on_it).count();
    if total == 0 {
        lst::Entry { trid, list, version, listed: None }.write(out, dialect);
    }
    for (index, contact) in (1..).zip(roster.contacts.iter().filter(on_it)) {
        let (handle, name) = (contact.email.as_str(), Encoded::new(shown_name(contact)));
        let groups = groups(contact, list, dialect);
        let listed = lst::Listed { index, total, handle, name, groups };
        lst::Entry { trid, list, version, listed: Some(listed) }.write(out, dialect);
        if !(with_properties && list == List::Forward) {
            continue;
        }
        for (property, value) in told_properties(&CONTACT_PROPERTIES, &contact.properties) {
            let (version, handle, value) = (Some(version), Some(handle), value.map(Encoded::new));
            bpr::Push { version, handle, property, value }.write(out, dialect);
        }
    }
}

/// The groups of a contact, where there are groups: 0 if he is in no other.
fn groups(contact: &RosterContact, list: List, dialect: &Dialect) -> Vec<GroupRef> {
    if list != List::Forward || dialect.groups != Groups::Numbered {
        return Vec::new();
    }
    match &*contact.groups {
        [] => vec![GroupRef::Number(0)],
        groups => groups.iter().copied().map(GroupRef::Number).collect(),
    }
}
