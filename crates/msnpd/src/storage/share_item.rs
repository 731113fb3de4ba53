//! `ShareItem`: lets contacts see a profile. Who may see its owner may see it anyway.

use msnp::soap::storage::{Fault, Reply, ShareItem, Target};

use super::caller::Caller;
use super::refusal::Refusal;

impl Caller<'_> {
    pub(super) fn share_item(&self, request: ShareItem) -> Result<Reply, Refusal> {
        match self.own_item(request.id)? {
            Target::ExpressionProfile | Target::Profile => Ok(Reply::ShareItem(request.id)),
            Target::Document(_) | Target::UserTiles => Err(Fault::InvalidObjectHandle.into()),
        }
    }
}
