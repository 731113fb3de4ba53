//! What roams with an account: its name, its personal message and its picture (web-services reference, 19).

use msnp::types::Privacy;
use sqlx::{FromRow, SqliteConnection};

use super::document::{DocumentInfo, StoredInfo};
use super::edit::EditError;
use super::list::allows;
use super::privacy::{change_name, setting};
use super::row::{account_id, lists, revision, unsigned};
use super::{Store, StoreError, now};
use crate::account::AccountId;

/// The longest personal message, in bytes. Official clients end at 129 characters.
pub const MAX_MESSAGE: usize = 1024;

/// What an account shows of itself, wherever it signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Whose it is.
    pub account: AccountId,
    /// When anything of it was changed, in seconds since 1970.
    pub modified: u64,
    /// Grows with each change that is made here; from 1.
    pub version: u64,
    /// The friendly name; the address where none was ever set.
    pub name: String,
    /// Since when, in seconds since 1970.
    pub name_changed: u64,
    /// The personal message; empty where there is none.
    pub message: String,
    /// Since when, in seconds since 1970, if it was ever set.
    pub message_changed: Option<u64>,
    /// The picture that is shown.
    pub photo: Option<DocumentInfo>,
}

/// What is to be different. What is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileUpdate {
    /// The friendly name; with an empty one the address stands in again.
    pub name: Option<String>,
    /// The personal message; with an empty one there is none.
    pub message: Option<String>,
}

/// What an edit of a profile did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileEdited {
    /// The account's revision before it.
    pub before: u64,
    /// The new friendly name, if it is another one, and the account's revision with it.
    pub name: Option<(String, u64)>,
}

/// Why an edit of a profile was refused. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProfileError {
    /// The account was removed meanwhile.
    #[error("the account no longer exists")]
    Gone,
    /// There is no such document.
    #[error("no such document")]
    NoSuchDocument,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text is longer than it may be.
    #[error("too long")]
    TooLong,
}

impl From<sqlx::Error> for ProfileError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<EditError> for ProfileError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Store(error) => Self::Store(error),
            // Of a name, nothing else is wrong.
            _ => Self::Gone,
        }
    }
}

/// A profile as its rows hold it, without the picture.
#[derive(FromRow)]
struct Stored {
    id: i64,
    email: String,
    name: Option<String>,
    created: i64,
    name_changed: Option<i64>,
    version: Option<i64>,
    modified: Option<i64>,
    message: Option<String>,
    message_changed: Option<i64>,
}

impl Stored {
    fn into_profile(self, photo: Option<DocumentInfo>) -> Result<Profile, StoreError> {
        let name_changed = self.name_changed.unwrap_or(self.created);
        Ok(Profile {
            account: account_id(self.id)?,
            modified: unsigned(self.modified.unwrap_or_default().max(name_changed))?,
            version: unsigned(self.version.unwrap_or(1))?,
            name: self.name.unwrap_or(self.email),
            name_changed: unsigned(name_changed)?,
            message: self.message.unwrap_or_default(),
            message_changed: self.message_changed.map(unsigned).transpose()?,
            photo,
        })
    }
}

