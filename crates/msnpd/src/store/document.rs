//! Pictures that roam with an account.
//!
//! They hang on what they are in: the owner's pictures, or his profile, which shows one of them. What is in neither any
//! more is removed.

use sqlx::{FromRow, SqliteConnection};

use super::profile::{ProfileError, touch};
use super::row::{revision, small, unsigned};
use super::{Store, StoreError, now};
use crate::account::AccountId;

/// How many pictures one account may have. One that is too many takes the place of the oldest that is not shown: clients
/// that break off in the middle leave some behind, and should not be locked out by them.
pub const MAX_DOCUMENTS: u32 = 10;

/// The longest name of a picture, in bytes.
pub const MAX_DOCUMENT_NAME: usize = 256;

/// What nobody can guess, and who knows it may have the picture.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TileKey(pub [u8; 16]);

/// Says nothing of it.
impl std::fmt::Debug for TileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TileKey(…)")
    }
}

/// A picture, encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The picture.
    pub full: Vec<u8>,
    /// Its thumbnail.
    pub small: Vec<u8>,
}

/// Only how long it is.
impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture(<{} bytes>, <{} bytes>)", self.full.len(), self.small.len())
    }
}

/// Which form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// All of it.
    Full,
    /// The thumbnail.
    Small,
}

/// What is known of a picture beside what is to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentInfo {
    /// Its number among the owner's.
    pub number: u32,
    /// By what it can be had.
    pub key: TileKey,
    /// What the client that made it calls it.
    pub name: String,
    /// When it was changed, in seconds since 1970.
    pub modified: u64,
    /// Grows with each change of what is to be seen.
    pub version: u64,
    /// The length of the picture, in bytes.
    pub picture_bytes: u64,
    /// The length of its thumbnail, in bytes.
    pub small_bytes: u64,
}

/// What a picture may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The profile, which shows it.
    Profile,
    /// The owner's pictures.
    Tiles,
}

#[derive(FromRow)]
pub(super) struct StoredInfo {
    number: i64,
    key: Vec<u8>,
    name: String,
    modified: i64,
    version: i64,
    picture_bytes: i64,
    small_bytes: i64,
}

impl TryFrom<StoredInfo> for DocumentInfo {
    type Error = StoreError;

    fn try_from(row: StoredInfo) -> Result<Self, StoreError> {
        let key =
            row.key.try_into().map_err(|_| StoreError::Corrupt("a key that is not 16 bytes".to_owned()))?;
        Ok(Self {
            number: small(row.number)?,
            key: TileKey(key),
            name: row.name,
            modified: unsigned(row.modified)?,
            version: unsigned(row.version)?,
            picture_bytes: unsigned(row.picture_bytes)?,
            small_bytes: unsigned(row.small_bytes)?,
        })
    }
}

impl Store {
    /// The pictures of an account, the newest first, `most` of them.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn documents(&self, owner: AccountId, most: u32) -> Result<Vec<DocumentInfo>, StoreError> {
        let rows: Vec<StoredInfo> = sqlx::query_as(
            "SELECT number, key, name, modified, version, octet_length(picture) AS picture_bytes, \
             octet_length(small) AS small_bytes FROM document WHERE owner = $1 AND in_tiles = 1 \
             ORDER BY modified DESC, number DESC LIMIT $2",
        )
        .bind(i64::from(owner.0))
        .bind(i64::from(most))
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(DocumentInfo::try_from).collect()
    }

    /// The picture with this key.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn picture(&self, key: TileKey, form: Form) -> Result<Option<Vec<u8>>, StoreError> {
        let statement = match form {
            Form::Full => {
                "SELECT d.picture FROM document d JOIN account a ON a.id = d.owner \
                 WHERE d.key = $1 AND a.disabled = 0"
            }
            Form::Small => {
                "SELECT d.small FROM document d JOIN account a ON a.id = d.owner \
                 WHERE d.key = $1 AND a.disabled = 0"
            }
        };
        Ok(sqlx::query_scalar(statement).bind(key.0.as_slice()).fetch_optional(self.readers()).await?)
    }

    /// Adds a picture to those of an account, and returns its number.
    ///
    /// # Errors
    /// [`Gone`](ProfileError::Gone), [`TooLong`](ProfileError::TooLong).
    pub async fn create_document(
        &self,
        owner: AccountId,
        name: String,
        picture: Picture,
    ) -> Result<u32, ProfileError> {
        if name.len() > MAX_DOCUMENT_NAME {
            return Err(ProfileError::TooLong);
        }
        self.write(move |tx| Box::pin(create(tx, owner, name, picture))).await
    }

    /// Gives a picture of an account another name, or puts another picture in its place.
    ///
    /// # Errors
    /// [`NoSuchDocument`](ProfileError::NoSuchDocument), [`TooLong`](ProfileError::TooLong).
    pub async fn update_document(
        &self,
        owner: AccountId,
        number: u32,
        name: Option<String>,
        picture: Option<Picture>,
    ) -> Result<(), ProfileError> {
        if name.as_ref().is_some_and(|name| name.len() > MAX_DOCUMENT_NAME) {
            return Err(ProfileError::TooLong);
        }
        self.write(move |tx| Box::pin(update(tx, owner, number, name, picture))).await
    }

    /// Has the profile of an account show this picture of its, and no other.
    ///
    /// # Errors
    /// [`NoSuchDocument`](ProfileError::NoSuchDocument).
    pub async fn show_document(&self, owner: AccountId, number: u32) -> Result<(), ProfileError> {
        self.write(move |tx| {
            Box::pin(async move {
                take_out(tx, owner, Place::Profile, AllBut(number)).await?;
                let shown = sqlx::query("UPDATE document SET is_shown = 1 WHERE owner = $1 AND number = $2")
                    .bind(i64::from(owner.0))
                    .bind(i64::from(number))
                    .execute(&mut *tx)
                    .await?;
                if shown.rows_affected() == 0 {
                    return Err(ProfileError::NoSuchDocument);
                }
                touch(tx, owner).await
            })
        })
        .await
    }

    /// Takes pictures of an account out of a place. Those that are not in it are not there after it either; none that is
    /// nowhere any more is kept.
    ///
    /// # Errors
    /// [`Gone`](ProfileError::Gone).
    pub async fn remove_documents(
        &self,
        owner: AccountId,
        place: Place,
        numbers: Vec<u32>,
    ) -> Result<(), ProfileError> {
        self.write(move |tx| {
            Box::pin(async move {
                revision(tx, owner).await?.ok_or(ProfileError::Gone)?;
                let mut taken = 0;
                for number in numbers {
                    taken += take_out(tx, owner, place, Only(number)).await?;
                }
                if taken > 0 {
                    touch(tx, owner).await?;
                }
                Ok(())
            })
        })
        .await
    }
}

