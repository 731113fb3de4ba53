//! Groups of contacts (MSNP7 and later).

use msnp::types::{Guid, List};
use sqlx::SqliteConnection;

use super::detail::forget_details;
use super::edit::{EditError, Limits, mirror};
use super::row::{Change, Part, Revisions, Row, account_id, guid, lists, new_guid, revision, signed};
use super::tombstone::bury_entry;
use super::{Store, StoreError, outside};
use crate::account::AccountId;

/// A group of contacts. Those without one are in "Other Contacts", number 0, which is nobody's row and has no GUID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What MSNP7-9 name it by: from 1, the lowest that was free.
    pub number: u8,
    /// What MSNP10 and later name it by.
    pub guid: Guid,
    /// Its name, as plain text.
    pub name: String,
}

/// How a client names a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupKey {
    /// By GUID (MSNP10 and later).
    Guid(Guid),
    /// By what can name none.
    Malformed,
    /// By name: in one dialog MSN 7.0 sends it instead of the GUID (notification-server reference, 9).
    Name(String),
    /// By number (MSNP7-9); 0 is "Other Contacts".
    Number(u8),
}

impl GroupKey {
    /// Whether the client names groups by number, and so has everybody in one.
    pub(super) const fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }
}

/// What becomes of those who are in no other group when theirs is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orphans {
    /// They leave the forward list, as MSNP7-9 have it.
    Leave,
    /// They stay, without a group, as MSNP10 and later have it.
    Stay,
}

/// What adding or renaming a group did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupEdited {
    /// The owner's revision; the one he had before where the name was that already.
    pub revision: u64,
    /// The group as it is now.
    pub group: Group,
}

/// What removing a group did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRemoved {
    /// The owner's revision.
    pub revision: u64,
    /// The group that is gone.
    pub group: Group,
    /// Who has left the forward list, in the order of their numbers.
    pub left: Vec<AccountId>,
    /// Every row that changed, on both sides.
    pub changes: Vec<Change>,
}

/// Where a group key leads.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Group(Group),
    OtherContacts,
}

impl Store {
    /// Adds a group under the lowest free number.
    ///
    /// # Errors
    /// [`GroupExists`](EditError::GroupExists), then [`TooManyGroups`](EditError::TooManyGroups).
    pub async fn add_group(
        &self,
        owner: AccountId,
        name: &str,
        limits: Limits,
    ) -> Result<GroupEdited, EditError> {
        let name = name.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                let groups = groups(tx, owner).await?;
                if groups.iter().any(|group| group.name == name) {
                    return Err(EditError::GroupExists);
                }
                let number = (1..limits.groups)
                    .find(|number| groups.iter().all(|group| group.number != *number))
                    .ok_or(EditError::TooManyGroups)?;
                let group = Group { number, guid: new_guid()?, name };
                let revision = next_revision(tx, owner).await?;
                sqlx::query(
                    "INSERT INTO contact_group (owner, number, guid, name, revision) VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(i64::from(owner.0))
                .bind(i64::from(number))
                .bind(group.guid.0.as_slice())
                .bind(&group.name)
                .bind(signed(revision)?)
                .execute(tx)
                .await?;
                Ok(GroupEdited { revision, group })
            })
        })
        .await
    }

    /// Gives a group another name.
    ///
    /// # Errors
    /// [`OtherContacts`](EditError::OtherContacts), [`NoSuchGroup`](EditError::NoSuchGroup),
    /// [`GroupExists`](EditError::GroupExists).
    pub async fn rename_group(
        &self,
        owner: AccountId,
        key: GroupKey,
        name: &str,
    ) -> Result<GroupEdited, EditError> {
        let name = name.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                let mut group = stored(place(tx, owner, Some(&key)).await?)?;
                if group.name == name {
                    let revision = revision(tx, owner).await?.ok_or(EditError::Gone)?;
                    return Ok(GroupEdited { revision, group });
                }
                if groups(tx, owner).await?.iter().any(|other| other.name == name) {
                    return Err(EditError::GroupExists);
                }
                group.name = name;
                let revision = next_revision(tx, owner).await?;
                sqlx::query(
                    "UPDATE contact_group SET name = $3, revision = $4 WHERE owner = $1 AND number = $2",
                )
                .bind(i64::from(owner.0))
                .bind(i64::from(group.number))
                .bind(&group.name)
                .bind(signed(revision)?)
                .execute(tx)
                .await?;
                Ok(GroupEdited { revision, group })
            })
        })
        .await
    }

    /// Removes a group, whoever is in it.
    ///
    /// # Errors
    /// [`OtherContacts`](EditError::OtherContacts), [`NoSuchGroup`](EditError::NoSuchGroup).
    pub async fn remove_group(
        &self,
        owner: AccountId,
        key: GroupKey,
        orphans: Orphans,
    ) -> Result<GroupRemoved, EditError> {
        self.write(move |tx| {
            Box::pin(async move {
                let group = stored(place(tx, owner, Some(&key)).await?)?;
                remove_group(tx, owner, group, orphans).await
            })
        })
        .await
    }
}

