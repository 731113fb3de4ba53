//! Circles that somebody has blocked, which are members of that role for the web services.

use msnp::types::CircleId;
use sqlx::SqliteConnection;

use super::StoreError;
use super::book::BookError;
use super::circle::circle_id;
use super::edit::{EditError, Edited};
use super::member::Member;
use super::property::Sight;
use super::role::{MembershipId, Role};
use super::row::{Part, Revisions, revision, signed, small, unsigned};
use super::tombstone::bury_number;
use crate::account::AccountId;

/// The network of circles, which is none of the bits that `LST` of MSNP12 has for networks.
pub const CIRCLE_NETWORK: u8 = 9;

/// Puts a circle that the owner is in, or is invited to, into the role of those whom he allows or has blocked. It always has
/// one of the two.
pub(super) async fn add(
    tx: &mut SqliteConnection,
    owner: AccountId,
    role: Role,
    circle: CircleId,
) -> Result<Edited, BookError> {
    let (is_blocked, number) = find(tx, owner, circle).await?;
    let blocks = match role {
        Role::Allow => false,
        Role::Block => true,
        Role::Pending | Role::Reverse => return Err(BookError::NoSuchMember),
    };
    if is_blocked == blocks {
        return Err(BookError::MemberExists);
    }
    set(tx, owner, circle, blocks, number).await
}

/// Takes a circle out of such a role. What is no more allowed is not blocked by that: clients say so next.
pub(super) async fn delete(
    tx: &mut SqliteConnection,
    owner: AccountId,
    role: Role,
    circle: CircleId,
) -> Result<Edited, BookError> {
    let (is_blocked, number) = find(tx, owner, circle).await?;
    match (role, is_blocked) {
        (Role::Block, true) => set(tx, owner, circle, false, number).await,
        (Role::Allow, false) => {
            let revision = revision(tx, owner).await?.ok_or(EditError::Gone)?;
            Ok(edited(circle, revision))
        }
        _ => Err(BookError::NoSuchMember),
    }
}

/// The circle that has this number in roles with the owner.
pub(super) async fn by_number(
    tx: &mut SqliteConnection,
    owner: AccountId,
    number: u32,
) -> Result<Option<CircleId>, StoreError> {
    let circle: Option<i64> = sqlx::query_scalar(
        "SELECT circle FROM circle_member WHERE account = $1 AND state IN (1, 3) AND unseen = 0 AND number = $2",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(number))
    .fetch_optional(tx)
    .await?;
    circle.map(circle_id).transpose()
}

/// The circles that the owner has blocked, as far as he has done so after that revision of his.
pub(super) async fn blocked(
    tx: &mut SqliteConnection,
    owner: AccountId,
    after: u64,
) -> Result<Vec<Member>, StoreError> {
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(
        "SELECT circle, number, member_revision FROM circle_member \
         WHERE account = $1 AND state IN (1, 3) AND blocked = 1 AND member_revision > $2 ORDER BY circle",
    )
    .bind(i64::from(owner.0))
    .bind(signed(after)?)
    .fetch_all(tx)
    .await?;
    let member = |(circle, number, revision)| {
        let circle = circle_id(circle)?;
        Ok(Member {
            id: MembershipId::of_outside(small(number)?, Role::Block)?,
            role: Role::Block,
            account: None,
            guid: circle.guid(),
            network: CIRCLE_NETWORK,
            address: circle.to_string(),
            name: None,
            invite: None,
            revision: unsigned(revision)?,
        })
    };
    rows.into_iter().map(member).collect()
}

/// Marks that a circle is blocked no more.
pub(super) async fn bury_block(
    tx: &mut SqliteConnection,
    owner: AccountId,
    circle: CircleId,
    number: u32,
    revision: u64,
) -> Result<(), StoreError> {
    let id = MembershipId::of_outside(number, Role::Block)?;
    bury_number(tx, owner, (circle.guid(), CIRCLE_NETWORK, &circle.to_string()), id, revision).await
}

async fn find(
    tx: &mut SqliteConnection,
    owner: AccountId,
    circle: CircleId,
) -> Result<(bool, u32), BookError> {
    let row: Option<(bool, i64)> = sqlx::query_as(
        "SELECT blocked, number FROM circle_member \
         WHERE circle = $1 AND account = $2 AND state IN (1, 3) AND unseen = 0",
    )
    .bind(signed(circle.get())?)
    .bind(i64::from(owner.0))
    .fetch_optional(tx)
    .await?;
    let (blocked, number) = row.ok_or(BookError::NoSuchMember)?;
    Ok((blocked, small(number)?))
}

async fn set(
    tx: &mut SqliteConnection,
    owner: AccountId,
    circle: CircleId,
    blocks: bool,
    number: u32,
) -> Result<Edited, BookError> {
    let revisions = Revisions::next(tx, Part::Book, [owner]).await?;
    let revision = revisions.of(owner).ok_or(EditError::Gone)?;
    sqlx::query(
        "UPDATE circle_member SET blocked = $3, member_revision = $4 WHERE circle = $1 AND account = $2",
    )
    .bind(signed(circle.get())?)
    .bind(i64::from(owner.0))
    .bind(blocks)
    .bind(signed(revision)?)
    .execute(&mut *tx)
    .await?;
    if !blocks {
        bury_block(tx, owner, circle, number, revision).await?;
    }
    Ok(edited(circle, revision))
}

const fn edited(circle: CircleId, revision: u64) -> Edited {
    let sight = Sight { properties: Vec::new(), watchers: Vec::new() };
    Edited { revision, contact: None, guid: circle.guid(), changes: Vec::new(), sight }
}
