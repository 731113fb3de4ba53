//! What is kept across a restart: accounts, lists, groups, privacy, properties, circles, messages for people who
//! are away, and what roams.
//!
//! One set of operations, named for what the server wants, over an SQLite file in the data directory. Edits go through
//! one writer task and return when they are on the disk; reads have connections of their own and never wait for a
//! write. Another process (`msnpd user …`) may write the same file meanwhile.
//!
//! Every stored change takes the account's next *revision* in the same transaction. An edit reports each contact row
//! that it changed as a [`Change`] with the revision of that row's owner, so that what is kept in memory can apply
//! changes in any order, and twice, by comparing revisions.

mod account;
mod allow;
mod book;
mod book_group;
mod circle;
mod circle_account;
mod circle_block;
mod circle_edit;
mod circle_edited;
mod circle_row;
mod connection;
mod contact;
mod detail;
mod document;
mod edit;
mod entry;
mod entry_types;
mod error;
mod event;
mod gather;
mod group;
mod list;
mod mailbox;
mod manage;
mod me;
mod member;
mod offline;
mod order;
mod outside;
mod outside_row;
mod privacy;
mod profile;
mod property;
mod recording;
mod role;
mod roster;
mod row;
mod sign_in;
mod tombstone;
mod waiting;
mod writer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics::Counter;
use parking_lot::Mutex;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::data_dir;
use gather::Gatherer;
use roster::Entrance;

pub use account::{AccountError, AccountSummary, NewAccount, Seal};
pub use book::{Book, BookEdited, BookEntry, BookError, BookGroup, EntryKind, Me};
pub use book_group::{GroupUpdate, MAX_GROUP_NAME};
pub use circle::{
    Circle, CircleMember, CircleRole, CircleState, Inviter, MAX_CIRCLE_INVITATIONS, MAX_CIRCLE_MEMBERS,
    MAX_CIRCLE_NAME, MAX_CIRCLES, MAX_INVITATIONS, OwnCircle,
};
pub use circle_block::CIRCLE_NETWORK;
pub use circle_edited::{CircleChange, CircleEdited, CircleError};
pub use connection::Connection;
pub use detail::{DetailEdit, Details, MAX_BOOK_BYTES, MAX_DETAIL_NAME, MAX_DETAIL_VALUE, MAX_DETAILS};
pub use document::{DocumentInfo, Form, MAX_DOCUMENT_NAME, MAX_DOCUMENTS, Picture, Place, TileKey};
pub use edit::{ContactKey, EditError, Edited, Limits};
pub use entry_types::{Adding, Addition, EntryAddress, EntryUpdate, MAX_INVITE, MAX_KEPT, NewEntry};
pub use error::StoreError;
pub use event::{Event, EventKind};
pub use group::{Group, GroupEdited, GroupKey, GroupRemoved, Orphans};
pub use mailbox::{INBOX, MailNews, NewMail, TRASH, Unread};
pub use me::{MeEdited, MeUpdate};
pub use member::{Member, MemberKey, Membership};
pub use offline::{
    KeepError, Kept, MAX_FROM_ONE, MAX_WAITING, MAX_WAITING_BYTES, MESSAGE_LIFETIME, NewMessage, Waiting,
    WaitingMessage, WaitingSender,
};
pub use order::{Order, Ordered};
pub use outside::OutsideContact;
pub use profile::{MAX_MESSAGE, Profile, ProfileEdited, ProfileError, ProfileUpdate};
pub use property::{SettingEdited, Sight};
pub use recording::Wish;
pub use role::{MAX_NUMBER, MembershipId, OWN_NETWORK, Role};
pub use roster::{Roster, RosterContact};
pub use row::Change;
pub use sign_in::{Brief, BriefContact, SignIn};
pub use tombstone::{DeletedEntry, DeletedMember};
pub use waiting::{FetchedMessage, WaitingNotice};

/// The database's file name in the data directory.
pub const DATABASE: &str = "msnpd.db";

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Connections that read. Each is a thread of the engine's, and what they read mostly is in the page cache.
const READERS: u32 = 4;

/// How long a reader waits where SQLite makes it wait at all: while another process recovers the log after a crash.
const READ_PATIENCE: Duration = Duration::from_secs(5);

/// The store, open. Cheap to clone: all clones share one writer and its readers.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// What is read of everybody who signs in: all of it at once, all but the lists in full, and what was said to him while he
/// was away.
#[derive(Clone)]
struct Gatherers {
    entrance: Gatherer<Entrance>,
    sign_in: Gatherer<SignIn>,
    waiting: Gatherer<Waiting>,
}

/// A state of the database: while [`Store::moment`] is the same nothing has changed, but for what another process has done
/// and this one has not acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(u64);

struct Inner {
    dir: PathBuf,
    file: PathBuf,
    /// `None` once closed. Not kept locked: whoever writes takes a clone.
    jobs: Mutex<Option<mpsc::Sender<Box<dyn writer::Job>>>>,
    readers: SqlitePool,
    /// What is read of everybody who signs in. `None` once closed.
    gatherers: Mutex<Option<Gatherers>>,
    /// The tasks behind both, the writer's last.
    tasks: Mutex<Vec<JoinHandle<()>>>,
    /// What counts edits, once somebody does.
    edits: Arc<OnceLock<Counter>>,
    /// Grows after each transaction, before anybody hears that it is committed.
    moment: Arc<AtomicU64>,
    /// The newest event that was passed over because this version does not know it.
    passed_over: AtomicI64,
}

