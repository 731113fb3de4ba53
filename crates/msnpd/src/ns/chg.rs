//! `CHG`: a new status; with the first one a user becomes visible and sees others.

use msnp::command::{Command, chg};
use msnp::flow::End;
use msnp::wire::{Verb, limits};

use super::{Session, write_shutdown};
use crate::directory::Shown;
use crate::random;
use crate::server::Challenges;

impl Session {
    /// Returns whether it was the first.
    pub(super) fn chg(&mut self, request: chg::Request<'_>) -> Result<bool, End> {
        if request.object().is_some_and(|object| object.len() > limits::OBJECT) {
            return Err(End::BeyondLimits(Verb::CHG));
        }
        let user = self.user()?;
        let (trid, status) = (request.trid, request.status);
        let shown = Shown {
            status,
            capabilities: request.capabilities(),
            object: request.object().map(|object| object.as_str().into()),
        };
        let is_first = self.flow.status().is_none();
        let directory = &self.server.directory;
        if is_first {
            user.endpoint.hear_of_lists();
            self.outbox.begin_burst();
        }
        self.say(|out, dialect| request.reply(dialect).write(out, dialect))?;
        directory.show(user.id, user.endpoint.id, shown);
        if is_first {
            directory.look_at_all(user.id, &user.endpoint, trid);
            self.outbox.end_burst();
        }
        self.flow.status_changed(status);
        if is_first && self.server.settings.challenges != Challenges::Off {
            let enforced = self.server.settings.challenges == Challenges::Enforce;
            let now = self.server.now();
            self.outbox.write(|out| self.flow.ask_challenge(random::digits(20), enforced, now, out));
        }
        // Whoever was there when it was announced has heard of it.
        if is_first && let Some(minutes) = self.server.minutes_left() {
            self.say(|out, dialect| write_shutdown(minutes, out, dialect))?;
        }
        Ok(is_first)
    }
}
