//! What was said to people who were away, until they have it.

use std::collections::HashMap;
use std::time::Duration;

use msnp::types::{Email, Guid};
use sqlx::SqliteConnection;

use super::gather::{Found, Gathered};
use super::list::allows;
use super::privacy::setting;
use super::row::{Row, account_id, email, guid, new_guid, unsigned};
use super::writer::BoxFuture;
use super::{Store, StoreError, now};
use crate::account::AccountId;

/// How long messages are kept, unless the operator chooses otherwise.
pub const MESSAGE_LIFETIME: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// How many messages may wait for one account.
pub const MAX_WAITING: u32 = 500;

/// How much of them may, in bytes.
pub const MAX_WAITING_BYTES: u32 = 512 << 10;

/// How many of one sender's may wait for the same account.
pub const MAX_FROM_ONE: u32 = 100;

/// A message for somebody who is away.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Whom it is for.
    pub receiver: AccountId,
    /// Whose it is.
    pub sender: AccountId,
    /// What the sender calls himself now.
    pub sender_name: String,
    /// The conversation it belongs to.
    pub run: Guid,
    /// Its place there, from 1 on.
    pub number: u32,
    /// The MIME message as a switchboard passes it on.
    pub payload: Vec<u8>,
}

/// Says nothing of what it says.
impl std::fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { receiver, sender, number, payload, .. } = self;
        write!(f, "NewMessage({sender} to {receiver}, number {number}, <{} bytes>)", payload.len())
    }
}

/// What became of a message. The sender must not be able to tell which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It waits for its receiver.
    Waiting,
    /// It was dropped: the receiver wants nothing from its sender.
    Dropped,
}

/// Why a message was not taken.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeepError {
    /// As much waits as may.
    #[error("as many messages wait as may")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such account any more.
    #[error("no such account")]
    UnknownAccount,
}

impl From<sqlx::Error> for KeepError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What waits for an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Whose messages, in the order of their last ones.
    pub senders: Vec<WaitingSender>,
    /// Whether others, who are blocked, have said something that was dropped and counts.
    pub has_dropped: bool,
}

/// Somebody whose messages wait for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingSender {
    /// Who it is.
    pub id: AccountId,
    /// His address, as it is now.
    pub email: Email,
    /// What he called himself when he said the last of them.
    pub name: String,
}

/// A message that waits.
#[derive(Clone, PartialEq, Eq)]
pub struct WaitingMessage {
    /// What names it.
    pub guid: Guid,
    /// What its sender called himself then.
    pub sender_name: String,
    /// When it was said, in seconds since 1970.
    pub sent: u64,
    /// The MIME message as a switchboard passes it on.
    pub payload: Vec<u8>,
}

/// Says nothing of what it says.
impl std::fmt::Debug for WaitingMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WaitingMessage({}, <{} bytes>)", self.guid, self.payload.len())
    }
}

/// Of those for whom something waits.
impl Gathered for Waiting {
    fn read<'c>(
        conn: &'c mut SqliteConnection,
        receivers: &'c str,
    ) -> BoxFuture<'c, Result<Found<Self>, StoreError>> {
        Box::pin(async move {
            let rows: Vec<(i64, i64, String, String, bool)> = sqlx::query_as(
                "SELECT m.receiver, m.sender, a.email, m.sender_name, m.payload IS NULL \
                 FROM offline_message m JOIN account a ON a.id = m.sender \
                 WHERE m.seq IN (SELECT max(seq) FROM offline_message \
                 WHERE receiver IN (SELECT value FROM json_each($1)) \
                 GROUP BY receiver, sender, payload IS NULL) ORDER BY m.seq",
            )
            .bind(receivers)
            .fetch_all(conn)
            .await?;
            let mut found = HashMap::<AccountId, Result<Self, StoreError>>::new();
            for (receiver, sender, address, name, is_dropped) in rows {
                let of_receiver = found.entry(account_id(receiver)?).or_insert_with(|| Ok(Self::default()));
                let Ok(waiting) = of_receiver else { continue };
                match waiting_sender(sender, &address, name) {
                    Ok(_) if is_dropped => waiting.has_dropped = true,
                    Ok(sender) => waiting.senders.push(sender),
                    Err(error) => *of_receiver = Err(error),
                }
            }
            Ok(found.into_iter().collect())
        })
    }
}

fn waiting_sender(id: i64, address: &str, name: String) -> Result<WaitingSender, StoreError> {
    Ok(WaitingSender { id: account_id(id)?, email: email(address)?, name })
}

