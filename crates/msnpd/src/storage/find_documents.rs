//! `FindDocuments`: which pictures there are.

use msnp::soap::storage::{Fault, FindDocuments, Found, Reply, Target};

use super::caller::Caller;
use super::refusal::Refusal;

impl Caller<'_> {
    pub(super) async fn find_documents(&self, request: FindDocuments) -> Result<Reply, Refusal> {
        if self.own(request.handle)? != Target::UserTiles {
            return Err(Fault::InvalidObjectHandle.into());
        }
        let documents = self.store().documents(self.account.id, request.most).await?;
        let found = |document: crate::store::DocumentInfo| Found {
            id: self.id(document.number),
            name: document.name,
        };
        Ok(Reply::FindDocuments(documents.into_iter().map(found).collect()))
    }
}
