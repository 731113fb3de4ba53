//! `ABFindAll`, `ABFindContactsPaged` and `ABFindByContacts`: the book, or what has changed in it.

use msnp::soap::abch::types::{Contact, Group};
use msnp::soap::abch::{
    AbFindAll, AbFindByContacts, AbFindContactsPaged, AddressBook, ExtendedContent, Reply, Since,
};
use msnp::types::Guid;

use super::caller::Caller;
use super::refusal::Refusal;
use super::time::{Times, check_known};
use super::view;
use crate::store::Book;

impl Caller<'_> {
    pub(super) async fn ab_find_all(&self, request: AbFindAll) -> Result<Reply, Refusal> {
        let all = ExtendedContent { ab: true, all_groups: true, circle_result: false };
        self.address_book(request.since, all).await.map(Reply::AbFindAll)
    }

    /// Everything at once, however small a page was asked for. Of circles nothing is said: with a ticket for those it is
    /// in, which are none, one client would go on to prove it.
    pub(super) async fn ab_find_contacts_paged(
        &self,
        request: AbFindContactsPaged,
    ) -> Result<Reply, Refusal> {
        self.address_book(request.since, request.extended_content).await.map(Reply::AbFindContactsPaged)
    }

    pub(super) async fn ab_find_by_contacts(&self, request: AbFindByContacts) -> Result<Reply, Refusal> {
        let (book, times) = self.book(None).await?;
        let ab = Some(view::ab(&book, self.account, times));
        let mut wanted = request.contacts;
        wanted.sort_unstable();
        let contacts = self.contacts(book, times).filter(|contact| wanted.binary_search(&contact.id).is_ok());
        let contacts = contacts.collect();
        Ok(Reply::AbFindByContacts(AddressBook { groups: None, contacts, circles: None, ab }))
    }

    async fn address_book(&self, since: Since, what: ExtendedContent) -> Result<AddressBook, Refusal> {
        let since = self.times().await?.since(since)?;
        let (mut book, times) = self.book(since).await?;
        check_known(since, book.deltas_from, book.revision)?;
        let ab = what.ab.then(|| view::ab(&book, self.account, times));
        let groups = std::mem::take(&mut book.groups).into_iter().map(|group| view::group(group, times));
        let gone = book.deleted_groups.iter().map(|gone| view::deleted_group(gone, times));
        let groups = what.all_groups.then(|| groups.chain(gone).collect::<Vec<Group>>());
        let contacts = self.contacts(book, times).collect();
        Ok(AddressBook { groups, contacts, circles: None, ab })
    }

    /// The caller's points in time.
    pub(super) async fn times(&self) -> Result<Times, Refusal> {
        // Removed since the ticket was looked at.
        let created = self.store().created(self.account.id).await?.ok_or(Refusal::Ticket)?;
        Ok(Times { created })
    }

    pub(super) async fn book(&self, since: Option<u64>) -> Result<(Book, Times), Refusal> {
        let book = self.store().book(self.account.id, since).await?.ok_or(Refusal::Ticket)?;
        let times = Times { created: book.created };
        Ok((book, times))
    }

    /// Everybody in a book, its owner first; then who is gone.
    fn contacts(&self, book: Book, times: Times) -> impl Iterator<Item = Contact> {
        let me = book.me.map(|me| view::me(me, self.account, times));
        let entries = book.entries.into_iter().map(move |entry| view::contact(entry, times));
        let gone = book.deleted_entries.into_iter().map(move |gone| view::deleted_contact(&gone, times));
        me.into_iter().chain(entries).chain(gone)
    }

    /// One contact, as it is now.
    pub(super) async fn contact(&self, guid: Guid) -> Result<(crate::store::BookEntry, Times), Refusal> {
        let (book, times) = self.book(None).await?;
        let entry = book.entries.into_iter().find(|entry| entry.guid == guid);
        Ok((entry.ok_or(Refusal::Fault(msnp::soap::abch::ErrorCode::ContactDoesNotExist))?, times))
    }
}
