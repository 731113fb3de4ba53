//! Contacts without an account here. For the time being these are telephone numbers; the tables have room for
//! addresses of other networks too.
//!
//! Nobody is on the other side: an edit touches the owner's rows alone, and presence knows nothing of them.

use std::collections::HashMap;

use msnp::types::{Guid, List, Lists, Telephone};
use sqlx::SqliteConnection;

use super::edit::{EditError, Edited, Limits, Note, check_room};
use super::group::{GroupKey, Place, number, place};
use super::property::Sight;
use super::row::{Part, Revisions, guid, lists, new_guid, revision, signed, unsigned};
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

/// GUID, network, address, lists, name, phone, revision.
type OutsideRow = (Vec<u8>, i64, String, i64, Option<String>, Option<String>, i64);

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
                if find_address(tx, owner, Telephone::NETWORK, &address).await? {
                    return Err(EditError::AlreadyThere);
                }
                check_room(tx, owner, List::Forward, limits).await?;
                let (guid, revision) = (new_guid()?, next_revision(tx, owner).await?);
                sqlx::query(
                    "INSERT INTO outside_contact (owner, guid, network, address, lists, name, revision) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(i64::from(owner.0))
                .bind(guid.0.as_slice())
                .bind(i64::from(Telephone::NETWORK))
                .bind(address)
                .bind(i64::from(List::Forward.bit().bits()))
                .bind(name)
                .bind(signed(revision)?)
                .execute(tx)
                .await?;
                Ok(edited(revision, guid))
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
        find_address(&mut reader, owner, Telephone::NETWORK, &telephone.to_string()).await
    }
}

/// Puts a contact on the forward list in one more group.
pub(super) async fn join(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    group: &GroupKey,
) -> Result<Edited, EditError> {
    if find(tx, owner, guid).await?.is_none() {
        return Err(EditError::UnknownAccount);
    }
    let Place::Group(group) = place(tx, owner, Some(group)).await? else {
        return Err(EditError::AlreadyThere);
    };
    let done = sqlx::query(
        "INSERT INTO outside_membership (owner, guid, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(i64::from(owner.0))
    .bind(guid.0.as_slice())
    .bind(i64::from(group.number))
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Err(EditError::AlreadyThere);
    }
    touch(tx, owner, guid).await
}

/// Takes a contact off the forward list, and out of his groups with it, or only out of `group`.
pub(super) async fn remove(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    group: Option<&GroupKey>,
) -> Result<Edited, EditError> {
    if find(tx, owner, guid).await?.is_none() {
        return Err(EditError::NotOnList);
    }
    let Some(group) = group else {
        let revision = next_revision(tx, owner).await?;
        sqlx::query("DELETE FROM outside_contact WHERE owner = $1 AND guid = $2")
            .bind(i64::from(owner.0))
            .bind(guid.0.as_slice())
            .execute(tx)
            .await?;
        return Ok(edited(revision, guid));
    };
    let Place::Group(group) = place(tx, owner, Some(group)).await? else { return Err(EditError::NotInGroup) };
    let done = sqlx::query("DELETE FROM outside_membership WHERE owner = $1 AND guid = $2 AND number = $3")
        .bind(i64::from(owner.0))
        .bind(guid.0.as_slice())
        .bind(i64::from(group.number))
        .execute(&mut *tx)
        .await?;
    if done.rows_affected() == 0 {
        return Err(EditError::NotInGroup);
    }
    touch(tx, owner, guid).await
}

