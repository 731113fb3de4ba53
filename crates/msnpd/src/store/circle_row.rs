//! A circle as its edits see it: all its rows, of which those are written that have changed.

use msnp::types::{CircleId, Guid};
use sqlx::{FromRow, SqliteConnection};

use super::circle::{CircleRole, CircleState, role};
use super::circle_block::bury_block;
use super::circle_edited::{CircleChange, CircleEdited, CircleError};
use super::role::MAX_NUMBER;
use super::row::{Part, Revisions, account_id, guid, new_guid, signed, small, unsigned};
use super::tombstone::bury_entry;
use super::{StoreError, now};
use crate::account::AccountId;

/// Of how many people who are gone a circle still knows it, for clients that ask what has changed.
const MAX_GONE: usize = 100;

/// How long somebody stays named without being invited, in seconds. Clients do both within one.
const NAMED_FOR: i64 = 24 * 60 * 60;

/// A circle with everybody who is, or was, anything in it.
pub(super) struct CircleRow {
    pub(super) id: CircleId,
    pub(super) name: String,
    revision: u64,
    deltas_from: u64,
    pub(super) people: Vec<Person>,
    /// Whose book shows the circle no more.
    left: Vec<AccountId>,
    /// Who is told although he is not in it.
    told: Vec<AccountId>,
    /// Who has it no more among those whom he has blocked, with the number that it had there.
    freed: Vec<(AccountId, u32)>,
}

/// Somebody's row in a circle.
pub(super) struct Person {
    pub(super) account: AccountId,
    pub(super) guid: Guid,
    pub(super) role: CircleRole,
    pub(super) state: CircleState,
    pub(super) unseen: bool,
    pub(super) blocked: bool,
    pub(super) inviter: Option<AccountId>,
    pub(super) message: Option<String>,
    at: i64,
    joined: u64,
    revision: u64,
    number: u32,
    changed: bool,
}

#[derive(FromRow)]
struct Stored {
    account: i64,
    guid: Vec<u8>,
    role: i64,
    state: i64,
    unseen: bool,
    blocked: bool,
    inviter: Option<i64>,
    message: Option<String>,
    at: i64,
    joined: i64,
    revision: i64,
    number: i64,
}

