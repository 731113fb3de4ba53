//! `RML`: whom the client has no more on some of its lists, for as long as it is signed in.

use msnp::command::{Command, rml};
use msnp::flow::End;

use super::Session;
use super::adl::{Read, lists_of, outside_lists_of};
use super::circles::lists_of_circles;
use crate::directory::Said;

impl Session {
    pub(super) async fn rml(&mut self, request: rml::Request<'_>) -> Result<(), End> {
        let rml::Request { trid, payload } = request;
        let read = match self.read_members(payload).await {
            Ok(read) => read,
            Err(refused) => return self.members_refused(trid, refused),
        };
        self.say(|out, dialect| rml::Reply { trid }.write(out, dialect))?;
        match read {
            Read::People(list, known) => {
                self.take_lists(&lists_of(&list, &known), Said::HasNot)?;
                self.take_outside_lists(&outside_lists_of(&list), Said::HasNot, trid)
            }
            Read::Circles(list) => {
                let user = self.user()?;
                self.server.directory.leave_lists(user.id, &user.endpoint, &lists_of_circles(&list));
                Ok(())
            }
        }
    }
}
