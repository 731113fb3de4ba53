//! `CAL`: invites somebody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use msnp::command::{Command, cal, joi, rng};
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Secret};
use msnp::wire::Encoded;

use super::{Admission, Seat, Session};
use crate::account::AccountId;
use crate::directory::{Endpoint, Rung};
use crate::server::Server;

/// After this many calls in a row that failed, further failing ones are told so (switchboard reference, section 4).
const MAX_FAILING: u32 = 5;

/// A client may call this often within [`WINDOW`].
const MAX_IN_WINDOW: u32 = 30;

/// The time in which calls are counted.
const WINDOW: Duration = Duration::from_secs(30);

/// How one client has called.
#[derive(Debug, Default)]
pub(super) struct Calls {
    failing: u32,
    window: Option<Instant>,
    in_window: u32,
}

impl Calls {
    /// Counts a call; whether it is one too many.
    fn is_too_many(&mut self, now: Instant) -> bool {
        if self.window.is_none_or(|since| now.duration_since(since) > WINDOW) {
            (self.window, self.in_window) = (Some(now), 0);
        }
        self.in_window += 1;
        self.in_window > MAX_IN_WINDOW
    }

    /// Counts a call that failed; what it is answered with.
    fn failed(&mut self) -> ErrorCode {
        self.failing += 1;
        if self.failing > MAX_FAILING { ErrorCode::USER_TOO_ACTIVE } else { ErrorCode::NOT_ONLINE }
    }
}

impl Session {
    pub(crate) fn cal(&mut self, request: cal::Request<'_>) -> Result<(), End> {
        let cal::Request { trid, handle } = request;
        let now = self.server.now();
        if self.calls.is_too_many(now) {
            return self.deny(trid, ErrorCode::USER_TOO_ACTIVE);
        }
        let (Ok(callee), Some(seat)) = (handle.parse::<Email>(), &self.seat) else {
            return self.deny(trid, ErrorCode::INVALID_USERNAME);
        };
        let (server, session) = (&self.server, &*seat.chat.id.to_string());
        let (name, capabilities) = server
            .directory
            .card(seat.account, seat.endpoint)
            .unwrap_or_else(|| (seat.name.clone(), <_>::default()));
        let ring = |account, callee: &Email, endpoint: &Arc<Endpoint>| {
            seat.invitation(server, account, callee, endpoint, &name, now)
        };
        // Calling oneself brings one's other places in, and shows one as present whether there are any or not.
        if callee == seat.email && self.dialect().has_places {
            self.say(|out, dialect| {
                cal::Reply { trid, session }.write(out, dialect);
                joi::Push { handle: callee.as_str(), name: Encoded::new(&name), capabilities }
                    .write(out, dialect);
            })?;
            server.directory.ring_own(seat.account, ring);
            return Ok(());
        }
        // Who is here is told to be, whatever he shows or allows meanwhile.
        if seat.chat.has(&callee) {
            return self.deny(trid, ErrorCode::ALREADY_THERE);
        }
        match server.directory.ring(seat.account, &callee, ring) {
            Rung::Ringing(_) => {
                self.calls.failing = 0;
                self.say(|out, dialect| cal::Reply { trid, session }.write(out, dialect))
            }
            Rung::Failed => self.deny(trid, ErrorCode::SWITCHBOARD_FAILED),
            Rung::NotOnline => {
                let code = self.calls.failed();
                self.deny(trid, code)
            }
        }
    }
}

impl Seat {
    /// What a place of somebody is told to bring him into the chat. `None`: it is in it, or can't be let in.
    fn invitation(
        &self,
        server: &Server,
        account: AccountId,
        callee: &Email,
        endpoint: &Endpoint,
        name: &str,
        now: Instant,
    ) -> Option<Bytes> {
        let address = endpoint.switchboard.as_deref()?;
        if self.chat.has_place(endpoint.id) {
            return None;
        }
        let admission = Admission::to_join(account, callee.clone(), endpoint, self.chat.id);
        let cookie = server.switchboard.admit(admission, self.account, now)?;
        self.chat.ring(account, endpoint.id, now);
        let (session, cookie) = (&*self.chat.id.to_string(), Secret(&cookie));
        let (handle, name) = (self.email.as_str(), Encoded::new(name));
        let mut line = Vec::new();
        rng::Push { session, address, cookie, handle, name }.write(&mut line, endpoint.dialect);
        Some(line.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_within_a_window() {
        let (mut calls, now) = (Calls::default(), Instant::now());
        assert!((0..MAX_IN_WINDOW).all(|_| !calls.is_too_many(now)));
        assert!(calls.is_too_many(now));
        assert!(!calls.is_too_many(now + WINDOW + Duration::from_secs(1)));
        let answers: Vec<_> = (0..=MAX_FAILING).map(|_| calls.failed()).collect();
        assert_eq!(answers.iter().filter(|code| **code == ErrorCode::NOT_ONLINE).count(), 5);
        assert_eq!(answers.last(), Some(&ErrorCode::USER_TOO_ACTIVE));
    }
}
