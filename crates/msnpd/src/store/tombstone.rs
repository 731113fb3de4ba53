//! What was deleted, for clients that ask what has changed since they last asked.
//!
//! Whatever leaves the book or a role leaves a mark with the revision at which it did. Marks are kept for [`KEPT`], and
//! at most [`MAX_MARKS`] of each kind for an account; what is forgotten raises the revision from which on changes can be
//! told, so that nobody is told too little.

use msnp::types::{Guid, Lists};
use sqlx::SqliteConnection;

use super::role::{MembershipId, OWN_NETWORK, Role, roles};
use super::row::{guid, signed, unsigned};
use super::{StoreError, now};
use crate::account::AccountId;

/// How long marks are kept at least, in seconds: clients that were away for longer read everything.
const KEPT: i64 = 90 * 24 * 60 * 60;

/// How many contacts and groups, and how many members, an account may have deleted that are still known.
const MAX_MARKS: u32 = 2000;

/// A contact or a group that is in the book no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletedEntry {
    /// What it was named by.
    pub guid: Guid,
    /// The owner's revision when it was deleted.
    pub revision: u64,
}

/// Somebody who has a role no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletedMember {
    /// The number that he had in that role.
    pub id: MembershipId,
    /// What the owner's row for him was named by.
    pub guid: Guid,
    /// The network he is on, a bit as in `LST` of MSNP12: 1 for an account here.
    pub network: u8,
    /// His address then.
    pub address: String,
    /// The owner's revision when he lost the role.
    pub revision: u64,
}

/// Marks a contact, or a group, as deleted.
pub(super) async fn bury_entry(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    is_group: bool,
    revision: u64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO deleted_entry (owner, guid, is_group, revision, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (owner, guid) DO UPDATE SET revision = excluded.revision, at = excluded.at",
    )
    .bind(i64::from(owner.0))
    .bind(guid.0.as_slice())
    .bind(is_group)
    .bind(signed(revision)?)
    .bind(now())
    .execute(&mut *tx)
    .await?;
    let forgotten = "DELETE FROM deleted_entry WHERE owner = $1 AND (at < $2 OR revision <= coalesce(\
         (SELECT revision FROM deleted_entry WHERE owner = $1 ORDER BY revision DESC LIMIT 1 OFFSET $3), 0)) \
         RETURNING revision";
    forget(tx, owner, forgotten).await
}

/// Who a member is, for the mark that he leaves.
pub(super) struct Buried<'a> {
    pub(super) owner: AccountId,
    pub(super) guid: Guid,
    pub(super) network: u8,
    pub(super) address: &'a str,
}

/// Marks the roles that somebody has lost.
pub(super) async fn bury_roles(
    tx: &mut SqliteConnection,
    who: Buried<'_>,
    before: Lists,
    after: Lists,
    id: impl Fn(Role) -> Result<MembershipId, StoreError>,
    revision: u64,
) -> Result<(), StoreError> {
    for role in roles(before).filter(|role| roles(after).all(|kept| kept != *role)) {
        bury_number(tx, who.owner, (who.guid, who.network, who.address), id(role)?, revision).await?;
    }
    Ok(())
}

