//! The address book of an account, as the web services show it: the same rows as the lists, with what only they know.
//!
//! In the book is who is on the forward list, and who is kept in it without being a Messenger contact. What a client asks
//! for with one request is one transaction, and done whole or not at all.

use std::collections::HashSet;

use msnp::types::{Email, Guid, List, Lists, Privacy, Prompt, Property};
use sqlx::{FromRow, SqliteConnection};

use super::circle::{OwnCircle, own_circles};
use super::detail::{Details, check_book, read_details};
use super::edit::{EditError, Edited};
use super::group::number;
use super::list::memberships;
use super::me::MeEdited;
use super::outside_row::OutsideRow;
use super::privacy::setting;
use super::row::{account_id, email, guid, lists, revision, signed, unsigned};
use super::tombstone::{DeletedEntry, deleted_entries};
use super::{Store, StoreError, outside};
use crate::account::AccountId;

/// What the web services show of an account's book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// When the account was made, in seconds since 1970.
    pub created: u64,
    /// The account's revision: what is asked for from here on comes after it.
    pub revision: u64,
    /// From which revision on changes can be told.
    pub deltas_from: u64,
    /// The owner himself; `None` where changes were asked for and he is as he was.
    pub me: Option<Me>,
    /// The groups, by number.
    pub groups: Vec<BookGroup>,
    /// Who is in the book: accounts by number, then others.
    pub entries: Vec<BookEntry>,
    /// The circles that the owner is in or is invited to, by number.
    pub circles: Vec<OwnCircle>,
    /// The groups that are gone, if changes were asked for.
    pub deleted_groups: Vec<DeletedEntry>,
    /// Who is in the book no more, if changes were asked for: also circles, by their GUIDs.
    pub deleted_entries: Vec<DeletedEntry>,
}

/// What an owner's book has of himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// His friendly name; his address where none was ever set.
    pub name: String,
    /// What his client is to do about newcomers.
    pub prompt: Prompt,
    /// Who may see him.
    pub privacy: Privacy,
    /// Whether he can be paged.
    pub is_mobile: bool,
    /// What else his clients have noted.
    pub details: Details,
    /// The account's revision when any of it was last changed.
    pub revision: u64,
}

/// A group in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookGroup {
    /// What it is named by.
    pub guid: Guid,
    /// Its name.
    pub name: String,
    /// What else is noted of it.
    pub details: Details,
    /// The owner's revision when it was last changed.
    pub revision: u64,
}

/// Somebody in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookEntry {
    /// What he is named by.
    pub guid: Guid,
    /// Who it is.
    pub who: EntryKind,
    /// The lists he is on; he is a Messenger contact on the forward list.
    pub lists: Lists,
    /// The name that the owner has for him.
    pub name: Option<String>,
    /// The mobile number that the owner has for him.
    pub phone: Option<String>,
    /// The groups he is in, by what they are named by.
    pub groups: Vec<Guid>,
    /// What else is noted of him.
    pub details: Details,
    /// The owner's revision when any of it was last changed.
    pub revision: u64,
}

impl BookEntry {
    /// Whether he is a Messenger contact.
    pub const fn is_buddy(&self) -> bool {
        self.lists.contains(List::Forward)
    }
}

/// Who somebody in the book is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// He has an account here.
    Account {
        /// Its number.
        id: AccountId,
        /// His address.
        email: Email,
        /// What he calls himself; his address where he has set no name.
        name: String,
        /// The lists that the owner is on with him.
        theirs: Lists,
    },
    /// He has none.
    Outside {
        /// The network he is on, a bit as in `LST` of MSNP12; 0: none that is known.
        network: u8,
        /// His address there; empty where there is none.
        address: String,
    },
}

/// What an edit of the book did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookEdited {
    /// The owner's revision before.
    pub before: u64,
    /// His revision now: as before where nothing had to be changed.
    pub revision: u64,
    /// What those are named by whom the edit was about, as they were asked for.
    pub guids: Vec<Guid>,
    /// What was done to lists, in order: whoever else is concerned is to be told.
    pub edits: Vec<Edited>,
    /// What was done to the owner's own settings.
    pub me: Option<MeEdited>,
    /// Whether details were set: then the book may hold more than it may.
    pub(super) has_new_details: bool,
}

