//! Connections between people, as clients from 2009 on ask for them: what takes older clients several edits, in one.

use msnp::types::Guid;
use sqlx::SqliteConnection;

use super::Store;
use super::book::{BookEdited, BookError};
use super::edit::Limits;
use super::entry::{delete, update};
use super::entry_types::{Adding, EntryUpdate};
use super::member::{MemberKey, add_member, delete_member};
use super::role::Role;
use crate::account::AccountId;

/// What becomes of a connection with somebody in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// He becomes a Messenger contact and may see the owner. He is told `invite`, unless he has asked himself, which is
    /// answered then.
    Request {
        /// The text.
        invite: Option<String>,
    },
    /// He is none, and may not see the owner. What he has asked is answered.
    Decline,
    /// It ends.
    Break {
        /// Whether he leaves the book.
        deletes: bool,
        /// Whether he may not see the owner any more.
        blocks: bool,
    },
}

impl Store {
    /// Changes the connection with somebody in the book, who is named by `guid`.
    ///
    /// # Errors
    /// [`NoSuchContact`](BookError::NoSuchContact), and as for adding.
    pub async fn connect(
        &self,
        owner: AccountId,
        guid: Guid,
        what: Connection,
        limits: Limits,
    ) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                change(tx, owner, guid, what, limits, &mut done).await?;
                done.finish(tx, owner).await
            })
        })
        .await
    }
}

async fn change(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    what: Connection,
    limits: Limits,
    done: &mut BookEdited,
) -> Result<(), BookError> {
    let (is_buddy, invite, allows) = match &what {
        Connection::Request { invite } => (true, invite.clone(), true),
        Connection::Decline | Connection::Break { .. } => (false, None, false),
    };
    let connected =
        EntryUpdate { guid, is_buddy: Some(is_buddy), name: None, phone: None, details: Vec::new(), invite };
    let deletes = matches!(what, Connection::Break { deletes: true, .. });
    if !deletes {
        update(tx, owner, connected, Adding { allows, limits }, done).await?;
    }
    if !matches!(what, Connection::Break { .. }) {
        // Only who is pending can be answered.
        let key = MemberKey::Guid(guid);
        done.edits.extend(unless(delete_member(tx, owner, Role::Pending, key).await)?);
    }
    if matches!(what, Connection::Decline | Connection::Break { blocks: true, .. }) {
        let key = MemberKey::Guid(guid);
        done.edits.extend(unless(add_member(tx, owner, Role::Block, key, limits).await)?);
    }
    // Last: who is on no list any more has no row to be blocked by.
    if deletes {
        delete(tx, owner, guid, done).await?;
    }
    Ok(())
}

/// The outcome of an edit, or nothing where it is so already.
fn unless<T>(done: Result<T, BookError>) -> Result<Option<T>, BookError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(BookError::MemberExists | BookError::NoSuchMember) => Ok(None),
        Err(error) => Err(error),
    }
}