/// Marks a role that somebody has lost, by the number that he had in it.
pub(super) async fn bury_number(
    tx: &mut SqliteConnection,
    owner: AccountId,
    (guid, network, address): (Guid, u8, &str),
    id: MembershipId,
    revision: u64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO deleted_member (owner, member, guid, network, address, revision, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (owner, member) DO UPDATE SET \
         guid = excluded.guid, address = excluded.address, revision = excluded.revision, at = excluded.at",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(id.get()))
    .bind(guid.0.as_slice())
    .bind(i64::from(network))
    .bind(address)
    .bind(signed(revision)?)
    .bind(now())
    .execute(&mut *tx)
    .await?;
    let forgotten = "DELETE FROM deleted_member WHERE owner = $1 AND (at < $2 OR revision <= coalesce(\
         (SELECT revision FROM deleted_member WHERE owner = $1 ORDER BY revision DESC LIMIT 1 OFFSET $3), 0)) \
         RETURNING revision";
    forget(tx, owner, forgotten).await
}

/// Forgets what is too old or too much, and from where on changes are known.
async fn forget(
    tx: &mut SqliteConnection,
    owner: AccountId,
    statement: &'static str,
) -> Result<(), StoreError> {
    let forgotten: Vec<i64> = sqlx::query_scalar(statement)
        .bind(i64::from(owner.0))
        .bind(now() - KEPT)
        .bind(i64::from(MAX_MARKS))
        .fetch_all(&mut *tx)
        .await?;
    match forgotten.into_iter().max() {
        Some(latest) => forget_before(tx, owner, unsigned(latest)?).await,
        None => Ok(()),
    }
}

/// Has clients that know less than `revision` read everything.
pub(super) async fn forget_before(
    tx: &mut SqliteConnection,
    owner: AccountId,
    revision: u64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE account SET deltas_from = $2 WHERE id = $1 AND deltas_from < $2")
        .bind(i64::from(owner.0))
        .bind(signed(revision)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// The contacts, or the groups, that were deleted after `since`, in the order in which they were.
pub(super) async fn deleted_entries(
    tx: &mut SqliteConnection,
    owner: AccountId,
    is_group: bool,
    since: u64,
) -> Result<Vec<DeletedEntry>, StoreError> {
    let rows: Vec<(Vec<u8>, i64)> = sqlx::query_as(
        "SELECT guid, revision FROM deleted_entry WHERE owner = $1 AND is_group = $2 AND revision > $3 \
         ORDER BY revision, guid",
    )
    .bind(i64::from(owner.0))
    .bind(is_group)
    .bind(signed(since)?)
    .fetch_all(tx)
    .await?;
    let entry = |(bytes, revision): (Vec<u8>, i64)| {
        Ok(DeletedEntry { guid: guid(&bytes)?, revision: unsigned(revision)? })
    };
    rows.into_iter().map(entry).collect()
}

/// Who has lost a role after `since`, in the order in which they have.
pub(super) async fn deleted_members(
    tx: &mut SqliteConnection,
    owner: AccountId,
    since: u64,
) -> Result<Vec<DeletedMember>, StoreError> {
    let rows: Vec<(i64, Vec<u8>, i64, String, i64)> = sqlx::query_as(
        "SELECT member, guid, network, address, revision FROM deleted_member \
         WHERE owner = $1 AND revision > $2 ORDER BY revision, member",
    )
    .bind(i64::from(owner.0))
    .bind(signed(since)?)
    .fetch_all(tx)
    .await?;
    let member = |(id, bytes, network, address, revision): (i64, Vec<u8>, i64, String, i64)| {
        let corrupt = || StoreError::Corrupt(format!("the member {id} of network {network}"));
        Ok(DeletedMember {
            id: u32::try_from(id).ok().and_then(MembershipId::new).ok_or_else(corrupt)?,
            guid: guid(&bytes)?,
            network: u8::try_from(network).map_err(|_| corrupt())?,
            address,
            revision: unsigned(revision)?,
        })
    };
    rows.into_iter().map(member).collect()
}

/// Marks what somebody with an account here has lost.
pub(super) async fn bury_account_roles(
    tx: &mut SqliteConnection,
    owner: AccountId,
    contact: AccountId,
    guid: Guid,
    (before, after): (Lists, Lists),
    revision: u64,
) -> Result<(), StoreError> {
    if roles(before).all(|role| roles(after).any(|kept| kept == role)) {
        return Ok(());
    }
    let address: String = sqlx::query_scalar("SELECT email FROM account WHERE id = $1")
        .bind(i64::from(contact.0))
        .fetch_one(&mut *tx)
        .await?;
    let who = Buried { owner, guid, network: OWN_NETWORK, address: &address };
    bury_roles(tx, who, before, after, |role| MembershipId::of_account(contact, role), revision).await
}