/// Sets what the owner notes of a contact. Cheap where it is that already.
pub(super) async fn note(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    note: Note,
    value: Option<String>,
) -> Result<Edited, EditError> {
    let (name, phone) = find(tx, owner, guid).await?.ok_or(EditError::UnknownAccount)?;
    let (before, set) = match note {
        Note::Name => (name, "UPDATE outside_contact SET name = $3 WHERE owner = $1 AND guid = $2"),
        Note::Phone => (phone, "UPDATE outside_contact SET phone = $3 WHERE owner = $1 AND guid = $2"),
    };
    if before == value {
        let revision = revision(tx, owner).await?.ok_or(EditError::Gone)?;
        return Ok(edited(revision, guid));
    }
    sqlx::query(set).bind(i64::from(owner.0)).bind(guid.0.as_slice()).bind(value).execute(&mut *tx).await?;
    touch(tx, owner, guid).await
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
        "UPDATE outside_contact SET revision = $3 WHERE owner = $1 AND guid IN \
         (SELECT guid FROM outside_membership WHERE owner = $1 AND number = $2)",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(number))
    .bind(signed(revision)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Everybody without an account on the owner's lists, by network and address.
pub(super) async fn read(
    tx: &mut SqliteConnection,
    owner: AccountId,
) -> Result<Vec<OutsideContact>, StoreError> {
    let rows: Vec<(Vec<u8>, i64)> =
        sqlx::query_as("SELECT guid, number FROM outside_membership WHERE owner = $1 ORDER BY guid, number")
            .bind(i64::from(owner.0))
            .fetch_all(&mut *tx)
            .await?;
    let mut groups: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for (guid, n) in rows {
        groups.entry(guid).or_default().push(number(n)?);
    }
    let rows: Vec<OutsideRow> = sqlx::query_as(
        "SELECT guid, network, address, lists, name, phone, revision FROM outside_contact WHERE owner = $1 \
         ORDER BY network, address, guid",
    )
    .bind(i64::from(owner.0))
    .fetch_all(tx)
    .await?;
    let contact = |(bytes, network, address, bits, name, phone, revision): OutsideRow| {
        Ok(OutsideContact {
            network: u8::try_from(network)
                .map_err(|_| StoreError::Corrupt(format!("the network {network}")))?,
            address,
            name,
            phone,
            guid: guid(&bytes)?,
            lists: lists(bits)?,
            revision: unsigned(revision)?,
            groups: groups.remove(&bytes).unwrap_or_default(),
        })
    };
    rows.into_iter().map(contact).collect()
}

/// The name and the number of a contact on the forward list; `None` where the GUID is none of such a one.
async fn find(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
) -> Result<Option<(Option<String>, Option<String>)>, StoreError> {
    let found = sqlx::query_as(
        "SELECT name, phone FROM outside_contact WHERE owner = $1 AND guid = $2 AND lists & $3 <> 0",
    )
    .bind(i64::from(owner.0))
    .bind(guid.0.as_slice())
    .bind(i64::from(List::Forward.bit().bits()))
    .fetch_optional(tx)
    .await?;
    Ok(found)
}

async fn find_address(
    tx: &mut SqliteConnection,
    owner: AccountId,
    network: u8,
    address: &str,
) -> Result<bool, StoreError> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM outside_contact WHERE owner = $1 AND network = $2 AND address = $3 AND address <> ''",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(network))
    .bind(address)
    .fetch_optional(tx)
    .await?;
    Ok(found.is_some())
}

/// Gives a row that was changed the owner's next revision.
async fn touch(tx: &mut SqliteConnection, owner: AccountId, guid: Guid) -> Result<Edited, EditError> {
    let revision = next_revision(tx, owner).await?;
    sqlx::query("UPDATE outside_contact SET revision = $3 WHERE owner = $1 AND guid = $2")
        .bind(i64::from(owner.0))
        .bind(guid.0.as_slice())
        .bind(signed(revision)?)
        .execute(tx)
        .await?;
    Ok(edited(revision, guid))
}

async fn next_revision(tx: &mut SqliteConnection, owner: AccountId) -> Result<u64, EditError> {
    Revisions::next(tx, Part::Lists, [owner]).await?.of(owner).ok_or(EditError::Gone)
}

fn edited(revision: u64, guid: Guid) -> Edited {
    Edited { revision, contact: None, guid, changes: Vec::new(), sight: Sight::default() }
}
