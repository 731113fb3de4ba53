//! `CreateContact`, `ManageWLConnection` and `BreakConnection`: how clients from 2009 on add people and let them go.

use msnp::soap::abch::types::{Annotation, Contact, ContactType};
use msnp::soap::abch::{
    BreakConnection, ConnectionAction, CreateContact, ErrorCode, Invalid, ManageWlConnection, Operation,
    Reply,
};
use msnp::types::{CircleId, Guid};

use super::Outcome;
use super::ab_contact_add::new_entry;
use super::caller::Caller;
use super::refusal::Refusal;
use super::view;
use crate::store::{BookEdited, Connection, EntryAddress, Limits};

/// What a connection with one person is, as against one with a circle.
const INDIVIDUAL: u32 = 3;

/// What one with a circle is.
pub(super) const CIRCLE: u32 = 5;

impl Caller<'_> {
    /// First half of adding somebody: he is in the book, and knows nothing of it yet.
    pub(super) async fn create_contact(&self, request: CreateContact) -> Result<Outcome, Refusal> {
        if let Some(circle) = circle_named(&request)? {
            return self.name_for_circle(circle, &request.email).await;
        }
        let mut info = request.info;
        info.passport_name = Some(request.email);
        info.is_messenger_user = Some(false);
        let new = new_entry(&info)?;
        if !matches!(new.who, EntryAddress::Account(_)) {
            return Err(Refusal::Fault(ErrorCode::BadEmailArgument));
        }
        let edited = self.store().add_entries(self.account.id, vec![new], Self::adding(false)).await?;
        let guid = edited.guids.first().copied().unwrap_or(Guid([0; 16]));
        let reply = self.connected(guid).await.map(|mut contact| {
            contact.info.contact_type = Some(ContactType::LivePending);
            contact.info.networks.clear();
            Reply::CreateContact(Box::new(contact))
        });
        Ok(Outcome { reply, edited, circle: None })
    }

    pub(super) async fn manage_wl_connection(&self, request: ManageWlConnection) -> Result<Outcome, Refusal> {
        if let Some(circle) = CircleId::of_guid(request.book.id) {
            return self.manage_in_circle(circle, request).await;
        }
        if let Some(circle) = CircleId::of_guid(request.contact) {
            return self.answer_circle(circle, &request).await;
        }
        match request.relationship_type {
            0 | INDIVIDUAL => {}
            CIRCLE => return Err(Refusal::Fault(ErrorCode::ContactDoesNotExist)),
            _ => return Err(Refusal::Invalid(Invalid::Value("relationshipType"))),
        }
        let invite = Annotation::find(&request.annotations, Annotation::INVITE_MESSAGE);
        let what = match request.action {
            ConnectionAction::Request => Connection::Request { invite: invite.map(str::to_owned) },
            ConnectionAction::Decline => Connection::Decline,
        };
        let edited = self.connect(request.contact, what).await?;
        let contact = self.connected(request.contact).await;
        let reply = contact.map(|contact| Reply::ManageWlConnection(Box::new(contact)));
        Ok(Outcome { reply, edited, circle: None })
    }

    pub(super) async fn break_connection(&self, request: BreakConnection) -> Result<Outcome, Refusal> {
        if let Some(circle) = CircleId::of_guid(request.book.id) {
            return self.break_in_circle(circle, request.contact).await;
        }
        if let Some(circle) = CircleId::of_guid(request.contact) {
            return self.leave_circle(circle).await;
        }
        let (deletes, blocks) = (request.delete_contact, request.block_contact);
        let edited = self.connect(request.contact, Connection::Break { deletes, blocks }).await?;
        Ok(Outcome::new(Reply::Done(Operation::BreakConnection), edited))
    }

    async fn connect(&self, contact: Guid, what: Connection) -> Result<BookEdited, Refusal> {
        Ok(self.store().connect(self.account.id, contact, what, Limits::ADDRESS_BOOK).await?)
    }

    /// A contact with how far the connection has come.
    async fn connected(&self, guid: Guid) -> Result<Contact, Refusal> {
        let (entry, times) = self.contact(guid).await?;
        let networks = view::connection(&entry.who, entry.lists).into_iter().collect();
        let mut contact = view::contact(entry, times);
        contact.info.networks = networks;
        Ok(contact)
    }
}

/// The circle that somebody is to be invited to, which the book says or the contact's handle, or both.
fn circle_named(request: &CreateContact) -> Result<Option<CircleId>, Refusal> {
    let in_book = CircleId::of_guid(request.book.id);
    match (in_book, request.circle) {
        (_, None) => Ok(in_book),
        (None, Some(guid)) if CircleId::of_guid(guid).is_some() => Ok(CircleId::of_guid(guid)),
        (Some(circle), Some(guid)) if circle.guid() == guid => Ok(in_book),
        _ => Err(Refusal::Invalid(Invalid::Value("CircleId"))),
    }
}
