//! What the edits of lists have in common: errors, and telling the other side.

use msnp::command::{Command, bpr};
use msnp::dialect::{Dialect, Properties};
use msnp::flow::End;
use msnp::types::{ErrorCode, Property, TrId};
use msnp::wire::{Encoded, Verb};

use super::Session;
use crate::follow::Editor;
use crate::store::{Change, EditError, Edited};

impl Session {
    /// Answers an edit that was refused.
    pub(super) fn edit_refused(&self, verb: Verb, trid: TrId, error: &EditError) -> Result<(), End> {
        let code = match error {
            EditError::AlreadyThere => ErrorCode::ALREADY_THERE,
            EditError::GroupExists => ErrorCode::GROUP_EXISTS,
            EditError::ListFull => ErrorCode::LIST_FULL,
            EditError::NoSuchGroup => ErrorCode::INVALID_GROUP,
            EditError::NotInGroup => ErrorCode::NOT_IN_GROUP,
            EditError::NotOnList => ErrorCode::NOT_ON_LIST,
            EditError::OnOppositeList => ErrorCode::ALREADY_IN_OPPOSITE_LIST,
            EditError::TooManyGroups => ErrorCode::TOO_MANY_GROUPS,
            EditError::Unchanged => ErrorCode::ALREADY_IN_THE_MODE,
            EditError::OtherContacts => ErrorCode::CANNOT_REMOVE_GROUP_ZERO,
            EditError::UnknownAccount => self.dialect().unknown_account,
            // The reverse list is the server's own, and nobody is put on the pending list by hand.
            EditError::NotEditable(_) => return Err(End::BeyondLimits(verb)),
            EditError::Gone => return Err(End::SignedOut),
            EditError::Store(error) => return self.store_failed(trid, error),
        };
        self.deny(trid, code)
    }

    /// What follows from an edit, after the user has his answer to `trid`.
    pub(super) fn follow_up(&self, edited: &Edited, trid: TrId) -> Result<(), End> {
        let user = self.user()?;
        self.as_editor(|editor| self.server.follow_edit(editor, edited, Some(&user.endpoint)))?;
        if let Some(contact) = edited.contact.filter(|_| edited.is_new_contact()) {
            self.server.directory.look_at(user.id, &user.endpoint, contact, Some(trid));
        }
        self.show_properties(&edited.sight)
    }

    /// Tells contacts what they are to hear of changes, if anything.
    pub(super) fn tell_other_side(&self, changes: &[Change]) -> Result<(), End> {
        self.as_editor(|editor| self.server.tell_other_side(editor, changes))
    }

    fn as_editor(&self, act: impl FnOnce(&Editor<'_>)) -> Result<(), End> {
        let user = self.user()?;
        let name = self.server.directory.name(user.id);
        let name = name.as_deref().unwrap_or(user.email.as_str());
        act(&Editor { id: user.id, email: &user.email, name });
        Ok(())
    }

    /// What somebody shows the user who has just become his contact. The client gets to know it only once it has its
    /// lists, in which all of it stands.
    pub(super) async fn shown_of_new(&self, edited: &Edited) -> Result<Shown, End> {
        let is_told = match self.dialect().properties {
            Properties::All | Properties::SetOnes | Properties::SetOnesAndName => true,
            Properties::None | Properties::AddressBook => false,
        };
        let Some(contact) = edited.contact.filter(|_| is_told && self.has_lists && edited.is_new_contact())
        else {
            return Ok(Shown(None));
        };
        let read = self.server.store.properties_shown(contact, self.user()?.id).await;
        // The contact is stored, and so the answer is yes; the next `SYN` tells the rest.
        let properties = read.inspect_err(|error| self.note_failure(error));
        Ok(Shown(properties.ok()))
    }
}

/// The properties that a new contact shows; nothing where the client is not told of them.
pub(super) struct Shown(Option<Vec<(Property, String)>>);

/// The properties that a contact is told with, set or not: in all lists of MSNP5-7, and where he is new also in MSNP8
/// and 9 (notification-server reference, 7 and 8.1).
pub(super) const CONTACT_PROPERTIES: [Property; 4] =
    [Property::HomePhone, Property::WorkPhone, Property::MobilePhone, Property::Pageable];

/// What is told of properties that are told set or not. The marks are always yes or no.
pub(super) fn told_properties<'a>(
    told: &'a [Property],
    set: &'a [(Property, String)],
) -> impl Iterator<Item = (Property, Option<&'a str>)> {
    told.iter().map(|property| {
        let value = set.iter().find(|(name, _)| name == property).map(|(_, value)| value.as_str());
        (*property, value.or(unset(*property)))
    })
}

/// What stands for a property without a value.
pub(crate) fn unset(property: Property) -> Option<&'static str> {
    matches!(property, Property::Pageable | Property::MobileEnabled).then_some("N")
}

impl Shown {
    /// Says them, of the contact that the client has written as `handle`.
    pub(super) fn write(&self, handle: &str, version: Option<u32>, dialect: &Dialect, out: &mut Vec<u8>) {
        let Some(properties) = &self.0 else { return };
        // Only the answer itself repeats the letter case that the client has used.
        let handle = handle.to_ascii_lowercase();
        let handle = Some(&*handle);
        if version.is_none() {
            for (property, value) in properties {
                let value = Some(Encoded::new(value));
                bpr::Push { version, handle, property: *property, value }.write(out, dialect);
            }
            return;
        }
        for (property, value) in told_properties(&CONTACT_PROPERTIES, properties) {
            let value = value.map(Encoded::new);
            bpr::Push { version, handle, property, value }.write(out, dialect);
        }
    }
}
