//! The client's side of a switchboard: one chat.

use std::time::{Duration, Instant};

use super::requests::Requests;
use super::{CantAsk, End};
use crate::command::{Command, ack, ans, bye, cal, error, iro, joi, msg, nak, out as sign_out, usr};
use crate::dialect::Dialect;
use crate::types::{Capabilities, ErrorCode, Guid, Secret, TrId};
use crate::wire::{ArgError, Encoded, Frame, Verb, limits};

/// A switchboard that has not let the client in after this time has failed.
pub const SIGN_IN_LIMIT: Duration = Duration::from_secs(60);

/// One chat, from a client's side. There is no `VER` here: the dialect is that of the session which got the cookie.
#[derive(Debug)]
pub struct SwitchboardClient {
    dialect: &'static Dialect,
    phase: Phase,
    requests: Requests,
    deadline: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// `USR` or `ANS` was said.
    Entering(Verb),
    In,
}

/// What a switchboard's line means. It borrows from the line.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The client is in. Who came by an invitation has heard of everybody who was there before.
    Entered,
    /// Somebody was there before.
    Present(Member<'a>),
    /// Somebody has come.
    Joined(Member<'a>),
    /// Somebody has left, or one of his places.
    Left {
        /// His address.
        handle: &'a str,
        /// The place; he himself has left where none is named.
        place: Option<Guid>,
        /// Whether the server put him out because nothing was said for long.
        idle: bool,
    },
    /// Somebody is being invited.
    Ringing {
        /// The request.
        trid: TrId,
        /// The chat, as in the invitation.
        session: &'a str,
    },
    /// Somebody says something.
    Message {
        /// Who.
        from: &'a str,
        /// The name he had when he joined.
        name: Encoded<'a>,
        /// What, as he has written it.
        payload: &'a [u8],
    },
    /// A message is on its way to everybody else.
    Delivered(TrId),
    /// A message reached nobody.
    NotDelivered(TrId),
    /// A request was refused, or the server has something to complain of that nobody asked.
    Refused {
        /// The request.
        trid: Option<TrId>,
        /// What was asked, if it was this client that asked.
        verb: Option<Verb>,
        /// Why.
        code: ErrorCode,
    },
    /// The server said something that is not understood, and which is passed over.
    NotUnderstood {
        /// The word.
        verb: Verb,
        /// What is wrong with its arguments.
        error: Option<ArgError>,
    },
}

/// Somebody in a chat. Who has places is told of once for each of them and once himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// His address.
    pub handle: &'a str,
    /// The place, if the line is about one.
    pub place: Option<Guid>,
    /// His name.
    pub name: Encoded<'a>,
    /// What his client can do.
    pub capabilities: Capabilities,
}

impl<'a> Member<'a> {
    fn new(written: &'a str, name: Encoded<'a>, capabilities: Capabilities) -> Self {
        let (handle, place) = split(written);
        Self { handle, place, name, capabilities }
    }
}

/// An address, and the place behind it.
fn split(written: &str) -> (&str, Option<Guid>) {
    match written.split_once(';') {
        Some((handle, place)) => (handle, place.parse().ok()),
        None => (written, None),
    }
}

