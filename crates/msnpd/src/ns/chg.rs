//! `CHG`: a new status; with the first one a user becomes visible and sees others.

use msnp::command::{Command, chg};
use msnp::dialect::ListForm;
use msnp::flow::End;
use msnp::wire::{Verb, limits};

use super::{Session, write_shutdown};
use crate::connection::Step;
use crate::directory::Shown;
use crate::follow::{added_by, address_book_changed};
use crate::random;
use crate::server::Challenges;

/// What a status that was taken comes to.
struct Taken {
    /// The user can be seen and called, and could not before.
    shows_himself: bool,
    /// The client has missed changes of its lists.
    has_missed: bool,
}

impl Session {
    pub(super) fn chg<'s>(&'s mut self, request: chg::Request<'_>) -> Step<'s> {
        let is_first = self.flow.status().is_none();
        // Whoever fetches messages that wait has to know that there are none.
        let hears_of_mail = is_first && (self.has_mail() || self.fetches_messages());
        match self.take_status(request) {
            Ok(Taken { shows_himself, has_missed }) if shows_himself || hears_of_mail || has_missed => {
                // Looked at after he is shown: what is said to him from here on finds him.
                let nothing_waits = self.knows_that_nothing_waits();
                if nothing_waits && !hears_of_mail && !has_missed {
                    return Step::Next;
                }
                Step::Wait(Box::pin(async move {
                    if has_missed {
                        self.tell_missed().await?;
                    }
                    if hears_of_mail {
                        self.tell_unread().await?;
                    }
                    // Who can be called gets what was said to him while he could not.
                    if shows_himself && !nothing_waits {
                        self.server.welcome(self.user()?.id).await;
                    }
                    Ok(())
                }))
            }
            done => done.map(drop).into(),
        }
    }

    /// Tells the client what it may have missed: that its lists have changed, and who waits to be let in.
    async fn tell_missed(&self) -> Result<(), End> {
        let user = self.user()?;
        let pending = match self.server.store.pending(user.id).await {
            Ok(pending) => pending,
            // Which needs nothing from the store is told at least.
            Err(error) => {
                self.note_failure(&error);
                Vec::new()
            }
        };
        self.say(|out, dialect| {
            for (email, name) in &pending {
                added_by(email, name, 0, dialect, out);
            }
            address_book_changed(user.id, &user.email, dialect, out);
        })
    }

    /// From here on the client is told of changes of its lists. Returns whether there were any since it has signed in: it
    /// reads them over a web service, nobody knows when, and is not fond of being told before it has told its status.
    fn begin_to_hear(&self) -> Result<bool, End> {
        let user = self.user()?;
        if self.dialect().lists == ListForm::AddressBook {
            return Ok(self.server.directory.begin_to_hear(user.id, &user.endpoint));
        }
        user.endpoint.hear_of_lists();
        Ok(false)
    }

    fn take_status(&mut self, request: chg::Request<'_>) -> Result<Taken, End> {
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
        let mut has_missed = false;
        if is_first {
            self.outbox.begin_burst();
            has_missed = self.begin_to_hear()?;
        }
        self.say(|out, dialect| request.reply(dialect).write(out, dialect))?;
        let shows_himself = directory.show(user.id, user.endpoint.id, shown);
        if is_first {
            directory.look_at_all(user.id, &user.endpoint, trid);
            self.server.federation.look(&user.email, &user.endpoint, trid, self.server.now());
            self.outbox.end_burst();
            directory.enter_circles(user.id, &user.endpoint);
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
        Ok(Taken { shows_himself, has_missed })
    }
}
