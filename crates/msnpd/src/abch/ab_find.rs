//! `ABFindAll`, `ABFindContactsPaged` and `ABFindByContacts`: the book, or what has changed in it.

use msnp::soap::abch::types::{Contact, Group};
use msnp::soap::abch::{
    AbFindAll, AbFindByContacts, AbFindContactsPaged, AddressBook, ExtendedContent, Reply, Since,
};
use msnp::types::{CircleId, Guid};

use super::caller::Caller;
use super::refusal::Refusal;
use super::time::{Times, check_known};
use super::{circle_view, view};
use crate::store::Book;

impl Caller<'_> {
    pub(super) async fn ab_find_all(&self, request: AbFindAll) -> Result<Reply, Refusal> {
        let all = ExtendedContent { ab: true, all_groups: true, circle_result: false };
        self.address_book(request.since, all, false).await.map(Reply::AbFindAll)
    }

    /// Everything at once, however small a page was asked for.
    pub(super) async fn ab_find_contacts_paged(
        &self,
        request: AbFindContactsPaged,
    ) -> Result<Reply, Refusal> {
        let book = match CircleId::of_guid(request.book.id) {
            Some(circle) => self.circle_book(circle, request).await,
            None => self.address_book(request.since, request.extended_content, request.include_hidden).await,
        };
        book.map(Reply::AbFindContactsPaged)
    }

    pub(super) async fn ab_find_by_contacts(&self, request: AbFindByContacts) -> Result<Reply, Refusal> {
        let (book, times) = self.book(None).await?;
        let ab = Some(view::ab(&book, self.account, times));
        let mut wanted = request.contacts;
        wanted.sort_unstable();
        let contacts =
            self.contacts(book, times, false).filter(|contact| wanted.binary_search(&contact.id).is_ok());
        let contacts = contacts.collect();
        Ok(Reply::AbFindByContacts(AddressBook { groups: None, contacts, circles: None, ab }))
    }

    /// The caller's own book. With `with_hidden` it has the contacts that stand for circles.
    async fn address_book(
        &self,
        since: Since,
        what: ExtendedContent,
        with_hidden: bool,
    ) -> Result<AddressBook, Refusal> {
        let since = self.times().await?.since(since)?;
        let (mut book, times) = self.book(since).await?;
        check_known(since, book.deltas_from, book.revision)?;
        let ab = what.ab.then(|| view::ab(&book, self.account, times));
        let groups = std::mem::take(&mut book.groups).into_iter().map(|group| view::group(group, times));
        let gone = book.deleted_groups.iter().map(|gone| view::deleted_group(gone, times));
        let groups = what.all_groups.then(|| groups.chain(gone).collect::<Vec<Group>>());
        let circles = match what.circle_result {
            true => self.circle_result(&book, since.is_some(), times).await?,
            false => None,
        };
        let contacts = self.contacts(book, times, with_hidden).collect();
        Ok(AddressBook { groups, contacts, circles, ab })
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

    /// Everybody in a book, its owner first; then who is gone. Circles are hidden contacts.
    fn contacts(&self, book: Book, times: Times, with_hidden: bool) -> impl Iterator<Item = Contact> {
        let me = book.me.map(|me| view::me(me, self.account, times));
        let entries = book.entries.into_iter().map(move |entry| view::contact(entry, times));
        let circles = book.circles.into_iter().filter(move |_| with_hidden);
        let circles = circles.map(move |circle| circle_view::stand_in(&circle, times));
        let gone = book.deleted_entries.into_iter();
        let gone = gone.filter(move |gone| with_hidden || CircleId::of_guid(gone.guid).is_none());
        let gone = gone.map(move |gone| view::deleted_contact(&gone, times));
        me.into_iter().chain(entries).chain(circles).chain(gone)
    }

    /// One contact, as it is now.
    pub(super) async fn contact(&self, guid: Guid) -> Result<(crate::store::BookEntry, Times), Refusal> {
        let (book, times) = self.book(None).await?;
        let entry = book.entries.into_iter().find(|entry| entry.guid == guid);
        Ok((entry.ok_or(Refusal::Fault(msnp::soap::abch::ErrorCode::ContactDoesNotExist))?, times))
    }
}
