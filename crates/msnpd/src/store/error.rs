//! What can go wrong in the store itself.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::migrate::MigrateError;

/// The store could not do what was asked, through no fault of the asker.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The store was closed, or its writer has died.
    #[error("the store is closed")]
    Closed,
    /// A row holds what no version of this program writes.
    #[error("the database holds {0}, which this program never wrote: restore a backup")]
    Corrupt(String),
    /// The database engine failed.
    #[error("the database failed: {0}")]
    Database(Arc<sqlx::Error>),
    /// The data directory or a file in it can't be used.
    #[error("cannot use {path}: {source}; the user that runs msnpd needs to own it", path = .path.display())]
    File {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// Another process kept the database locked for as long as a writer waits.
    #[error("another program keeps the database locked: end it, then try again")]
    Locked,
    /// The schema is not one of this program's.
    #[error("cannot bring {file} to this program's schema: {source}", file = .file.display())]
    Migrate {
        /// The database.
        file: PathBuf,
        /// What was found.
        source: Arc<MigrateError>,
    },
    /// A newer version of the program has changed the schema.
    #[error(
        "{file} has schema {found}, this program knows {known} at most: run the newer msnpd that wrote it, or \
         restore a backup from before",
        file = .file.display()
    )]
    Newer {
        /// The database.
        file: PathBuf,
        /// The newest schema version applied to it.
        found: i64,
        /// The newest schema version this program knows.
        known: i64,
    },
    /// The database can't be opened.
    #[error("cannot open {file}: {source}", file = .file.display())]
    Open {
        /// The database.
        file: PathBuf,
        /// What the database engine said.
        source: Arc<sqlx::Error>,
    },
    /// There is no randomness to make a GUID of.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_busy(&error) { Self::Locked } else { Self::Database(Arc::new(error)) }
    }
}

/// Whether another process held a lock for longer than the engine was told to wait.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    /// `SQLITE_BUSY`, in the low byte of each of its extended codes (<https://www.sqlite.org/rescode.html>).
    const BUSY: u32 = 5;
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == BUSY)
}
