//! Edits of the lists: by commands in versions up to MSNP12, in the address book from MSNP13 on.

use msnp::dialect::ListEdits;
use msnp::flow::client::notification::Contact as Named;
use msnp::soap::abch::types::{Annotation, ContactInfo, Role, Whom};
use msnp::types::{Email, GroupRef, Guid, List, Privacy};

use crate::book;
use crate::client::Client;
use crate::error::Error;
use crate::session::Answer;
use crate::web::{AddressBook, Invitation};

impl Client {
    /// Puts somebody on the contact list, and allows him to see the user. He is told so.
    ///
    /// # Errors
    /// When the address is none, there is no such account, or the list is full.
    pub async fn add_contact(&self, email: &str) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        let email = address(email)?;
        let book = self.book()?;
        if let Some(book) = &book {
            let name = self.name();
            let invitation = Invitation { name: &name, message: "" };
            let guid = book.add_contact(&email, &invitation).await.map_err(Error::web("not added"))?;
            let mut roster = self.shared.roster();
            roster.add_to(&email, List::Forward)?.guid = Some(guid);
            roster.add_to(&email, List::Allow)?;
        }
        self.put(List::Forward, &email).await?;
        if self.contact(&email).is_none_or(|contact| !contact.is_on(List::Block)) {
            self.put(List::Allow, &email).await?;
        }
        self.end_pending(&email, book.as_ref()).await
    }

    /// Takes somebody off the contact list. Whether he may see the user stays as it is.
    ///
    /// # Errors
    /// [`Error::NoContact`] when he is not there.
    pub async fn remove_contact(&self, email: &str) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        let contact = self.known(email)?;
        if let (Some(book), Some(guid)) = (self.book()?, contact.guid) {
            book.delete_contact(guid).await.map_err(Error::web("not removed"))?;
        }
        self.take_off(List::Forward, &contact.email, contact.guid).await
    }

    /// Lets somebody see the user who has put him on his list, without putting him on the user's own.
    ///
    /// # Errors
    /// When the address is none, or there is no connection.
    pub async fn accept(&self, email: &str) -> Result<(), Error> {
        self.unblock(email).await
    }

    /// Lets somebody see the user and talk to him.
    ///
    /// # Errors
    /// As of [`accept`](Self::accept).
    pub async fn unblock(&self, email: &str) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        let email = address(email)?;
        let book = self.book()?;
        if let Some(book) = &book {
            let whom = Whom::Passport(email.clone());
            book.unblock(whom).await.map_err(Error::web("not unblocked"))?;
        }
        if self.contact(&email).is_some_and(|contact| contact.is_on(List::Block)) {
            self.take_off(List::Block, &email, None).await?;
        }
        self.put(List::Allow, &email).await?;
        self.end_pending(&email, book.as_ref()).await
    }

    /// Lets somebody neither see the user nor talk to him.
    ///
    /// # Errors
    /// As of [`accept`](Self::accept).
    pub async fn block(&self, email: &str) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        let email = address(email)?;
        let book = self.book()?;
        if let Some(book) = &book {
            book.block(Whom::Passport(email.clone())).await.map_err(Error::web("not blocked"))?;
        }
        if self.contact(&email).is_some_and(|contact| contact.is_on(List::Allow)) {
            self.take_off(List::Allow, &email, None).await?;
        }
        self.put(List::Block, &email).await?;
        self.end_pending(&email, book.as_ref()).await
    }

    /// Sets who may see the user that he has neither allowed nor blocked.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn set_privacy(&self, privacy: Privacy) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        if let Some(book) = self.book()? {
            let value = if privacy == Privacy::AllowOthers { "1" } else { "2" };
            let annotations = vec![Annotation::new(Annotation::PRIVACY, value)];
            let info = ContactInfo { annotations, ..ContactInfo::default() };
            book.update_me(info).await.map_err(Error::web("the setting was not kept"))?;
        }
        let set = self.ask(move |machine, out| machine.set_privacy(privacy, out)).await;
        Self::done_before(set)?;
        self.shared.roster().privacy = privacy;
        Ok(())
    }

    /// Keeps another name for a contact, which only the user sees.
    ///
    /// # Errors
    /// [`Error::NoContact`] when he is not there; the name may also be too long.
    pub async fn rename_contact(&self, email: &str, name: &str) -> Result<(), Error> {
        let contact = self.known(email)?;
        let name = name.to_owned();
        if let Some(book) = self.book()? {
            let guid = contact.guid.ok_or_else(|| Error::NoContact(email.to_owned()))?;
            let annotations = vec![Annotation::new(Annotation::NICK_NAME, name)];
            let info = ContactInfo { annotations, ..ContactInfo::default() };
            return book.update_contact(guid, info).await.map_err(Error::web("the name was not kept"));
        }
        self.ask(move |machine, out| {
            let named = Named { handle: &contact.email, guid: contact.guid };
            machine.rename_contact(named, &name, out)
        })
        .await
        .map(drop)
    }

    /// Makes a group.
    ///
    /// # Errors
    /// [`Error::CantAsk`] before MSNP7, which has none; its name may be too long, or that of another.
    pub async fn add_group(&self, name: &str) -> Result<GroupRef, Error> {
        let _alone = self.shared.book.lock().await;
        let name = name.to_owned();
        if let Some(book) = self.book()? {
            let group = book.add_group(&name).await.map_err(Error::web("no group was made"))?;
            let group = GroupRef::Guid(group);
            self.shared.roster().put_group(group, &name)?;
            return Ok(group);
        }
        match self.ask(move |machine, out| machine.add_group(&name, out)).await? {
            Answer::Group(group) => Ok(group),
            _ => Err(Error::Closed),
        }
    }

    /// Gives a group another name.
    ///
    /// # Errors
    /// As of [`add_group`](Self::add_group).
    pub async fn rename_group(&self, group: GroupRef, name: &str) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        let name = name.to_owned();
        if let (Some(book), GroupRef::Guid(id)) = (self.book()?, group) {
            book.rename_group(id, &name).await.map_err(Error::web("the group was not renamed"))?;
            return self.shared.roster().put_group(group, &name);
        }
        self.ask(move |machine, out| machine.rename_group(group, &name, out)).await.map(drop)
    }

    /// Removes a group. Who is in it stays a contact.
    ///
    /// # Errors
    /// As of [`add_group`](Self::add_group).
    pub async fn remove_group(&self, group: GroupRef) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        if let (Some(book), GroupRef::Guid(id)) = (self.book()?, group) {
            book.delete_group(id).await.map_err(Error::web("the group was not removed"))?;
            self.shared.roster().remove_group(group);
            return Ok(());
        }
        self.ask(move |machine, out| machine.remove_group(group, out)).await.map(drop)
    }

    /// Puts a contact into a group.
    ///
    /// # Errors
    /// [`Error::NoContact`] when he is not there, [`Error::Refused`] when the group isn't.
    pub async fn add_to_group(&self, email: &str, group: GroupRef) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        let contact = self.known(email)?;
        if let (Some(book), GroupRef::Guid(id)) = (self.book()?, group) {
            let guid = contact.guid.ok_or_else(|| Error::NoContact(email.to_owned()))?;
            book.add_to_group(id, guid).await.map_err(Error::web("not put into the group"))?;
            let mut roster = self.shared.roster();
            let groups = roster.get_mut(email).map(|contact| &mut contact.groups);
            groups
                .into_iter()
                .filter(|groups| !groups.contains(&group))
                .for_each(|groups| groups.push(group));
            return Ok(());
        }
        self.ask(move |machine, out| {
            machine.add_to_group(Named { handle: &contact.email, guid: contact.guid }, group, out)
        })
        .await
        .map(drop)
    }

    /// Takes a contact out of a group.
    ///
    /// # Errors
    /// As of [`add_to_group`](Self::add_to_group).
    pub async fn remove_from_group(&self, email: &str, group: GroupRef) -> Result<(), Error> {
        let _alone = self.shared.book.lock().await;
        let contact = self.known(email)?;
        if let (Some(book), GroupRef::Guid(id)) = (self.book()?, group) {
            let guid = contact.guid.ok_or_else(|| Error::NoContact(email.to_owned()))?;
            book.remove_from_group(id, guid).await.map_err(Error::web("not taken out of the group"))?;
            if let Some(contact) = self.shared.roster().get_mut(email) {
                contact.groups.retain(|known| *known != group);
            }
            return Ok(());
        }
        self.ask(move |machine, out| {
            machine.remove_from_group(Named { handle: &contact.email, guid: contact.guid }, group, out)
        })
        .await
        .map(drop)
    }

    /// The address book, in versions that have the lists there.
    fn book(&self) -> Result<Option<AddressBook>, Error> {
        if self.dialect().list_edits != ListEdits::AddressBook {
            return Ok(None);
        }
        let tickets = self.shared.tickets().ok_or(Error::NoWebServices)?;
        book::service(&self.shared, &tickets).map(Some)
    }

    /// Puts somebody on a list, as the notification server knows it.
    async fn put(&self, list: List, email: &str) -> Result<(), Error> {
        let handle = email.to_owned();
        let added = self.ask(move |machine, out| machine.add(list, &handle, None, out)).await;
        Self::done_before(added)?;
        self.shared.roster().add_to(email, list).map(drop)
    }

    /// Takes somebody off one.
    async fn take_off(&self, list: List, email: &str, guid: Option<Guid>) -> Result<(), Error> {
        let handle = email.to_owned();
        let removed =
            self.ask(move |machine, out| machine.remove(list, Named { handle: &handle, guid }, out)).await;
        Self::done_before(removed)?;
        self.shared.roster().remove_from(email, list);
        Ok(())
    }

    /// That the user has made up his mind about somebody who has added him.
    async fn end_pending(&self, email: &str, book: Option<&AddressBook>) -> Result<(), Error> {
        if !self.contact(email).is_some_and(|contact| contact.is_on(List::Pending)) {
            return Ok(());
        }
        match book {
            Some(book) => {
                let whom = Whom::Passport(email.to_owned());
                book.delete_member(Role::Pending, whom).await.map_err(Error::web("he stays pending"))?;
                self.shared.roster().remove_from(email, List::Pending);
                Ok(())
            }
            None if self.dialect().has_pending_list => self.take_off(List::Pending, email, None).await,
            None => Ok(()),
        }
    }
}

/// An address in its stored form.
fn address(written: &str) -> Result<String, Error> {
    let read = written.parse::<Email>();
    read.map(|email| email.to_string())
        .map_err(|source| Error::Address { written: written.to_owned(), source })
}
