//! `CreateDocument`: a new picture, which is not shown yet.

use msnp::soap::storage::{CreateDocument, Fault, Reply, Target};

use super::caller::Caller;
use super::refusal::Refusal;
use crate::web_edits::State;

impl Caller<'_> {
    pub(super) async fn create_document(
        &self,
        request: CreateDocument,
        turn: &mut State,
    ) -> Result<Reply, Refusal> {
        if self.own(request.parent)? != Target::UserTiles {
            return Err(Fault::InvalidObjectHandle.into());
        }
        let picture = self.draw(request.picture, turn).await?;
        let number = self.store().create_document(self.account.id, request.name, picture).await?;
        Ok(Reply::CreateDocument(self.id(number)))
    }
}
