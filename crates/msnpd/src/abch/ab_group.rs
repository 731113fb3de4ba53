//! `ABGroupAdd`, `ABGroupUpdate`, `ABGroupDelete` and `ABGroupContactDelete`.

use msnp::soap::abch::types::{ContactInfo, GroupInfo};
use msnp::soap::abch::{AbGroupAdd, AbGroupContactDelete, AbGroupDelete, AbGroupUpdate, Operation, Reply};
use msnp::types::Guid;

use super::Outcome;
use super::caller::Caller;
use super::details;
use super::refusal::Refusal;
use crate::store::{BookEdited, BookError, DetailEdit, GroupUpdate, Limits, MAX_GROUP_NAME};

impl Caller<'_> {
    pub(super) async fn ab_group_add(&self, request: AbGroupAdd) -> Result<Outcome, Refusal> {
        let AbGroupAdd { info, rename_on_conflict, .. } = request;
        let name = info.name.clone().unwrap_or_default();
        let mut added = self.add_group(&name, &info).await;
        if rename_on_conflict {
            // There are no more groups than this.
            for n in 2..=u32::from(Limits::ADDRESS_BOOK.groups) {
                if !matches!(added, Err(BookError::GroupExists(_))) {
                    break;
                }
                let number = format!(" {n}");
                let room = MAX_GROUP_NAME - number.len();
                let other: String = name.chars().take(room).chain(number.chars()).collect();
                added = self.add_group(&other, &info).await;
            }
        }
        let edited = added?;
        let guid = edited.guids.first().copied().unwrap_or(Guid([0; 16]));
        Ok(Outcome::new(Reply::AbGroupAdd(guid), edited))
    }

    async fn add_group(&self, name: &str, info: &GroupInfo) -> Result<BookEdited, BookError> {
        let details = group_details(info);
        self.store().add_book_group(self.account.id, name, details, Limits::ADDRESS_BOOK).await
    }

    pub(super) async fn ab_group_update(&self, request: AbGroupUpdate) -> Result<Outcome, Refusal> {
        let updates = request.groups.into_iter().map(|change| GroupUpdate {
            guid: change.id,
            details: group_details(&change.info),
            name: change.info.name,
        });
        let edited = self.store().update_groups(self.account.id, updates.collect()).await?;
        Ok(Outcome::new(Reply::Done(Operation::AbGroupUpdate), edited))
    }

    pub(super) async fn ab_group_delete(&self, request: AbGroupDelete) -> Result<Outcome, Refusal> {
        let edited = self.store().remove_groups(self.account.id, request.groups).await?;
        Ok(Outcome::new(Reply::Done(Operation::AbGroupDelete), edited))
    }

    pub(super) async fn ab_group_contact_delete(
        &self,
        request: AbGroupContactDelete,
    ) -> Result<Outcome, Refusal> {
        let AbGroupContactDelete { groups, contacts, .. } = request;
        let edited = self.store().leave_groups(self.account.id, contacts, groups).await?;
        Ok(Outcome::new(Reply::Done(Operation::AbGroupContactDelete), edited))
    }
}

/// What a request says of a group beside its name.
fn group_details(info: &GroupInfo) -> Vec<DetailEdit> {
    let GroupInfo { annotations, is_favorite, .. } = info.clone();
    details::edits(&ContactInfo { annotations, is_favorite, ..ContactInfo::default() })
}
