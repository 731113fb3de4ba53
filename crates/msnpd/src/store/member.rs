//! Who has which role with an owner, as the web services read and edit it.

use std::collections::HashSet;

use msnp::types::{CircleId, Email, Guid, List, Lists};
use sqlx::{FromRow, SqliteConnection};

use super::allow::store_allowance;
use super::book::{BookEdited, BookError};
use super::contact::find_row;
use super::edit::{Edited, Limits, check_room, store_own, unchanged};
use super::outside_row::OutsideRow;
use super::role::{MembershipId, Numbered, Role, roles};
use super::row::{Row, account_id, find, guid, lists, signed, unsigned};
use super::tombstone::{DeletedMember, deleted_members};
use super::{Store, StoreError, circle_block};
use crate::account::AccountId;

/// How a client names a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberKey {
    /// An account here, by its address.
    Account(Email),
    /// A circle that the owner is in, or is invited to.
    Circle(CircleId),
    /// By what the owner's row for him is named by.
    Guid(Guid),
    /// By number.
    Id(MembershipId),
    /// Somebody of another network, which is a bit as in `LST` of MSNP12.
    Outside {
        /// The network.
        network: u8,
        /// His address there.
        address: String,
    },
}

/// Who has which role with an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// When the account was made, in seconds since 1970.
    pub created: u64,
    /// The account's revision: what is asked for from here on comes after it.
    pub revision: u64,
    /// From which revision on changes can be told.
    pub deltas_from: u64,
    /// Everybody in any role: accounts by number, then others, then circles.
    pub members: Vec<Member>,
    /// Who has lost a role, if changes were asked for.
    pub deleted: Vec<DeletedMember>,
}

/// Somebody in a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// His number in that role.
    pub id: MembershipId,
    /// The role.
    pub role: Role,
    /// His account, if he has one here.
    pub account: Option<AccountId>,
    /// What the owner's row for him is named by.
    pub guid: Guid,
    /// The network he is on, a bit as in `LST` of MSNP12: 1 for an account here; [`CIRCLE_NETWORK`](super::CIRCLE_NETWORK)
    /// for a circle.
    pub network: u8,
    /// His address; of a circle its GUID.
    pub address: String,
    /// What he calls himself, if he has an account here.
    pub name: Option<String>,
    /// What he has written to be let in, while he is pending.
    pub invite: Option<String>,
    /// The owner's revision when one of his roles was last changed.
    pub revision: u64,
}

/// A row of those who may have roles.
#[derive(FromRow)]
struct MemberRow {
    number: i64,
    guid: Vec<u8>,
    network: i64,
    address: String,
    name: Option<String>,
    invite: Option<String>,
    lists: i64,
    member_revision: i64,
}

impl Store {
    /// Who has which role with this account; `None` where there is no such account. With `since` only who has got or
    /// lost one after that revision of the account. All of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn membership(
        &self,
        owner: AccountId,
        since: Option<u64>,
    ) -> Result<Option<Membership>, StoreError> {
        let mut tx = self.readers().begin().await?;
        let membership = read(&mut tx, owner, since).await?;
        tx.commit().await?;
        Ok(membership)
    }

    /// Puts people into roles, all or none. Into allow and out of block, and the other way round, is one step; into
    /// reverse is the owner's word that he was asked about who has added him, and changes nothing about who has not.
    ///
    /// # Errors
    /// [`NotAUser`](BookError::NotAUser), [`MemberExists`](BookError::MemberExists), and
    /// [`NotEditable`](super::EditError::NotEditable) for pending, where only the service puts people.
    pub async fn add_members(
        &self,
        owner: AccountId,
        members: Vec<(Role, MemberKey)>,
        limits: Limits,
    ) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                for (role, key) in members {
                    done.edits.push(add_member(tx, owner, role, key, limits).await?);
                }
                done.finish(tx, owner).await
            })
        })
        .await
    }

    /// Takes people out of roles, all or none. Out of pending is the owner's word that he was asked; it may come after
    /// the one that puts them into reverse.
    ///
    /// # Errors
    /// [`NoSuchMember`](BookError::NoSuchMember), and [`NotEditable`](super::EditError::NotEditable) for reverse.
    pub async fn delete_members(
        &self,
        owner: AccountId,
        members: Vec<(Role, MemberKey)>,
    ) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                for (role, key) in members {
                    done.edits.push(delete_member(tx, owner, role, key).await?);
                }
                done.finish(tx, owner).await
            })
        })
        .await
    }
}

