//! A resident's place in a chat.

use std::fmt;
use std::sync::Arc;

use msnp::command::{Command, ack, ans, bye, cal, error, iro, joi, msg, nak, usr};
use msnp::flow::End;
use msnp::types::{Capabilities, Email, Secret, TrId};
use msnp::wire::{Direction, Frame, Verb};
use tokio::time::Instant;

use super::Invitation;
use super::inbox::{DIALECT, Inbox};
use crate::connection::Step;
use crate::sb::Session;
use crate::server::Server;

/// A chat that a resident is in. It leaves when this is dropped.
pub struct Conversation {
    session: Session,
    inbox: Inbox,
    last: u32,
}

/// There is no chat to get into: the call is over, or whoever was called is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no chat to get into: the call is over, or who was called is not there")]
pub struct NotJoined;

/// The chat is over: nobody hears anything that is said in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the chat is over")]
pub struct Over;

/// What happens in a chat.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// Somebody is there: from before, or he has just come.
    Joined {
        /// His address.
        who: Email,
        /// What he calls himself.
        name: String,
        /// What his client can do.
        capabilities: Capabilities,
    },
    /// Somebody has left.
    Left {
        /// His address.
        who: Email,
    },
    /// Somebody has said something: text, that he types, data for the resident's own client.
    Said {
        /// Who.
        from: Email,
        /// The message with its headers, as he has written it.
        payload: Vec<u8>,
    },
    /// What was said under this number has reached everybody.
    Taken(TrId),
    /// What was said under this number has reached nobody, or not everybody.
    Missed(TrId),
}

/// Shows how long a message is and not what it says.
impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joined { who, .. } => write!(f, "Joined({who})"),
            Self::Left { who } => write!(f, "Left({who})"),
            Self::Said { from, payload } => write!(f, "Said({from}, {} bytes)", payload.len()),
            Self::Taken(trid) => write!(f, "Taken({trid})"),
            Self::Missed(trid) => write!(f, "Missed({trid})"),
        }
    }
}

impl Conversation {
    fn new(server: Arc<Server>) -> Self {
        let inbox = Inbox::new(Direction::FromSwitchboard);
        Self { session: Session::new(server, inbox.outbox().clone()), inbox, last: 0 }
    }

    /// Comes to the chat that somebody calls to.
    pub(super) async fn join(
        server: Arc<Server>,
        identity: &Email,
        invitation: Invitation,
    ) -> Result<Self, NotJoined> {
        let mut conversation = Self::new(server);
        let trid = conversation.next_number();
        let (cookie, session) = (Secret(invitation.cookie.expose()), &*invitation.session);
        let request = ans::Request { trid, identity: identity.as_str(), cookie, session };
        done(conversation.session.ans(request)).await.map_err(|_| NotJoined)?;
        Ok(conversation)
    }

    /// Opens a chat with nobody else in it.
    pub(super) fn open(server: Arc<Server>, identity: &Email, cookie: &str) -> Result<Self, NotJoined> {
        let mut conversation = Self::new(server);
        let trid = conversation.next_number();
        let request = usr::SwitchboardRequest { trid, identity: identity.as_str(), cookie: Secret(cookie) };
        conversation.session.usr(request).map_err(|_| NotJoined)?;
        Ok(conversation)
    }

    /// Calls one more.
    ///
    /// # Errors
    /// When he is not there, or wants nothing from the resident.
    pub async fn call(&mut self, who: &Email) -> Result<(), NotJoined> {
        let trid = self.next_number();
        let request = cal::Request { trid, handle: who.as_str() };
        self.session.cal(request).map_err(|_| NotJoined)?;
        let answer = |frame: Frame<'_>| match error::Reply::read(frame) {
            Some(refused) => (refused.trid == Some(trid)).then_some(Err(NotJoined)),
            None => (frame.verb == Verb::CAL).then_some(Ok(())),
        };
        // The answer is there already. What happens in the chat after it is not touched.
        self.inbox.next(answer).await.unwrap_or(Err(NotJoined))
    }

    /// Says something, and waits while others are far behind in taking what is said. It goes under the number that is
    /// returned: [`Heard::Taken`] and [`Heard::Missed`] name it, as far as `ack` asks for them.
    ///
    /// # Errors
    /// When the chat is over.
    pub async fn say(&mut self, ack: msg::Ack, payload: &[u8]) -> Result<TrId, Over> {
        if !self.inbox.outbox().is_open() {
            return Err(Over);
        }
        let trid = self.next_number();
        done(self.session.msg(&msg::Request { trid, ack, payload })).await.map_err(|_| Over)?;
        if let Some(work) = self.session.settle() {
            work.await.map_err(|_| Over)?;
        }
        Ok(trid)
    }

    /// Waits for what happens next; `None` when the chat is over. Dropped while it waits, it has lost nothing.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            // A chat in which nothing is said ends for a resident as for everybody.
            let deadline = self.session.deadline();
            let idle = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(Instant::from_std(deadline)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                heard = self.inbox.next(read) => return heard,
                () = idle => {}
            }
            if self.session.expired().is_some() {
                self.session.ended();
                return None;
            }
        }
    }

    fn next_number(&mut self) -> TrId {
        self.last = self.last.wrapping_add(1);
        TrId::new(self.last)
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.session.ended();
    }
}

/// Carries a step through.
async fn done(step: Step<'_>) -> Result<(), End> {
    match step {
        Step::Next => Ok(()),
        Step::Wait(work) => work.await,
        Step::End(end) => Err(end),
    }
}

/// What a line means to whoever is in a chat, if anything.
fn read(frame: Frame<'_>) -> Option<Heard> {
    let joined = |handle: &str, name: &msnp::wire::Encoded<'_>, capabilities| {
        Some(Heard::Joined { who: handle.parse().ok()?, name: name.decode().into_owned(), capabilities })
    };
    match frame.verb {
        Verb::IRO => {
            let iro::Reply { handle, name, capabilities, .. } = iro::Reply::read(frame, DIALECT).ok()?;
            joined(handle, &name, capabilities)
        }
        Verb::JOI => {
            let joi::Push { handle, name, capabilities } = joi::Push::read(frame, DIALECT).ok()?;
            joined(handle, &name, capabilities)
        }
        Verb::BYE => Some(Heard::Left { who: bye::Push::read(frame, DIALECT).ok()?.handle.parse().ok()? }),
        Verb::MSG => {
            let msg::Push { from, payload, .. } = msg::Push::read(frame, DIALECT).ok()?;
            Some(Heard::Said { from: from.parse().ok()?, payload: payload.to_vec() })
        }
        Verb::ACK => Some(Heard::Taken(ack::Reply::read(frame, DIALECT).ok()?.trid)),
        Verb::NAK => Some(Heard::Missed(nak::Reply::read(frame, DIALECT).ok()?.trid)),
        _ => None,
    }
}
