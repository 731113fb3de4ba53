//! Circles: groups of people with an address book and a chat of their own (later-versions reference, 8.1).
//!
//! Who is in one sees all who are, and all who are invited. Others see nothing of it, and whoever asks about a circle that
//! he is not in hears the same as of one that there is not.

use msnp::types::{CircleId, Email, Guid};
use sqlx::{FromRow, SqliteConnection};

use super::row::{account_id, email, guid, signed, unsigned};
use super::{Store, StoreError};
use crate::account::AccountId;

/// Circles that somebody may be in. The ticket by which a client proves which these are has to fit on a line.
pub const MAX_CIRCLES: usize = 30;

/// People in a circle: each is told of what every other one does.
pub const MAX_CIRCLE_MEMBERS: usize = 100;

/// Invitations to a circle that are not answered yet.
pub const MAX_CIRCLE_INVITATIONS: usize = 100;

/// Invitations that somebody may have and not have answered.
pub const MAX_INVITATIONS: usize = 50;

/// The longest name of a circle, in bytes.
pub const MAX_CIRCLE_NAME: usize = 256;

/// What somebody may do in a circle. The numbers are those of `RelationshipRole` (web-services reference, 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CircleRole {
    /// Everything: also say what others may do.
    Admin = 1,
    /// Invite people, and remove those who have no role.
    AssistantAdmin = 2,
    /// Be there.
    Member = 3,
}

impl CircleRole {
    /// The role of a number.
    pub const fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::Admin,
            2 => Self::AssistantAdmin,
            3 => Self::Member,
            _ => return None,
        })
    }

    /// Whether he may invite people, and give the circle another name.
    pub const fn may_invite(self) -> bool {
        matches!(self, Self::Admin | Self::AssistantAdmin)
    }

    /// Whether he may remove somebody who has the role `other`.
    pub const fn may_remove(self, other: Self) -> bool {
        match self {
            Self::Admin => true,
            Self::AssistantAdmin => matches!(other, Self::Member),
            Self::Member => false,
        }
    }
}

/// How somebody stands to a circle. The numbers are those of `RelationshipState` (web-services reference, 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CircleState {
    /// He has an entry in the circle's book, as the first half of an invitation. Nobody sees it.
    Named = 0,
    /// He is invited and has not answered.
    Invited = 1,
    /// He was in it, or invited, and was removed or has left.
    Left = 2,
    /// He is in it.
    Accepted = 3,
    /// He was invited and did not want to.
    Declined = 4,
}

impl CircleState {
    pub(super) fn from_number(number: i64) -> Result<Self, StoreError> {
        [Self::Named, Self::Invited, Self::Left, Self::Accepted, Self::Declined]
            .into_iter()
            .find(|state| *state as i64 == number)
            .ok_or_else(|| StoreError::Corrupt(format!("the state {number} in a circle")))
    }

    /// Whether the circle's book shows him.
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Invited | Self::Accepted)
    }

    /// Whether he is no more what he was.
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Left | Self::Declined)
    }
}

/// A circle, as those see it who are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circle {
    /// Its number.
    pub id: CircleId,
    /// What it is called.
    pub name: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// Counts its changes.
    pub revision: u64,
    /// From which of its revisions on it is known who has gone.
    pub deltas_from: u64,
    /// Who is in it and who is invited, by account.
    pub members: Vec<CircleMember>,
    /// Who was one of these, as far as that is still known.
    pub gone: Vec<CircleMember>,
}

impl Circle {
    /// Somebody who is in it or is invited.
    pub fn member(&self, account: AccountId) -> Option<&CircleMember> {
        self.members.iter().find(|member| member.account == account)
    }

    /// Everybody who is in it.
    pub fn accepted(&self) -> impl Iterator<Item = &CircleMember> {
        self.members.iter().filter(|member| member.state == CircleState::Accepted)
    }

    /// Whether somebody is in it.
    pub fn has(&self, account: AccountId) -> bool {
        self.accepted().any(|member| member.account == account)
    }
}

/// Somebody in a circle, or invited to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleMember {
    /// His account.
    pub account: AccountId,
    /// What he is named by in the circle's book.
    pub guid: Guid,
    /// His address.
    pub email: Email,
    /// What he calls himself; his address where he has set no name.
    pub name: String,
    /// What he may do.
    pub role: CircleRole,
    /// How far he is in.
    pub state: CircleState,
    /// Who has invited him.
    pub inviter: Option<AccountId>,
    /// When his state was last changed, in seconds since 1970.
    pub changed: u64,
    /// The circle's revision when anything of this was last changed.
    pub revision: u64,
}

/// A circle in the book of somebody who is in it, or is invited to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCircle {
    /// Its number.
    pub id: CircleId,
    /// What it is called.
    pub name: String,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// What he may do in it, or may do once he is in.
    pub role: CircleRole,
    /// [`Invited`](CircleState::Invited) or [`Accepted`](CircleState::Accepted).
    pub state: CircleState,
    /// Whether he has blocked it.
    pub is_blocked: bool,
    /// Who has invited him, if he was invited and that one has still an account.
    pub inviter: Option<Inviter>,
    /// What was written to him with the invitation.
    pub message: Option<String>,
    /// His own revision when the circle, or anything of this, was last changed.
    pub revision: u64,
}

