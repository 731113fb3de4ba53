//! The one task that writes: whatever waits goes into one transaction, and nothing is answered before its commit.
//!
//! With `synchronous=FULL` each commit waits for the disk, some hundred times a second at best. While one does, edits
//! pile up and share the next. Each has a savepoint of its own, so one that is refused takes nothing with it.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use metrics::Counter;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::error::{StoreError, is_busy};

/// Edits that may wait for the writer; who comes later waits to be let in.
pub(super) const QUEUE: usize = 1024;

/// Edits in one transaction. Bounds how long the first waits for the last.
const MAX_BATCH: usize = 128;

/// How long the engine itself polls for another process's write lock. Short, since its polls soon are 100 ms apart and
/// would miss the breaks of a busy writer; the loop here asks again until [`LOCK_PATIENCE`] is over.
pub(super) const LOCK_POLL: Duration = Duration::from_millis(8);

/// How long another process may hold the write lock before edits fail.
const LOCK_PATIENCE: Duration = Duration::from_secs(20);

/// A writer that never rests would starve another process: nobody queues for SQLite's lock. After this long it
/// pauses for [`BREAK`], in which each that polls as often as [`LOCK_POLL`] has it is bound to get the lock.
const SHIFT: Duration = Duration::from_millis(250);

/// See [`SHIFT`].
const BREAK: Duration = Duration::from_millis(10);

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An edit on its way through the writer: run in a savepoint, then told whether the transaction was committed.
pub(super) trait Job: Send {
    /// Does the edit. `false`: refused, take it back.
    fn run<'a>(&'a mut self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, bool>;

    /// Answers whoever waits for it.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A [`Job`] made of a closure.
struct Waiting<F, T, E> {
    edit: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Waiting<F, T, E>
where
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, E>> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run<'a>(&'a mut self, tx: &'a mut SqliteConnection) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            if let Some(edit) = self.edit.take() {
                self.outcome = Some(edit(tx).await);
            }
            matches!(self.outcome, Some(Ok(_)))
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = match (committed, self.outcome) {
            // A refusal stands whatever became of the transaction: nothing of it was to be written.
            (_, Some(Err(error))) => Err(error),
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(done)) => done,
            (Ok(()), None) => Err(StoreError::Closed.into()),
        };
        // Nobody waits any more where a connection was closed meanwhile; the edit stands.
        let _ = self.reply.send(outcome);
    }
}

/// Queues `edit` and waits until it is committed or refused. It runs even if the caller goes away.
pub(super) async fn submit<F, T, E>(jobs: mpsc::Sender<Box<dyn Job>>, edit: F) -> Result<T, E>
where
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let job = Box::new(Waiting { edit: Some(edit), outcome: None, reply });
    jobs.send(job).await.map_err(|_| StoreError::Closed)?;
    // The writer must end when the last who may write is gone, so none is kept while waiting.
    drop(jobs);
    answer.await.map_err(|_| StoreError::Closed)?
}

/// Writes until nobody is left who could ask for it, then closes the database. `options` open the same database
/// again, after an error of which it is unclear how it left the connection.
pub(super) async fn run(
    mut conn: SqliteConnection,
    options: SqliteConnectOptions,
    mut jobs: mpsc::Receiver<Box<dyn Job>>,
    counter: Arc<OnceLock<Counter>>,
    moment: Arc<AtomicU64>,
) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    let mut shift = Instant::now();
    loop {
        if shift.elapsed() > SHIFT {
            tokio::time::sleep(BREAK).await;
            shift = Instant::now();
        }
        let idle = Instant::now();
        if jobs.recv_many(&mut batch, MAX_BATCH).await == 0 {
            break;
        }
        if idle.elapsed() > BREAK {
            shift = Instant::now();
        }
        let committed = write(&mut conn, &mut batch).await.map(|edits| {
            if let Some(counter) = counter.get() {
                counter.increment(edits);
            }
        });
        // Also after an error: it may have come after the commit.
        moment.fetch_add(1, Ordering::AcqRel);
        if let Err(error) = &committed {
            tracing::error!(edits = batch.len(), %error, "a transaction failed, nothing of it is stored");
            if !matches!(error, StoreError::Locked) {
                match options.connect().await {
                    Ok(fresh) => conn = fresh,
                    Err(error) => tracing::error!(%error, "cannot open the database again"),
                }
            }
        }
        for job in batch.drain(..) {
            job.answer(committed.clone());
        }
    }
    if let Err(error) = conn.close().await {
        tracing::warn!(%error, "the database was not closed well; nothing is lost, the next start recovers it");
    }
}

/// Runs all edits in one transaction. Returns how many of them were not refused.
async fn write(conn: &mut SqliteConnection, batch: &mut [Box<dyn Job>]) -> Result<u64, StoreError> {
    let asked = Instant::now();
    // An error after this drops the transaction, which rolls it back.
    let mut tx = loop {
        match conn.begin_with("BEGIN IMMEDIATE").await {
            Ok(tx) => break tx,
            Err(error) if is_busy(&error) && asked.elapsed() < LOCK_PATIENCE => {}
            Err(error) => return Err(error.into()),
        }
    };
    let mut done = 0;
    for job in batch {
        let mut savepoint = tx.begin().await?;
        if job.run(&mut savepoint).await {
            savepoint.commit().await?;
            done += 1;
        } else {
            savepoint.rollback().await?;
        }
    }
    tx.commit().await?;
    Ok(done)
}
