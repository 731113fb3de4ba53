//! `IMS`: whether the user may be invited to chats. His presence is not touched.

use msnp::command::{Command, ims};
use msnp::flow::End;
use msnp::types::Invitations;

use super::Session;
use crate::connection::Step;

impl Session {
    pub(super) fn ims(&self, request: ims::Request) -> Step<'_> {
        let ims::Request { trid, invitations } = request;
        let Some(user) = &self.user else { return Step::End(End::SignedOut) };
        self.outbox.write(|out| ims::Reply { trid, invitations }.write(out, self.dialect()));
        user.endpoint.take_invitations(invitations);
        match invitations {
            Invitations::Refused => Step::Next,
            // Who can be invited gets what was said to him while he was away.
            Invitations::Taken => {
                let (server, id) = (self.server.clone(), user.id);
                Step::Wait(Box::pin(async move {
                    server.welcome(id).await;
                    Ok(())
                }))
            }
        }
    }
}
