//! Edits of circles: each one transaction, each by somebody who may.

use msnp::types::{CircleId, Email, Guid, List};
use sqlx::SqliteConnection;

use super::circle::{
    CircleRole, CircleState, MAX_CIRCLE_INVITATIONS, MAX_CIRCLE_MEMBERS, MAX_CIRCLE_NAME, MAX_CIRCLES,
    MAX_INVITATIONS,
};
use super::circle_edited::{CircleChange, CircleEdited, CircleError};
use super::circle_row::CircleRow;
use super::entry_types::MAX_INVITE;
use super::row::{Row, find};
use super::{Store, StoreError};
use crate::account::AccountId;

impl Store {
    /// Makes a circle, whose maker is in it and its admin.
    ///
    /// # Errors
    /// [`TooMany`](CircleError::TooMany) circles, and [`TooLong`](CircleError::TooLong), also for no name at all.
    pub async fn create_circle(&self, owner: AccountId, name: String) -> Result<CircleEdited, CircleError> {
        self.write(move |tx| {
            Box::pin(async move {
                check_name(&name)?;
                check_circles(tx, owner).await?;
                let mut circle = CircleRow::create(tx, name).await?;
                circle.add(tx, owner, CircleRole::Admin, CircleState::Accepted).await?;
                circle.store(tx, owner, CircleChange::Created).await
            })
        })
        .await
    }

    /// First half of an invitation: somebody gets an entry in the circle's book, which nobody sees yet. Returns his account,
    /// and what he is named by there.
    ///
    /// # Errors
    /// [`NoSuchCircle`](CircleError::NoSuchCircle) also for who is not in it, [`NotAllowed`](CircleError::NotAllowed),
    /// [`NotAUser`](CircleError::NotAUser), [`TooMany`](CircleError::TooMany), and
    /// [`AlreadyThere`](CircleError::AlreadyThere) for who is in it or invited.
    pub async fn name_for_circle(
        &self,
        by: AccountId,
        circle: CircleId,
        email: Email,
    ) -> Result<(AccountId, Guid), CircleError> {
        self.write(move |tx| {
            Box::pin(async move {
                let (mut circle, role) = CircleRow::load_for(tx, circle, by).await?;
                check_may(role.may_invite())?;
                let who = find(tx, &email).await?.ok_or(CircleError::NotAUser)?;
                if let Some(person) = circle.person(who) {
                    return match person.state.is_shown() {
                        true => Err(CircleError::AlreadyThere(person.guid)),
                        false => Ok((who, person.guid)),
                    };
                }
                check_invitations(&circle)?;
                let guid = circle.add(tx, who, CircleRole::Member, CircleState::Named).await?;
                circle.store_named(tx).await?;
                Ok((who, guid))
            })
        })
        .await
    }

    /// Invites somebody who has an entry in the circle's book, or has had one. Who is invited already stays so.
    ///
    /// Whoever has blocked the one who invites is not told, and hears nothing of the circle.
    ///
    /// # Errors
    /// [`NoSuchMember`](CircleError::NoSuchMember), [`NotAllowed`](CircleError::NotAllowed) also where he is to have a role
    /// that only an admin gives, [`AlreadyThere`](CircleError::AlreadyThere), [`TooMany`](CircleError::TooMany).
    pub async fn invite_to_circle(
        &self,
        by: AccountId,
        circle: CircleId,
        who: Guid,
        role: CircleRole,
        message: Option<String>,
    ) -> Result<CircleEdited, CircleError> {
        self.write(move |tx| {
            Box::pin(async move {
                if message.as_ref().is_some_and(|message| message.len() > MAX_INVITE) {
                    return Err(CircleError::TooLong("InviteMessage"));
                }
                let (mut circle, own) = CircleRow::load_for(tx, circle, by).await?;
                check_may(own.may_invite() && (role == CircleRole::Member || own == CircleRole::Admin))?;
                let (who, _, state) = named(&circle, who)?;
                match state {
                    CircleState::Accepted => return Err(already(&circle, who)),
                    CircleState::Invited => return Ok(circle.unchanged(by)),
                    CircleState::Named => {}
                    CircleState::Left | CircleState::Declined => check_invitations(&circle)?,
                }
                let is_unseen = hides_from(tx, who, by).await?;
                if !is_unseen {
                    check_invited(tx, who).await?;
                }
                if let Some(person) = circle.person(who) {
                    (person.role, person.unseen, person.inviter) = (role, is_unseen, Some(by));
                    person.message = message.filter(|message| !message.is_empty());
                }
                circle.set_state(who, CircleState::Invited);
                circle.store(tx, by, CircleChange::Invited(who)).await
            })
        })
        .await
    }

