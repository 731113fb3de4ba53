//! What the edits are made of: revisions, and the row that one account has for another.

use msnp::types::{Email, Guid, List, Lists};
use sqlx::{FromRow, SqliteConnection};

use super::detail::forget_details;
use super::error::StoreError;
use super::role::roles;
use super::tombstone::{bury_account_roles, bury_entry};
use crate::account::AccountId;

/// One row of somebody's lists after an edit.
///
/// Holds for what is kept in memory as well: apply it if `revision` is greater than the row's there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose list it is.
    pub owner: AccountId,
    /// Who is on it.
    pub contact: AccountId,
    /// The lists the contact was on.
    pub before: Lists,
    /// The lists the contact is on now. May equal `before` where a name or a group changed. On none, nobody but the web
    /// services knows of the row, if it is there still.
    pub after: Lists,
    /// The owner's revision, which is also the row's.
    pub revision: u64,
}

/// What of an account a change belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// What only the address book shows: circles.
    Book,
    /// Contacts, groups, memberships.
    Lists,
    /// The account's own name, privacy, properties.
    Settings,
}

/// The new revisions of the accounts that one edit touches.
#[derive(Debug)]
pub(super) struct Revisions(Vec<(AccountId, u64)>);

impl Revisions {
    /// Gives each account its next revision, lower id first: the order that keeps two edits from waiting for each
    /// other on databases that lock rows. Accounts that don't exist are left out.
    pub(super) async fn next(
        tx: &mut SqliteConnection,
        part: Part,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<Self, StoreError> {
        let mut ids: Vec<_> = accounts.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let statement = match part {
            Part::Book => "UPDATE account SET revision = revision + 1 WHERE id = $1 RETURNING revision",
            Part::Lists => {
                "UPDATE account SET revision = revision + 1, lists_revision = revision + 1 WHERE id = $1 \
                 RETURNING revision"
            }
            Part::Settings => {
                "UPDATE account SET revision = revision + 1, settings_revision = revision + 1 WHERE id = $1 \
                 RETURNING revision"
            }
        };
        let mut revisions = Vec::with_capacity(ids.len());
        for id in ids {
            let query = sqlx::query_scalar(statement).bind(i64::from(id.0));
            if let Some(revision) = query.fetch_optional(&mut *tx).await? {
                revisions.push((id, unsigned(revision)?));
            }
        }
        Ok(Self(revisions))
    }

    /// The new revision of `account`, if it exists.
    pub(super) fn of(&self, account: AccountId) -> Option<u64> {
        self.0.iter().find(|(id, _)| *id == account).map(|(_, revision)| *revision)
    }

    /// Every account that exists, with its revision.
    pub(super) fn into_vec(self) -> Vec<(AccountId, u64)> {
        self.0
    }
}

/// A row as it lies in the database.
#[derive(FromRow)]
struct Stored {
    lists: i64,
    guid: Vec<u8>,
    name: Option<String>,
    phone: Option<String>,
    invite: Option<String>,
    in_other: bool,
    in_book: bool,
    book_revision: i64,
    member_revision: i64,
}

/// The row that `owner` has for `contact`.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) owner: AccountId,
    pub(super) contact: AccountId,
    pub(super) lists: Lists,
    pub(super) guid: Guid,
    pub(super) name: Option<String>,
    /// The mobile number that the owner has for him.
    pub(super) phone: Option<String>,
    /// What he has written to be let in. Goes when he is pending no more.
    pub(super) invite: Option<String>,
    /// Whether he is in "Other Contacts" beside the groups he is in. Who is in none needs no such mark.
    pub(super) in_other: bool,
    /// Whether he is kept in the book while he is not on the forward list.
    pub(super) in_book: bool,
    /// Whether he was, as the database has it.
    was_in_book: bool,
    /// The revision of the last change that the book shows, and of the last one that the roles show.
    pub(super) shown: (u64, u64),
    /// Whether it is in the database.
    stored: bool,
}

impl Row {
    /// The row, or a new one that is on no list and not in the database yet.
    pub(super) async fn load(
        tx: &mut SqliteConnection,
        owner: AccountId,
        contact: AccountId,
    ) -> Result<Self, StoreError> {
        let found: Option<Stored> = sqlx::query_as(
            "SELECT lists, guid, name, phone, invite, in_other, in_book, book_revision, member_revision \
             FROM contact WHERE owner = $1 AND contact = $2",
        )
        .bind(i64::from(owner.0))
        .bind(i64::from(contact.0))
        .fetch_optional(tx)
        .await?;
        Ok(match found {
            Some(row) => Self {
                owner,
                contact,
                lists: lists(row.lists)?,
                guid: guid(&row.guid)?,
                name: row.name,
                phone: row.phone,
                invite: row.invite,
                in_other: row.in_other,
                in_book: row.in_book,
                was_in_book: row.in_book,
                shown: (unsigned(row.book_revision)?, unsigned(row.member_revision)?),
                stored: true,
            },
            None => Self {
                owner,
                contact,
                lists: Lists::NONE,
                guid: new_guid()?,
                name: None,
                phone: None,
                invite: None,
                in_other: false,
                in_book: false,
                was_in_book: false,
                shown: (0, 0),
                stored: false,
            },
        })
    }