impl CircleRow {
    /// A new one, in the database already.
    pub(super) async fn create(tx: &mut SqliteConnection, name: String) -> Result<Self, CircleError> {
        loop {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).map_err(StoreError::Random)?;
            let Some(id) = CircleId::new(u64::from_be_bytes(bytes) & CircleId::MAX) else { continue };
            let made = sqlx::query(
                "INSERT INTO circle (id, name, created, revision) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING",
            )
            .bind(signed(id.get())?)
            .bind(&name)
            .bind(now())
            .execute(&mut *tx)
            .await?;
            if made.rows_affected() == 1 {
                return Ok(Self::new(id, name, (0, 1), Vec::new()));
            }
        }
    }

    /// A circle and everybody in it.
    pub(super) async fn load(tx: &mut SqliteConnection, id: CircleId) -> Result<Option<Self>, StoreError> {
        let row: Option<(String, i64, i64)> =
            sqlx::query_as("SELECT name, revision, deltas_from FROM circle WHERE id = $1")
                .bind(signed(id.get())?)
                .fetch_optional(&mut *tx)
                .await?;
        let Some((name, revision, deltas_from)) = row else { return Ok(None) };
        let rows: Vec<Stored> = sqlx::query_as(
            "SELECT account, guid, role, state, unseen, blocked, inviter, message, at, joined, revision, number \
             FROM circle_member WHERE circle = $1 ORDER BY account",
        )
        .bind(signed(id.get())?)
        .fetch_all(tx)
        .await?;
        let people = rows.into_iter().map(Person::of).collect::<Result<_, _>>()?;
        let (revision, deltas_from) = (unsigned(revision)?, unsigned(deltas_from)?);
        Ok(Some(Self::new(id, name, (revision, deltas_from), people)))
    }

    fn new(id: CircleId, name: String, (revision, deltas_from): (u64, u64), people: Vec<Person>) -> Self {
        let (left, told, freed) = (Vec::new(), Vec::new(), Vec::new());
        Self { id, name, revision, deltas_from, people, left, told, freed }
    }

    /// A circle that somebody is in, with his role.
    pub(super) async fn load_for(
        tx: &mut SqliteConnection,
        id: CircleId,
        account: AccountId,
    ) -> Result<(Self, CircleRole), CircleError> {
        let circle = Self::load(tx, id).await?.ok_or(CircleError::NoSuchCircle)?;
        let role = circle.accepted().find(|person| person.account == account).map(|person| person.role);
        role.map(|role| (circle, role)).ok_or(CircleError::NoSuchCircle)
    }

    /// Everybody who is in it.
    pub(super) fn accepted(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.state == CircleState::Accepted)
    }

    /// How many are on their way in.
    pub(super) fn open(&self) -> usize {
        let is_open = |person: &&Person| matches!(person.state, CircleState::Named | CircleState::Invited);
        self.people.iter().filter(is_open).count()
    }

    /// How many may do everything.
    pub(super) fn admins(&self) -> usize {
        self.accepted().filter(|person| person.role == CircleRole::Admin).count()
    }

    pub(super) fn person(&mut self, account: AccountId) -> Option<&mut Person> {
        self.people.iter_mut().find(|person| person.account == account)
    }

    /// Adds a row for somebody who has none.
    pub(super) async fn add(
        &mut self,
        tx: &mut SqliteConnection,
        account: AccountId,
        role: CircleRole,
        state: CircleState,
    ) -> Result<Guid, CircleError> {
        let number: Option<i64> = sqlx::query_scalar(
            "UPDATE account SET last_outside = last_outside + 1 WHERE id = $1 RETURNING last_outside",
        )
        .bind(i64::from(account.0))
        .fetch_optional(tx)
        .await?;
        let number = small(number.ok_or(CircleError::Gone)?)?;
        if number >= MAX_NUMBER {
            return Err(CircleError::TooMany("members of roles"));
        }
        let guid = new_guid()?;
        self.people.push(Person {
            account,
            guid,
            role,
            state,
            unseen: false,
            blocked: false,
            inviter: None,
            message: None,
            at: now(),
            joined: if state == CircleState::Accepted { self.revision + 1 } else { 0 },
            revision: self.revision,
            number,
            changed: true,
        });
        Ok(guid)
    }

    /// Changes how somebody stands to it.
    pub(super) fn set_state(&mut self, account: AccountId, state: CircleState) {
        let next = self.revision + 1;
        let Some(person) = self.people.iter_mut().find(|person| person.account == account) else { return };
        let knew = person.state.is_shown() && !person.unseen;
        (person.state, person.at, person.changed) = (state, now(), true);
        match state {
            CircleState::Accepted => person.joined = next,
            CircleState::Invited if !person.unseen => self.told.push(account),
            CircleState::Left | CircleState::Declined => {
                if person.blocked {
                    self.freed.push((account, person.number));
                }
                (person.blocked, person.unseen, person.message) = (false, false, None);
                if knew {
                    self.left.push(account);
                }
            }
            CircleState::Named | CircleState::Invited => {}
        }
    }

    /// Has those who are invited, and know it, told of the edit.
    pub(super) fn tell_invited(&mut self) {
        let knows = |person: &&Person| person.state == CircleState::Invited && !person.unseen;
        self.told.extend(self.people.iter().filter(knows).map(|person| person.account));
    }

    /// Gives somebody another role.
    pub(super) fn set_role(&mut self, account: AccountId, role: CircleRole) {
        if let Some(person) = self.person(account) {
            (person.role, person.changed) = (role, true);
        }
    }

    /// Whoever has been in it for the longest time, those first who have a role.
    pub(super) fn heir(&self) -> Option<AccountId> {
        self.accepted().min_by_key(|person| (person.role, person.joined, person.account)).map(|p| p.account)
    }

    /// Removes it, with all invitations that were not answered.
    pub(super) async fn end(
        mut self,
        tx: &mut SqliteConnection,
        by: AccountId,
        what: CircleChange,
    ) -> Result<CircleEdited, CircleError> {
        let knows = |person: &&Person| person.state.is_shown() && !person.unseen;
        self.left.extend(self.people.iter().filter(knows).map(|person| person.account));
        let blocked = self.people.iter().filter(|person| person.blocked);
        self.freed.extend(blocked.map(|person| (person.account, person.number)));
        sqlx::query("DELETE FROM circle WHERE id = $1")
            .bind(signed(self.id.get())?)
            .execute(&mut *tx)
            .await?;
        let revisions = Revisions::next(tx, Part::Book, self.left).await?.into_vec();
        for (account, revision) in &revisions {
            bury_entry(tx, *account, self.id.guid(), false, *revision).await?;
            bury_blocks(tx, self.id, &self.freed, *account, *revision).await?;
        }
        let (circle, name) = (self.id, self.name);
        Ok(CircleEdited { circle, name, by, what, is_over: true, concerned: revisions })
    }

    /// Writes what only the circle's admins see of it: who is named.
    pub(super) async fn store_named(mut self, tx: &mut SqliteConnection) -> Result<(), CircleError> {
        for person in self.people.iter_mut().filter(|person| person.changed) {
            person.store(tx, self.id).await?;
        }
        Ok(())
    }

    /// Writes what has changed. Everybody who is in it, was until now, or is to know, gets a revision.
    pub(super) async fn store(
        mut self,
        tx: &mut SqliteConnection,
        by: AccountId,
        what: CircleChange,
    ) -> Result<CircleEdited, CircleError> {
        self.revision += 1;
        let gone = self.forget(tx).await?;
        for person in self.people.iter_mut().filter(|person| person.changed) {
            person.revision = self.revision;
            person.store(tx, self.id).await?;
        }
        sqlx::query("UPDATE circle SET name = $2, revision = $3, deltas_from = $4 WHERE id = $1")
            .bind(signed(self.id.get())?)
            .bind(&self.name)
            .bind(signed(self.revision)?)
            .bind(signed(self.deltas_from.max(gone))?)
            .execute(&mut *tx)
            .await?;
        let inside = self.accepted().map(|person| person.account);
        let concerned: Vec<_> = inside.chain(self.left.iter().chain(&self.told).copied()).collect();
        let revisions = Revisions::next(tx, Part::Book, concerned).await?.into_vec();
        for (account, revision) in &revisions {
            sqlx::query("UPDATE circle_member SET book_revision = $3 WHERE circle = $1 AND account = $2")
                .bind(signed(self.id.get())?)
                .bind(i64::from(account.0))
                .bind(signed(*revision)?)
                .execute(&mut *tx)
                .await?;
            if self.left.contains(account) {
                bury_entry(tx, *account, self.id.guid(), false, *revision).await?;
            }
            bury_blocks(tx, self.id, &self.freed, *account, *revision).await?;
        }
        let (circle, name) = (self.id, self.name);
        Ok(CircleEdited { circle, name, by, what, is_over: false, concerned: revisions })
    }

    /// Answers for an edit that finds everything as it should be.
    pub(super) fn unchanged(self, by: AccountId) -> CircleEdited {
        let (circle, name, what) = (self.id, self.name, CircleChange::Nothing);
        CircleEdited { circle, name, by, what, is_over: false, concerned: Vec::new() }
    }

    /// Forgets who was named long ago, and those who are gone the longest, where they are too many. Returns the circle's
    /// revision up to which clients can't be told any more who has gone.
    async fn forget(&mut self, tx: &mut SqliteConnection) -> Result<u64, CircleError> {
        let mut gone: Vec<_> = self.people.iter().filter(|person| person.state.is_gone()).collect();
        // Who has gone just now has the newest revision, which is not noted yet.
        gone.sort_by_key(|person| (person.changed, person.revision));
        let too_many = gone.len().saturating_sub(MAX_GONE);
        let last = gone.iter().take(too_many).map(|person| person.revision).max().unwrap_or_default();
        let mut over: Vec<_> = gone.into_iter().take(too_many).map(|person| person.account).collect();
        let is_stale = |person: &&Person| {
            person.state == CircleState::Named && !person.changed && person.at < now() - NAMED_FOR
        };
        over.extend(self.people.iter().filter(is_stale).map(|person| person.account));
        for account in &over {
            sqlx::query("DELETE FROM circle_member WHERE circle = $1 AND account = $2")
                .bind(signed(self.id.get())?)
                .bind(i64::from(account.0))
                .execute(&mut *tx)
                .await?;
        }
        self.people.retain(|person| !over.contains(&person.account));
        Ok(last)
    }
}