    /// Answers an invitation.
    ///
    /// # Errors
    /// [`NoSuchCircle`](CircleError::NoSuchCircle) for who was not invited, [`AlreadyThere`](CircleError::AlreadyThere) for
    /// who is in it, [`TooMany`](CircleError::TooMany) circles or members.
    pub async fn answer_circle(
        &self,
        account: AccountId,
        circle: CircleId,
        accepts: bool,
    ) -> Result<CircleEdited, CircleError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut circle = CircleRow::load(tx, circle).await?.ok_or(CircleError::NoSuchCircle)?;
                match circle.person(account) {
                    Some(person) if person.state == CircleState::Accepted => {
                        return Err(CircleError::AlreadyThere(person.guid));
                    }
                    Some(person) if person.state == CircleState::Invited && !person.unseen => {}
                    _ => return Err(CircleError::NoSuchCircle),
                }
                if !accepts {
                    circle.set_state(account, CircleState::Declined);
                    return circle.store(tx, account, CircleChange::Declined(account)).await;
                }
                if circle.accepted().count() >= MAX_CIRCLE_MEMBERS {
                    return Err(CircleError::TooMany("members of the circle"));
                }
                check_circles(tx, account).await?;
                circle.set_state(account, CircleState::Accepted);
                circle.store(tx, account, CircleChange::Joined(account)).await
            })
        })
        .await
    }

    /// Leaves a circle, or declines the invitation to it. Where the last admin leaves, whoever has a role or has been in it
    /// for the longest time becomes admin; with the last one who is in it the circle goes, and who is invited is no more.
    ///
    /// # Errors
    /// [`NoSuchCircle`](CircleError::NoSuchCircle) for who is not in it: also for who has left it already.
    pub async fn leave_circle(
        &self,
        account: AccountId,
        circle: CircleId,
    ) -> Result<CircleEdited, CircleError> {
        self.write(move |tx| Box::pin(leave(tx, account, circle))).await
    }

    /// Removes somebody from a circle, or takes his invitation back.
    ///
    /// # Errors
    /// [`NoSuchCircle`](CircleError::NoSuchCircle), [`NoSuchMember`](CircleError::NoSuchMember) also for who is gone
    /// already, [`NotAllowed`](CircleError::NotAllowed).
    pub async fn expel_from_circle(
        &self,
        by: AccountId,
        circle: CircleId,
        who: Guid,
    ) -> Result<CircleEdited, CircleError> {
        self.write(move |tx| {
            Box::pin(async move {
                let (row, own) = CircleRow::load_for(tx, circle, by).await?;
                let (who, role, state) = named(&row, who)?;
                if who == by {
                    return remove(tx, row, by, by).await;
                }
                match state {
                    CircleState::Left | CircleState::Declined => return Err(CircleError::NoSuchMember),
                    // Who may invite may take it back.
                    CircleState::Named => check_may(own.may_invite())?,
                    CircleState::Invited | CircleState::Accepted => check_may(own.may_remove(role))?,
                }
                remove(tx, row, by, who).await
            })
        })
        .await
    }

    /// Gives somebody who is in a circle another role.
    ///
    /// # Errors
    /// [`NoSuchCircle`](CircleError::NoSuchCircle), [`NoSuchMember`](CircleError::NoSuchMember),
    /// [`NotAllowed`](CircleError::NotAllowed) for who is not admin, [`LastAdmin`](CircleError::LastAdmin).
    pub async fn set_circle_role(
        &self,
        by: AccountId,
        circle: CircleId,
        who: Guid,
        role: CircleRole,
    ) -> Result<CircleEdited, CircleError> {
        self.write(move |tx| {
            Box::pin(async move {
                let (mut circle, own) = CircleRow::load_for(tx, circle, by).await?;
                let (who, had, state) = named(&circle, who)?;
                if state != CircleState::Accepted {
                    return Err(CircleError::NoSuchMember);
                }
                if had == role {
                    return Ok(circle.unchanged(by));
                }
                check_may(own == CircleRole::Admin)?;
                if had == CircleRole::Admin && circle.admins() == 1 {
                    return Err(CircleError::LastAdmin);
                }
                circle.set_role(who, role);
                circle.store(tx, by, CircleChange::Role(who, role)).await
            })
        })
        .await
    }

    /// Gives a circle another name.
    ///
    /// # Errors
    /// [`NoSuchCircle`](CircleError::NoSuchCircle), [`NotAllowed`](CircleError::NotAllowed),
    /// [`TooLong`](CircleError::TooLong), also for no name at all.
    pub async fn rename_circle(
        &self,
        by: AccountId,
        circle: CircleId,
        name: String,
    ) -> Result<CircleEdited, CircleError> {
        self.write(move |tx| {
            Box::pin(async move {
                check_name(&name)?;
                let (mut circle, own) = CircleRow::load_for(tx, circle, by).await?;
                if circle.name == name {
                    return Ok(circle.unchanged(by));
                }
                check_may(own.may_invite())?;
                circle.name = name;
                circle.tell_invited();
                circle.store(tx, by, CircleChange::Renamed).await
            })
        })
        .await
    }
}

