//! `PUT`: the user joins the chat of a circle, or gives the circle another name.

use msnp::command::{Command, put};
use msnp::flow::End;
use msnp::types::{CIRCLE_CONTENT, CircleDocument, CircleId, CircleUri, ErrorCode, TrId};
use msnp::wire::{Blocks, Subject};

use super::Session;
use crate::connection::Step;
use crate::store::CircleError;

impl Session {
    pub(super) fn put<'s>(&'s mut self, request: &put::Request<'_>) -> Step<'s> {
        let put::Request { trid, payload } = *request;
        let (circle, blocks) = match self.read_for_circle(payload, Subject::Publication) {
            Ok(read) => read,
            Err(code) => return self.deny(trid, code).into(),
        };
        match document(&blocks) {
            // Nobody brings others into it.
            Some(CircleDocument::Roster(users)) if users.iter().all(|user| self.is_named(user)) => {
                self.join(trid, circle, !users.is_empty()).into()
            }
            Some(CircleDocument::Name(name)) => Step::Wait(Box::pin(self.rename_circle(trid, circle, name))),
            _ => self.deny(trid, ErrorCode::INVALID_PARAMETER).into(),
        }
    }

    fn join(&self, trid: TrId, circle: CircleId, is_there: bool) -> Result<(), End> {
        if !is_there {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        }
        self.say(|out, dialect| put::Reply { trid, payload: b"" }.write(out, dialect))?;
        let user = self.user()?;
        self.server.directory.join_circle(user.id, user.endpoint.id, circle);
        Ok(())
    }

    async fn rename_circle(&mut self, trid: TrId, circle: CircleId, name: String) -> Result<(), End> {
        // Everybody in it is told each of them.
        if self.renames.is_too_many(self.server.now()) {
            return self.deny(trid, ErrorCode::RATE_LIMIT_EXCEEDED);
        }
        let (server, user) = (self.server.clone(), self.user()?);
        let ticket_expires = user.endpoint.ticket_expires;
        match server.store.rename_circle(user.id, circle, name).await {
            Ok(edited) => {
                self.say(|out, dialect| put::Reply { trid, payload: b"" }.write(out, dialect))?;
                server.circle_changed(&edited, ticket_expires);
                Ok(())
            }
            Err(CircleError::Store(error)) => self.store_failed(trid, &error),
            Err(CircleError::TooLong(_)) => self.deny(trid, ErrorCode::INVALID_PARAMETER),
            Err(_) => self.deny(trid, ErrorCode::INVALID_CIRCLE_MEMBERSHIP),
        }
    }
}

/// What is published about the circle, if it is that.
fn document(blocks: &Blocks<'_>) -> Option<CircleDocument> {
    let content = &blocks.content;
    let is_of_circle = content.get("Uri").and_then(CircleUri::read) == Some(CircleUri::Circle);
    let is_document =
        content.get("Content-Type").is_some_and(|kind| kind.eq_ignore_ascii_case(CIRCLE_CONTENT));
    if is_of_circle && is_document { CircleDocument::read(&blocks.body).ok() } else { None }
}
