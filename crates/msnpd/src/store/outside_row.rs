//! The row that an owner has for somebody without an account here, and how it is written.

use msnp::types::{Guid, List, Lists};
use sqlx::{FromRow, SqliteConnection};

use super::StoreError;
use super::detail::forget_details;
use super::edit::{EditError, Edited};
use super::property::Sight;
use super::role::{MAX_NUMBER, MembershipId, roles};
use super::row::{Part, Revisions, guid, lists, new_guid, signed, small, unsigned};
use super::tombstone::{Buried, bury_entry, bury_roles};
use crate::account::AccountId;

/// Reads rows of the owner's of which something holds.
macro_rules! select {
    ($what:literal) => {
        sqlx::query_as(concat!(
            "SELECT guid, number, network, address, lists, in_book, name, phone, revision, book_revision, ",
            "member_revision FROM outside_contact WHERE owner = $1 AND ",
            $what
        ))
    };
}

/// A row as it lies in the database.
#[derive(FromRow)]
struct Stored {
    guid: Vec<u8>,
    number: i64,
    network: i64,
    address: String,
    lists: i64,
    in_book: bool,
    name: Option<String>,
    phone: Option<String>,
    revision: i64,
    book_revision: i64,
    member_revision: i64,
}

/// The row that an owner has for somebody without an account here.
#[derive(Clone, Debug)]
pub(super) struct OutsideRow {
    pub(super) owner: AccountId,
    pub(super) guid: Guid,
    /// What tells the owner's rows apart, for their numbers in roles.
    pub(super) number: u32,
    /// The network, a bit as in `LST` of MSNP12; 0: none that is known.
    pub(super) network: u8,
    /// The address there; empty where there is none.
    pub(super) address: String,
    pub(super) lists: Lists,
    /// Whether he is kept in the book while he is not on the forward list.
    pub(super) in_book: bool,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    /// The owner's revision when the row was last changed.
    pub(super) revision: u64,
    /// Whether he was in the book beside the forward list, as the database has it.
    was_in_book: bool,
    /// The revision of the last change that the book shows, and of the last one that the roles show.
    pub(super) shown: (u64, u64),
}

impl OutsideRow {
    /// The row with this GUID.
    pub(super) async fn by_guid(
        tx: &mut SqliteConnection,
        owner: AccountId,
        guid: Guid,
    ) -> Result<Option<Self>, StoreError> {
        let row: Option<Stored> =
            select!("guid = $2").bind(i64::from(owner.0)).bind(guid.0.as_slice()).fetch_optional(tx).await?;
        row.map(|row| Self::of(owner, row)).transpose()
    }

    /// The row with this number.
    pub(super) async fn by_number(
        tx: &mut SqliteConnection,
        owner: AccountId,
        number: u32,
    ) -> Result<Option<Self>, StoreError> {
        let row: Option<Stored> = select!("number = $2")
            .bind(i64::from(owner.0))
            .bind(i64::from(number))
            .fetch_optional(tx)
            .await?;
        row.map(|row| Self::of(owner, row)).transpose()
    }

    /// The row of this address, which is not empty.
    pub(super) async fn by_address(
        tx: &mut SqliteConnection,
        owner: AccountId,
        network: u8,
        address: &str,
    ) -> Result<Option<Self>, StoreError> {
        let row: Option<Stored> = select!("network = $2 AND address = $3 AND address <> ''")
            .bind(i64::from(owner.0))
            .bind(i64::from(network))
            .bind(address)
            .fetch_optional(tx)
            .await?;
        row.map(|row| Self::of(owner, row)).transpose()
    }

    /// A row to be, which is on no list and not in the database yet but has its number already.
    pub(super) async fn new(
        tx: &mut SqliteConnection,
        owner: AccountId,
        network: u8,
        address: String,
    ) -> Result<Self, EditError> {
        let number: Option<i64> = sqlx::query_scalar(
            "UPDATE account SET last_outside = last_outside + 1 WHERE id = $1 RETURNING last_outside",
        )
        .bind(i64::from(owner.0))
        .fetch_optional(tx)
        .await?;
        let number = small(number.ok_or(EditError::Gone)?)?;
        if number >= MAX_NUMBER {
            return Err(EditError::ListFull);
        }
        Ok(Self {
            owner,
            guid: new_guid()?,
            number,
            network,
            address,
            lists: Lists::NONE,
            in_book: false,
            name: None,
            phone: None,
            revision: 0,
            was_in_book: false,
            shown: (0, 0),
        })
    }

