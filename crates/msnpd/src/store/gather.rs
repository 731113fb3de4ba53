//! Reads that everybody makes who signs in: whatever waits is read by one statement.
//!
//! A statement costs two waits for another thread, which is several times what it takes to read somebody's lists. When many
//! sign in at once, as after a restart, they wait for each other anyway, and share them. Who comes alone is read alone.

use std::collections::HashMap;
use std::fmt::Write as _;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::error::StoreError;
use super::writer::BoxFuture;
use crate::account::AccountId;

/// Reads that may wait; who comes later waits to be let in.
const QUEUE: usize = 1024;

/// Accounts in one statement. Bounds how long the first waits for the last.
const MAX_BATCH: usize = 64;

/// What was read of each account, or why that could not be made out: what is wrong with one is none of the others'.
pub(super) type Found<T> = Vec<(AccountId, Result<T, StoreError>)>;

/// What can be read of many accounts at once.
pub(super) trait Gathered: Clone + Send + 'static {
    /// Reads it of those accounts whose numbers are in `accounts`, a JSON array. All of one account is of one moment.
    fn read<'c>(
        conn: &'c mut SqliteConnection,
        accounts: &'c str,
    ) -> BoxFuture<'c, Result<Found<Self>, StoreError>>;
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
    /// Reads over a connection of its own, until the last clone is gone.
    pub(super) async fn start(options: &SqliteConnectOptions) -> Result<(Self, JoinHandle<()>), sqlx::Error> {
        let conn = options.connect().await?;
        let (asks, asked) = mpsc::channel(QUEUE);
        Ok((Self { asks }, tokio::spawn(run(conn, options.clone(), asked))))
    }

    /// Reads it of an account, `None` where there is no such account, not before this is called.
    pub(super) async fn read(&self, account: AccountId) -> Result<Option<T>, StoreError> {
        let (answer, read) = oneshot::channel();
        self.asks.send(Ask { account, answer }).await.map_err(|_| StoreError::Closed)?;
        read.await.map_err(|_| StoreError::Closed)?
    }
}

async fn run<T: Gathered>(
    mut conn: SqliteConnection,
    options: SqliteConnectOptions,
    mut asked: mpsc::Receiver<Ask<T>>,
) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    while asked.recv_many(&mut batch, MAX_BATCH).await > 0 {
        // Who has gone meanwhile costs nothing.
        batch.retain(|ask| !ask.answer.is_closed());
        batch.sort_unstable_by_key(|ask| ask.account);
        let found = T::read(&mut conn, &array(&batch)).await;
        // It is unclear how an error has left the connection. Where there is none to be had, the next one fails as well.
        if found.is_err()
            && let Ok(another) = options.connect().await
        {
            conn = another;
        }
        let mut found = found.map(|found| found.into_iter().collect::<HashMap<_, _>>());
        let mut asks = batch.drain(..).peekable();
        while let Some(Ask { account, answer }) = asks.next() {
            let is_asked_twice = asks.peek().is_some_and(|next| next.account == account);
            let one = match &mut found {
                Ok(found) if is_asked_twice => found.get(&account).cloned().transpose(),
                Ok(found) => found.remove(&account).transpose(),
                Err(error) => Err(error.clone()),
            };
            let _ = answer.send(one);
        }
    }
    let _ = conn.close().await;
}

/// The accounts as a JSON array.
fn array<T>(asks: &[Ask<T>]) -> String {
    let mut array = String::from("[");
    for (at, ask) in asks.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(array, "{comma}{}", ask.account); // writing to memory can't fail
    }
    array.push(']');
    array
}
