//! `CHG`: a new status; with the first one a user becomes visible and sees others.

use msnp::command::{Command, chg};
use msnp::flow::End;
use msnp::types::Status;
use msnp::wire::{Verb, limits};

use super::{Session, write_shutdown};
use crate::connection::Step;
use crate::directory::Shown;
use crate::random;
use crate::server::Challenges;

impl Session {
    pub(super) fn chg<'s>(&'s mut self, request: chg::Request<'_>) -> Step<'s> {
        let is_first = self.flow.status().is_none();
        let was_hidden = self.flow.status().is_none_or(|status| status == Status::Hidden);
        let shows_himself = was_hidden && request.status != Status::Hidden;
        // Whoever fetches messages that wait has to know that there are none.
        let hears_of_mail = is_first && (self.has_mail() || self.fetches_messages());
        match self.take_status(request) {
            Ok(()) if shows_himself || hears_of_mail => Step::Wait(Box::pin(async move {
                if hears_of_mail {
                    self.tell_unread().await?;
                }
                // Who can be called gets what was said to him while he could not.
                if shows_himself {
                    self.server.welcome(self.user()?.id).await;
                }
                Ok(())
            })),
            done => done.into(),
        }
    }

    fn take_status(&mut self, request: chg::Request<'_>) -> Result<(), End> {
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
        Ok(())
    }
}
