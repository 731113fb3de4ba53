//! Circles, as far as they are more than rows: who hears of what was done to one, and the tickets by which clients prove
//! which ones they are in.

pub mod ticket;

use std::sync::Arc;

use crate::follow::circle_changed;
use crate::server::Server;
use crate::store::{CircleChange, CircleEdited};

impl Server {
    /// Tells everybody whom an edit of a circle concerns and who is signed in. To be called once its maker has his answer.
    ///
    /// The place that has made it knows already: it is where the ticket is that expires at `ticket_expires`.
    pub fn circle_changed(self: &Arc<Self>, edited: &CircleEdited, ticket_expires: Option<u64>) {
        self.follow_circle(edited);
        for (account, revision) in edited.concerned.iter().copied() {
            // Who counts versions must not take the next one that he is told for all there is.
            self.directory.keep_changes_after(account, revision.saturating_sub(1));
            let Some(email) = self.directory.email(account) else { continue };
            match ticket_expires.filter(|_| account == edited.by) {
                Some(expires) => self.directory.tell_elsewhere(account, revision, expires, |dialect, out| {
                    circle_changed(account, &email, edited.circle, dialect, out);
                }),
                None => self.directory.tell_change(account, revision, |dialect, _, out| {
                    circle_changed(account, &email, edited.circle, dialect, out);
                }),
            }
        }
    }

    /// Does in the directory what an edit means to those who are in the circle now: who is in it no more is out at once.
    fn follow_circle(&self, edited: &CircleEdited) {
        let circle = edited.circle;
        match edited.what {
            CircleChange::Left { who, .. } => self.directory.leave_circle(who, circle),
            CircleChange::Renamed => self.directory.rename_circle(circle, &edited.name),
            // Whoever may be in it from here on says himself when he comes.
            CircleChange::Created
            | CircleChange::Invited(_)
            | CircleChange::Joined(_)
            | CircleChange::Declined(_)
            | CircleChange::Role(..)
            | CircleChange::Nothing => {}
        }
        if edited.is_over {
            self.directory.close_circle(circle);
        }
    }
}
