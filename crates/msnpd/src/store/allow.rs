//! Allowing and blocking, and ending the question about those who have added one.

use msnp::types::{Email, List, Lists};
use sqlx::SqliteConnection;

use super::Store;
use super::edit::{EditError, Edited, Limits, check_room, store_own, unchanged};
use super::list::allows;
use super::privacy::privacy;
use super::property::{Sight, turned};
use super::row::{Part, Revisions, Row, find};
use crate::account::AccountId;

impl Store {
    /// Puts `who` on the owner's allow or block list. `ends_pending`: the owner has thereby been asked about `who`,
    /// as is so for clients up to MSNP9; later ones say it with [`confirm_reverse`](Self::confirm_reverse) or by
    /// removing him from the pending list.
    ///
    /// # Errors
    /// In this order: [`NotEditable`](EditError::NotEditable) for other lists,
    /// [`UnknownAccount`](EditError::UnknownAccount), [`AlreadyThere`](EditError::AlreadyThere),
    /// [`OnOppositeList`](EditError::OnOppositeList), [`ListFull`](EditError::ListFull).
    pub async fn add_to_list(
        &self,
        owner: AccountId,
        list: List,
        who: &Email,
        ends_pending: bool,
        limits: Limits,
    ) -> Result<Edited, EditError> {
        let opposite = list.opposite().ok_or(EditError::NotEditable(list))?;
        let who = who.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let contact = find(tx, &who).await?.ok_or(EditError::UnknownAccount)?;
                let row = Row::load(tx, owner, contact).await?;
                if row.lists.contains(list) {
                    return Err(EditError::AlreadyThere);
                }
                if row.lists.contains(opposite) {
                    return Err(EditError::OnOppositeList);
                }
                check_room(tx, owner, list, limits).await?;
                let after = row.lists.with(list);
                let after = if ends_pending { after.without(List::Pending) } else { after };
                store_allowance(tx, row, after).await
            })
        })
        .await
    }

    /// Moves `who` from the allow list to the block list, or back, in one step: to `list`.
    ///
    /// # Errors
    /// [`UnknownAccount`](EditError::UnknownAccount), [`NotOnList`](EditError::NotOnList) where he is not on the
    /// opposite one.
    pub async fn swap_list(&self, owner: AccountId, list: List, who: &Email) -> Result<Edited, EditError> {
        let Some(opposite) = list.opposite() else { return Err(EditError::NotEditable(list)) };
        let who = who.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let contact = find(tx, &who).await?.ok_or(EditError::UnknownAccount)?;
                let row = Row::load(tx, owner, contact).await?;
                if !row.lists.contains(opposite) {
                    return Err(EditError::NotOnList);
                }
                let after = row.lists.with(list).without(opposite);
                store_allowance(tx, row, after).await
            })
        })
        .await
    }

    /// Takes `who` off the owner's allow, block or pending list. Changes nothing where `who` has the owner on his forward
    /// list and the question about him was answered before: clients end it twice, with [`confirm_reverse`] as well.
    ///
    /// # Errors
    /// [`NotEditable`](EditError::NotEditable) for other lists, [`UnknownAccount`](EditError::UnknownAccount),
    /// [`NotOnList`](EditError::NotOnList).
    ///
    /// [`confirm_reverse`]: Self::confirm_reverse
    pub async fn remove_from_list(
        &self,
        owner: AccountId,
        list: List,
        who: &Email,
    ) -> Result<Edited, EditError> {
        if !matches!(list, List::Allow | List::Block | List::Pending) {
            return Err(EditError::NotEditable(list));
        }
        let who = who.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let contact = find(tx, &who).await?.ok_or(EditError::UnknownAccount)?;
                let row = Row::load(tx, owner, contact).await?;
                if !row.lists.contains(list) {
                    if list == List::Pending && row.lists.contains(List::Reverse) {
                        return unchanged(tx, row).await;
                    }
                    return Err(EditError::NotOnList);
                }
                let after = row.lists.without(list);
                store_allowance(tx, row, after).await
            })
        })
        .await
    }

    /// Ends the question whether the owner wants to be on `who`'s forward list: `ADC RL`. Changes nothing if it was
    /// answered before.
    ///
    /// # Errors
    /// [`UnknownAccount`](EditError::UnknownAccount); [`NotOnList`](EditError::NotOnList) if `who` does not have the
    /// owner on his forward list.
    pub async fn confirm_reverse(&self, owner: AccountId, who: &Email) -> Result<Edited, EditError> {
        let who = who.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let contact = find(tx, &who).await?.ok_or(EditError::UnknownAccount)?;
                let row = Row::load(tx, owner, contact).await?;
                if !row.lists.contains(List::Reverse) {
                    return Err(EditError::NotOnList);
                }
                if !row.lists.contains(List::Pending) {
                    return unchanged(tx, row).await;
                }
                let after = row.lists.without(List::Pending);
                store_own(tx, row, after).await
            })
        })
        .await
    }
}

/// Writes a row of the owner's by which somebody may come to see him, or come not to see him any more. What he sees of
/// the owner's properties is part of his own list then.
pub(super) async fn store_allowance(
    tx: &mut SqliteConnection,
    row: Row,
    after: Lists,
) -> Result<Edited, EditError> {
    let (owner, contact, guid) = (row.owner, row.contact, row.guid);
    let privacy = privacy(tx, owner).await?.ok_or(EditError::Gone)?;
    let is_seen = allows(after, privacy);
    let is_watched = contact != owner && after.contains(List::Reverse);
    let properties = if is_watched && allows(row.lists, privacy) != is_seen {
        turned(tx, owner, is_seen).await?
    } else {
        Vec::new()
    };
    let told = (!properties.is_empty()).then_some(contact);
    let revisions = Revisions::next(tx, Part::Lists, told.into_iter().chain([owner])).await?;
    let revision = revisions.of(owner).ok_or(EditError::Gone)?;
    let watchers = told.and_then(|id| Some((id, revisions.of(id)?))).into_iter().collect();
    let changes = vec![row.store(tx, after, revision).await?];
    Ok(Edited { revision, contact: Some(contact), guid, changes, sight: Sight { properties, watchers } })
}
