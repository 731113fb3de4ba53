//! What an owner has noted of a contact, of a group or of himself beyond what the lists need: names and values, which
//! mean nothing to the store.

use std::collections::HashMap;

use msnp::types::Guid;
use sqlx::SqliteConnection;

use super::StoreError;
use super::book::{BookEdited, BookError};
use super::row::guid;
use crate::account::AccountId;

/// The most details of one contact, group or owner.
pub const MAX_DETAILS: usize = 100;

/// The longest name of a detail, in bytes.
pub const MAX_DETAIL_NAME: usize = 100;

/// The longest value of a detail, in bytes.
pub const MAX_DETAIL_VALUE: usize = 4096;

/// How many bytes the details in one book may have together: names, values, and something for each.
pub const MAX_BOOK_BYTES: u32 = 1024 * 1024;

/// How many bytes a detail counts for beside its name and its value: an empty one takes room as well.
const DETAIL_OVERHEAD: i64 = 64;

/// A detail that is to be set, or removed where there is no value.
pub type DetailEdit = (String, Option<String>);

/// Details with their names, in the order of these.
pub type Details = Vec<(String, String)>;

/// Sets and removes details; says whether anything is different now. Whether the whole book has room for them is checked
/// when all is `done`.
pub(super) async fn set_details(
    tx: &mut SqliteConnection,
    owner: AccountId,
    entry: Guid,
    edits: &[DetailEdit],
    done: &mut BookEdited,
) -> Result<bool, BookError> {
    let (mut changed, mut grown) = (false, false);
    // More than an entry may have is more than can be meant.
    if edits.len() > 2 * MAX_DETAILS {
        return Err(BookError::TooMuch);
    }
    for (name, value) in edits {
        if name.len() > MAX_DETAIL_NAME || value.as_ref().is_some_and(|value| value.len() > MAX_DETAIL_VALUE)
        {
            return Err(BookError::TooLong("contactInfo"));
        }
        let set = match value {
            Some(value) => {
                sqlx::query(
                    "INSERT INTO detail (owner, entry, name, value) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (owner, entry, name) DO UPDATE SET value = excluded.value \
                     WHERE detail.value <> excluded.value",
                )
                .bind(i64::from(owner.0))
                .bind(entry.0.as_slice())
                .bind(name)
                .bind(value)
                .execute(&mut *tx)
                .await?
            }
            None => {
                sqlx::query("DELETE FROM detail WHERE owner = $1 AND entry = $2 AND name = $3")
                    .bind(i64::from(owner.0))
                    .bind(entry.0.as_slice())
                    .bind(name)
                    .execute(&mut *tx)
                    .await?
            }
        };
        changed |= set.rows_affected() > 0;
        grown |= value.is_some() && set.rows_affected() > 0;
    }
    if grown {
        done.has_new_details = true;
        check_entry(tx, owner, entry).await?;
    }
    Ok(changed)
}

/// Refuses what makes an entry too large; it is not stored then.
async fn check_entry(tx: &mut SqliteConnection, owner: AccountId, entry: Guid) -> Result<(), BookError> {
    let here: i64 = sqlx::query_scalar("SELECT count(*) FROM detail WHERE owner = $1 AND entry = $2")
        .bind(i64::from(owner.0))
        .bind(entry.0.as_slice())
        .fetch_one(tx)
        .await?;
    let most = i64::try_from(MAX_DETAILS).unwrap_or(i64::MAX);
    if here > most { Err(BookError::TooMuch) } else { Ok(()) }
}

/// Refuses what makes the whole book too large; nothing of the edit is stored then. Reads all details of the owner, so
/// that it is done once for an edit.
pub(super) async fn check_book(tx: &mut SqliteConnection, owner: AccountId) -> Result<(), BookError> {
    let bytes: i64 = sqlx::query_scalar(
        "SELECT coalesce(sum(octet_length(name) + octet_length(value) + $2), 0) FROM detail WHERE owner = $1",
    )
    .bind(i64::from(owner.0))
    .bind(DETAIL_OVERHEAD)
    .fetch_one(tx)
    .await?;
    if bytes > i64::from(MAX_BOOK_BYTES) { Err(BookError::TooMuch) } else { Ok(()) }
}

/// Forgets all details of an entry that goes.
pub(super) async fn forget_details(
    tx: &mut SqliteConnection,
    owner: AccountId,
    entry: Guid,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM detail WHERE owner = $1 AND entry = $2")
        .bind(i64::from(owner.0))
        .bind(entry.0.as_slice())
        .execute(tx)
        .await?;
    Ok(())
}

/// All details that an owner has noted, by what they are of.
pub(super) async fn read_details(
    tx: &mut SqliteConnection,
    owner: AccountId,
) -> Result<HashMap<Guid, Details>, StoreError> {
    let rows: Vec<(Vec<u8>, String, String)> =
        sqlx::query_as("SELECT entry, name, value FROM detail WHERE owner = $1 ORDER BY entry, name")
            .bind(i64::from(owner.0))
            .fetch_all(tx)
            .await?;
    let mut details: HashMap<_, Details> = HashMap::new();
    for (entry, name, value) in rows {
        details.entry(guid(&entry)?).or_default().push((name, value));
    }
    Ok(details)
}
