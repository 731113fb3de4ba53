//! The client's side of a notification server: sign-in, lists, presence, and the way into chats.

mod ask;
mod burst;
mod edit;
mod event;
mod read;
mod sign_in;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::ask::Asked;
use self::burst::Burst;
pub use self::edit::{Contact, MEMBER_LIST};
pub use self::event::{Demand, Event, Listed, ListsHead, Shown};
use self::sign_in::Open;
pub use self::sign_in::{CantProve, Credentials};
use super::requests::Requests;
use super::{End, Misbehaviour, Settings, opening};
use crate::command::{Command, error, inf, out as sign_out, png, usr, xfr};
use crate::dialect::{Dialect, Package};
use crate::types::Guid;
use crate::wire::{Frame, Mime, Verb};

/// A sign-in that is not complete after this time has failed. It has the time that a server gives it
/// ([`SIGN_IN_LIMIT`](crate::flow::notification::SIGN_IN_LIMIT)), within which the user may be asked for his password.
pub const SIGN_IN_LIMIT: Duration = Duration::from_secs(300);

/// How often the connection is tried out unless the server says how often.
pub const PING_INTERVAL: Duration = Duration::from_secs(45);

/// What a server may ask for: it can neither keep a client busy nor keep it from noticing that the connection is dead.
const PING_LIMITS: (u32, u32) = (10, 300);

/// A server that has said nothing for so long after a `PNG` is gone.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(60);

/// One session with a dispatch or notification server, from the client's side.
///
/// ```text
/// VER ─→ Opened ─INF or CVR─→ Introduced ─USR I─→ Identified ─Demanded, prove─→ Proved ─SignedIn─→ SignedIn
/// ```
/// At any time before it is signed in [`Event::Referred`] may come instead.
///
/// ```
/// use std::time::Instant;
/// use msnp::flow::client::{Settings, notification::NotificationClient};
///
/// let mut out = Vec::new();
/// let settings = Settings::new("alice@example.com".parse()?);
/// let client = NotificationClient::new(settings.into(), Instant::now(), &mut out);
/// assert!(out.starts_with(b"VER 1 MSNP18 MSNP16 MSNP15 "));
/// # Ok::<(), msnp::types::InvalidEmail>(())
/// ```
#[derive(Debug)]
pub struct NotificationClient {
    settings: Arc<Settings>,
    dialect: &'static Dialect,
    phase: Phase,
    requests: Requests,
    demand: Option<Open>,
    burst: Option<Burst>,
    /// The version of the lists that the client has said it has.
    had: Option<(String, String)>,
    deadline: Instant,
    ping_interval: Duration,
    is_pinging: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    Opened,
    Identified(Package),
    Proved,
    SignedIn,
}

impl NotificationClient {
    /// A session that begins `now`. It says `VER` first.
    pub fn new(settings: Arc<Settings>, now: Instant, out: &mut Vec<u8>) -> Self {
        let mut requests = Requests::default();
        opening::offer(&settings, requests.begin(Verb::VER), out);
        Self {
            settings,
            // The oldest, until one is settled.
            dialect: &crate::dialect::MSNP2,
            phase: Phase::New,
            requests,
            demand: None,
            burst: None,
            had: None,
            deadline: now + SIGN_IN_LIMIT,
            ping_interval: PING_INTERVAL,
            is_pinging: false,
        }
    }

    /// The dialect that was settled; before that, the oldest.
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// Whether the user is signed in.
    pub fn is_signed_in(&self) -> bool {
        self.phase == Phase::SignedIn
    }

