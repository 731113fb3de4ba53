//! Contacts without an account here: telephone numbers, addresses of other networks, entries of the address book.
//!
//! Nobody is on the other side: an edit touches the owner's rows alone, and the directory knows nothing of them. Who may be
//! on another network is for [`federation`](crate::federation) to find out, which reads these lists.

use std::collections::HashMap;

use msnp::types::{Email, Guid, List, Lists, Telephone};
use sqlx::SqliteConnection;

use super::edit::{EditError, Edited, Limits, Note, check_room};
use super::group::{GroupKey, Place, number, place};
use super::outside_row::{OutsideRow, edited};
use super::row::{guid, lists, revision, signed};
use super::{Store, StoreError};
use crate::account::AccountId;

/// Somebody on a list who has no account here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideContact {
    /// The network he is on, a bit as in `LST` of MSNP12.
    pub network: u8,
    /// His address there, as it stands in the place of one: `tel:+15550100`.
    pub address: String,
    /// The name the owner has for him.
    pub name: Option<String>,
    /// The mobile number the owner has for him.
    pub phone: Option<String>,
    /// What clients name the row by.
    pub guid: Guid,
    /// Which lists he is on.
    pub lists: Lists,
    /// The owner's revision when the row was last changed.
    pub revision: u64,
    /// The groups he is in, by number, lowest first.
    pub groups: Vec<u8>,
}

impl Store {
    /// Puts a telephone number on the owner's forward list. An empty name is none.
    ///
    /// # Errors
    /// [`AlreadyThere`](EditError::AlreadyThere), then [`ListFull`](EditError::ListFull): the list is one for contacts
    /// with an account and without.
    pub async fn add_telephone(
        &self,
        owner: AccountId,
        telephone: &Telephone,
        name: Option<&str>,
        limits: Limits,
    ) -> Result<Edited, EditError> {
        let (address, name) =
            (telephone.to_string(), name.filter(|name| !name.is_empty()).map(str::to_owned));
        self.write(move |tx| {
            Box::pin(async move {
                let found = OutsideRow::by_address(tx, owner, Telephone::NETWORK, &address).await?;
                if found.as_ref().is_some_and(|row| row.lists.contains(List::Forward)) {
                    return Err(EditError::AlreadyThere);
                }
                check_room(tx, owner, List::Forward, limits).await?;
                let mut row = match found {
                    Some(row) => row,
                    None => OutsideRow::new(tx, owner, Telephone::NETWORK, address).await?,
                };
                if name.is_some() {
                    row.name = name;
                }
                let after = row.lists.with(List::Forward);
                row.store_next(tx, after).await
            })
        })
        .await
    }

    /// Whether a telephone number is on the owner's forward list. Never waits for a write.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn has_telephone(&self, owner: AccountId, telephone: &Telephone) -> Result<bool, StoreError> {
        let mut reader = self.readers().acquire().await?;
        let row =
            OutsideRow::by_address(&mut reader, owner, Telephone::NETWORK, &telephone.to_string()).await?;
        Ok(row.is_some_and(|row| row.lists.contains(List::Forward)))
    }
}

impl Store {
    /// Those people of a network whom an account has on any list, with their lists. Never waits for a write.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn outside_lists(
        &self,
        owner: AccountId,
        network: u8,
    ) -> Result<HashMap<Email, Lists>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT address, lists FROM outside_contact WHERE owner = $1 AND network = $2 AND lists <> 0",
        )
        .bind(i64::from(owner.0))
        .bind(i64::from(network))
        .fetch_all(self.readers())
        .await?;
        let mut found = HashMap::with_capacity(rows.len());
        for (address, bits) in rows {
            // What is no address can't be met.
            if let Ok(address) = address.parse() {
                found.insert(address, lists(bits)?);
            }
        }
        Ok(found)
    }
}

/// Puts a contact on the forward list in one more group.
pub(super) async fn join(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    group: &GroupKey,
) -> Result<Edited, EditError> {
    let row = buddy(tx, owner, guid).await?.ok_or(EditError::UnknownAccount)?;
    let Place::Group(group) = place(tx, owner, Some(group)).await? else {
        return Err(EditError::AlreadyThere);
    };
    if !add_member(tx, &row, group.number).await? {
        return Err(EditError::AlreadyThere);
    }
    touch(tx, row).await
}