/// Leaves a circle, or declines the invitation to it.
pub(super) async fn leave(
    tx: &mut SqliteConnection,
    account: AccountId,
    circle: CircleId,
) -> Result<CircleEdited, CircleError> {
    let mut row = CircleRow::load(tx, circle).await?.ok_or(CircleError::NoSuchCircle)?;
    match row.person(account) {
        Some(person) if person.state == CircleState::Accepted => remove(tx, row, account, account).await,
        Some(person) if person.state == CircleState::Invited && !person.unseen => {
            row.set_state(account, CircleState::Declined);
            row.store(tx, account, CircleChange::Declined(account)).await
        }
        _ => Err(CircleError::NoSuchCircle),
    }
}

/// Takes somebody out of a circle.
async fn remove(
    tx: &mut SqliteConnection,
    mut circle: CircleRow,
    by: AccountId,
    who: AccountId,
) -> Result<CircleEdited, CircleError> {
    let was_in = circle.accepted().any(|person| person.account == who);
    let mut what = CircleChange::Left { who, was_in, heir: None };
    if was_in && circle.accepted().count() == 1 {
        return circle.end(tx, by, what).await;
    }
    circle.set_state(who, CircleState::Left);
    if circle.admins() == 0
        && let Some(heir) = circle.heir()
    {
        circle.set_role(heir, CircleRole::Admin);
        what = CircleChange::Left { who, was_in, heir: Some(heir) };
    }
    circle.store(tx, by, what).await
}

/// Whoever is named so in a circle's book.
fn named(circle: &CircleRow, guid: Guid) -> Result<(AccountId, CircleRole, CircleState), CircleError> {
    let person = circle.people.iter().find(|person| person.guid == guid);
    person.map(|p| (p.account, p.role, p.state)).ok_or(CircleError::NoSuchMember)
}

fn already(circle: &CircleRow, who: AccountId) -> CircleError {
    let person = circle.people.iter().find(|person| person.account == who);
    person.map_or(CircleError::NoSuchMember, |person| CircleError::AlreadyThere(person.guid))
}

const fn check_may(may: bool) -> Result<(), CircleError> {
    if may { Ok(()) } else { Err(CircleError::NotAllowed) }
}

fn check_name(name: &str) -> Result<(), CircleError> {
    let fits = name.len() <= MAX_CIRCLE_NAME && !name.trim().is_empty();
    if fits { Ok(()) } else { Err(CircleError::TooLong("DisplayName")) }
}

/// Refuses where a circle has as many open invitations as it may have.
fn check_invitations(circle: &CircleRow) -> Result<(), CircleError> {
    let has_room = circle.open() < MAX_CIRCLE_INVITATIONS;
    if has_room { Ok(()) } else { Err(CircleError::TooMany("invitations to the circle")) }
}

/// Refuses where somebody is in as many circles as he may be.
async fn check_circles(tx: &mut SqliteConnection, account: AccountId) -> Result<(), CircleError> {
    match count(tx, account, CircleState::Accepted).await? < MAX_CIRCLES {
        true => Ok(()),
        false => Err(CircleError::TooMany("circles")),
    }
}

/// Refuses where somebody has as many invitations as he may have.
async fn check_invited(tx: &mut SqliteConnection, account: AccountId) -> Result<(), CircleError> {
    match count(tx, account, CircleState::Invited).await? < MAX_INVITATIONS {
        true => Ok(()),
        false => Err(CircleError::TooMany("invitations that he has not answered")),
    }
}

async fn count(
    tx: &mut SqliteConnection,
    account: AccountId,
    state: CircleState,
) -> Result<usize, StoreError> {
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM circle_member WHERE account = $1 AND state = $2 AND unseen = 0",
    )
    .bind(i64::from(account.0))
    .bind(state as i64)
    .fetch_one(tx)
    .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Whether somebody is not to hear of what `other` does: he has blocked him, or lets only those near whom he allows.
async fn hides_from(
    tx: &mut SqliteConnection,
    account: AccountId,
    other: AccountId,
) -> Result<bool, StoreError> {
    let lists = Row::load(tx, account, other).await?.lists;
    if lists.contains(List::Allow) || lists.contains(List::Block) {
        return Ok(lists.contains(List::Block));
    }
    let blocks: bool = sqlx::query_scalar("SELECT privacy = 'BL' FROM account WHERE id = $1")
        .bind(i64::from(account.0))
        .fetch_one(tx)
        .await?;
    Ok(blocks)
}
