//! Groups as the web services edit them: by GUID alone, several at once, with details.

use msnp::types::Guid;
use sqlx::SqliteConnection;

use super::Store;
use super::book::{BookEdited, BookError};
use super::detail::{DetailEdit, set_details};
use super::edit::{EditError, Edited, Limits};
use super::group::{Group, Orphans, groups, next_revision, remove_group};
use super::property::Sight;
use super::row::{new_guid, signed};
use crate::account::AccountId;

/// The longest name of a group, in characters (web-services reference, 12.4).
pub const MAX_GROUP_NAME: usize = 61;

/// What a group is to be. What is not named stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupUpdate {
    /// Which group.
    pub guid: Guid,
    /// Its name.
    pub name: Option<String>,
    /// What else is noted of it.
    pub details: Vec<DetailEdit>,
}

impl Store {
    /// Adds a group, whose GUID is the only one in the answer. Names that differ in letter case alone are the same.
    ///
    /// # Errors
    /// [`TooLong`](BookError::TooLong), [`GroupExists`](BookError::GroupExists),
    /// [`TooManyGroups`](EditError::TooManyGroups).
    pub async fn add_book_group(
        &self,
        owner: AccountId,
        name: &str,
        details: Vec<DetailEdit>,
        limits: Limits,
    ) -> Result<BookEdited, BookError> {
        let name = name.to_owned();
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                let all = groups(tx, owner).await?;
                check_name(&name, None, &all)?;
                let number = (1..limits.groups)
                    .find(|number| all.iter().all(|group| group.number != *number))
                    .ok_or(EditError::TooManyGroups)?;
                let (guid, revision) = (new_guid()?, next_revision(tx, owner).await?);
                sqlx::query(
                    "INSERT INTO contact_group (owner, number, guid, name, revision) VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(i64::from(owner.0))
                .bind(i64::from(number))
                .bind(guid.0.as_slice())
                .bind(name)
                .bind(signed(revision)?)
                .execute(&mut *tx)
                .await?;
                set_details(tx, owner, guid, &details, &mut done).await?;
                done.guids.push(guid);
                done.finish(tx, owner).await
            })
        })
        .await
    }

    /// Changes groups.
    ///
    /// # Errors
    /// [`NoSuchGroup`](BookError::NoSuchGroup), [`TooLong`](BookError::TooLong),
    /// [`GroupExists`](BookError::GroupExists).
    pub async fn update_groups(
        &self,
        owner: AccountId,
        updates: Vec<GroupUpdate>,
    ) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                for update in updates {
                    change(tx, owner, update, &mut done).await?;
                }
                done.finish(tx, owner).await
            })
        })
        .await
    }

    /// Removes groups. Who is in them stays.
    ///
    /// # Errors
    /// [`NoSuchGroup`](BookError::NoSuchGroup).
    pub async fn remove_groups(&self, owner: AccountId, guids: Vec<Guid>) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                for guid in guids {
                    let group = group_of(tx, owner, guid).await?;
                    let removed = remove_group(tx, owner, group, Orphans::Stay).await?;
                    let (revision, changes) = (removed.revision, removed.changes);
                    let sight = Sight::default();
                    done.edits.push(Edited { revision, contact: None, guid, changes, sight });
                }
                done.finish(tx, owner).await
            })
        })
        .await
    }
}

/// The group that is named so.
pub(super) async fn group_of(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
) -> Result<Group, BookError> {
    let found = groups(tx, owner).await?.into_iter().find(|group| group.guid == guid);
    found.ok_or(BookError::NoSuchGroup)
}

async fn change(
    tx: &mut SqliteConnection,
    owner: AccountId,
    update: GroupUpdate,
    done: &mut BookEdited,
) -> Result<(), BookError> {
    let group = group_of(tx, owner, update.guid).await?;
    let name = update.name.filter(|name| *name != group.name);
    if let Some(name) = &name {
        check_name(name, Some(update.guid), &groups(tx, owner).await?)?;
    }
    if !set_details(tx, owner, update.guid, &update.details, done).await? && name.is_none() {
        return Ok(());
    }
    let revision = next_revision(tx, owner).await?;
    sqlx::query("UPDATE contact_group SET name = $3, revision = $4 WHERE owner = $1 AND number = $2")
        .bind(i64::from(owner.0))
        .bind(i64::from(group.number))
        .bind(name.unwrap_or(group.name))
        .bind(signed(revision)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether a group may have this name: one of a length that clients can show, which no other has.
fn check_name(name: &str, own: Option<Guid>, groups: &[Group]) -> Result<(), BookError> {
    if name.chars().count() > MAX_GROUP_NAME {
        return Err(BookError::TooLong("GroupName"));
    }
    let lower = name.to_lowercase();
    match groups.iter().find(|group| Some(group.guid) != own && group.name.to_lowercase() == lower) {
        Some(other) => Err(BookError::GroupExists(other.guid)),
        None => Ok(()),
    }
}
