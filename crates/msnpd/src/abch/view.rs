//! What the store has, as clients are told it.

use msnp::soap::abch::types::{
    Ab, AbInfo, Annotation, Contact, ContactInfo, ContactType, EmailType, Group, GroupInfo, NetworkInfo,
    OWN_BOOK, PhoneType,
};
use msnp::types::{CircleId, List, Lists, Privacy, Prompt, Telephone, YAHOO_NETWORK};

use super::details::{self, fill};
use super::time::Times;
use crate::account::Account;
use crate::store::{Book, BookEntry, BookGroup, DeletedEntry, EntryKind, Me};

/// The bit of the network of companies' own messengers.
pub(super) const COMPANY: u8 = 2;

/// What a telephone number begins with where it stands in the place of an address.
const TEL: &str = "tel:";

/// A number without what only its place needs.
pub(super) fn plain_number(number: &str) -> &str {
    if Telephone::is_meant(number) { number.get(TEL.len()..).unwrap_or_default() } else { number }
}

/// Somebody in the book.
pub(super) fn contact(entry: BookEntry, times: Times) -> Contact {
    let is_buddy = entry.is_buddy();
    let mut info = ContactInfo {
        contact_type: Some(ContactType::Regular),
        display_name: entry.name,
        group_ids: entry.groups,
        is_messenger_user: Some(is_buddy),
        ..ContactInfo::default()
    };
    fill(&mut info, entry.details);
    if let Some(number) = &entry.phone
        && let Some(phone) = details::phone(&mut info, PhoneType::Mobile)
    {
        phone.number = Some(plain_number(number).to_owned());
    }
    match entry.who {
        EntryKind::Account { id, email, name, .. } => {
            info.cid = Some(id.cid().cast_signed());
            info.passport_name = Some(email.to_string());
            info.display_name.get_or_insert(name);
        }
        EntryKind::Outside { network: Telephone::NETWORK, address } => {
            if let Some(phone) = details::phone(&mut info, PhoneType::Mobile) {
                phone.number = Some(plain_number(&address).to_owned());
                phone.is_messenger_enabled = Some(is_buddy);
            }
            info.display_name.get_or_insert_with(|| plain_number(&address).to_owned());
        }
        EntryKind::Outside { network, address } if !address.is_empty() => {
            let kind = match network {
                YAHOO_NETWORK => EmailType::Messenger2,
                COMPANY => EmailType::Messenger3,
                _ => EmailType::Messenger4,
            };
            if let Some(email) = details::email(&mut info, kind) {
                email.email = Some(address.clone());
                email.capability = Some(network.into());
                email.is_messenger_enabled = Some(is_buddy);
            }
            info.display_name.get_or_insert(address);
        }
        EntryKind::Outside { .. } => {}
    }
    // A mark alone is no number, and no address.
    info.phones.retain(|phone| phone.number.is_some());
    info.emails.retain(|email| email.email.is_some());
    Contact { id: entry.guid, info, last_change: times.at(entry.revision), deleted: false }
}

/// Somebody who is in the book no more.
pub(super) fn deleted_contact(gone: &DeletedEntry, times: Times) -> Contact {
    let is_circle = CircleId::of_guid(gone.guid).is_some();
    let kind = if is_circle { ContactType::Circle } else { ContactType::Regular };
    let info = ContactInfo { contact_type: Some(kind), ..ContactInfo::default() };
    Contact { id: gone.guid, info, last_change: times.at(gone.revision), deleted: true }
}

/// The owner of the book. One client reads the first three annotations by their places (web-services reference, 13).
pub(super) fn me(me: Me, account: &Account, times: Times) -> Contact {
    let mut info = ContactInfo {
        contact_type: Some(ContactType::Me),
        display_name: Some(me.name),
        passport_name: Some(account.email.to_string()),
        cid: Some(account.id.cid().cast_signed()),
        is_messenger_user: Some(false),
        annotations: vec![
            Annotation::new(Annotation::MOBILE, if me.is_mobile { "1" } else { "0" }),
            Annotation::new(Annotation::PROMPT, if me.prompt == Prompt::Ask { "1" } else { "2" }),
            Annotation::new(Annotation::PRIVACY, if me.privacy == Privacy::AllowOthers { "1" } else { "2" }),
        ],
        ..ContactInfo::default()
    };
    fill(&mut info, me.details);
    Contact { id: account.id.contact_id(), info, last_change: times.at(me.revision), deleted: false }
}

/// A group.
pub(super) fn group(group: BookGroup, times: Times) -> Group {
    let mut known = ContactInfo::default();
    fill(&mut known, group.details);
    let mut annotations = known.annotations;
    // All groups here are Messenger's.
    if Annotation::find(&annotations, Annotation::DISPLAY).is_none() {
        annotations.insert(0, Annotation::new(Annotation::DISPLAY, "1"));
    }
    let info =
        GroupInfo { annotations, name: Some(group.name), is_favorite: known.is_favorite, is_messenger: None };
    Group { id: group.guid, info, last_change: times.at(group.revision), deleted: false }
}

/// A group that is no more.
pub(super) fn deleted_group(gone: &DeletedEntry, times: Times) -> Group {
    let (id, info, last_change) = (gone.guid, GroupInfo::default(), times.at(gone.revision));
    Group { id, info, last_change, deleted: true }
}

/// The book itself.
pub(super) fn ab(book: &Book, account: &Account, times: Times) -> Ab {
    Ab {
        id: OWN_BOOK,
        info: AbInfo {
            owner_cid: account.id.cid().cast_signed(),
            owner_email: account.email.to_string(),
            is_circle: false,
        },
        last_change: times.at(book.revision),
        dynamic_item_last_changed: None,
        created: times.beginning(),
    }
}

/// How far the connection with somebody has come who has an account here; none with others. Whoever has let the owner see
/// him, or has him as a contact, has answered.
pub(super) fn connection(who: &EntryKind, own: Lists) -> Option<NetworkInfo> {
    /// He has been asked.
    const WAITING: u32 = 1;
    /// He has answered.
    const ACCEPTED: u32 = 3;
    let EntryKind::Account { email, name, theirs, .. } = who else { return None };
    let lets_in = theirs.contains(List::Allow) && !theirs.contains(List::Pending);
    let is_in = own.contains(List::Forward);
    let relationship_state = match (is_in, theirs.contains(List::Forward) || lets_in) {
        (false, _) => 0,
        (true, false) => WAITING,
        (true, true) => ACCEPTED,
    };
    Some(NetworkInfo {
        domain_id: 1,
        source_id: Some("WL".to_owned()),
        domain_tag: Some(email.to_string()),
        display_name: Some(name.clone()),
        relationship_type: 3,
        relationship_state,
        ..NetworkInfo::default()
    })
}