/// Puts somebody in a group; says whether he was not in it.
pub(super) async fn add_member(
    tx: &mut SqliteConnection,
    row: &OutsideRow,
    number: u8,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO outside_membership (owner, guid, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(i64::from(row.owner.0))
    .bind(row.guid.0.as_slice())
    .bind(i64::from(number))
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes somebody out of a group; says whether he was in it.
pub(super) async fn remove_member(
    tx: &mut SqliteConnection,
    row: &OutsideRow,
    number: u8,
) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM outside_membership WHERE owner = $1 AND guid = $2 AND number = $3")
        .bind(i64::from(row.owner.0))
        .bind(row.guid.0.as_slice())
        .bind(i64::from(number))
        .execute(tx)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes a contact off the forward list, and out of his groups with it, or only out of `group`.
pub(super) async fn remove(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    group: Option<&GroupKey>,
) -> Result<Edited, EditError> {
    let row = buddy(tx, owner, guid).await?.ok_or(EditError::NotOnList)?;
    let Some(group) = group else {
        let after = row.lists.without(List::Forward);
        return row.store_next(tx, after).await;
    };
    let Place::Group(group) = place(tx, owner, Some(group)).await? else { return Err(EditError::NotInGroup) };
    if !remove_member(tx, &row, group.number).await? {
        return Err(EditError::NotInGroup);
    }
    touch(tx, row).await
}

/// Sets what the owner notes of a contact. Cheap where it is that already.
pub(super) async fn note(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    note: Note,
    value: Option<String>,
) -> Result<Edited, EditError> {
    let mut row = buddy(tx, owner, guid).await?.ok_or(EditError::UnknownAccount)?;
    let noted = match note {
        Note::Name => &mut row.name,
        Note::Phone => &mut row.phone,
    };
    if *noted == value {
        let revision = revision(tx, owner).await?.ok_or(EditError::Gone)?;
        return Ok(edited(revision, guid));
    }
    *noted = value;
    touch(tx, row).await
}

/// A group is about to go: whoever is in it stays on the list without it. Clients that would have him leave the list
/// can't see him.
pub(super) async fn lose_group(
    tx: &mut SqliteConnection,
    owner: AccountId,
    number: u8,
    revision: u64,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outside_contact SET revision = $3, book_revision = $3 WHERE owner = $1 AND guid IN \
         (SELECT guid FROM outside_membership WHERE owner = $1 AND number = $2)",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(number))
    .bind(signed(revision)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// The groups of everybody without an account, by number.
pub(super) async fn memberships(
    tx: &mut SqliteConnection,
    owner: AccountId,
) -> Result<HashMap<Guid, Vec<u8>>, StoreError> {
    let rows: Vec<(Vec<u8>, i64)> =
        sqlx::query_as("SELECT guid, number FROM outside_membership WHERE owner = $1 ORDER BY guid, number")
            .bind(i64::from(owner.0))
            .fetch_all(&mut *tx)
            .await?;
    let mut groups: HashMap<_, Vec<u8>> = HashMap::new();
    for (bytes, n) in rows {
        groups.entry(guid(&bytes)?).or_default().push(number(n)?);
    }
    Ok(groups)
}

/// Everybody without an account on the owner's lists, by network and address.
pub(super) async fn read(
    tx: &mut SqliteConnection,
    owner: AccountId,
) -> Result<Vec<OutsideContact>, StoreError> {
    let mut groups = memberships(tx, owner).await?;
    let contact = |row: OutsideRow| {
        let in_groups = groups.remove(&row.guid).unwrap_or_default();
        OutsideContact {
            network: row.network,
            groups: if row.lists.contains(List::Forward) { in_groups } else { Vec::new() },
            address: row.address,
            name: row.name,
            phone: row.phone,
            guid: row.guid,
            lists: row.lists,
            revision: row.revision,
        }
    };
    let rows = OutsideRow::all(tx, owner).await?;
    Ok(rows.into_iter().filter(|row| !row.lists.is_empty()).map(contact).collect())
}

/// The row of a contact on the forward list; `None` where the GUID is none of such a one.
async fn buddy(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
) -> Result<Option<OutsideRow>, StoreError> {
    let row = OutsideRow::by_guid(tx, owner, guid).await?;
    Ok(row.filter(|row| row.lists.contains(List::Forward)))
}

/// Gives a row that was changed the owner's next revision.
async fn touch(tx: &mut SqliteConnection, row: OutsideRow) -> Result<Edited, EditError> {
    let after = row.lists;
    row.store_next(tx, after).await
}