/// Who has invited somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inviter {
    /// His account.
    pub account: AccountId,
    /// His address.
    pub email: Email,
    /// What he calls himself; his address where he has set no name.
    pub name: String,
}

#[derive(FromRow)]
struct OwnRow {
    id: i64,
    name: String,
    created: i64,
    role: i64,
    state: i64,
    blocked: bool,
    inviter: Option<i64>,
    inviter_email: Option<String>,
    inviter_name: Option<String>,
    message: Option<String>,
    book_revision: i64,
}

#[derive(FromRow)]
struct MemberRow {
    account: i64,
    guid: Vec<u8>,
    email: String,
    name: String,
    role: i64,
    state: i64,
    inviter: Option<i64>,
    at: i64,
    revision: i64,
}

impl Store {
    /// The circles that somebody is in or is invited to, by number.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn circles_of(&self, account: AccountId) -> Result<Vec<OwnCircle>, StoreError> {
        let mut conn = self.readers().acquire().await?;
        own_circles(&mut conn, account, 0).await
    }

    /// A circle. Whether who asks may see it is for the caller to look at.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn circle(&self, id: CircleId) -> Result<Option<Circle>, StoreError> {
        let mut tx = self.readers().begin().await?;
        let circle = read(&mut tx, id).await?;
        tx.commit().await?;
        Ok(circle)
    }
}

/// The circles in somebody's book, as far as they have changed after that revision of his.
pub(super) async fn own_circles(
    tx: &mut SqliteConnection,
    account: AccountId,
    after: u64,
) -> Result<Vec<OwnCircle>, StoreError> {
    let rows: Vec<OwnRow> = sqlx::query_as(
        "SELECT c.id, c.name, c.created, m.role, m.state, m.blocked, m.inviter, i.email AS inviter_email, \
         coalesce(i.name, i.email) AS inviter_name, m.message, m.book_revision \
         FROM circle_member m JOIN circle c ON c.id = m.circle LEFT JOIN account i ON i.id = m.inviter \
         WHERE m.account = $1 AND m.state IN (1, 3) AND m.unseen = 0 AND m.book_revision > $2 ORDER BY c.id",
    )
    .bind(i64::from(account.0))
    .bind(signed(after)?)
    .fetch_all(tx)
    .await?;
    let own = |row: OwnRow| {
        let inviter = match (row.inviter, row.inviter_email, row.inviter_name) {
            (Some(id), Some(address), Some(name)) => {
                Some(Inviter { account: account_id(id)?, email: email(&address)?, name })
            }
            _ => None,
        };
        Ok(OwnCircle {
            id: circle_id(row.id)?,
            name: row.name,
            created: unsigned(row.created)?,
            role: role(row.role)?,
            state: CircleState::from_number(row.state)?,
            is_blocked: row.blocked,
            inviter,
            message: row.message,
            revision: unsigned(row.book_revision)?,
        })
    };
    rows.into_iter().map(own).collect()
}

async fn read(tx: &mut SqliteConnection, id: CircleId) -> Result<Option<Circle>, StoreError> {
    let row: Option<(String, i64, i64, i64)> =
        sqlx::query_as("SELECT name, created, revision, deltas_from FROM circle WHERE id = $1")
            .bind(signed(id.get())?)
            .fetch_optional(&mut *tx)
            .await?;
    let Some((name, created, revision, deltas_from)) = row else { return Ok(None) };
    let rows: Vec<MemberRow> = sqlx::query_as(
        "SELECT m.account, m.guid, a.email, coalesce(a.name, a.email) AS name, m.role, m.state, m.inviter, m.at, \
         m.revision FROM circle_member m JOIN account a ON a.id = m.account \
         WHERE m.circle = $1 AND m.state <> 0 ORDER BY m.account",
    )
    .bind(signed(id.get())?)
    .fetch_all(&mut *tx)
    .await?;
    let rows = rows.into_iter().map(member).collect::<Result<Vec<_>, StoreError>>()?;
    let (members, gone) = rows.into_iter().partition(|member| member.state.is_shown());
    Ok(Some(Circle {
        id,
        name,
        created: unsigned(created)?,
        revision: unsigned(revision)?,
        deltas_from: unsigned(deltas_from)?,
        members,
        gone,
    }))
}

fn member(row: MemberRow) -> Result<CircleMember, StoreError> {
    Ok(CircleMember {
        account: account_id(row.account)?,
        guid: guid(&row.guid)?,
        email: email(&row.email)?,
        name: row.name,
        role: role(row.role)?,
        state: CircleState::from_number(row.state)?,
        inviter: row.inviter.map(account_id).transpose()?,
        changed: unsigned(row.at)?,
        revision: unsigned(row.revision)?,
    })
}

pub(super) fn circle_id(number: i64) -> Result<CircleId, StoreError> {
    let id = u64::try_from(number).ok().and_then(CircleId::new);
    id.ok_or_else(|| StoreError::Corrupt(format!("the circle {number}")))
}

pub(super) fn role(number: i64) -> Result<CircleRole, StoreError> {
    let role = u32::try_from(number).ok().and_then(CircleRole::from_number);
    role.ok_or_else(|| StoreError::Corrupt(format!("the role {number} in a circle")))
}