async fn create(
    tx: &mut SqliteConnection,
    owner: AccountId,
    name: String,
    picture: Picture,
) -> Result<u32, ProfileError> {
    revision(tx, owner).await?.ok_or(ProfileError::Gone)?;
    touch(tx, owner).await?;
    // What is newest stays, and what is shown.
    sqlx::query(
        "DELETE FROM document WHERE owner = $1 AND is_shown = 0 AND number IN \
         (SELECT number FROM document WHERE owner = $1 ORDER BY is_shown DESC, modified DESC, number DESC \
         LIMIT -1 OFFSET $2)",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(MAX_DOCUMENTS - 1))
    .execute(&mut *tx)
    .await?;
    let number: i64 = sqlx::query_scalar(
        "UPDATE profile SET last_document = max(last_document + 1, $2) WHERE account = $1 \
         RETURNING last_document",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(msnp::soap::storage::FIRST_DOCUMENT))
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO document (owner, number, key, name, in_tiles, is_shown, modified, picture, small) \
         VALUES ($1, $2, $3, $4, 1, 0, $5, $6, $7)",
    )
    .bind(i64::from(owner.0))
    .bind(number)
    .bind(new_key()?)
    .bind(name)
    .bind(now())
    .bind(picture.full)
    .bind(picture.small)
    .execute(tx)
    .await?;
    Ok(small(number)?)
}

async fn update(
    tx: &mut SqliteConnection,
    owner: AccountId,
    number: u32,
    name: Option<String>,
    picture: Option<Picture>,
) -> Result<(), ProfileError> {
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM document WHERE owner = $1 AND number = $2")
        .bind(i64::from(owner.0))
        .bind(i64::from(number))
        .fetch_one(&mut *tx)
        .await?;
    if there == 0 {
        return Err(ProfileError::NoSuchDocument);
    }
    if let Some(name) = name {
        sqlx::query("UPDATE document SET name = $3, modified = $4 WHERE owner = $1 AND number = $2")
            .bind(i64::from(owner.0))
            .bind(i64::from(number))
            .bind(name)
            .bind(now())
            .execute(&mut *tx)
            .await?;
    }
    if let Some(picture) = picture {
        sqlx::query(
            "UPDATE document SET picture = $3, small = $4, key = $5, version = version + 1, modified = $6 \
             WHERE owner = $1 AND number = $2",
        )
        .bind(i64::from(owner.0))
        .bind(i64::from(number))
        .bind(picture.full)
        .bind(picture.small)
        .bind(new_key()?)
        .bind(now())
        .execute(&mut *tx)
        .await?;
    }
    touch(tx, owner).await
}

/// Which of an account's pictures.
enum Which {
    Only(u32),
    AllBut(u32),
}
use Which::{AllBut, Only};

/// Takes pictures out of a place. Returns how many were in it.
async fn take_out(
    tx: &mut SqliteConnection,
    owner: AccountId,
    place: Place,
    which: Which,
) -> Result<u64, ProfileError> {
    // Those that are in no other place are removed.
    let statements = match place {
        Place::Profile => [
            "DELETE FROM document WHERE owner = $1 AND (number = $2) = $3 AND is_shown = 1 AND in_tiles = 0",
            "UPDATE document SET is_shown = 0 WHERE owner = $1 AND (number = $2) = $3 AND is_shown = 1",
        ],
        Place::Tiles => [
            "DELETE FROM document WHERE owner = $1 AND (number = $2) = $3 AND in_tiles = 1 AND is_shown = 0",
            "UPDATE document SET in_tiles = 0 WHERE owner = $1 AND (number = $2) = $3 AND in_tiles = 1",
        ],
    };
    let (number, is_meant) = match which {
        Only(number) => (number, true),
        AllBut(number) => (number, false),
    };
    let mut taken = 0;
    for statement in statements {
        let done = sqlx::query(statement)
            .bind(i64::from(owner.0))
            .bind(i64::from(number))
            .bind(is_meant)
            .execute(&mut *tx)
            .await?;
        taken += done.rows_affected();
    }
    Ok(taken)
}

fn new_key() -> Result<Vec<u8>, StoreError> {
    let mut key = vec![0; 16];
    getrandom::fill(&mut key).map_err(StoreError::Random)?;
    Ok(key)
}
