//! Circles, as clients are told them (web-services reference, 13, 15.2).

use msnp::soap::abch::Timestamp;
use msnp::soap::abch::types::{
    Ab, AbInfo, CircleInverseInfo, CircleRole as Role, CircleState as State, Contact, ContactInfo,
    ContactType, NetworkInfo,
};
use msnp::types::{CircleId, Email, Guid};

use super::connection::CIRCLE;
use super::time::Times;
use crate::account::AccountId;
use crate::store::{Circle, CircleMember, CircleRole, CircleState, DeletedEntry, OwnCircle};

/// Windows Live, which all relationships here are in.
const LIVE: (u32, &str) = (1, "WL");

/// The role of whoever is invited, in his own book.
const PENDING_ROLE: u32 = 4;

/// The hidden contact that stands for a circle in the book of somebody who is in it. Its address is none of the circle's:
/// it is what clients have always been told there.
pub(super) fn stand_in(circle: &OwnCircle, times: Times) -> Contact {
    let inviter = circle.inviter.as_ref();
    let network = NetworkInfo {
        domain_id: LIVE.0,
        source_id: Some(LIVE.1.to_owned()),
        domain_tag: Some(circle.id.to_string()),
        display_name: Some(circle.name.clone()),
        relationship_type: CIRCLE,
        relationship_state: circle.state as u32,
        relationship_role: match circle.state {
            CircleState::Accepted => circle.role as u32,
            _ => PENDING_ROLE,
        },
        inviter_message: circle.message.clone(),
        inviter_cid: inviter.map(|inviter| inviter.account.cid().cast_signed()),
        inviter_name: inviter.map(|inviter| inviter.name.clone()),
        inviter_email: inviter.map(|inviter| inviter.email.to_string()),
        ..NetworkInfo::default()
    };
    let info = ContactInfo {
        contact_type: Some(ContactType::Circle),
        display_name: Some(circle.name.clone()),
        passport_name: Some(format!("{}@hotmail.com", circle.id)),
        cid: Some(cid(circle.id)),
        is_messenger_user: Some(false),
        is_hidden: Some(true),
        networks: vec![network],
        ..ContactInfo::default()
    };
    Contact { id: circle.id.guid(), info, last_change: times.at(circle.revision), deleted: false }
}

/// The circle beside it.
pub(super) fn inverse(circle: &OwnCircle, times: Times) -> CircleInverseInfo {
    let (role, state) = match (circle.state, circle.role) {
        (CircleState::Accepted, CircleRole::Admin) => (Role::Admin, State::Accepted),
        (CircleState::Accepted, CircleRole::AssistantAdmin) => (Role::AssistantAdmin, State::Accepted),
        (CircleState::Accepted, CircleRole::Member) => (Role::Member, State::Accepted),
        _ => (Role::Pending, State::Waiting),
    };
    CircleInverseInfo {
        id: circle.id,
        name: circle.name.clone(),
        created: Some(Timestamp::from_unix_millis(circle.created.saturating_mul(1000))),
        last_changed: times.at(circle.revision),
        role,
        state,
        deleted: false,
    }
}

/// A circle that somebody is in no more; `None` of anything else that is in his book no more.
pub(super) fn gone(gone: &DeletedEntry, times: Times) -> Option<CircleInverseInfo> {
    Some(CircleInverseInfo {
        id: CircleId::of_guid(gone.guid)?,
        name: String::new(),
        created: None,
        last_changed: times.at(gone.revision),
        role: Role::Member,
        state: State::Left,
        deleted: true,
    })
}

/// Everybody in a circle's book: who is in it and who is invited, and the circle itself as the book's owner. With `since`
/// only who has changed after that revision of the circle, and who is gone.
pub(super) fn members(circle: &Circle, since: Option<u64>, times: Times) -> Vec<Contact> {
    let is_new = |member: &&CircleMember| since.is_none_or(|since| member.revision > since);
    let mut all: Vec<_> = circle.members.iter().filter(is_new).map(|one| member(one, times)).collect();
    match since {
        Some(_) => all.extend(circle.gone.iter().filter(is_new).map(|member| deleted(member, times))),
        None => all.push(me(circle.id, times.at(circle.revision))),
    }
    all
}

/// Somebody who is in a circle, or is invited. What he calls himself those get to know who are in it with him.
pub(super) fn member(member: &CircleMember, times: Times) -> Contact {
    let is_in = member.state == CircleState::Accepted;
    let name = if is_in { member.name.clone() } else { member.email.to_string() };
    let network = NetworkInfo {
        domain_id: LIVE.0,
        source_id: Some(LIVE.1.to_owned()),
        domain_tag: Some(member.email.to_string()),
        display_name: Some(name.clone()),
        relationship_type: CIRCLE,
        relationship_state: member.state as u32,
        relationship_role: member.role as u32,
        ..NetworkInfo::default()
    };
    let mut contact = named(member.account, member.guid, &member.email, times.at(member.revision));
    contact.info.contact_type = Some(if is_in { ContactType::Live } else { ContactType::LivePending });
    contact.info.display_name = Some(name);
    contact.info.networks = vec![network];
    contact
}

/// Somebody who is named, and no more, as the first half of an invitation.
pub(super) fn named(account: AccountId, guid: Guid, email: &Email, last_change: Timestamp) -> Contact {
    let info = ContactInfo {
        contact_type: Some(ContactType::LivePending),
        display_name: Some(email.to_string()),
        passport_name: Some(email.to_string()),
        cid: Some(account.cid().cast_signed()),
        // Who is in a circle is not for that among one's own contacts.
        is_messenger_user: Some(false),
        ..ContactInfo::default()
    };
    Contact { id: guid, info, last_change, deleted: false }
}

fn deleted(member: &CircleMember, times: Times) -> Contact {
    let contact = named(member.account, member.guid, &member.email, times.at(member.revision));
    Contact { deleted: true, ..contact }
}

/// The circle as the owner of its book, named by its id.
fn me(id: CircleId, last_change: Timestamp) -> Contact {
    let info = ContactInfo {
        contact_type: Some(ContactType::Me),
        quick_name: Some(id.to_string()),
        display_name: Some(id.address()),
        passport_name: Some(id.address()),
        cid: Some(cid(id)),
        is_messenger_user: Some(false),
        ..ContactInfo::default()
    };
    Contact { id: id.guid(), info, last_change, deleted: false }
}

/// A circle's book.
pub(super) fn ab(circle: &Circle, times: Times) -> Ab {
    Ab {
        id: circle.id.guid(),
        info: AbInfo { owner_cid: cid(circle.id), owner_email: circle.id.address(), is_circle: true },
        last_change: times.at(circle.revision),
        dynamic_item_last_changed: None,
        created: times.beginning(),
    }
}

/// A circle's number in the place of a person's.
const fn cid(id: CircleId) -> i64 {
    const CIRCLES: u64 = 9 << 48;
    (CIRCLES | id.get()).cast_signed()
}