/// Puts somebody into a role.
pub(super) async fn add_member(
    tx: &mut SqliteConnection,
    owner: AccountId,
    role: Role,
    key: MemberKey,
    limits: Limits,
) -> Result<Edited, BookError> {
    let who = match find_circle(tx, owner, role, &key).await? {
        Some(circle) => return circle_block::add(tx, owner, role, circle).await,
        None => resolve(tx, owner, role, key, true).await?,
    };
    add(tx, role, who.ok_or(BookError::NotAUser)?, limits).await
}

/// Takes somebody out of a role.
pub(super) async fn delete_member(
    tx: &mut SqliteConnection,
    owner: AccountId,
    role: Role,
    key: MemberKey,
) -> Result<Edited, BookError> {
    let who = match find_circle(tx, owner, role, &key).await? {
        Some(circle) => return circle_block::delete(tx, owner, role, circle).await,
        None => resolve(tx, owner, role, key, false).await?,
    };
    delete(tx, role, who.ok_or(BookError::NoSuchMember)?).await
}

/// The circle that a key names, if it is one's.
async fn find_circle(
    tx: &mut SqliteConnection,
    owner: AccountId,
    role: Role,
    key: &MemberKey,
) -> Result<Option<CircleId>, BookError> {
    Ok(match key {
        MemberKey::Circle(circle) => Some(*circle),
        MemberKey::Guid(guid) => CircleId::of_guid(*guid),
        MemberKey::Id(id) => match id.who(role) {
            Some(Numbered::Outside(number)) => circle_block::by_number(tx, owner, number).await?,
            _ => None,
        },
        MemberKey::Account(_) | MemberKey::Outside { .. } => None,
    })
}

/// Whom a key names.
enum Resolved {
    Account(Row),
    Outside(OutsideRow),
}

impl Resolved {
    const fn lists(&self) -> Lists {
        match self {
            Self::Account(row) => row.lists,
            Self::Outside(row) => row.lists,
        }
    }

    /// Writes a change of allow and block.
    async fn store(self, tx: &mut SqliteConnection, after: Lists) -> Result<Edited, BookError> {
        Ok(match self {
            Self::Account(row) => store_allowance(tx, row, after).await?,
            Self::Outside(row) => row.store_next(tx, after).await?,
        })
    }
}

/// Whom a key names; with `makes`, somebody of another network who is not known yet gets a row.
async fn resolve(
    tx: &mut SqliteConnection,
    owner: AccountId,
    role: Role,
    key: MemberKey,
    makes: bool,
) -> Result<Option<Resolved>, BookError> {
    let account = match key {
        MemberKey::Account(email) => find(tx, &email).await?,
        MemberKey::Circle(_) => None,
        MemberKey::Guid(guid) => match find_row(tx, owner, guid).await? {
            None => return Ok(OutsideRow::by_guid(tx, owner, guid).await?.map(Resolved::Outside)),
            found => found,
        },
        MemberKey::Id(id) => match id.who(role) {
            None => None,
            // Numbers are easily guessed: they name those only of whom the owner has been told.
            Some(Numbered::Account(account)) => {
                let row = Row::load(tx, owner, account).await?;
                return Ok(Some(Resolved::Account(row)).filter(|who| !who.lists().is_empty()));
            }
            Some(Numbered::Outside(number)) => {
                return Ok(OutsideRow::by_number(tx, owner, number).await?.map(Resolved::Outside));
            }
        },
        MemberKey::Outside { network, address } => {
            let mut row = OutsideRow::by_address(tx, owner, network, &address).await?;
            if row.is_none() && makes {
                row = Some(OutsideRow::new(tx, owner, network, address).await?);
            }
            return Ok(row.map(Resolved::Outside));
        }
    };
    match account {
        Some(account) => Ok(Some(Resolved::Account(Row::load(tx, owner, account).await?))),
        None => Ok(None),
    }
}

async fn add(
    tx: &mut SqliteConnection,
    role: Role,
    who: Resolved,
    limits: Limits,
) -> Result<Edited, BookError> {
    let lists = who.lists();
    if role.is_held(lists) {
        return Err(BookError::MemberExists);
    }
    let (list, opposite) = match role {
        Role::Allow => (List::Allow, List::Block),
        Role::Block => (List::Block, List::Allow),
        Role::Pending => return Err(BookError::not_editable(List::Pending)),
        Role::Reverse => return confirm(tx, who).await,
    };
    let owner = match &who {
        Resolved::Account(row) => row.owner,
        // Whoever has no address can't be found at it.
        Resolved::Outside(row) if row.address.is_empty() => return Err(BookError::NoSuchMember),
        Resolved::Outside(row) => row.owner,
    };
    check_room(tx, owner, list, limits).await?;
    who.store(tx, lists.with(list).without(opposite)).await
}