impl Store {
    /// Opens the store in `data_dir`, which is made if it is not there, as is the database; an older schema is brought
    /// up to date. Needs a tokio runtime, on which the writer runs until the last clone is dropped.
    ///
    /// # Errors
    /// When the directory or the database can't be used, or a newer version of this program wrote it.
    pub async fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let file = data_dir.join(DATABASE);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(READ_PATIENCE)
            // Not even at debug level: statements are many, and say nothing of whom they are about.
            .disable_statement_logging();
        set_up(data_dir, &file, &options).await?;
        let failed = |source| StoreError::Open { file: file.clone(), source: Arc::new(source) };
        let writing = options.clone().busy_timeout(writer::LOCK_POLL);
        let conn = writing.connect().await.map_err(failed)?;
        let options = options.pragma("query_only", "ON");
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // A file does not go away like a server: no ping before each use, no renewal.
            .test_before_acquire(false)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(options.clone())
            .await
            .map_err(failed)?;
        let (entrance, entrance_task) = Gatherer::start(&options).await.map_err(failed)?;
        let (sign_in, sign_in_task) = Gatherer::start(&options).await.map_err(failed)?;
        let (waiting, waiting_task) = Gatherer::start(&options).await.map_err(failed)?;
        let (jobs, queue) = mpsc::channel(writer::QUEUE);
        let edits = Arc::new(OnceLock::new());
        let moment = Arc::new(AtomicU64::new(0));
        let writer = tokio::spawn(writer::run(conn, writing, queue, edits.clone(), moment.clone()));
        Ok(Self {
            inner: Arc::new(Inner {
                dir: data_dir.to_owned(),
                file,
                jobs: Mutex::new(Some(jobs)),
                readers,
                gatherers: Mutex::new(Some(Gatherers { entrance, sign_in, waiting })),
                tasks: Mutex::new(vec![entrance_task, sign_in_task, waiting_task, writer]),
                edits,
                moment,
                passed_over: AtomicI64::new(0),
            }),
        })
    }

    /// The data directory that it lies in.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// The moment that it is. What was read after it was asked for is still so while it is the same, and whoever has changed
    /// something in between is still to act on it.
    pub fn moment(&self) -> Moment {
        Moment(self.inner.moment.load(Ordering::Acquire))
    }

    /// Another process has changed something, which is going to be acted on here.
    pub fn pass_moment(&self) {
        self.inner.moment.fetch_add(1, Ordering::AcqRel);
    }

    /// Counts edits from here on. For whoever serves with this store, once; what is said later changes nothing.
    pub fn count_edits(&self, counter: Counter) {
        let _ = self.inner.edits.set(counter);
    }

    /// Finishes what waits to be written and closes the database, for all clones. What comes later fails with
    /// [`StoreError::Closed`]. Not needed for safety; it leaves a single file behind, without the log.
    pub async fn close(&self) {
        // One after the other: of two that end at once, each may leave the log to the other.
        self.inner.readers.close().await;
        let mut tasks = std::mem::take(&mut *self.inner.tasks.lock()).into_iter();
        let Some(Gatherers { entrance, sign_in, waiting }) = self.inner.gatherers.lock().take() else {
            return;
        };
        drop(entrance);
        end(tasks.next()).await;
        drop(sign_in);
        end(tasks.next()).await;
        drop(waiting);
        end(tasks.next()).await;
        drop(self.inner.jobs.lock().take());
        end(tasks.next()).await;
    }

    /// What is read of everybody who signs in.
    fn gatherers(&self) -> Result<Gatherers, StoreError> {
        self.inner.gatherers.lock().clone().ok_or(StoreError::Closed)
    }

    /// Runs `edit` in the writer and returns once it is committed or refused.
    async fn write<F, T, E>(&self, edit: F) -> Result<T, E>
    where
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> writer::BoxFuture<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let jobs = self.inner.jobs.lock().clone().ok_or(StoreError::Closed)?;
        writer::submit(jobs, edit).await
    }

    /// The connections to read with.
    fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }
}

/// Waits for the end of a task that nobody can ask for anything more.
async fn end(task: Option<JoinHandle<()>>) {
    if let Some(task) = task {
        let _ = task.await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("file", &self.inner.file).finish_non_exhaustive()
    }
}

/// Makes the directory, the database and its schema, where they are missing.
async fn set_up(data_dir: &Path, file: &Path, options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let unusable = |path: &Path, source| StoreError::File { path: path.to_owned(), source: Arc::new(source) };
    // Two processes that start on an empty directory would both make the tables.
    let (dir, db) = (data_dir.to_owned(), file.to_owned());
    let lock = tokio::task::spawn_blocking(move || {
        data_dir::create(&dir).map_err(|e| (dir.clone(), e))?;
        let lock = data_dir::lock_for_setup(&dir).map_err(|e| (dir, e))?;
        // SQLite would make it readable for everyone; the log takes over the permissions of this file.
        data_dir::touch_private(&db).map_err(|e| (db, e))?;
        Ok(lock)
    })
    .await
    .map_err(|e| unusable(data_dir, e.into()))?
    .map_err(|(path, e): (PathBuf, std::io::Error)| unusable(&path, e))?;

    let open = |source| StoreError::Open { file: file.to_owned(), source: Arc::new(source) };
    let mut conn = options.connect().await.map_err(open)?;
    // Not `run`: what that takes is so general that its future is not `Send`.
    let migrated =
        MIGRATIONS.run_direct(None, &mut conn, false).await.map_err(|error| schema_error(file, error));
    sqlx::Connection::close(conn).await.map_err(open)?;
    drop(lock);
    migrated
}

fn schema_error(file: &Path, error: MigrateError) -> StoreError {
    let known = MIGRATIONS.iter().map(|m| m.version).max().unwrap_or_default();
    match error {
        MigrateError::VersionMissing(found) if found > known => {
            StoreError::Newer { file: file.to_owned(), found, known }
        }
        error => StoreError::Migrate { file: file.to_owned(), source: Arc::new(error) },
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
