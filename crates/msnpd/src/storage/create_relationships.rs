//! `CreateRelationships`: the picture that the profile shows.

use msnp::soap::storage::{CreateRelationships, Fault, Reply, Target};

use super::caller::Caller;
use super::refusal::Refusal;

impl Caller<'_> {
    pub(super) async fn create_relationships(&self, request: CreateRelationships) -> Result<Reply, Refusal> {
        // All are looked at before anything is done. One picture is shown: of several the last one counts.
        let mut shown = None;
        for relationship in &request.relationships {
            let source = self.own_item(relationship.source)?;
            let number = self.own_document(relationship.target)?;
            let is_photo = relationship.name.trim().eq_ignore_ascii_case("ProfilePhoto");
            if !is_photo || !matches!(source, Target::ExpressionProfile | Target::Profile) {
                return Err(Fault::InvalidObjectHandle.into());
            }
            shown = Some(number);
        }
        if let Some(number) = shown {
            self.store().show_document(self.account.id, number).await?;
        }
        Ok(Reply::CreateRelationships)
    }
}