    /// Takes a frame, says what has to be said at once, and tells what it means: nothing, or one event, and after the
    /// last line of the lists that they are complete.
    ///
    /// # Errors
    /// When the session is over.
    pub fn receive<'a>(
        &mut self,
        frame: Frame<'a>,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Result<impl Iterator<Item = Event<'a>> + use<'a>, End> {
        let event = self.receive_one(frame, now, out)?;
        let is_complete = self.burst.take_if(|burst| burst.is_complete()).is_some();
        Ok(event.into_iter().chain(is_complete.then_some(Event::ListsComplete)))
    }

    fn receive_one<'a>(
        &mut self,
        frame: Frame<'a>,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'a>>, End> {
        if frame.verb == Verb::OUT {
            let reason = sign_out::Push::read(frame, self.dialect).ok().and_then(|push| push.reason);
            return Err(End::SignedOut(reason));
        }
        if self.phase != Phase::SignedIn {
            return self.receive_signing_in(frame, now, out);
        }
        if std::mem::take(&mut self.is_pinging) {
            self.deadline = now + self.ping_interval;
        }
        self.read(frame, now, out)
    }

    fn receive_signing_in<'a>(
        &mut self,
        frame: Frame<'a>,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'a>>, End> {
        let verb = frame.verb;
        if let Some(error::Reply { trid, code }) = error::Reply::read(frame) {
            let asked = trid.and_then(|trid| self.requests.end(trid));
            // What nobody asked is a complaint that ends nothing by itself.
            return match asked {
                Some(verb) => Err(End::Refused { verb, code }),
                None => Ok(Some(Event::Refused { trid: None, verb: None, code })),
            };
        }
        let malformed = |error| End::malformed(verb, error);
        match (verb, self.phase) {
            (Verb::VER, Phase::New) => {
                self.expect(frame)?;
                self.dialect = opening::chosen(frame, &self.settings)?;
                self.phase = Phase::Opened;
                if self.dialect.from_client.contains(Verb::INF) {
                    inf::Request { trid: self.requests.begin(Verb::INF) }.write(out, self.dialect);
                } else {
                    let trid = self.requests.begin(Verb::CVR);
                    opening::introduce(&self.settings, trid, self.dialect, out);
                }
                Ok(None)
            }
            (Verb::INF, Phase::Opened) => {
                self.expect(frame)?;
                let package = inf::Reply::read(frame, self.dialect).map_err(malformed)?.package;
                self.identify(package, out);
                Ok(None)
            }
            (Verb::CVR, Phase::Opened) => {
                self.expect(frame)?;
                let package = self.dialect.sign_in.first().copied().ok_or(End::not_now(verb))?;
                self.identify(package, out);
                Ok(None)
            }
            (Verb::XFR, Phase::Identified(_) | Phase::Proved) => self.referred(frame).map(Some),
            (Verb::USR, Phase::Identified(package)) => {
                self.expect(frame)?;
                let reply = usr::Reply::read(frame, self.dialect).map_err(malformed)?;
                self.demanded(reply, package).map(Some)
            }
            (Verb::USR, Phase::Proved) => {
                self.expect(frame)?;
                let usr::Reply::Welcome { handle, name, .. } =
                    usr::Reply::read(frame, self.dialect).map_err(malformed)?
                else {
                    return Err(End::not_now(verb));
                };
                self.phase = Phase::SignedIn;
                self.deadline = now + self.ping_interval;
                Ok(Some(Event::SignedIn { handle, name }))
            }
            (Verb::VER | Verb::INF | Verb::CVR | Verb::USR | Verb::XFR, _) => Err(End::not_now(verb)),
            // Configuration comes before the sign-in is complete, and so may whatever else a server likes to tell.
            (Verb::MSG, _) => Ok(Some(Event::Notice(Mime::new(frame.payload)))),
            _ => Ok(Some(Event::NotUnderstood { verb, error: None })),
        }
    }

    /// That a frame answers the request of its word.
    fn expect(&mut self, frame: Frame<'_>) -> Result<(), End> {
        let mut args = frame.args;
        let trid = args.trid().map_err(|error| End::malformed(frame.verb, error))?;
        if self.requests.answers(trid, frame.verb) { Ok(()) } else { Err(End::not_now(frame.verb)) }
    }

    fn identify(&mut self, package: Package, out: &mut Vec<u8>) {
        let (trid, handle) = (self.requests.begin(Verb::USR), self.settings.email.as_str());
        usr::Request::Initial { trid, package: package.as_str(), handle }.write(out, self.dialect);
        self.phase = Phase::Identified(package);
    }

    fn referred<'a>(&self, frame: Frame<'a>) -> Result<Event<'a>, End> {
        match xfr::Reply::read(frame, self.dialect) {
            Ok(xfr::Reply::Notification { address, .. }) => Ok(Event::Referred(address)),
            Ok(xfr::Reply::Switchboard { .. }) => Err(End::not_now(frame.verb)),
            Err(error) => Err(End::malformed(frame.verb, error)),
        }
    }

    fn demanded<'a>(&mut self, reply: usr::Reply<'a>, begun: Package) -> Result<Event<'a>, End> {
        let (demand, open) = match reply {
            usr::Reply::Challenge { package: Package::Md5, challenge, .. } if begun == Package::Md5 => {
                (Demand::Md5 { challenge }, Open::Md5 { challenge: challenge.to_owned() })
            }
            usr::Reply::Challenge { package: Package::Tweener, challenge, .. }
                if begun == Package::Tweener =>
            {
                (Demand::Tweener { parameters: challenge }, Open::Tweener)
            }
            usr::Reply::Nonce { policy, nonce, .. } if begun == Package::SingleSignOn => {
                (Demand::SingleSignOn { policy, nonce }, Open::SingleSignOn { nonce: nonce.to_owned() })
            }
            usr::Reply::Welcome { .. } => return Err(End::not_now(Verb::USR)),
            usr::Reply::Challenge { .. } | usr::Reply::Nonce { .. } => {
                return Err(End::Misbehaved { verb: Verb::USR, what: Misbehaviour::AnotherPackage });
            }
        };
        self.demand = Some(open);
        self.phase = Phase::Proved;
        Ok(Event::Demanded(demand))
    }

    /// Answers [`Event::Demanded`].
    ///
    /// # Errors
    /// When nothing was demanded, or something else. Nothing has been said then.
    pub fn prove(&mut self, credentials: Credentials<'_>, out: &mut Vec<u8>) -> Result<(), CantProve> {
        let open = self.demand.as_ref().ok_or(CantProve::NotAsked)?;
        let trid = self.requests.begin(Verb::USR);
        let said = open.prove(credentials, (trid, self.place()), self.dialect, out);
        match said {
            Ok(()) => self.demand = None,
            Err(_) => drop(self.requests.end(trid)),
        }
        said
    }

    /// What names the place that the user signs in at, if the dialect has places.
    pub fn place(&self) -> Option<Guid> {
        self.settings.place.filter(|_| self.dialect.has_places)
    }

    /// How the user presents himself to switchboards.
    pub fn identity(&self) -> String {
        let email = &self.settings.email;
        self.place().map_or_else(|| email.to_string(), |place| format!("{email};{{{place}}}"))
    }

    /// When [`expired`](Self::expired) is to be called.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The deadline has passed: tries the connection out, once.
    ///
    /// # Errors
    /// When the session is over.
    pub fn expired(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<(), End> {
        if self.phase != Phase::SignedIn {
            return Err(End::TimedOut("the server did not complete the sign-in in time"));
        }
        if self.is_pinging {
            return Err(End::TimedOut("the server has not answered for a minute"));
        }
        self.ping(now, out);
        Ok(())
    }

    fn ping(&mut self, now: Instant, out: &mut Vec<u8>) {
        png::Request.write(out, self.dialect);
        (self.is_pinging, self.deadline) = (true, now + SILENCE_LIMIT);
    }

    /// Says that the user leaves. The connection is to be closed then.
    pub fn sign_out(&self, out: &mut Vec<u8>) {
        sign_out::Request.write(out, self.dialect);
    }
}