impl SwitchboardClient {
    /// Opens a chat, with what [`Event::Switchboard`](super::notification::Event::Switchboard) brought. `identity` is
    /// that of [`NotificationClient::identity`](super::notification::NotificationClient::identity).
    pub fn open(
        dialect: &'static Dialect,
        (identity, cookie): (&str, Secret<'_>),
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Self {
        let mut machine = Self::new(dialect, Verb::USR, now);
        let trid = machine.requests.begin(Verb::USR);
        usr::SwitchboardRequest { trid, identity, cookie }.write(out, dialect);
        machine
    }

    /// Answers an invitation, with what [`Event::Rung`](super::notification::Event::Rung) brought.
    pub fn answer(
        dialect: &'static Dialect,
        (identity, cookie, session): (&str, Secret<'_>, &str),
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Self {
        let mut machine = Self::new(dialect, Verb::ANS, now);
        let trid = machine.requests.begin(Verb::ANS);
        ans::Request { trid, identity, cookie, session }.write(out, dialect);
        machine
    }

    fn new(dialect: &'static Dialect, verb: Verb, now: Instant) -> Self {
        let (phase, requests) = (Phase::Entering(verb), Requests::default());
        Self { dialect, phase, requests, deadline: Some(now + SIGN_IN_LIMIT) }
    }

    /// Whether the client is in.
    pub fn is_in(&self) -> bool {
        self.phase == Phase::In
    }

    /// Takes a frame.
    ///
    /// # Errors
    /// When the chat is over.
    pub fn receive<'a>(&mut self, frame: Frame<'a>) -> Result<Option<Event<'a>>, End> {
        let verb = frame.verb;
        if let Some(error::Reply { trid, code }) = error::Reply::read(frame) {
            let asked = trid.and_then(|trid| self.requests.end(trid));
            return match (asked, self.phase) {
                (Some(verb), Phase::Entering(entering)) if verb == entering => {
                    Err(End::Refused { verb, code })
                }
                _ => Ok(Some(Event::Refused { trid: trid.filter(|_| asked.is_some()), verb: asked, code })),
            };
        }
        match (verb, self.phase) {
            (Verb::OUT, _) => {
                let reason = sign_out::Push::read(frame, self.dialect).ok().and_then(|push| push.reason);
                Err(End::SignedOut(reason))
            }
            (Verb::USR | Verb::ANS, Phase::Entering(entering)) if verb == entering => {
                let mut args = frame.args;
                let trid = args.trid().map_err(|error| End::malformed(verb, error))?;
                if args.next() != Some("OK") || !self.requests.answers(trid, verb) {
                    return Err(End::not_now(verb));
                }
                (self.phase, self.deadline) = (Phase::In, None);
                Ok(Some(Event::Entered))
            }
            (Verb::USR | Verb::ANS, _) => Err(End::not_now(verb)),
            // The roster comes before the answer; nothing else may.
            (verb, Phase::Entering(_)) if !matches!(verb, Verb::IRO | Verb::JOI | Verb::BYE) => {
                Err(End::not_now(verb))
            }
            _ => self
                .understand(frame)
                .or_else(|error| Ok(Some(Event::NotUnderstood { verb, error: Some(error) }))),
        }
    }

    fn understand<'a>(&mut self, frame: Frame<'a>) -> Result<Option<Event<'a>>, ArgError> {
        let dialect = self.dialect;
        Ok(Some(match frame.verb {
            Verb::ACK => {
                let trid = ack::Reply::read(frame, dialect)?.trid;
                return Ok(self.requests.answers(trid, Verb::MSG).then_some(Event::Delivered(trid)));
            }
            Verb::NAK => {
                let trid = nak::Reply::read(frame, dialect)?.trid;
                return Ok(self.requests.answers(trid, Verb::MSG).then_some(Event::NotDelivered(trid)));
            }
            Verb::BYE => {
                let bye::Push { handle, idle } = bye::Push::read(frame, dialect)?;
                let (handle, place) = split(handle);
                Event::Left { handle, place, idle }
            }
            Verb::CAL => {
                let cal::Reply { trid, session } = cal::Reply::read(frame, dialect)?;
                return Ok(self
                    .requests
                    .answers(trid, Verb::CAL)
                    .then_some(Event::Ringing { trid, session }));
            }
            Verb::IRO => {
                let iro::Reply { handle, name, capabilities, .. } = iro::Reply::read(frame, dialect)?;
                Event::Present(Member::new(handle, name, capabilities))
            }
            Verb::JOI => {
                let joi::Push { handle, name, capabilities } = joi::Push::read(frame, dialect)?;
                Event::Joined(Member::new(handle, name, capabilities))
            }
            Verb::MSG => {
                let msg::Push { from, name, payload } = msg::Push::read(frame, dialect)?;
                Event::Message { from: split(from).0, name, payload }
            }
            // Nobody asks here whether the connection is alive, but a server may say so.
            Verb::QNG => return Ok(None),
            verb => Event::NotUnderstood { verb, error: None },
        }))
    }

    /// Invites somebody.
    ///
    /// # Errors
    /// When the client is not in yet, or the address is none.
    pub fn call(&mut self, handle: &str, out: &mut Vec<u8>) -> Result<TrId, CantAsk> {
        self.require_in(Verb::CAL)?;
        if handle.is_empty() || !handle.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CantAsk::Unwritable { verb: Verb::CAL, what: "the address" });
        }
        if handle.len() > limits::LINE / 2 {
            return Err(CantAsk::TooLong(Verb::CAL));
        }
        let trid = self.requests.begin(Verb::CAL);
        cal::Request { trid, handle }.write(out, self.dialect);
        Ok(trid)
    }

    /// Says something to everybody else, in whole a message with its headers.
    ///
    /// # Errors
    /// When the client is not in yet, when it is too long, or data in a version that has no such messages.
    pub fn say(&mut self, ack: msg::Ack, payload: &[u8], out: &mut Vec<u8>) -> Result<TrId, CantAsk> {
        self.require_in(Verb::MSG)?;
        if payload.len() > limits::SWITCHBOARD_MSG_PAYLOAD {
            return Err(CantAsk::TooLong(Verb::MSG));
        }
        if ack == msg::Ack::Data && !self.dialect.has_data_messages {
            return Err(CantAsk::NotInVersion(Verb::MSG));
        }
        let trid = match ack {
            // Nothing will answer it.
            msg::Ack::Unacknowledged => self.requests.number(),
            _ => self.requests.begin(Verb::MSG),
        };
        msg::Request { trid, ack, payload }.write(out, self.dialect);
        Ok(trid)
    }

    fn require_in(&self, verb: Verb) -> Result<(), CantAsk> {
        if self.is_in() { Ok(()) } else { Err(CantAsk::NotNow(verb)) }
    }

    /// Says that the client leaves. The connection is to be closed then.
    pub fn leave(&self, out: &mut Vec<u8>) {
        sign_out::Request.write(out, self.dialect);
    }

    /// When the chat is over unless the server has let the client in before.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The deadline has passed: why the chat is over.
    pub fn expired(&self) -> End {
        End::TimedOut("the switchboard did not let the client in in time")
    }
}
