//! What waits for somebody, for clients that fetch it message by message.

use msnp::types::{Email, Guid, Lists};

use super::list::allows;
use super::privacy::setting;
use super::row::{account_id, email, guid, unsigned};
use super::{Store, StoreError};
use crate::account::AccountId;

/// What is told of a message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingNotice {
    /// What names it.
    pub guid: Guid,
    /// Its sender.
    pub sender: AccountId,
    /// The address of its sender, as it is now.
    pub sender_email: Email,
    /// What he called himself then.
    pub sender_name: String,
    /// When it was said, in seconds since 1970.
    pub sent: u64,
    /// How long it is, in bytes.
    pub size: u64,
}

/// A message that is fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchedMessage {
    /// What is told of it.
    pub notice: WaitingNotice,
    /// The conversation it belongs to.
    pub run: Guid,
    /// Its place there, from 1 on.
    pub number: u32,
    /// The MIME message as a switchboard passes it on.
    pub payload: Vec<u8>,
}

/// Says nothing of what it says.
impl std::fmt::Debug for FetchedMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FetchedMessage({}, <{} bytes>)", self.notice.guid, self.payload.len())
    }
}

#[derive(sqlx::FromRow)]
struct Stored {
    guid: Vec<u8>,
    sender: i64,
    email: String,
    sender_name: String,
    sent: i64,
    size: i64,
    lists: i64,
    privacy: String,
}

/// What waits for the account `$1`: what is told of each message, what says whether its receiver lets its sender contact
/// him, and what is asked beside it.
macro_rules! select_waiting {
    ($more:literal, $end:literal) => {
        concat!(
            "SELECT m.guid, m.sender, s.email, m.sender_name, m.sent, m.size, coalesce(c.lists, 0) AS lists, r.privacy",
            $more,
            " FROM offline_message m JOIN account s ON s.id = m.sender JOIN account r ON r.id = m.receiver \
             LEFT JOIN contact c ON c.owner = m.receiver AND c.contact = m.sender \
             WHERE m.receiver = $1 AND m.payload IS NOT NULL ",
            $end
        )
    };
}

impl Stored {
    /// The notice; none if its receiver has blocked its sender since: it waits until he has not.
    fn notice(self) -> Result<Option<WaitingNotice>, StoreError> {
        let lists = Lists::from_bits(u8::try_from(self.lists).unwrap_or_default());
        let notice = WaitingNotice {
            guid: guid(&self.guid)?,
            sender: account_id(self.sender)?,
            sender_email: email(&self.email)?,
            sender_name: self.sender_name,
            sent: unsigned(self.sent)?,
            size: unsigned(self.size)?,
        };
        Ok(allows(lists, setting(&self.privacy)?).then_some(notice))
    }
}

impl Store {
    /// The messages that wait for an account, in the order in which they were said.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn waiting_notices(&self, receiver: AccountId) -> Result<Vec<WaitingNotice>, StoreError> {
        let rows: Vec<Stored> = sqlx::query_as(select_waiting!("", "ORDER BY m.seq"))
            .bind(i64::from(receiver.0))
            .fetch_all(self.readers())
            .await?;
        rows.into_iter().filter_map(|row| row.notice().transpose()).collect()
    }

    /// A message that waits for an account; none if there is none of this name, or if it is for somebody else.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn waiting_message(
        &self,
        receiver: AccountId,
        id: Guid,
    ) -> Result<Option<FetchedMessage>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Whole {
            #[sqlx(flatten)]
            notice: Stored,
            run: Vec<u8>,
            number: i64,
            payload: Vec<u8>,
        }
        let row: Option<Whole> =
            sqlx::query_as(select_waiting!(", m.run, m.number, m.payload", "AND m.guid = $2"))
                .bind(i64::from(receiver.0))
                .bind(id.0.as_slice())
                .fetch_optional(self.readers())
                .await?;
        let Some(Whole { notice, run, number, payload }) = row else { return Ok(None) };
        let Some(notice) = notice.notice()? else { return Ok(None) };
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        Ok(Some(FetchedMessage { notice, run: guid(&run)?, number, payload }))
    }
}
