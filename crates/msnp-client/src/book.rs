//! Lists that are in the address book: read from there, kept as all others, and told to the notification server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use msnp::soap::abch::types::{Annotation, Contact as BookContact, ContactType, MemberKind, Role};
use msnp::soap::abch::{AddressBook as Book, Memberships};
use msnp::types::{GroupRef, List, Listed, Lists, OwnedSecret, PASSPORT_NETWORK, Privacy};

use crate::error::Error;
use crate::roster::Roster;
use crate::shared::Shared;
use crate::web::{AddressBook, Generation, Tickets};

/// What was read.
#[derive(Debug)]
pub(crate) struct Read {
    book: Book,
    memberships: Memberships,
    pub(crate) privacy: Option<Privacy>,
    /// What shows the notification server which circles the user is in.
    pub(crate) circle_ticket: Option<OwnedSecret>,
    /// What the user calls himself.
    pub(crate) name: Option<String>,
}

/// The address book service, as clients of the version ask it.
pub(crate) fn service(shared: &Shared, tickets: &Tickets) -> Result<AddressBook, Error> {
    let web = shared.settings.web.as_ref().ok_or(Error::NoWebServices)?;
    // Clients that know circles are those of 2009.
    let generation = if shared.dialect().has_circles { Generation::From2009 } else { Generation::Before2009 };
    Ok(AddressBook::new(web, tickets, generation))
}

/// Reads all lists.
pub(crate) async fn read(shared: &Shared, tickets: &Tickets) -> Result<Read, Error> {
    let service = service(shared, tickets)?;
    let failed = Error::web("the address book can't be read");
    let memberships = service.lists(None).await.map_err(&failed)?;
    let book = service.contacts(None).await.map_err(&failed)?;
    let me = book.contacts.iter().find(|contact| contact.info.contact_type == Some(ContactType::Me));
    let privacy = me.and_then(|me| Annotation::find(&me.info.annotations, Annotation::PRIVACY));
    let privacy = privacy.map(|value| match value {
        "2" => Privacy::BlockOthers,
        _ => Privacy::AllowOthers,
    });
    let name = me.map(|me| me.info.shown_name().to_owned()).filter(|name| !name.is_empty());
    let ticket = book.circles.as_ref().and_then(|circles| circles.ticket.as_deref());
    let circle_ticket = ticket.map(|ticket| OwnedSecret::new(STANDARD.encode(ticket)));
    Ok(Read { privacy, circle_ticket, name, memberships, book })
}

/// Puts what was read in place of what was known; who is there stays known.
pub(crate) fn take(roster: &mut Roster, read: Read) -> Result<(), Error> {
    let before = std::mem::take(roster);
    roster.privacy = read.privacy.unwrap_or(before.privacy);
    for group in read.book.groups.unwrap_or_default().into_iter().filter(|group| !group.deleted) {
        roster.put_group(GroupRef::Guid(group.id), &group.info.name.unwrap_or_default())?;
    }
    for contact in read.book.contacts {
        take_contact(roster, contact, &before)?;
    }
    for service in read.memberships.services {
        for membership in service.memberships {
            let Some(list) = list(&membership.role) else { continue };
            for member in membership.members.into_iter().filter(|member| !member.deleted) {
                let MemberKind::Passport { address, .. } = member.kind else { continue };
                // Both at once would be refused; who is blocked somewhere is blocked.
                let blocked = roster.get(&address).is_some_and(|contact| contact.is_on(List::Block));
                if list == List::Allow && blocked {
                    continue;
                }
                let contact = roster.add_to(&address, list)?;
                if let Some(name) = member.display_name.filter(|_| contact.name == contact.email) {
                    contact.name = name;
                }
            }
        }
    }
    Ok(())
}

fn take_contact(roster: &mut Roster, contact: BookContact, before: &Roster) -> Result<(), Error> {
    let is_person = !matches!(contact.info.contact_type, Some(ContactType::Me | ContactType::Circle));
    let email = contact.info.passport_name.clone().filter(|email| !email.is_empty());
    let Some(email) = email.filter(|_| is_person && !contact.deleted) else { return Ok(()) };
    // Others are in the book and not in Messenger.
    if contact.info.is_messenger_user != Some(true) {
        return Ok(());
    }
    let known = before.get(&email).cloned();
    let kept = roster.entry(&email)?;
    if let Some(known) = known {
        *kept = known;
        kept.lists = Lists::NONE;
    }
    kept.lists = kept.lists.with(List::Forward);
    kept.guid = Some(contact.id);
    kept.groups = contact.info.group_ids.iter().map(|id| GroupRef::Guid(*id)).collect();
    let name = contact.info.shown_name();
    if !name.is_empty() && !kept.is_online() {
        kept.name = name.to_owned();
    }
    Ok(())
}

fn list(role: &Role) -> Option<List> {
    Some(match role {
        Role::Allow => List::Allow,
        Role::Block => List::Block,
        Role::Reverse => List::Reverse,
        Role::Pending => List::Pending,
        _ => return None,
    })
}

/// What the notification server has to be told of it.
pub(crate) fn upload(roster: &Roster) -> Vec<Listed> {
    let told = |lists: Lists| lists.without(List::Reverse).without(List::Pending);
    let mut listed: Vec<Listed> = roster
        .people()
        .into_iter()
        .filter(|contact| !told(contact.lists).is_empty())
        .map(|contact| Listed {
            address: contact.email,
            lists: Some(told(contact.lists).bits()),
            network: Some(PASSPORT_NETWORK),
            ..Listed::default()
        })
        .collect();
    // Those of a domain stand together.
    listed.sort_by(|a, b| a.address.rsplit('@').next().cmp(&b.address.rsplit('@').next()));
    listed
}
