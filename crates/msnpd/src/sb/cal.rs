//! `CAL`: invites somebody.

use std::time::{Duration, Instant};

use bytes::Bytes;
use msnp::command::{Command, cal, joi, rng};
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Secret};
use msnp::wire::Encoded;

use super::{Admission, Session};
use crate::directory::Rung;

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
    pub(super) fn cal(&mut self, request: cal::Request<'_>) -> Result<(), End> {
        let cal::Request { trid, handle } = request;
        let now = self.server.now();
        if self.calls.is_too_many(now) {
            return self.deny(trid, ErrorCode::USER_TOO_ACTIVE);
        }
        let (Ok(callee), Some(seat)) = (handle.parse::<Email>(), &self.seat) else {
            return self.deny(trid, ErrorCode::INVALID_USERNAME);
        };
        let server = &self.server;
        let id = seat.chat.id;
        let session = &*id.to_string();
        // Calling oneself brings one's other places in, and shows one as present whether there are any or not.
        if callee == seat.email && self.dialect().has_places {
            let (name, capabilities) =
                server.directory.card(seat.account).unwrap_or_else(|| (seat.name.clone(), <_>::default()));
            return self.say(|out, dialect| {
                cal::Reply { trid, session }.write(out, dialect);
                joi::Push { handle: callee.as_str(), name: Encoded::new(&name), capabilities }
                    .write(out, dialect);
            });
        }
        // Who is here is told to be, whatever he shows or allows meanwhile.
        if seat.chat.has(&callee) {
            return self.deny(trid, ErrorCode::ALREADY_THERE);
        }
        let (name, _) = server
            .directory
            .card(seat.account)
            .unwrap_or_else(|| (seat.email.as_str().into(), <_>::default()));
        let rung = server.directory.ring(seat.account, &callee, |account, callee, endpoint| {
            let address = endpoint.switchboard.as_deref()?;
            let admission = Admission::to_join(account, callee.clone(), endpoint, id);
            let cookie = server.switchboard.admit(admission, seat.account, now)?;
            let mut line = Vec::new();
            let (handle, name) = (seat.email.as_str(), Encoded::new(&name));
            rng::Push { session, address, cookie: Secret(&cookie), handle, name }
                .write(&mut line, endpoint.dialect);
            Some(Bytes::from(line))
        });
        match rung {
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