impl Store {
    /// Takes a message for somebody who is away. What has waited for longer than `lifetime`, whoever it is for, goes.
    ///
    /// Whether the receiver lets the sender contact him is looked at in the same transaction. A message of somebody
    /// whom he does not is dropped; nothing but what is returned tells: it takes as long, and counts as much.
    ///
    /// # Errors
    /// [`Full`](KeepError::Full), [`UnknownAccount`](KeepError::UnknownAccount).
    pub async fn keep_message(&self, message: NewMessage, lifetime: Duration) -> Result<Kept, KeepError> {
        self.write(move |tx| {
            Box::pin(async move {
                expire(tx, lifetime).await?;
                let NewMessage { receiver, sender, .. } = message;
                let privacy: String = sqlx::query_scalar("SELECT privacy FROM account WHERE id = $1")
                    .bind(i64::from(receiver.0))
                    .fetch_optional(&mut *tx)
                    .await?
                    .ok_or(KeepError::UnknownAccount)?;
                // Operators may remove somebody who is still in a chat.
                super::row::revision(tx, sender).await?.ok_or(KeepError::UnknownAccount)?;
                let lists = Row::load(tx, receiver, sender).await?.lists;
                let is_welcome = allows(lists, setting(&privacy)?);
                check_room(tx, &message).await?;
                sqlx::query(
                    "INSERT INTO offline_message \
                     (guid, receiver, sender, sender_name, sent, run, number, size, payload) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(new_guid()?.0.as_slice())
                .bind(i64::from(receiver.0))
                .bind(i64::from(sender.0))
                .bind(&message.sender_name)
                .bind(now())
                .bind(message.run.0.as_slice())
                .bind(i64::from(message.number))
                .bind(size(&message))
                .bind(is_welcome.then_some(message.payload))
                .execute(tx)
                .await?;
                Ok(if is_welcome { Kept::Waiting } else { Kept::Dropped })
            })
        })
        .await
    }

    /// Whose messages wait for an account. Those of people whom it does not let contact it any more are among them.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn waiting(&self, receiver: AccountId) -> Result<Waiting, StoreError> {
        let gatherer = self.gatherers()?.waiting;
        Ok(gatherer.read(receiver).await?.unwrap_or_default())
    }

    /// The messages of one sender that wait for an account, in the order in which they were said.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn waiting_messages(
        &self,
        receiver: AccountId,
        sender: AccountId,
    ) -> Result<Vec<WaitingMessage>, StoreError> {
        let rows: Vec<(Vec<u8>, String, i64, Vec<u8>)> = sqlx::query_as(
            "SELECT guid, sender_name, sent, payload FROM offline_message \
             WHERE receiver = $1 AND sender = $2 AND payload IS NOT NULL ORDER BY seq",
        )
        .bind(i64::from(receiver.0))
        .bind(i64::from(sender.0))
        .fetch_all(self.readers())
        .await?;
        let message = |(bytes, sender_name, sent, payload): (Vec<u8>, String, i64, Vec<u8>)| {
            Ok(WaitingMessage { guid: guid(&bytes)?, sender_name, sent: unsigned(sent)?, payload })
        };
        rows.into_iter().map(message).collect()
    }

    /// How many messages wait for an account.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn count_waiting(&self, receiver: AccountId) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM offline_message WHERE receiver = $1 AND payload IS NOT NULL",
        )
        .bind(i64::from(receiver.0))
        .fetch_one(self.readers())
        .await?;
        unsigned(count)
    }

    /// Removes messages that their receiver has got; others of these names, which are not his, stay. Returns how many
    /// there were.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn remove_messages(&self, receiver: AccountId, guids: Vec<Guid>) -> Result<u64, StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut removed = 0;
                for guid in guids {
                    let done = sqlx::query("DELETE FROM offline_message WHERE guid = $1 AND receiver = $2")
                        .bind(guid.0.as_slice())
                        .bind(i64::from(receiver.0))
                        .execute(&mut *tx)
                        .await?;
                    removed += done.rows_affected();
                }
                Ok(removed)
            })
        })
        .await
    }

    /// Forgets how much people who are blocked have said to an account, which is there now: what others have said to
    /// it is fetched and waits no more, either.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn forget_dropped(&self, receiver: AccountId) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                sqlx::query("DELETE FROM offline_message WHERE receiver = $1 AND payload IS NULL")
                    .bind(i64::from(receiver.0))
                    .execute(tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Removes what has waited for longer than `lifetime`, whoever it is for.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn expire_messages(&self, lifetime: Duration) -> Result<(), StoreError> {
        self.write(move |tx| Box::pin(expire(tx, lifetime))).await
    }
}

async fn expire(tx: &mut SqliteConnection, lifetime: Duration) -> Result<(), StoreError> {
    let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    sqlx::query("DELETE FROM offline_message WHERE sent < $1")
        .bind(now().saturating_sub(lifetime))
        .execute(tx)
        .await?;
    Ok(())
}

/// Refuses where as much waits as may. What was dropped counts for its own sender alone: nobody can fill up what
/// others have by being blocked.
async fn check_room(tx: &mut SqliteConnection, message: &NewMessage) -> Result<(), KeepError> {
    let (waiting, bytes, from_one): (i64, i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(size), 0), count(*) FILTER (WHERE sender = $2) FROM offline_message \
         WHERE receiver = $1 AND (payload IS NOT NULL OR sender = $2)",
    )
    .bind(i64::from(message.receiver.0))
    .bind(i64::from(message.sender.0))
    .fetch_one(tx)
    .await?;
    let has_room = waiting < i64::from(MAX_WAITING)
        && bytes.saturating_add(size(message)) <= i64::from(MAX_WAITING_BYTES)
        && from_one < i64::from(MAX_FROM_ONE);
    if has_room { Ok(()) } else { Err(KeepError::Full) }
}

fn size(message: &NewMessage) -> i64 {
    i64::try_from(message.payload.len()).unwrap_or(i64::MAX)
}
