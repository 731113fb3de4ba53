//! Reads that everybody makes who signs in: whatever waits is read by one statement.
//!
//! A statement costs two waits for another thread, which is several times what it takes to read somebody's lists. When many
//! sign in at once, as after a restart, they wait for each other anyway, and share them. Who comes alone is read alone.

use std::collections::HashMap;

use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::error::StoreError;
use super::writer::BoxFuture;
use crate::account::AccountId;

/// Reads that may wait; who comes later waits to be let in.
const QUEUE: usize = 1024;

/// Accounts in one statement. Bounds how long the first waits for the last.
const MAX_BATCH: usize = 64;

/// What can be read of many accounts at once.
pub(super) trait Gathered: Clone + Send + 'static {
    /// Reads it of those accounts whose numbers are in `accounts`, a JSON array. All of one account is of one moment.
    fn read<'c>(
        conn: &'c mut SqliteConnection,
        accounts: &'c str,
    ) -> BoxFuture<'c, Result<Vec<(AccountId, Self)>, StoreError>>;
}

struct Ask<T> {
    account: AccountId,
    answer: oneshot::Sender<Result<Option<T>, StoreError>>,
}

/// The way to the task that reads.
pub(super) struct Gatherer<T> {
    asks: mpsc::Sender<Ask<T>>,
}

impl<T> Clone for Gatherer<T> {
    fn clone(&self) -> Self {
        Self { asks: self.asks.clone() }
    }
}

impl<T: Gathered> Gatherer<T> {
    /// Reads over `conn`, which is closed when the last clone is gone; the task ends then.
    pub(super) fn start(conn: SqliteConnection) -> (Self, JoinHandle<()>) {
        let (asks, asked) = mpsc::channel(QUEUE);
        (Self { asks }, tokio::spawn(run(conn, asked)))
    }

    /// Reads it of an account, `None` where there is no such account, not before this is called.
    pub(super) async fn read(&self, account: AccountId) -> Result<Option<T>, StoreError> {
        let (answer, read) = oneshot::channel();
        self.asks.send(Ask { account, answer }).await.map_err(|_| StoreError::Closed)?;
        read.await.map_err(|_| StoreError::Closed)?
    }
}

async fn run<T: Gathered>(mut conn: SqliteConnection, mut asked: mpsc::Receiver<Ask<T>>) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while asked.recv_many(&mut batch, MAX_BATCH).await > 0 {
        // Who has gone meanwhile costs nothing.
        batch.retain(|ask| !ask.answer.is_closed());
        let numbers: Vec<_> = batch.iter().map(|ask| ask.account.0.to_string()).collect();
        let found = T::read(&mut conn, &format!("[{}]", numbers.join(","))).await;
        let found = found.map(|found| found.into_iter().collect::<HashMap<_, _>>());
        for Ask { account, answer } in batch.drain(..) {
            // Somebody may have asked twice.
            let one = found.as_ref().map(|found| found.get(&account).cloned());
            let _ = answer.send(one.map_err(StoreError::clone));
        }
    }
    let _ = conn.close().await;
}
