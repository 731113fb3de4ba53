//! `CreateProfile`: a profile for who has none. Everybody has one, so that a client that asks for it all the same is told
//! which, and what it would have said is taken as long as nothing was said yet.

use msnp::soap::storage::{CreateProfile, Fault, Reply};

use super::caller::Caller;
use super::refusal::Refusal;
use crate::store::ProfileUpdate;

impl Caller<'_> {
    pub(super) async fn create_profile(&self, request: CreateProfile) -> Result<Reply, Refusal> {
        if let Some(message) = request.message.filter(|message| !message.is_empty()) {
            let profile = self.store().profile(self.account.id).await?.ok_or(Fault::PassportAuthFail)?;
            if profile.message_changed.is_none() {
                let update = ProfileUpdate { name: None, message: Some(message) };
                self.store().update_profile(self.account.id, update).await?;
            }
        }
        Ok(Reply::CreateProfile(self.profile_id()))
    }
}
