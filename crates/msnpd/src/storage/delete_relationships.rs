//! `DeleteRelationships`: pictures that are to be shown or kept no longer.

use msnp::soap::storage::{DeleteRelationships, Fault, Reply, Target};

use super::caller::Caller;
use super::refusal::Refusal;
use crate::store::Place;

impl Caller<'_> {
    pub(super) async fn delete_relationships(&self, request: DeleteRelationships) -> Result<Reply, Refusal> {
        let place = match self.own(request.source)? {
            Target::ExpressionProfile | Target::Profile => Place::Profile,
            Target::UserTiles => Place::Tiles,
            Target::Document(_) => return Err(Fault::InvalidObjectHandle.into()),
        };
        let numbers = request.targets.iter().map(|id| self.own_document(*id)).collect::<Result<_, _>>()?;
        self.store().remove_documents(self.account.id, place, numbers).await?;
        Ok(Reply::DeleteRelationships)
    }
}