/// Ends the question about somebody who has added the owner.
async fn confirm(tx: &mut SqliteConnection, who: Resolved) -> Result<Edited, BookError> {
    // On the reverse list of other networks nobody is.
    let Resolved::Account(row) = who else { return Err(BookError::not_editable(List::Reverse)) };
    let after = row.lists.without(List::Pending);
    let edited = if after == row.lists { unchanged(tx, row).await } else { store_own(tx, row, after).await };
    Ok(edited?)
}

async fn delete(tx: &mut SqliteConnection, role: Role, who: Resolved) -> Result<Edited, BookError> {
    let lists = who.lists();
    let list = match role {
        Role::Allow => List::Allow,
        Role::Block => List::Block,
        Role::Pending => List::Pending,
        Role::Reverse if lists.contains(List::Reverse) => return Err(BookError::not_editable(List::Reverse)),
        Role::Reverse => return Err(BookError::NoSuchMember),
    };
    match who {
        // Clients end the question twice, in whichever order.
        Resolved::Account(row) if role == Role::Pending && Role::Reverse.is_held(lists) => {
            Ok(unchanged(tx, row).await?)
        }
        who if role.is_held(lists) => who.store(tx, lists.without(list)).await,
        _ => Err(BookError::NoSuchMember),
    }
}

async fn read(
    tx: &mut SqliteConnection,
    owner: AccountId,
    since: Option<u64>,
) -> Result<Option<Membership>, StoreError> {
    let row: Option<(i64, i64, i64)> =
        sqlx::query_as("SELECT created, revision, deltas_from FROM account WHERE id = $1")
            .bind(i64::from(owner.0))
            .fetch_optional(&mut *tx)
            .await?;
    let Some((created, revision, deltas_from)) = row else { return Ok(None) };
    let after = signed(since.unwrap_or_default())?;
    let roles = i64::from(Lists::from_bits(u8::MAX).without(List::Forward).bits());
    let accounts: Vec<MemberRow> = sqlx::query_as(
        "SELECT c.contact AS number, c.guid, 1 AS network, a.email AS address, coalesce(a.name, a.email) AS name, \
         c.invite, c.lists, c.member_revision FROM contact c JOIN account a ON a.id = c.contact \
         WHERE c.owner = $1 AND c.lists & $2 <> 0 AND c.member_revision > $3 ORDER BY c.contact",
    )
    .bind(i64::from(owner.0))
    .bind(roles)
    .bind(after)
    .fetch_all(&mut *tx)
    .await?;
    let others: Vec<MemberRow> = sqlx::query_as(
        "SELECT number, guid, network, address, NULL AS name, NULL AS invite, lists, member_revision \
         FROM outside_contact WHERE owner = $1 AND lists & $2 <> 0 AND member_revision > $3 ORDER BY number",
    )
    .bind(i64::from(owner.0))
    .bind(roles)
    .bind(after)
    .fetch_all(&mut *tx)
    .await?;
    let mut members = Vec::with_capacity(accounts.len() + others.len());
    for row in accounts {
        let id = account_id(row.number)?;
        push_roles(&mut members, row, Some(id), |role| MembershipId::of_account(id, role))?;
    }
    for row in others {
        let number =
            row.number.try_into().map_err(|_| StoreError::Corrupt(format!("the number {}", row.number)))?;
        push_roles(&mut members, row, None, |role| MembershipId::of_outside(number, role))?;
    }
    members.extend(circle_block::blocked(tx, owner, since.unwrap_or_default()).await?);
    let mut deleted = match since {
        Some(since) => deleted_members(tx, owner, since).await?,
        None => Vec::new(),
    };
    // Who has come back has done so later.
    let here: HashSet<_> = members.iter().map(|member| member.id).collect();
    deleted.retain(|gone| !here.contains(&gone.id));
    Ok(Some(Membership {
        created: unsigned(created)?,
        revision: unsigned(revision)?,
        deltas_from: unsigned(deltas_from)?,
        members,
        deleted,
    }))
}

fn push_roles(
    members: &mut Vec<Member>,
    row: MemberRow,
    account: Option<AccountId>,
    id: impl Fn(Role) -> Result<MembershipId, StoreError>,
) -> Result<(), StoreError> {
    let corrupt = || StoreError::Corrupt(format!("the network {}", row.network));
    let (network, on) = (u8::try_from(row.network).map_err(|_| corrupt())?, lists(row.lists)?);
    for role in roles(on) {
        members.push(Member {
            id: id(role)?,
            role,
            account,
            guid: guid(&row.guid)?,
            network,
            address: row.address.clone(),
            name: row.name.clone(),
            invite: row.invite.clone().filter(|_| role == Role::Pending),
            revision: unsigned(row.member_revision)?,
        });
    }
    Ok(())
}
