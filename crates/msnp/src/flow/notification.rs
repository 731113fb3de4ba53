//! The notification server: sign-in, lists, presence, and the way into chats.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::End;
pub use super::opening::Settings;
use super::opening::{self, Settled};
pub use super::upgrade::Upgrades;
use crate::auth::challenge::{self, Verdict};
use crate::auth::sso;
use crate::command::{
    Command, adc, add, adg, adl, blp, chg, chl, del, error, fqy, gcf, gtc, ims, lkp, lsg, lst,
    out as sign_out, pag, pgd, prp, put, qng, qry, rea, reg, rem, rmg, rml, sbp, sbs, sdc, sdg, snd, syn,
    url, usr, uum, uun, uux, vas, xfr,
};
use crate::dialect::{Challenge, Dialect, Hints, Package, Quirks};
use crate::types::{Email, ErrorCode, Invitations, Status, TrId};
use crate::wire::{ArgError, Encoded, Fault, Frame, Verb, limits};

/// A client that has not signed in after this time is disconnected: an old machine needs minutes for its ticket.
pub const SIGN_IN_LIMIT: Duration = Duration::from_secs(300);

/// What `QNG` says: the client should say something within this many seconds.
pub const PING_INTERVAL: u32 = 60;

/// A client that has pinged and then says nothing for this long is gone.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(2 * PING_INTERVAL as u64 + 30);

/// How long a client has for the answer to a challenge, where one is enforced.
pub const CHALLENGE_LIMIT: Duration = Duration::from_secs(60);

/// One client's session with a notification server.
///
/// ```text
/// New ─VER→ Opened ─USR I→ (asked) ─challenge→ Challenged ─USR S→ (asked) ─welcome→ SignedIn
///   └─VER→ RecommendationOnly ─CVQ→ over
/// ```
/// Where it says (asked), [`receive`](Self::receive) has returned a request that decides what follows.
#[derive(Debug)]
pub struct NotificationServer {
    settings: Arc<Settings>,
    phase: Phase,
    dialect: &'static Dialect,
    hints: Hints,
    quirks: Quirks,
    status: Option<Status>,
    invitations: Invitations,
    deadline: Option<Instant>,
    has_pinged: bool,
    challenge: Option<Box<OpenChallenge>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    RecommendationOnly,
    Opened,
    Challenged,
    SignedIn,
}

#[derive(Debug)]
struct OpenChallenge {
    text: String,
    enforced: bool,
}