/// Marks that somebody has a circle no more among those whom he has blocked, if he had.
async fn bury_blocks(
    tx: &mut SqliteConnection,
    circle: CircleId,
    freed: &[(AccountId, u32)],
    account: AccountId,
    revision: u64,
) -> Result<(), StoreError> {
    match freed.iter().find(|(whose, _)| *whose == account) {
        Some((_, number)) => bury_block(tx, account, circle, *number, revision).await,
        None => Ok(()),
    }
}

impl Person {
    fn of(row: Stored) -> Result<Self, StoreError> {
        Ok(Self {
            account: account_id(row.account)?,
            guid: guid(&row.guid)?,
            role: role(row.role)?,
            state: CircleState::from_number(row.state)?,
            unseen: row.unseen,
            blocked: row.blocked,
            inviter: row.inviter.map(account_id).transpose()?,
            message: row.message,
            at: row.at,
            joined: unsigned(row.joined)?,
            revision: unsigned(row.revision)?,
            number: small(row.number)?,
            changed: false,
        })
    }

    async fn store(&self, tx: &mut SqliteConnection, circle: CircleId) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO circle_member (circle, account, guid, role, state, unseen, blocked, inviter, message, at, \
             joined, revision, number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (circle, account) DO UPDATE SET role = excluded.role, state = excluded.state, \
             unseen = excluded.unseen, blocked = excluded.blocked, inviter = excluded.inviter, \
             message = excluded.message, at = excluded.at, joined = excluded.joined, revision = excluded.revision",
        )
        .bind(signed(circle.get())?)
        .bind(i64::from(self.account.0))
        .bind(self.guid.0.as_slice())
        .bind(self.role as i64)
        .bind(self.state as i64)
        .bind(self.unseen)
        .bind(self.blocked)
        .bind(self.inviter.map(|id| i64::from(id.0)))
        .bind(self.message.as_deref())
        .bind(self.at)
        .bind(signed(self.joined)?)
        .bind(signed(self.revision)?)
        .bind(i64::from(self.number))
        .execute(tx)
        .await?;
        Ok(())
    }
}
