//! `SYN`: the user's lists, unless the client has them already.

use msnp::command::{Command, blp, bpr, gtc, lsg, lst, prp, syn};
use msnp::dialect::{Dialect, Groups, ListForm, ListVersion, Properties};
use msnp::flow::End;
use msnp::types::{GroupRef, List, Lists, Property, Telephone, Timestamp};
use msnp::wire::Encoded;

use super::Session;
use crate::store::{Roster, RosterContact};

/// The bit of the Messenger network itself.
const MESSENGER: u8 = 1;

/// The group that everybody is in who is in no other, where groups have numbers.
pub(super) const OTHER_CONTACTS: &str = "Other Contacts";

impl Session {
    /// The whole answer is one burst: what others cause meanwhile follows it. Whoever asks again gets everything.
    pub(super) async fn syn(&mut self, request: syn::Request<'_>) -> Result<(), End> {
        let user = self.user()?;
        self.outbox.begin_burst();
        user.endpoint.hear_of_lists();
        let roster = self.server.store.roster(user.id).await;
        let answered = match roster {
            Ok(Some(roster)) => {
                let again = std::mem::replace(&mut self.has_lists, true);
                self.say(|out, dialect| answer(&request, &roster, again, dialect, out))
            }
            Ok(None) => Err(End::SignedOut),
            Err(error) => self.store_failed(request.trid, &error),
        };
        self.outbox.end_burst();
        answered
    }
}

fn answer(request: &syn::Request<'_>, roster: &Roster, again: bool, dialect: &Dialect, out: &mut Vec<u8>) {
    let (lists, settings) = match dialect.list_version {
        ListVersion::Counter => ((roster.revision as u32).to_string(), None),
        ListVersion::Timestamps | ListVersion::AddressBook => {
            let at = |revision| Timestamp::of_revision(roster.created, revision).to_string();
            (at(roster.lists_revision), Some(at(roster.settings_revision)))
        }
    };
    let is_current = !again && request.lists == lists && request.settings == settings.as_deref();
    let contacts: Vec<(&RosterContact, Lists)> =
        roster.contacts.iter().map(|contact| (contact, shown_lists(contact.lists, dialect))).collect();
    let contacts = contacts.iter().filter(|(_, lists)| !lists.is_empty());
    // What this client can't be told is not counted either.
    let telephones = roster.outside.iter().filter(|contact| {
        dialect.has_telephone_contacts && contact.network == Telephone::NETWORK && !contact.lists.is_empty()
    });
    let zero = dialect.groups == Groups::Numbered;
    let counts = syn::Counts {
        contacts: contacts.clone().count() + telephones.clone().count(),
        groups: roster.groups.len() + usize::from(zero),
    };
    syn::Reply {
        trid: request.trid,
        lists: &lists,
        settings: settings.as_deref(),
        counts: (!is_current).then_some(counts),
    }
    .write(out, dialect);
    if is_current {
        return;
    }
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
    for (contact, lists) in contacts {
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
            lists: *lists,
            network: MESSENGER,
            groups,
        }
        .write(out, dialect);
        for (property, value) in contact.properties.iter().filter(|_| forward) {
            bpr::Push { version: None, handle: None, property: *property, value: Some(Encoded::new(value)) }
                .write(out, dialect);
        }
    }
    for contact in telephones {
        lst::Reply {
            handle: &contact.address,
            name: Encoded::new(contact.name.as_deref().unwrap_or(&contact.address)),
            guid: contact.lists.contains(List::Forward).then_some(contact.guid),
            lists: contact.lists,
            network: contact.network,
            groups: roster.groups_of(&contact.groups).map(|group| GroupRef::Guid(group.guid)).collect(),
        }
        .write(out, dialect);
    }
}

fn property(property: Property, value: &str, dialect: &Dialect, out: &mut Vec<u8>) {
    prp::Reply { trid: None, version: None, property: property.as_str(), value: Some(Encoded::new(value)) }
        .write(out, dialect);
}

/// The name of a contact: what the user has for him, or what he shows the user, or his address.
fn shown_name(contact: &RosterContact) -> &str {
    match &contact.stored_name {
        Some(name) if !name.is_empty() => name,
        _ if contact.allows => &contact.name,
        _ => contact.email.as_str(),
    }
}

/// The lists of a contact as this dialect shows them. A pending contact stands on the pending list alone where there
/// is one; where there is none the client finds him on the reverse list.
fn shown_lists(lists: Lists, dialect: &Dialect) -> Lists {
    match (dialect.has_pending_list, lists.contains(List::Pending)) {
        (true, true) => lists.without(List::Reverse),
        (true, false) => lists,
        (false, _) => lists.without(List::Pending),
    }
}

const _: () = assert!(
    !matches!(msnp::dialect::MSNP8.lists, ListForm::PerList),
    "the forms written here begin at MSNP8"
);