impl Store {
    /// An account's profile; `None` where there is no such account. Never waits for a write.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn profile(&self, account: AccountId) -> Result<Option<Profile>, StoreError> {
        let mut reader = self.readers().acquire().await?;
        read(&mut reader, account).await
    }

    /// An account's profile, if it lets `viewer` see it: if it is his own, or he may see its owner's presence and is no
    /// stranger to him. Numbers of accounts can be guessed, so that of whom one has never heard one hears nothing.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn profile_seen_by(
        &self,
        account: AccountId,
        viewer: AccountId,
    ) -> Result<Option<Profile>, StoreError> {
        let mut reader = self.readers().acquire().await?;
        if account != viewer {
            let found: Option<(i64, String)> = sqlx::query_as(
                "SELECT c.lists, a.privacy FROM contact c JOIN account a ON a.id = c.owner \
                 WHERE c.owner = $1 AND c.contact = $2 AND a.disabled = 0",
            )
            .bind(i64::from(account.0))
            .bind(i64::from(viewer.0))
            .fetch_optional(&mut *reader)
            .await?;
            let Some((bits, privacy)) = found else { return Ok(None) };
            let privacy: Privacy = setting(&privacy)?;
            let lists = lists(bits)?;
            if lists.is_empty() || !allows(lists, privacy) {
                return Ok(None);
            }
        }
        read(&mut reader, account).await
    }

    /// Changes what is different.
    ///
    /// # Errors
    /// [`Gone`](ProfileError::Gone), [`TooLong`](ProfileError::TooLong).
    pub async fn update_profile(
        &self,
        account: AccountId,
        update: ProfileUpdate,
    ) -> Result<ProfileEdited, ProfileError> {
        if update.message.as_ref().is_some_and(|message| message.len() > MAX_MESSAGE) {
            return Err(ProfileError::TooLong);
        }
        self.write(move |tx| Box::pin(change(tx, account, update))).await
    }
}

/// What [`Store::profile`] says.
async fn read(tx: &mut SqliteConnection, account: AccountId) -> Result<Option<Profile>, StoreError> {
    let row: Option<Stored> = sqlx::query_as(
        "SELECT a.id, a.email, a.name, a.created, a.name_changed, p.version, p.modified, p.message, p.message_changed \
         FROM account a LEFT JOIN profile p ON p.account = a.id WHERE a.id = $1",
    )
    .bind(i64::from(account.0))
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let photo: Option<StoredInfo> = sqlx::query_as(
        "SELECT number, key, name, modified, version, octet_length(picture) AS picture_bytes, \
         octet_length(small) AS small_bytes FROM document WHERE owner = $1 AND is_shown = 1",
    )
    .bind(i64::from(account.0))
    .fetch_optional(tx)
    .await?;
    row.into_profile(photo.map(DocumentInfo::try_from).transpose()?).map(Some)
}

async fn change(
    tx: &mut SqliteConnection,
    account: AccountId,
    update: ProfileUpdate,
) -> Result<ProfileEdited, ProfileError> {
    let before = revision(tx, account).await?.ok_or(ProfileError::Gone)?;
    let mut name = None;
    if let Some(new) = update.name {
        name = match change_name(tx, account, new.clone()).await {
            Ok(revision) => Some((new, revision)),
            Err(EditError::Unchanged) => None,
            Err(error) => return Err(error.into()),
        };
    }
    // The same message once more is no newer than it was; that there is none may be new.
    let message = match update.message {
        Some(new) => {
            let known: Option<(String, Option<i64>)> =
                sqlx::query_as("SELECT message, message_changed FROM profile WHERE account = $1")
                    .bind(i64::from(account.0))
                    .fetch_optional(&mut *tx)
                    .await?;
            let is_known = known.is_some_and(|(message, changed)| message == new && changed.is_some());
            (!is_known).then_some(new)
        }
        None => None,
    };
    if name.is_some() || message.is_some() {
        touch(tx, account).await?;
    }
    if let Some(message) = message {
        sqlx::query("UPDATE profile SET message = $2, message_changed = modified WHERE account = $1")
            .bind(i64::from(account.0))
            .bind(message)
            .execute(tx)
            .await?;
    }
    Ok(ProfileEdited { before, name })
}

/// Notes that a profile was changed.
pub(super) async fn touch(tx: &mut SqliteConnection, account: AccountId) -> Result<(), ProfileError> {
    sqlx::query(
        "INSERT INTO profile (account, version, modified) VALUES ($1, 2, $2) \
         ON CONFLICT (account) DO UPDATE SET version = version + 1, modified = excluded.modified",
    )
    .bind(i64::from(account.0))
    .bind(now())
    .execute(tx)
    .await?;
    Ok(())
}