    /// Whether he is in the owner's book.
    pub(super) const fn is_in_book(&self) -> bool {
        self.in_book || self.lists.contains(List::Forward)
    }

    /// Writes the row with its lists `after` and what else it has here; removes it where nothing needs it any more. What
    /// leaves the book or a role leaves its mark.
    pub(super) async fn store(
        self,
        tx: &mut SqliteConnection,
        after: Lists,
        revision: u64,
    ) -> Result<Change, StoreError> {
        let Self { owner, contact, lists: before, guid, was_in_book, shown, stored, .. } = self;
        let is_buddy = after.contains(List::Forward);
        let in_book = self.in_book && !is_buddy;
        let left_book = was_in_book || before.contains(List::Forward);
        let left_book = left_book && !in_book && !is_buddy;
        let change = Change { owner, contact, before, after, revision };
        let shown = {
            let roles_differ = !roles(before).eq(roles(after));
            let book_differs = before.contains(List::Forward) != is_buddy || was_in_book != in_book;
            // What is none of the lists is of the book: a name, a group.
            let book = if book_differs || !roles_differ { revision } else { shown.0 };
            (book, if roles_differ { revision } else { shown.1 })
        };
        if after.is_empty() && !in_book {
            if stored {
                sqlx::query("DELETE FROM contact WHERE owner = $1 AND contact = $2")
                    .bind(i64::from(owner.0))
                    .bind(i64::from(contact.0))
                    .execute(&mut *tx)
                    .await?;
            }
        } else {
            sqlx::query(
                "INSERT INTO contact (owner, contact, lists, name, guid, in_other, phone, in_book, invite, \
                 revision, book_revision, member_revision) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                 ON CONFLICT (owner, contact) DO UPDATE SET lists = excluded.lists, name = excluded.name, \
                 phone = excluded.phone, in_other = excluded.in_other, in_book = excluded.in_book, \
                 invite = excluded.invite, revision = excluded.revision, \
                 book_revision = excluded.book_revision, member_revision = excluded.member_revision",
            )
            .bind(i64::from(owner.0))
            .bind(i64::from(contact.0))
            .bind(i64::from(after.bits()))
            .bind(self.name)
            .bind(guid.0.as_slice())
            .bind(self.in_other && is_buddy)
            .bind(self.phone)
            .bind(in_book)
            .bind(self.invite.filter(|_| after.contains(List::Pending)))
            .bind(signed(revision)?)
            .bind(signed(shown.0)?)
            .bind(signed(shown.1)?)
            .execute(&mut *tx)
            .await?;
        }
        if left_book {
            sqlx::query("DELETE FROM membership WHERE owner = $1 AND contact = $2")
                .bind(i64::from(owner.0))
                .bind(i64::from(contact.0))
                .execute(&mut *tx)
                .await?;
            forget_details(tx, owner, guid).await?;
            bury_entry(tx, owner, guid, false, revision).await?;
        }
        bury_account_roles(tx, owner, contact, guid, (before, after), revision).await?;
        Ok(change)
    }
}

/// The number of the account with this address.
pub(super) async fn find(tx: &mut SqliteConnection, email: &Email) -> Result<Option<AccountId>, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT id FROM account WHERE email = $1")
        .bind(email.as_str())
        .fetch_optional(tx)
        .await?;
    found.map(account_id).transpose()
}

/// The revision an account has, for an edit that changes nothing.
pub(super) async fn revision(tx: &mut SqliteConnection, id: AccountId) -> Result<Option<u64>, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT revision FROM account WHERE id = $1")
        .bind(i64::from(id.0))
        .fetch_optional(tx)
        .await?;
    found.map(unsigned).transpose()
}

/// A GUID that nobody can guess or has.
pub(super) fn new_guid() -> Result<Guid, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(StoreError::Random)?;
    Ok(Guid(bytes))
}

pub(super) fn account_id(id: i64) -> Result<AccountId, StoreError> {
    u32::try_from(id).map(AccountId).map_err(|_| StoreError::Corrupt(format!("account number {id}")))
}

pub(super) fn email(text: &str) -> Result<Email, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("the address {text:?}")))
}

pub(super) fn guid(bytes: &[u8]) -> Result<Guid, StoreError> {
    bytes.try_into().map(Guid).map_err(|_| StoreError::Corrupt("a GUID that is not 16 bytes".to_owned()))
}

pub(super) fn lists(bits: i64) -> Result<Lists, StoreError> {
    u8::try_from(bits).map(Lists::from_bits).map_err(|_| StoreError::Corrupt(format!("list bits {bits}")))
}

pub(super) fn unsigned(number: i64) -> Result<u64, StoreError> {
    number.try_into().map_err(|_| StoreError::Corrupt(format!("the negative count {number}")))
}

pub(super) fn signed(number: u64) -> Result<i64, StoreError> {
    number.try_into().map_err(|_| StoreError::Corrupt(format!("the count {number}")))
}

pub(super) fn small(number: i64) -> Result<u32, StoreError> {
    number.try_into().map_err(|_| StoreError::Corrupt(format!("the count {number}")))
}
