//! The switchboard: one chat, seen from one of its members.

use std::time::{Duration, Instant};

use super::End;
use super::opening;
use crate::command::{Command, ack, ans, cal, error, msg, qng, usr};
use crate::dialect::{Dialect, MSNP9};
use crate::types::{Email, ErrorCode, TrId};
use crate::wire::{Frame, Mime, Verb};

/// A connection that has shown no good cookie after this time is closed.
pub const SIGN_IN_LIMIT: Duration = Duration::from_secs(60);

/// A chat of two in which nothing is said for this long is closed.
pub const IDLE_LIMIT: Duration = Duration::from_secs(600);

/// What `QNG` says to a client that pings here, which it need not.
const PING_INTERVAL: u32 = 50;

/// How nearly every client begins what is said: there is no need to look for another type then.
const PLAIN_TEXT: &[u8] = b"MIME-Version: 1.0\r\nContent-Type: text/plain";

const CONTROL: &str = "text/x-msmsgscontrol";
const PEER_TO_PEER: &str = "application/x-msnmsgrp2p";

/// One client's session with a switchboard.
///
/// There is no `VER` here: the dialect is the one that the session which got the cookie has settled.
#[derive(Debug)]
pub struct SwitchboardServer {
    dialect: Option<&'static Dialect>,
    deadline: Instant,
}

/// Something a member asks.
#[derive(Debug)]
pub enum Request<'a> {
    /// `USR`: opens a chat. Answer with [`SwitchboardServer::joined`] or [`SwitchboardServer::refuse`].
    Usr(usr::SwitchboardRequest<'a>),
    /// `ANS`: joins one. Answer likewise.
    Ans(ans::Request<'a>),
    /// `CAL`
    Cal(cal::Request<'a>),
    /// `MSG` that is to be passed on, as it came.
    Msg(msg::Request<'a>),
}

impl SwitchboardServer {
    /// A session that begins `now`.
    pub fn new(now: Instant) -> Self {
        Self { dialect: None, deadline: now + SIGN_IN_LIMIT }
    }

    /// Takes a frame from the member called `email` (anything before it has joined).
    ///
    /// Of a payload it looks at no more than this: data messages (ack letter `D`) are peer-to-peer data and nothing
    /// else is, and nobody is said to be typing but the sender.
    ///
    /// # Errors
    /// When the session is over. What `out` holds is still to be sent.
    pub fn receive<'a>(
        &mut self,
        frame: Frame<'a>,
        email: Option<&Email>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Request<'a>>, End> {
        let malformed = |error| End::Malformed { verb: frame.verb, error };
        let Some(dialect) = self.dialect else {
            return match frame.verb {
                Verb::USR => usr::SwitchboardRequest::read(frame, &MSNP9)
                    .map(Request::Usr)
                    .map(Some)
                    .map_err(malformed),
                Verb::ANS => ans::Request::read(frame, &MSNP9).map(Request::Ans).map(Some).map_err(malformed),
                verb => Err(End::NotNow(verb)),
            };
        };
        match frame.verb {
            Verb::MSG => {
                let request = msg::Request::read(frame, dialect).map_err(malformed)?;
                inspect(request, dialect, email, out)
            }
            Verb::CAL => cal::Request::read(frame, dialect).map(Request::Cal).map(Some).map_err(malformed),
            Verb::OUT => Err(End::SignedOut),
            Verb::PNG => {
                qng::Reply { seconds: Some(PING_INTERVAL) }.write(out, dialect);
                Ok(None)
            }
            verb => Err(End::NotForClients(verb)),
        }
    }

    /// The cookie was good: the member is in, and speaks `dialect`.
    pub fn joined(&mut self, dialect: &'static Dialect) {
        self.dialect = Some(dialect);
    }

    /// The cookie was bad: says so and ends the session.
    pub fn refuse(&mut self, trid: TrId, out: &mut Vec<u8>) -> End {
        opening::refuse(trid, ErrorCode::AUTHENTICATION_FAILED, out)
    }

    /// The dialect, once the member is in.
    pub fn dialect(&self) -> Option<&'static Dialect> {
        self.dialect
    }

    /// When the session ends unless a good cookie is shown before.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }
}

/// Whether a control message names nobody but its sender as the one who types or records.
fn speaks_for_itself(mime: Mime<'_>, sender: Option<&Email>) -> bool {
    let names_somebody = |name: &[u8]| {
        [b"TypingUser".as_slice(), b"RecordingUser"].iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    mime.headers().filter(|(name, _)| names_somebody(name)).all(|(_, value)| {
        std::str::from_utf8(value).is_ok_and(|named| sender.is_some_and(|email| email.is(named)))
    })
}

/// Whether a message may be passed on.
fn inspect<'a>(
    request: msg::Request<'a>,
    dialect: &Dialect,
    sender: Option<&Email>,
    out: &mut Vec<u8>,
) -> Result<Option<Request<'a>>, End> {
    if request.payload.starts_with(PLAIN_TEXT) && request.ack != msg::Ack::Data {
        return Ok(Some(Request::Msg(request)));
    }
    let mime = Mime::new(request.payload);
    let content_type = mime.content_type().unwrap_or_default();
    let is_data = content_type.eq_ignore_ascii_case(PEER_TO_PEER);
    match (request.ack, is_data) {
        (msg::Ack::Data, _) if !dialect.has_data_messages => return Err(End::BeyondLimits(Verb::MSG)),
        (msg::Ack::Data, false) => {
            error::Reply { trid: Some(request.trid), code: ErrorCode::INVALID_DATA_MESSAGE }
                .write(out, dialect);
            return Ok(None);
        }
        (msg::Ack::Data, true) | (_, false) => {}
        (_, true) => return Err(End::BeyondLimits(Verb::MSG)),
    }
    if content_type.eq_ignore_ascii_case(CONTROL) && !speaks_for_itself(mime, sender) {
        // Taken and dropped: nothing tells the sender.
        if matches!(request.ack, msg::Ack::Always | msg::Ack::Success) {
            ack::Reply { trid: request.trid }.write(out, dialect);
        }
        return Ok(None);
    }
    Ok(Some(Request::Msg(request)))
}
