//! Which server a connection talks to, told by its first command.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::flow::End;
use msnp::flow::dispatch::DispatchServer;
use msnp::wire::{Direction, Frame, Verb};

use super::{Ends, Outbox};
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

/// The session of one connection.
pub enum Session {
    /// Nothing was said yet. Replaced by the next state at once, or by the first command.
    Undecided,
    /// Waits for the first command.
    Fresh(Box<Fresh>),
    /// With a dispatch server.
    Dispatch(Box<Dispatch>),
    /// With a notification server.
    Notification(Box<ns::Session>),
    /// With a switchboard.
    Switchboard(Box<sb::Session>),
}

/// What a session needs once it is known which kind it is.
pub struct Fresh {
    ends: Ends,
    server: Arc<Server>,
    outbox: Arc<Outbox>,
    deadline: Instant,
}

/// A session with a dispatch server.
pub struct Dispatch {
    flow: DispatchServer,
    ends: Ends,
    server: Arc<Server>,
    outbox: Arc<Outbox>,
}

/// Something that takes time: the store, a slow reader.
pub type Work<'s> = Pin<Box<dyn Future<Output = Result<(), End>> + Send + 's>>;

/// What a message came to.
pub enum Step<'s> {
    /// The next message may be heard.
    Next,
    /// It may when this is done.
    Wait(Work<'s>),
    /// The session is over.
    End(End),
}

impl From<Result<(), End>> for Step<'_> {
    fn from(result: Result<(), End>) -> Self {
        match result {
            Ok(()) => Self::Next,
            Err(end) => Self::End(end),
        }
    }
}

impl Session {
    /// The session of a new connection.
    pub fn new(role: Role, ends: Ends, server: &Arc<Server>, outbox: &Arc<Outbox>) -> Self {
        let now = server.now();
        let (server, outbox) = (server.clone(), outbox.clone());
        match role {
            Role::Dispatch => {
                let flow = DispatchServer::new(server.settings.opening.clone(), now);
                Self::Dispatch(Box::new(Dispatch { flow, ends, server, outbox }))
            }
            Role::Messenger => {
                Self::Fresh(Box::new(Fresh { ends, server, outbox, deadline: now + FIRST_COMMAND_LIMIT }))
            }
        }
    }

    /// Settles by the first command which server this is. Returns how what follows is to be read, if that changes.
    pub fn decide(&mut self, verb: Verb) -> Option<Direction> {
        let Self::Fresh(fresh) = self else { return None };
        let Fresh { ends, server, outbox, .. } = &**fresh;
        match verb {
            Verb::USR | Verb::ANS => {
                *self = Self::Switchboard(Box::new(sb::Session::new(server.clone(), outbox.clone())));
                Some(Direction::ToSwitchboard)
            }
            _ => {
                let session = ns::Session::new(*ends, server.clone(), outbox.clone());
                *self = Self::Notification(Box::new(session));
                None
            }
        }
    }

    /// Whether it is known whose session this is.
    pub fn is_signed_in(&self) -> bool {
        match self {
            Self::Undecided | Self::Fresh(_) | Self::Dispatch(_) => false,
            Self::Notification(session) => session.is_signed_in(),
            Self::Switchboard(session) => session.has_joined(),
        }
    }

    /// Acts on one message.
    pub fn heard<'s>(&'s mut self, frame: Frame<'s>) -> Step<'s> {
        match self {
            Self::Undecided | Self::Fresh(_) => Step::End(End::NotNow(frame.verb)),
            Self::Dispatch(session) => session.heard(frame).into(),
            Self::Notification(session) => session.heard(frame),
            Self::Switchboard(session) => session.heard(frame),
        }
    }

    /// All that was read has been acted on.
    pub fn settle(&mut self) -> Option<Work<'_>> {
        match self {
            Self::Switchboard(session) => session.settle(),
            _ => None,
        }
    }

    /// When [`expired`](Self::expired) is to be called, if nothing is heard before.
    pub fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Undecided => None,
            Self::Fresh(fresh) => Some(fresh.deadline),
            Self::Dispatch(session) => Some(session.flow.deadline()),
            Self::Notification(session) => session.deadline(),
            Self::Switchboard(session) => session.deadline(),
        }
    }

    /// The deadline has passed. `None` if it has moved meanwhile.
    pub fn expired(&mut self) -> Option<End> {
        match self {
            Self::Undecided | Self::Fresh(_) => Some(End::TimedOut("said nothing")),
            Self::Dispatch(_) => Some(End::TimedOut("not sent on in time")),
            Self::Notification(session) => Some(session.expired()),
            Self::Switchboard(session) => session.expired(),
        }
    }

    /// The connection is over: whoever it was is gone from here.
    pub async fn ended(&mut self) {
        match self {
            Self::Undecided | Self::Fresh(_) | Self::Dispatch(_) => {}
            Self::Notification(session) => session.ended().await,
            Self::Switchboard(session) => session.ended(),
        }
    }
}

impl Dispatch {
    fn heard(&mut self, frame: Frame<'_>) -> Result<(), End> {
        let own = self.server.settings.own_address(self.ends.local);
        let notification = self.server.settings.notification_address(self.ends.local);
        let mut result = Ok(());
        self.outbox.write(|out| result = self.flow.receive(frame, &notification, &own, out));
        result
    }
}
