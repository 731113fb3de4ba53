//! Contacts.

use msnp::soap::abch::types::{
    AbHandle, Annotation, Contact, ContactInfo, ContactRef, ContactType, MessengerMemberInfo, OWN_BOOK, Role,
    Whom,
};
use msnp::soap::abch::{
    AbContactAdd, AbContactDelete, AbContactUpdate, BreakConnection, ConnectionAction, ContactChange,
    CreateContact, DynamicItems, ErrorCode, ManageWlConnection, Reply, Request,
};
use msnp::types::Guid;

use super::{AddressBook, Generation, is};
use crate::web::Error;

/// What somebody hears who is added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invitation<'a> {
    /// What the one who adds him is called.
    pub name: &'a str,
    /// What he says; may be empty.
    pub message: &'a str,
}

/// A relationship with a single person; those with circles are another.
const INDIVIDUAL: u32 = 3;

impl Invitation<'_> {
    pub(super) fn annotations(&self) -> Vec<Annotation> {
        let message = Annotation::new(Annotation::INVITE_MESSAGE, self.message);
        if self.message.is_empty() { Vec::new() } else { vec![message] }
    }
}

impl AddressBook {
    /// Adds somebody of Messenger, who may see one from then on. Gives his id; if he was there as an address only, he becomes
    /// somebody to write to.
    ///
    /// # Errors
    /// [`Error::AddressBook`], for instance if there is no such account, and whatever may happen on the way.
    pub async fn add_contact(&self, email: &str, invitation: &Invitation<'_>) -> Result<Guid, Error> {
        match self.generation {
            Generation::Before2009 => self.add_by_contact(email, invitation).await,
            Generation::From2009 => self.add_by_connection(email, invitation).await,
        }
    }

    async fn add_by_contact(&self, email: &str, invitation: &Invitation<'_>) -> Result<Guid, Error> {
        let info = ContactInfo {
            contact_type: Some(ContactType::LivePending),
            passport_name: Some(email.to_owned()),
            is_messenger_user: Some(true),
            messenger_member_info: Some(MessengerMemberInfo {
                pending_annotations: invitation.annotations(),
                display_name: Some(invitation.name.to_owned()),
            }),
            ..ContactInfo::default()
        };
        let add = AbContactAdd { ab_id: OWN_BOOK, contacts: vec![info], manages_allow_list: true };
        match self.ask(&Request::AbContactAdd(add), "ContactSave").await {
            Ok(Reply::AbContactAdd(id)) => Ok(id),
            Ok(_) => Err(self.another()),
            Err(error) => {
                let id = self.already_there(AbHandle::OWN, email, error).await?;
                let info = ContactInfo { is_messenger_user: Some(true), ..ContactInfo::default() };
                self.update_contact(id, info).await?;
                // Adding would have done that.
                self.add_member(Role::Allow, Whom::Passport(email.to_owned())).await?;
                Ok(id)
            }
        }
    }

    async fn add_by_connection(&self, email: &str, invitation: &Invitation<'_>) -> Result<Guid, Error> {
        let contact = self.create_contact(AbHandle::OWN, email, None).await?;
        let connection = ManageWlConnection {
            book: AbHandle::OWN,
            contact,
            connection: true,
            presence: true,
            action: ConnectionAction::Request,
            relationship_type: INDIVIDUAL,
            relationship_role: 0,
            annotations: invitation.annotations(),
        };
        self.ask(&Request::ManageWlConnection(connection), "ContactSave").await?;
        Ok(contact)
    }

    pub(super) async fn create_contact(
        &self,
        book: AbHandle,
        email: &str,
        circle: Option<Guid>,
    ) -> Result<Guid, Error> {
        let info = ContactInfo::default();
        let create = CreateContact { book, email: email.to_owned(), cid: 0, circle, info };
        let why = if circle.is_some() { "CircleInvite" } else { "ContactSave" };
        match self.ask(&Request::CreateContact(Box::new(create)), why).await {
            Ok(Reply::CreateContact(contact)) => Ok(contact.id),
            Ok(_) => Err(self.another()),
            Err(error) => self.already_there(book, email, error).await,
        }
    }

    /// The contact that stands in the way of another one of the same address.
    ///
    /// Escargot names another one than that, so that one's own book is looked into.
    async fn already_there(&self, book: AbHandle, email: &str, error: Error) -> Result<Guid, Error> {
        let named = match &error {
            Error::AddressBook(refusal) if is(&error, ErrorCode::ContactAlreadyExists) => refusal.conflict,
            _ => return Err(error),
        };
        let found = if book == AbHandle::OWN {
            let is_it = |contact: &&Contact| {
                let address = contact.info.passport_name.as_deref();
                address.is_some_and(|address| address.eq_ignore_ascii_case(email.trim()))
            };
            self.contacts(None).await?.contacts.iter().find(is_it).map(|contact| contact.id)
        } else {
            None
        };
        found.or(named).ok_or(error)
    }

    /// Changes what is kept of a contact: what is none stays, an empty text goes.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn update_contact(&self, contact: Guid, info: ContactInfo) -> Result<(), Error> {
        self.update(ContactRef::Id(contact), info, "ContactSave").await
    }

    /// Changes what is kept of oneself: the display name, and as annotations who may write
    /// ([`Annotation::PRIVACY`]) and whether one is asked ([`Annotation::PROMPT`]).
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn update_me(&self, info: ContactInfo) -> Result<(), Error> {
        self.update(ContactRef::Me, info, "PrivacyApply").await
    }

    async fn update(&self, contact: ContactRef, info: ContactInfo, why: &str) -> Result<(), Error> {
        let contacts = vec![ContactChange { contact, info }];
        let update = AbContactUpdate { ab_id: OWN_BOOK, contacts };
        self.ask(&Request::AbContactUpdate(update), why).await.map(drop)
    }

    /// Removes a contact, from all groups too. Whether he may see one stays as it is. One who is not there is as good as
    /// removed.
    ///
    /// # Errors
    /// [`Error::AddressBook`], and whatever may happen on the way.
    pub async fn delete_contact(&self, contact: Guid) -> Result<(), Error> {
        let request = match self.generation {
            Generation::Before2009 => {
                Request::AbContactDelete(AbContactDelete { ab_id: OWN_BOOK, contacts: vec![contact] })
            }
            Generation::From2009 => Request::BreakConnection(BreakConnection {
                book: AbHandle::OWN,
                contact,
                delete_contact: true,
                block_contact: false,
            }),
        };
        match self.ask(&request, "ContactSave").await {
            Err(error) if !is(&error, ErrorCode::ContactDoesNotExist) => Err(error),
            _ => Ok(()),
        }
    }

    /// Tells the service that what roams has changed: after an edit of the profile.
    ///
    /// # Errors
    /// Whatever may happen on the way. That the service does not keep it is none.
    pub async fn announce_profile(&self) -> Result<(), Error> {
        let passport_names = vec![self.tickets.email().to_owned()];
        let items = DynamicItems { ab_id: OWN_BOOK, passport_names };
        match self.ask(&Request::UpdateDynamicItem(items), "RoamingIdentityChanged").await {
            Err(error) if !is(&error, ErrorCode::Forbidden) => Err(error),
            _ => Ok(()),
        }
    }
}
