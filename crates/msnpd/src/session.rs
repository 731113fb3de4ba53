//! Which server a connection talks to, told by its first command.

use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::flow::End;
use msnp::flow::dispatch::DispatchServer;
use msnp::wire::{Direction, Frame, Verb};
use tokio::io::{AsyncRead, AsyncWrite};
use tracing::{Instrument, debug};

use crate::accept::Place;
use crate::connection::{self, Driver, Ends, Step, Stop, Work};
use crate::outbox::Outbox;
use crate::recording::{Tap, Who};
use crate::server::Server;
use crate::{ns, sb};

/// A connection that says nothing is closed after this time.
const FIRST_COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// What the listener that a connection came to is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Notification server and switchboard: the first command tells which.
    Messenger,
    /// Dispatch server: sends everybody on.
    Dispatch,
}

/// Carries one connection from its first byte to its last. `place` is what it takes up among all connections.
///
/// Not an `async fn`, which would hold what it is given twice: as arguments, and where they have gone.
pub fn serve<S>(
    stream: S,
    ends: Ends,
    role: Role,
    place: Option<Place>,
    server: Arc<Server>,
) -> impl Future<Output = ()> + use<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let outbox = Arc::<Outbox>::default();
    let talk = match role {
        Role::Dispatch => Talk::Dispatch(Box::new(Dispatch {
            flow: DispatchServer::new(server.settings.opening.clone(), server.now()),
            ends,
            server: server.clone(),
            outbox: outbox.clone(),
        })),
        Role::Messenger => Talk::Fresh(Box::new(Fresh {
            ends,
            server: server.clone(),
            outbox: outbox.clone(),
            deadline: server.now() + FIRST_COMMAND_LIMIT,
        })),
    };
    let tap = Tap::new(server.recorder.clone());
    let mut driver = Driver::new(stream, outbox, Session { talk, place }, tap);
    let carry = async move {
        let stop = driver.run().await;
        debug!(%stop, "over");
        if stop == Stop::Slow {
            server.metrics.slow_readers.increment(1);
        }
    };
    carry.instrument(tracing::debug_span!(target: "msnpd::wire", "connection", peer = %ends.peer))
}

/// The session of one connection.
struct Session {
    talk: Talk,
    place: Option<Place>,
}

/// However a connection ends, its user is gone from here.
impl Drop for Session {
    fn drop(&mut self) {
        connection::Session::ended(self);
    }
}

/// With whom a connection talks.
enum Talk {
    /// Its first command will tell.
    Fresh(Box<Fresh>),
    /// With a dispatch server.
    Dispatch(Box<Dispatch>),
    /// With the notification server.
    Notification(Box<ns::Session>),
    /// With the switchboard.
    Switchboard(Box<sb::Session>),
}

/// What a session needs once it is known with whom it is.
struct Fresh {
    ends: Ends,
    server: Arc<Server>,
    outbox: Arc<Outbox>,
    deadline: Instant,
}

/// A session with a dispatch server.
struct Dispatch {
    flow: DispatchServer,
    ends: Ends,
    server: Arc<Server>,
    outbox: Arc<Outbox>,
}

impl connection::Session for Session {
    fn direction(&self) -> Direction {
        match &self.talk {
            Talk::Notification(session) if session.is_signed_in() => Direction::ToNotification,
            Talk::Switchboard(_) => Direction::ToSwitchboard,
            _ => Direction::Opening,
        }
    }

    fn decide(&mut self, verb: Verb) {
        let Talk::Fresh(fresh) = &self.talk else { return };
        let (ends, server, outbox) = (fresh.ends, fresh.server.clone(), fresh.outbox.clone());
        self.talk = match verb {
            Verb::USR | Verb::ANS => Talk::Switchboard(Box::new(sb::Session::new(server, outbox))),
            _ => Talk::Notification(Box::new(ns::Session::new(ends, server, outbox))),
        };
    }

    fn heard<'s>(&'s mut self, frame: Frame<'s>) -> Step<'s> {
        match &mut self.talk {
            Talk::Fresh(_) => Step::End(End::NotNow(frame.verb)),
            Talk::Dispatch(session) => session.heard(frame).into(),
            Talk::Notification(session) => {
                session.set_crowded(self.place.as_ref().is_some_and(Place::is_one_too_many));
                session.heard(frame)
            }
            Talk::Switchboard(session) => session.heard(frame),
        }
    }

    fn settle(&mut self) -> Option<Work<'_>> {
        let is_signed_in = match &self.talk {
            Talk::Fresh(_) | Talk::Dispatch(_) => false,
            Talk::Notification(session) => session.is_signed_in(),
            Talk::Switchboard(session) => session.has_joined(),
        };
        if is_signed_in && let Some(place) = &mut self.place {
            place.has_signed_in();
        }
        match &mut self.talk {
            Talk::Switchboard(session) => session.settle(),
            _ => None,
        }
    }

    fn who(&self) -> Option<Who> {
        match &self.talk {
            Talk::Fresh(_) | Talk::Dispatch(_) => None,
            Talk::Notification(session) => session.who(),
            Talk::Switchboard(session) => session.who(),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match &self.talk {
            Talk::Fresh(fresh) => Some(fresh.deadline),
            Talk::Dispatch(session) => Some(session.flow.deadline()),
            Talk::Notification(session) => session.deadline(),
            Talk::Switchboard(session) => session.deadline(),
        }
    }

    fn expired(&mut self) -> Option<End> {
        match &mut self.talk {
            Talk::Fresh(_) => Some(End::TimedOut("said nothing")),
            Talk::Dispatch(_) => Some(End::TimedOut("not sent on in time")),
            Talk::Notification(session) => Some(session.expired()),
            Talk::Switchboard(session) => session.expired(),
        }
    }

    fn ended(&mut self) {
        match &mut self.talk {
            Talk::Fresh(_) | Talk::Dispatch(_) => {}
            Talk::Notification(session) => session.ended(),
            Talk::Switchboard(session) => session.ended(),
        }
    }
}

impl Dispatch {
    fn heard(&mut self, frame: Frame<'_>) -> Result<(), End> {
        let settings = &self.server.settings;
        let (notification, own) =
            (settings.notification_address(self.ends.local), settings.own_address(self.ends.local));
        let mut result = Ok(());
        self.outbox.write(|out| result = self.flow.receive(frame, &notification, &own, out));
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Transport;

    /// What each connection costs as a task, idle or not, in bytes. It is paid for everybody who is signed in: what is
    /// rarely needed is boxed.
    const MAX_SIZE: usize = 640;

    fn size<A, B, C, D, E, F: Future>(_: fn(A, B, C, D, E) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn the_task_of_a_connection_is_small() {
        let size = size(serve::<Transport>);
        assert!(size <= MAX_SIZE, "{size} bytes");
    }
}