/// Something a client asks that needs the server's knowledge.
#[derive(Debug)]
pub enum Request<'a> {
    /// `USR … I`: who wants to sign in. Answer with [`NotificationServer::challenge`] or
    /// [`NotificationServer::refuse`].
    Identify {
        /// The transaction id.
        trid: TrId,
        /// The way to sign in, one that the dialect has.
        package: Package,
        /// The address as written.
        handle: &'a str,
    },
    /// `USR … S`: the proof. Answer with [`NotificationServer::welcome`] or [`NotificationServer::refuse`].
    SignIn {
        /// The transaction id.
        trid: TrId,
        /// The way to sign in.
        package: Package,
        /// The answer to the challenge, or the ticket, or more than that.
        proof: usr::Proof<'a>,
    },
    /// `ADC`
    Adc(adc::Request<'a>),
    /// `ADD`
    Add(add::Request<'a>),
    /// `ADG`
    Adg(adg::Request<'a>),
    /// `ADL`
    Adl(adl::Request<'a>),
    /// `BLP`
    Blp(blp::Request),
    /// `CHG`. Tell [`NotificationServer::status_changed`] when it is done.
    Chg(chg::Request<'a>),
    /// `CHL`: the client asks to be challenged.
    Chl(chl::Request),
    /// `USR … SHA`: what shows in which circles the user is. Answer with [`NotificationServer::let_into_circles`].
    Circles(usr::CircleRequest<'a>),
    /// `DEL`
    Del(del::Request<'a>),
    /// `FQY`
    Fqy(fqy::Request<'a>),
    /// `GCF`
    Gcf(gcf::Request<'a>),
    /// `GTC`
    Gtc(gtc::Request),
    /// `IMS`. What it does to the client's own `XFR` is done already.
    Ims(ims::Request),
    /// `LKP`
    Lkp(lkp::Request<'a>),
    /// `LSG`: all groups.
    Lsg(lsg::Request),
    /// `LST`: one list.
    Lst(lst::Request),
    /// `PAG`
    Pag(pag::Request<'a>),
    /// `PGD`
    Pgd(pgd::Request<'a>),
    /// `PRP`
    Prp(prp::Request<'a>),
    /// `PUT`
    Put(put::Request<'a>),
    /// `QRY`, answered already; what it was worth.
    Qry(Option<Verdict>),
    /// `REA`
    Rea(rea::Request<'a>),
    /// `REG`
    Reg(reg::Request<'a>),
    /// `REM`
    Rem(rem::Request<'a>),
    /// `RMG`
    Rmg(rmg::Request<'a>),
    /// `RML`
    Rml(rml::Request<'a>),
    /// `SBP`
    Sbp(sbp::Request<'a>),
    /// `SDC`
    Sdc(sdc::Request<'a>),
    /// `SDG`
    Sdg(sdg::Request<'a>),
    /// `SND`
    Snd(snd::Request<'a>),
    /// `SYN`
    Syn(syn::Request<'a>),
    /// `URL`
    Url(url::Request<'a>),
    /// `UUN`
    Uun(uun::Request<'a>),
    /// `UUM`
    Uum(uum::Request<'a>),
    /// `UUX`
    Uux(uux::Request<'a>),
    /// `VAS`
    Vas(vas::Request<'a>),
    /// `XFR … SB`: the client may have a switchboard.
    Xfr(TrId),
    /// A word outside the vocabulary, which is passed over after sign-in.
    Unknown(Verb),
}

impl NotificationServer {
    /// A session that begins `now`.
    pub fn new(settings: Arc<Settings>, now: Instant) -> Self {
        Self {
            settings,
            phase: Phase::New,
            dialect: &crate::dialect::MSNP2,
            hints: Hints::default(),
            quirks: Quirks::default(),
            status: None,
            invitations: Invitations::Taken,
            deadline: Some(now + SIGN_IN_LIMIT),
            has_pinged: false,
            challenge: None,
        }
    }

    /// The dialect that was settled; before that, the oldest.
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// What this client gets of its own.
    pub fn quirks(&self) -> Quirks {
        self.quirks
    }

    /// Takes a frame: says what has to be said at once, and returns what needs the server.
    ///
    /// # Errors
    /// When the session is over. What `out` holds is still to be sent.
    pub fn receive<'a>(
        &mut self,
        frame: Frame<'a>,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Result<Option<Request<'a>>, End> {
        if self.phase == Phase::SignedIn {
            self.expect_next_ping(now);
            self.receive_signed_in(frame, now, out)
        } else {
            self.receive_signing_in(frame, out)
        }
    }

    fn receive_signing_in<'a>(
        &mut self,
        frame: Frame<'a>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Request<'a>>, End> {
        match (frame.verb, self.phase) {
            (Verb::VER, Phase::New) => {
                match opening::negotiate(frame, &self.settings, &mut self.hints, out)? {
                    Settled::Dialect(dialect) => (self.dialect, self.phase) = (dialect, Phase::Opened),
                    Settled::RecommendationOnly => self.phase = Phase::RecommendationOnly,
                }
                Ok(None)
            }
            (_, Phase::RecommendationOnly) => Err(opening::only_recommend(frame, &self.settings, out)),
            (Verb::OUT, _) => Err(self.sign_out(out)),
            (_, Phase::New) | (Verb::VER, _) => {
                Err(opening::refuse(opening::trid(frame)?, ErrorCode::NOT_EXPECTED, out))
            }
            (Verb::CVR, _) => self.recommend(frame, out),
            (Verb::INF, _) if self.dialect.from_client.contains(Verb::INF) => {
                opening::inform(frame, self.dialect, out).map(|()| None)
            }
            (Verb::USR, phase) => self.receive_usr(frame, phase, out).map(Some),
            (Verb::PNG, _) => Ok(self.pong(out)),
            (verb, _) if self.dialect.from_client.contains(verb) => {
                Err(opening::refuse(opening::trid(frame)?, ErrorCode::NOT_LOGGED_IN, out))
            }
            (verb, _) => Err(End::NotForClients(verb)),
        }
    }

    fn receive_usr<'a>(
        &mut self,
        frame: Frame<'a>,
        phase: Phase,
        out: &mut Vec<u8>,
    ) -> Result<Request<'a>, End> {
        let malformed = |error| End::Malformed { verb: Verb::USR, error };
        let request = usr::Request::read(frame, self.dialect).map_err(malformed)?;
        let (usr::Request::Initial { package, trid, .. } | usr::Request::Subsequent { package, trid, .. }) =
            request;
        let Some(package) = self.dialect.sign_in.iter().copied().find(|p| p.as_str() == package) else {
            return Err(opening::refuse(trid, ErrorCode::AUTHENTICATION_FAILED, out));
        };
        match (request, phase) {
            (usr::Request::Initial { handle, .. }, _) => Ok(Request::Identify { trid, package, handle }),
            (usr::Request::Subsequent { proof, .. }, Phase::Challenged) => {
                Ok(Request::SignIn { trid, package, proof })
            }
            (usr::Request::Subsequent { .. }, _) => Err(opening::refuse(trid, ErrorCode::NOT_EXPECTED, out)),
        }
    }

    fn receive_signed_in<'a>(
        &mut self,
        frame: Frame<'a>,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Result<Option<Request<'a>>, End> {
        let (verb, dialect) = (frame.verb, self.dialect);
        match verb {
            Verb::VER => return Err(opening::refuse(opening::trid(frame)?, ErrorCode::NOT_EXPECTED, out)),
            Verb::INF if dialect.from_client.contains(verb) => {
                return Err(opening::refuse(opening::trid(frame)?, ErrorCode::NOT_EXPECTED, out));
            }
            Verb::USR if !(dialect.has_circles && usr::CircleRequest::is_meant(frame.args)) => {
                return Ok(self.deny(opening::trid(frame)?, ErrorCode::ALREADY_LOGIN, out));
            }
            // Clients of MSNP9 and later that still page get an error of their own.
            Verb::PAG if dialect.forbids(verb) => {
                return Ok(self.deny(opening::trid(frame)?, ErrorCode::NOT_EXPECTED, out));
            }
            // The live service had switched the directory off in every version.
            Verb::FND => return Ok(self.deny(opening::trid(frame)?, ErrorCode::COMMAND_DISABLED, out)),
            _ if dialect.forbids(verb) => return Err(End::NotForClients(verb)),
            _ if !dialect.from_client.contains(verb) => return Ok(Some(Request::Unknown(verb))),
            _ => {}
        }
        let request = match verb {
            Verb::PNG => {
                self.has_pinged = true;
                self.expect_next_ping(now);
                return Ok(self.pong(out));
            }
            Verb::OUT => return Err(self.sign_out(out)),
            Verb::CVR => return self.recommend(frame, out),
            Verb::ADC => adc::Request::read(frame, dialect).map(Request::Adc),
            Verb::ADD => add::Request::read(frame, dialect).map(Request::Add),
            Verb::ADL => adl::Request::read(frame, dialect).map(Request::Adl),
            Verb::ADG => adg::Request::read(frame, dialect).map(Request::Adg),
            Verb::BLP => blp::Request::read(frame, dialect).map(Request::Blp),
            Verb::CHG => chg::Request::read(frame, dialect).map(Request::Chg),
            Verb::CHL => chl::Request::read(frame, dialect).map(Request::Chl),
            Verb::DEL => del::Request::read(frame, dialect).map(Request::Del),
            Verb::FQY => fqy::Request::read(frame, dialect).map(Request::Fqy),
            Verb::GCF => gcf::Request::read(frame, dialect).map(Request::Gcf),
            Verb::GTC => gtc::Request::read(frame, dialect).map(Request::Gtc),
            Verb::IMS => ims::Request::read(frame, dialect).map(|request| {
                self.invitations = request.invitations;
                Request::Ims(request)
            }),
            Verb::LKP => lkp::Request::read(frame, dialect).map(Request::Lkp),
            Verb::LSG => lsg::Request::read(frame, dialect).map(Request::Lsg),
            Verb::LST => lst::Request::read(frame, dialect).map(Request::Lst),
            Verb::PAG => pag::Request::read(frame, dialect).map(Request::Pag),
            Verb::PGD => pgd::Request::read(frame, dialect).map(Request::Pgd),
            Verb::PRP => prp::Request::read(frame, dialect).map(Request::Prp),
            Verb::PUT => put::Request::read(frame, dialect).map(Request::Put),
            Verb::QRY => qry::Request::read(frame, dialect).map(|request| Request::Qry(self.judge(&request))),
            Verb::REA => rea::Request::read(frame, dialect).map(Request::Rea),
            Verb::REG => reg::Request::read(frame, dialect).map(Request::Reg),
            Verb::REM => rem::Request::read(frame, dialect).map(Request::Rem),
            Verb::RMG => rmg::Request::read(frame, dialect).map(Request::Rmg),
            Verb::RML => rml::Request::read(frame, dialect).map(Request::Rml),
            Verb::SBP => sbp::Request::read(frame, dialect).map(Request::Sbp),
            Verb::SDC => sdc::Request::read(frame, dialect).map(Request::Sdc),
            Verb::SDG => sdg::Request::read(frame, dialect).map(Request::Sdg),
            Verb::SND => snd::Request::read(frame, dialect).map(Request::Snd),
            Verb::SYN => syn::Request::read(frame, dialect).map(Request::Syn),
            Verb::URL => url::Request::read(frame, dialect).map(Request::Url),
            Verb::USR => usr::CircleRequest::read(frame, dialect).map(Request::Circles),
            Verb::UUN => uun::Request::read(frame, dialect).map(Request::Uun),
            Verb::UUM => uum::Request::read(frame, dialect).map(Request::Uum),
            Verb::UUX => uux::Request::read(frame, dialect).map(Request::Uux),
            Verb::VAS => vas::Request::read(frame, dialect).map(Request::Vas),
            Verb::XFR => match xfr::Request::read(frame, dialect) {
                Ok(xfr::Request { trid, kind }) => return Ok(self.transfer(trid, kind, out)),
                Err(error) => Err(error),
            },
            // No grammar of it is known, so nothing can be answered.
            Verb::GSB => return Ok(Some(Request::Unknown(verb))),
            _ => return Ok(self.deny(opening::trid(frame)?, ErrorCode::COMMAND_DISABLED, out)),
        };
        match request {
            Ok(Request::Qry(verdict)) => self.answer_qry(opening::trid(frame)?, verdict, out).map(Some),
            Ok(request) => Ok(Some(request)),
            Err(error) => self.fault(frame, error, out),
        }
    }

    /// What a malformed argument comes to: an error number, or for some commands the end.
    fn fault<'a>(
        &mut self,
        frame: Frame<'a>,
        error: ArgError,
        out: &mut Vec<u8>,
    ) -> Result<Option<Request<'a>>, End> {
        // The service said so before it closed (reference, 18.3).
        if frame.verb == Verb::SDC {
            return Err(opening::refuse(opening::trid(frame)?, ErrorCode::FAIL, out));
        }
        let mut args = frame.args;
        let code = match (frame.verb, error.fault) {
            (Verb::UUX, Fault::IllegalCharacter) | (Verb::IMS, _) => Some(ErrorCode::NOT_EXPECTED),
            (Verb::GTC | Verb::BLP | Verb::UUX | Verb::QRY, _) => None,
            // A device that is no number.
            (Verb::PGD, Fault::Malformed) => None,
            _ => Some(ErrorCode::INVALID_PARAMETER),
        };
        match (args.trid(), code) {
            (Ok(trid), Some(code)) => Ok(self.deny(trid, code, out)),
            _ => Err(End::Malformed { verb: frame.verb, error }),
        }
    }

    fn recommend<'a>(&mut self, frame: Frame<'a>, out: &mut Vec<u8>) -> Result<Option<Request<'a>>, End> {
        self.quirks = opening::recommend(frame, self.dialect, &self.settings, self.hints, out)?;
        Ok(None)
    }

    fn pong<'a>(&self, out: &mut Vec<u8>) -> Option<Request<'a>> {
        qng::Reply { seconds: Some(PING_INTERVAL) }.write(out, self.dialect);
        None
    }

    fn sign_out(&self, out: &mut Vec<u8>) -> End {
        if self.dialect.echoes_out && !self.quirks.needs_reason_in_out {
            sign_out::Push { reason: None }.write(out, self.dialect);
        }
        End::SignedOut
    }

    fn transfer<'a>(&self, trid: TrId, kind: &str, out: &mut Vec<u8>) -> Option<Request<'a>> {
        let may_chat = match self.status {
            None => false,
            Some(Status::Hidden) => self.dialect.hidden_may_chat,
            Some(_) => true,
        };
        match kind {
            "SB" if may_chat && self.invitations == Invitations::Taken => Some(Request::Xfr(trid)),
            "SB" => self.deny(trid, ErrorCode::NOT_ALLOWED_WHEN_OFFLINE, out),
            _ => self.deny(trid, ErrorCode::INVALID_PARAMETER, out),
        }
    }

    fn deny<'a>(&self, trid: TrId, code: ErrorCode, out: &mut Vec<u8>) -> Option<Request<'a>> {
        error::Reply { trid: Some(trid), code }.write(out, self.dialect);
        None
    }

    /// A client that was told how often to ping, and does, is gone when it is silent for too long. One that is being
    /// challenged in earnest has the time for that alone.
    fn expect_next_ping(&mut self, now: Instant) {
        if self.has_pinged && self.dialect.tells_ping_interval && !self.is_challenged_in_earnest() {
            self.deadline = Some(now + SILENCE_LIMIT);
        }
    }

    fn is_challenged_in_earnest(&self) -> bool {
        self.challenge.as_ref().is_some_and(|open| open.enforced)
    }

    fn judge(&mut self, request: &qry::Request<'_>) -> Option<Verdict> {
        let open = self.challenge.as_ref()?;
        Some(challenge::check(self.dialect.challenge, &open.text, request.product_id, request.response))
    }

    fn answer_qry<'a>(
        &mut self,
        trid: TrId,
        verdict: Option<Verdict>,
        out: &mut Vec<u8>,
    ) -> Result<Request<'a>, End> {
        if verdict == Some(Verdict::Wrong) && self.is_challenged_in_earnest() {
            return Err(opening::refuse(trid, ErrorCode::LOCKANDKEY_FAILED, out));
        }
        if self.challenge.take().is_some_and(|open| open.enforced) {
            self.deadline = None;
        }
        qry::Reply { trid }.write(out, self.dialect);
        Ok(Request::Qry(verdict))
    }

    /// Answers [`Request::Identify`] with what the client has to prove itself against: for single sign-on a nonce.
    pub fn challenge(&mut self, trid: TrId, package: Package, challenge: &str, out: &mut Vec<u8>) {
        self.phase = Phase::Challenged;
        match package {
            Package::Md5 | Package::Tweener => usr::Reply::Challenge { trid, package, challenge },
            Package::SingleSignOn => usr::Reply::Nonce { trid, policy: sso::POLICY, nonce: challenge },
        }
        .write(out, self.dialect);
    }

    /// Answers [`Request::Identify`] or [`Request::SignIn`] with an error, which ends the session.
    pub fn refuse(&mut self, trid: TrId, code: ErrorCode, out: &mut Vec<u8>) -> End {
        opening::refuse(trid, code, out)
    }

    /// Answers [`Request::SignIn`]: the client is in. The profile message is to follow.
    pub fn welcome(&mut self, trid: TrId, email: &Email, name: &str, out: &mut Vec<u8>) {
        self.phase = Phase::SignedIn;
        self.deadline = None;
        let name = Encoded::new(name);
        usr::Reply::Welcome { trid, handle: email.as_str(), name }.write(out, self.dialect);
        if self.dialect.announces_sbs {
            sbs::Push.write(out, self.dialect);
        }
    }

    /// Answers [`Request::Circles`]: from here on the client may speak of circles.
    pub fn let_into_circles(&self, trid: TrId, email: &Email, out: &mut Vec<u8>) {
        let handle = email.as_str();
        usr::Reply::Welcome { trid, handle, name: Encoded::from_wire(handle) }.write(out, self.dialect);
    }

    /// Notes that a `CHG` has been carried out.
    pub fn status_changed(&mut self, status: Status) {
        self.status = Some(status);
    }

    /// Whether the client has told a status yet: before that nobody sees it and it sees nobody.
    pub fn status(&self) -> Option<Status> {
        self.status
    }

    /// Challenges the client with `text`, twenty decimal digits, if its dialect has challenges. Where it is enforced,
    /// a wrong answer or none within [`CHALLENGE_LIMIT`] ends the session; else it is only told to the caller.
    pub fn ask_challenge(&mut self, text: String, enforced: bool, now: Instant, out: &mut Vec<u8>) {
        if self.dialect.challenge == Challenge::None {
            return;
        }
        chl::Push { challenge: &text }.write(out, self.dialect);
        self.expect_answer(text, enforced, now);
    }

    /// Answers a client's own `CHL` with `text`. What it makes of it is never enforced.
    pub fn give_challenge(&mut self, trid: TrId, text: String, now: Instant, out: &mut Vec<u8>) {
        chl::Reply { trid, challenge: &text }.write(out, self.dialect);
        if self.challenge.is_none() {
            self.expect_answer(text, false, now);
        }
    }

    fn expect_answer(&mut self, text: String, enforced: bool, now: Instant) {
        if enforced {
            self.deadline = Some(now + CHALLENGE_LIMIT);
        }
        self.challenge = Some(Box::new(OpenChallenge { text, enforced }));
    }

    /// When [`expired`](Self::expired) is to be called, if the client says nothing before.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The deadline has passed: says what is to be said about it.
    pub fn expired(&mut self, out: &mut Vec<u8>) -> End {
        if self.phase != Phase::SignedIn {
            return End::TimedOut("not signed in in time");
        }
        if self.is_challenged_in_earnest() {
            if !self.quirks.needs_reason_in_out {
                sign_out::Push { reason: None }.write(out, self.dialect);
            }
            return End::TimedOut("no answer to the challenge");
        }
        End::TimedOut("silent for too long")
    }
}

/// Whether a name is within what may stand on a line; a longer one ends the session (reference, section 3).
///
/// What counts is how others will be told it: raw UTF-8 takes three times the room when it is escaped.
///
/// # Errors
/// When it is longer than [`limits::NAME`].
pub fn name_fits(verb: Verb, name: &Encoded<'_>) -> Result<(), End> {
    if Encoded::new(&name.decode()).len() > limits::NAME { Err(End::BeyondLimits(verb)) } else { Ok(()) }
}
