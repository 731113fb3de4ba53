//! `UpdateDocument`: another picture in place of one, or another name for it.

use msnp::soap::storage::{Reply, UpdateDocument};

use super::caller::Caller;
use super::refusal::Refusal;
use crate::web_edits::State;

impl Caller<'_> {
    pub(super) async fn update_document(
        &self,
        request: UpdateDocument,
        turn: &mut State,
    ) -> Result<Reply, Refusal> {
        let number = self.own_document(request.id)?;
        let picture = match request.picture {
            Some(bytes) => Some(self.draw(bytes, turn).await?),
            None => None,
        };
        self.store().update_document(self.account.id, number, request.name, picture).await?;
        Ok(Reply::UpdateDocument)
    }
}