impl BookEdited {
    /// Of an edit that begins.
    pub(super) async fn begin(tx: &mut SqliteConnection, owner: AccountId) -> Result<Self, BookError> {
        let before = revision(tx, owner).await?.ok_or(EditError::Gone)?;
        Ok(Self { before, revision: before, ..Self::default() })
    }

    /// Refuses what has made the book too large, and fills in the owner's revision, when all is done.
    pub(super) async fn finish(
        mut self,
        tx: &mut SqliteConnection,
        owner: AccountId,
    ) -> Result<Self, BookError> {
        self.revision = revision(tx, owner).await?.ok_or(EditError::Gone)?;
        if self.has_new_details {
            check_book(tx, owner).await?;
        }
        Ok(self)
    }
}

/// Why an edit of the book was refused. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BookError {
    /// He is in the book already, by this name.
    #[error("the contact exists")]
    ContactExists(Guid),
    /// As for lists.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Another group has that name.
    #[error("the group exists")]
    GroupExists(Guid),
    /// He has that role already.
    #[error("the member exists")]
    MemberExists,
    /// There is nobody of that name in the book.
    #[error("no such contact")]
    NoSuchContact,
    /// There is no group of that name in the book.
    #[error("no such group")]
    NoSuchGroup,
    /// Nobody of that name has that role.
    #[error("no such member")]
    NoSuchMember,
    /// The address is nobody's account.
    #[error("not an account")]
    NotAUser,
    /// What is named so is longer than it may be.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// The book would hold more than it may.
    #[error("the book is full")]
    TooMuch,
}

impl BookError {
    pub(super) const fn not_editable(list: List) -> Self {
        Self::Edit(EditError::NotEditable(list))
    }
}

impl From<StoreError> for BookError {
    fn from(error: StoreError) -> Self {
        Self::Edit(error.into())
    }
}

impl From<sqlx::Error> for BookError {
    fn from(error: sqlx::Error) -> Self {
        Self::Edit(error.into())
    }
}

/// What a book says of its owner.
#[derive(FromRow)]
struct OwnerRow {
    name: String,
    prompt: String,
    privacy: String,
    created: i64,
    revision: i64,
    settings_revision: i64,
    deltas_from: i64,
    mobile: Option<String>,
}

/// A row of an account that is in the book.
#[derive(FromRow)]
struct EntryRow {
    contact: i64,
    email: String,
    own_name: String,
    name: Option<String>,
    phone: Option<String>,
    guid: Vec<u8>,
    lists: i64,
    theirs: i64,
    book_revision: i64,
}

impl Store {
    /// When an account was made, in seconds since 1970: what its points in time are counted from. `None` where there is no
    /// such account.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn created(&self, account: AccountId) -> Result<Option<u64>, StoreError> {
        let created: Option<i64> = sqlx::query_scalar("SELECT created FROM account WHERE id = $1")
            .bind(i64::from(account.0))
            .fetch_optional(self.readers())
            .await?;
        created.map(unsigned).transpose()
    }

    /// The book of an account; `None` where there is no such account. With `since` only what has changed after that
    /// revision of it. All of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn book(&self, owner: AccountId, since: Option<u64>) -> Result<Option<Book>, StoreError> {
        let mut tx = self.readers().begin().await?;
        let book = read(&mut tx, owner, since).await?;
        tx.commit().await?;
        Ok(book)
    }
}