    /// Every row of the owner's, by network and address.
    pub(super) async fn all(tx: &mut SqliteConnection, owner: AccountId) -> Result<Vec<Self>, StoreError> {
        let rows: Vec<Stored> =
            select!("1 = 1 ORDER BY network, address, guid").bind(i64::from(owner.0)).fetch_all(tx).await?;
        rows.into_iter().map(|row| Self::of(owner, row)).collect()
    }

    fn of(owner: AccountId, row: Stored) -> Result<Self, StoreError> {
        Ok(Self {
            owner,
            guid: guid(&row.guid)?,
            number: small(row.number)?,
            network: network(row.network)?,
            address: row.address,
            lists: lists(row.lists)?,
            in_book: row.in_book,
            name: row.name,
            phone: row.phone,
            revision: unsigned(row.revision)?,
            was_in_book: row.in_book,
            shown: (unsigned(row.book_revision)?, unsigned(row.member_revision)?),
        })
    }

    /// Whether he is in the owner's book.
    pub(super) const fn is_in_book(&self) -> bool {
        self.in_book || self.lists.contains(List::Forward)
    }

    /// Writes the row with its lists `after` and what else it has here, with the owner's next revision.
    pub(super) async fn store_next(
        self,
        tx: &mut SqliteConnection,
        after: Lists,
    ) -> Result<Edited, EditError> {
        let revision = next_revision(tx, self.owner).await?;
        Ok(self.store(tx, after, revision).await?)
    }

    /// Writes the row; removes it where nothing needs it any more. What leaves the book or a role leaves its mark.
    async fn store(
        self,
        tx: &mut SqliteConnection,
        after: Lists,
        revision: u64,
    ) -> Result<Edited, StoreError> {
        let Self { owner, guid, number, lists: before, was_in_book, shown, .. } = self;
        let is_buddy = after.contains(List::Forward);
        let in_book = self.in_book && !is_buddy;
        let left_book = (was_in_book || before.contains(List::Forward)) && !in_book && !is_buddy;
        let roles_differ = !roles(before).eq(roles(after));
        let book_differs = before.contains(List::Forward) != is_buddy || was_in_book != in_book;
        let book_revision = if book_differs || !roles_differ { revision } else { shown.0 };
        let member_revision = if roles_differ { revision } else { shown.1 };
        if after.is_empty() && !in_book {
            sqlx::query("DELETE FROM outside_contact WHERE owner = $1 AND guid = $2")
                .bind(i64::from(owner.0))
                .bind(guid.0.as_slice())
                .execute(&mut *tx)
                .await?;
        } else {
            sqlx::query(
                "INSERT INTO outside_contact (owner, guid, number, network, address, lists, in_book, name, \
                 phone, revision, book_revision, member_revision) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                 ON CONFLICT (owner, guid) DO UPDATE SET lists = excluded.lists, in_book = excluded.in_book, \
                 name = excluded.name, phone = excluded.phone, revision = excluded.revision, \
                 book_revision = excluded.book_revision, member_revision = excluded.member_revision",
            )
            .bind(i64::from(owner.0))
            .bind(guid.0.as_slice())
            .bind(i64::from(number))
            .bind(i64::from(self.network))
            .bind(&self.address)
            .bind(i64::from(after.bits()))
            .bind(in_book)
            .bind(self.name)
            .bind(self.phone)
            .bind(signed(revision)?)
            .bind(signed(book_revision)?)
            .bind(signed(member_revision)?)
            .execute(&mut *tx)
            .await?;
        }
        if left_book {
            sqlx::query("DELETE FROM outside_membership WHERE owner = $1 AND guid = $2")
                .bind(i64::from(owner.0))
                .bind(guid.0.as_slice())
                .execute(&mut *tx)
                .await?;
            forget_details(tx, owner, guid).await?;
            bury_entry(tx, owner, guid, false, revision).await?;
        }
        let who = Buried { owner, guid, network: self.network, address: &self.address };
        bury_roles(tx, who, before, after, |role| MembershipId::of_outside(number, role), revision).await?;
        Ok(edited(revision, guid))
    }
}

fn network(network: i64) -> Result<u8, StoreError> {
    u8::try_from(network).map_err(|_| StoreError::Corrupt(format!("the network {network}")))
}

async fn next_revision(tx: &mut SqliteConnection, owner: AccountId) -> Result<u64, EditError> {
    Revisions::next(tx, Part::Lists, [owner]).await?.of(owner).ok_or(EditError::Gone)
}

/// What an edit answers that has only such a row to do with.
pub(super) fn edited(revision: u64, guid: Guid) -> Edited {
    Edited { revision, contact: None, guid, changes: Vec::new(), sight: Sight::default() }
}
