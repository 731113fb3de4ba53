//! `UpdateProfile`: a new name or a new message. The name is the account's own, whatever a client sets it with; the message
//! is what clients take over when they sign in. What they show at once they tell the notification server themselves.

use msnp::soap::storage::{Fault, Reply, Target, UpdateProfile};
use msnp::wire::{Encoded, limits};

use super::Outcome;
use super::caller::Caller;
use super::refusal::Refusal;
use crate::store::ProfileUpdate;
use crate::web_edits::State;

impl Caller<'_> {
    pub(super) async fn update_profile(
        &self,
        request: UpdateProfile,
        turn: &mut State,
    ) -> Result<Outcome, Refusal> {
        if let Some(id) = request.id {
            match self.own_item(id)? {
                Target::ExpressionProfile | Target::Profile => {}
                Target::Document(_) | Target::UserTiles => return Err(Fault::InvalidObjectHandle.into()),
            }
        }
        let mut name = request.name;
        // Older clients are told it on one line.
        if name.as_ref().is_some_and(|name| Encoded::new(name).len() > limits::NAME) {
            return Err(Fault::TooLong.into());
        }
        // Clients write the address where they have no name, which is none to keep.
        if let Some(name) = name.as_mut().filter(|name| self.account.email.is(name)) {
            name.clear();
        }
        let is_renamed = name.as_ref().is_some_and(|name| *name != self.account.name);
        if is_renamed && turn.renames.is_too_many(self.server.now()) {
            return Err(Fault::TooOften.into());
        }
        let update = ProfileUpdate { name, message: request.message };
        let edited = self.store().update_profile(self.account.id, update).await?;
        Ok(Outcome { reply: Reply::UpdateProfile, edited: Some(edited) })
    }
}
