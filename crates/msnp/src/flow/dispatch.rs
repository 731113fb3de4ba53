//! The dispatch server: sends every client on to a notification server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::End;
use super::opening::{self, Settings, Settled};
use crate::command::{Command, out as sign_out, qng, usr, xfr};
use crate::dialect::Hints;
use crate::types::ErrorCode;
use crate::wire::{Frame, Verb};

/// A client that was not sent on after this time is disconnected.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// One client's session with a dispatch server.
///
/// It answers `VER`, `INF`, `CVR` and `CVQ` as a notification server does, and the first `USR` with a referral, after
/// which it closes; nothing else may be said to it (notification-server reference, section 1).
#[derive(Debug)]
pub struct DispatchServer {
    settings: Arc<Settings>,
    settled: Option<Settled>,
    hints: Hints,
    deadline: Instant,
}

impl DispatchServer {
    /// A session that begins `now`.
    pub fn new(settings: Arc<Settings>, now: Instant) -> Self {
        Self { settings, settled: None, hints: Hints::default(), deadline: now + TIME_LIMIT }
    }

    /// Takes a frame. `notification` is where clients are sent, `own` this server's address, both `host:port`.
    ///
    /// # Errors
    /// When the session is over, which is how a good one ends too.
    pub fn receive(
        &mut self,
        frame: Frame<'_>,
        notification: &str,
        own: &str,
        out: &mut Vec<u8>,
    ) -> Result<(), End> {
        let dialect = match self.settled {
            Some(Settled::Dialect(dialect)) => dialect,
            Some(Settled::RecommendationOnly) => {
                return Err(opening::only_recommend(frame, &self.settings, out));
            }
            None if frame.verb == Verb::VER => {
                self.settled = Some(opening::negotiate(frame, &self.settings, &mut self.hints, out)?);
                return Ok(());
            }
            None if matches!(frame.verb, Verb::CVR | Verb::INF | Verb::USR) => {
                return Err(opening::refuse(opening::trid(frame)?, ErrorCode::NOT_EXPECTED, out));
            }
            None => return Err(End::NotNow(frame.verb)),
        };
        match frame.verb {
            Verb::INF if dialect.from_client.contains(Verb::INF) => opening::inform(frame, dialect, out),
            Verb::CVR => opening::recommend(frame, dialect, &self.settings, self.hints, out).map(drop),
            Verb::PNG => {
                qng::Reply { seconds: Some(super::notification::PING_INTERVAL) }.write(out, dialect);
                Ok(())
            }
            Verb::USR => {
                let request = usr::Request::read(frame, dialect)
                    .map_err(|error| End::Malformed { verb: Verb::USR, error })?;
                let (usr::Request::Initial { trid, .. } | usr::Request::Subsequent { trid, .. }) = request;
                xfr::Reply::Notification { trid, address: notification, origin: own }.write(out, dialect);
                Err(End::Referred)
            }
            Verb::OUT => {
                if dialect.echoes_out {
                    sign_out::Push { reason: None }.write(out, dialect);
                }
                Err(End::SignedOut)
            }
            Verb::VER => Err(opening::refuse(opening::trid(frame)?, ErrorCode::NOT_EXPECTED, out)),
            verb => Err(End::NotNow(verb)),
        }
    }

    /// When the session ends unless the client is sent on before.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }
}