/// [`Store::remove_group`], of a group that is known.
pub(super) async fn remove_group(
    tx: &mut SqliteConnection,
    owner: AccountId,
    group: Group,
    orphans: Orphans,
) -> Result<GroupRemoved, EditError> {
    let members = members(tx, owner, group.number).await?;
    let left: Vec<_> = match orphans {
        Orphans::Leave => members
            .iter()
            .filter(|member| member.groups == 1 && member.is_buddy && !member.in_other)
            .map(|member| member.id)
            .collect(),
        Orphans::Stay => Vec::new(),
    };
    let touched = left.iter().copied().chain([owner]);
    let revisions = Revisions::next(tx, Part::Lists, touched).await?;
    let revision = revisions.of(owner).ok_or(EditError::Gone)?;
    outside::lose_group(tx, owner, group.number, revision).await?;
    forget_details(tx, owner, group.guid).await?;
    bury_entry(tx, owner, group.guid, true, revision).await?;
    sqlx::query("DELETE FROM contact_group WHERE owner = $1 AND number = $2")
        .bind(i64::from(owner.0))
        .bind(i64::from(group.number))
        .execute(&mut *tx)
        .await?;
    let mut changes = Vec::new();
    for Member { id: contact, groups, .. } in members {
        let mut row = Row::load(tx, owner, contact).await?;
        row.in_other &= groups > 1;
        let lists = row.lists;
        if left.contains(&contact) {
            changes.extend(mirror(tx, row, lists.without(List::Forward), None, &revisions).await?);
        } else {
            changes.push(row.store(tx, lists, revision).await?);
        }
    }
    Ok(GroupRemoved { revision, group, left, changes })
}

/// Where `key` leads; "Other Contacts" where none is given.
pub(super) async fn place(
    tx: &mut SqliteConnection,
    owner: AccountId,
    key: Option<&GroupKey>,
) -> Result<Place, EditError> {
    let key = match key {
        None | Some(GroupKey::Number(0)) => return Ok(Place::OtherContacts),
        Some(key) => key,
    };
    let is_it = |group: &Group| match key {
        GroupKey::Guid(guid) => group.guid == *guid,
        GroupKey::Malformed => false,
        GroupKey::Name(name) => group.name == *name,
        GroupKey::Number(number) => group.number == *number,
    };
    groups(tx, owner).await?.into_iter().find(is_it).map(Place::Group).ok_or(EditError::NoSuchGroup)
}

/// The owner's groups by number.
pub(super) async fn groups(tx: &mut SqliteConnection, owner: AccountId) -> Result<Vec<Group>, StoreError> {
    let rows: Vec<(i64, Vec<u8>, String)> =
        sqlx::query_as("SELECT number, guid, name FROM contact_group WHERE owner = $1 ORDER BY number")
            .bind(i64::from(owner.0))
            .fetch_all(tx)
            .await?;
    let group = |(n, bytes, name): (i64, Vec<u8>, String)| {
        Ok(Group { number: number(n)?, guid: guid(&bytes)?, name })
    };
    rows.into_iter().map(group).collect()
}

pub(super) fn number(number: i64) -> Result<u8, StoreError> {
    u8::try_from(number).map_err(|_| StoreError::Corrupt(format!("group number {number}")))
}

fn stored(place: Place) -> Result<Group, EditError> {
    match place {
        Place::Group(group) => Ok(group),
        Place::OtherContacts => Err(EditError::OtherContacts),
    }
}

pub(super) async fn next_revision(tx: &mut SqliteConnection, owner: AccountId) -> Result<u64, EditError> {
    Revisions::next(tx, Part::Lists, [owner]).await?.of(owner).ok_or(EditError::Gone)
}

/// Somebody who is in a group.
struct Member {
    id: AccountId,
    /// In how many groups he is.
    groups: i64,
    /// Whether he is in "Other Contacts" as well.
    in_other: bool,
    /// Whether he is on the forward list: others are in the book alone.
    is_buddy: bool,
}

/// Who is in a group.
async fn members(tx: &mut SqliteConnection, owner: AccountId, number: u8) -> Result<Vec<Member>, StoreError> {
    let rows: Vec<(i64, i64, bool, i64)> = sqlx::query_as(
        "SELECT m.contact, (SELECT count(*) FROM membership a WHERE a.owner = m.owner AND a.contact = m.contact), \
         c.in_other, c.lists FROM membership m JOIN contact c ON c.owner = m.owner AND c.contact = m.contact \
         WHERE m.owner = $1 AND m.number = $2 ORDER BY m.contact",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(number))
    .fetch_all(tx)
    .await?;
    let member = |(id, groups, in_other, bits)| {
        let is_buddy = lists(bits)?.contains(List::Forward);
        Ok(Member { id: account_id(id)?, groups, in_other, is_buddy })
    };
    rows.into_iter().map(member).collect()
}