async fn read(
    tx: &mut SqliteConnection,
    owner: AccountId,
    since: Option<u64>,
) -> Result<Option<Book>, StoreError> {
    let row: Option<OwnerRow> = sqlx::query_as(
        "SELECT coalesce(name, email) AS name, prompt, privacy, created, revision, settings_revision, deltas_from, \
         (SELECT value FROM property WHERE account = $1 AND name = $2) AS mobile FROM account WHERE id = $1",
    )
    .bind(i64::from(owner.0))
    .bind(Property::MobileEnabled.as_str())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let after = since.unwrap_or_default();
    let mut details = read_details(tx, owner).await?;
    let settings_revision = unsigned(row.settings_revision)?;
    let me = Me {
        name: row.name,
        prompt: setting(&row.prompt)?,
        privacy: setting(&row.privacy)?,
        is_mobile: row.mobile.as_deref() == Some("Y"),
        details: details.remove(&owner.contact_id()).unwrap_or_default(),
        revision: settings_revision,
    };
    let groups = read_groups(tx, owner).await?;
    let mut in_groups = memberships(tx, owner).await?;
    let mut outside_groups = outside::memberships(tx, owner).await?;
    let guids = |numbers: Vec<u8>| -> Vec<Guid> {
        numbers.into_iter().filter_map(|n| groups.iter().find(|g| g.0 == n).map(|g| g.1.guid)).collect()
    };
    let rows: Vec<EntryRow> = sqlx::query_as(
        "SELECT c.contact, a.email, coalesce(a.name, a.email) AS own_name, c.name, c.phone, c.guid, c.lists, \
         coalesce(o.lists, 0) AS theirs, c.book_revision FROM contact c JOIN account a ON a.id = c.contact \
         LEFT JOIN contact o ON o.owner = c.contact AND o.contact = c.owner \
         WHERE c.owner = $1 AND (c.lists & $2 <> 0 OR c.in_book = 1) AND c.book_revision > $3 ORDER BY c.contact",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(List::Forward.bit().bits()))
    .bind(signed(after)?)
    .fetch_all(&mut *tx)
    .await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let (id, guid) = (account_id(row.contact)?, guid(&row.guid)?);
        entries.push(BookEntry {
            guid,
            who: EntryKind::Account {
                id,
                email: email(&row.email)?,
                name: row.own_name,
                theirs: lists(row.theirs)?,
            },
            lists: lists(row.lists)?,
            name: row.name,
            phone: row.phone,
            groups: guids(in_groups.remove(&id).unwrap_or_default()),
            details: details.remove(&guid).unwrap_or_default(),
            revision: unsigned(row.book_revision)?,
        });
    }
    for row in OutsideRow::all(tx, owner).await? {
        if !row.is_in_book() || row.shown.0 <= after {
            continue;
        }
        entries.push(BookEntry {
            guid: row.guid,
            who: EntryKind::Outside { network: row.network, address: row.address },
            lists: row.lists,
            name: row.name,
            phone: row.phone,
            groups: guids(outside_groups.remove(&row.guid).unwrap_or_default()),
            details: details.remove(&row.guid).unwrap_or_default(),
            revision: row.shown.0,
        });
    }
    let groups = groups.into_iter().map(|(_, group)| group).filter(|group| group.revision > after);
    let groups =
        groups.map(|group| BookGroup { details: details.remove(&group.guid).unwrap_or_default(), ..group });
    let circles = own_circles(tx, owner, after).await?;
    let (mut deleted_groups, mut deleted) = (Vec::new(), Vec::new());
    if let Some(since) = since {
        deleted_groups = deleted_entries(tx, owner, true, since).await?;
        deleted = deleted_entries(tx, owner, false, since).await?;
        // Who has come back has done so later.
        let here: HashSet<_> = entries
            .iter()
            .map(|entry| entry.guid)
            .chain(circles.iter().map(|circle| circle.id.guid()))
            .collect();
        deleted.retain(|gone| !here.contains(&gone.guid));
    }
    Ok(Some(Book {
        created: unsigned(row.created)?,
        revision: unsigned(row.revision)?,
        deltas_from: unsigned(row.deltas_from)?,
        me: Some(me).filter(|me| since.is_none_or(|since| me.revision > since)),
        groups: groups.collect(),
        entries,
        circles,
        deleted_groups,
        deleted_entries: deleted,
    }))
}

/// The groups with their numbers.
async fn read_groups(
    tx: &mut SqliteConnection,
    owner: AccountId,
) -> Result<Vec<(u8, BookGroup)>, StoreError> {
    let rows: Vec<(i64, Vec<u8>, String, i64)> = sqlx::query_as(
        "SELECT number, guid, name, revision FROM contact_group WHERE owner = $1 ORDER BY number",
    )
    .bind(i64::from(owner.0))
    .fetch_all(tx)
    .await?;
    let group = |(n, bytes, name, revision): (i64, Vec<u8>, String, i64)| {
        let (guid, revision) = (guid(&bytes)?, unsigned(revision)?);
        Ok((number(n)?, BookGroup { guid, name, details: Vec::new(), revision }))
    };
    rows.into_iter().map(group).collect()
}
