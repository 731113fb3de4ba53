//! The notification server: what follows from what a client says. One file per verb.
//!
//! A session's own reply always leaves before what others are told because of it.

mod adc;
mod add;
mod adg;
mod adl;
mod blp;
mod chg;
mod chl;
mod circles;
mod del;
mod edit;
mod encoded_word;
mod fqy;
mod gcf;
mod gtc;
mod ims;
mod ipg;
mod lkp;
mod lsg;
mod lst;
mod mail;
mod notice;
pub(crate) mod pace;
mod pag;
mod pgd;
mod profile;
mod prp;
mod put;
mod rea;
mod reg;
mod rem;
mod rmg;
mod rml;
mod sbp;
mod sdc;
mod sdg;
mod snd;
mod syn;
mod url;
mod usr;
mod uum;
mod uun;
mod uux;
mod vas;
mod xfr;

use std::sync::Arc;
use std::time::Instant;

use msnp::command::error;
use msnp::dialect::{Dialect, ListVersion};
use msnp::flow::End;
use msnp::flow::notification::{NotificationServer, Request};
use msnp::types::{Email, ErrorCode, Guid, TrId};
use msnp::wire::Frame;
use tracing::debug;

pub(crate) use edit::unset;
pub(crate) use ipg::write_page;
pub(crate) use mail::{write_news, write_waiting, write_waiting_news};
pub(crate) use notice::write_shutdown;
use pace::{Few, Pace};

use crate::account::AccountId;
use crate::connection::{Ends, Step};
use crate::directory::Endpoint;
use crate::outbox::Outbox;
use crate::recording::{Kind, Who};
use crate::server::Server;
use crate::sessions::OpenSession;
use crate::store::{Moment, Roster, StoreError};

/// One client's session with the notification server.
pub struct Session {
    flow: NotificationServer,
    ends: Ends,
    server: Arc<Server>,
    outbox: Arc<Outbox>,
    pace: Pace,
    renames: Few,
    /// His reports about others.
    reports: Few,
    /// Who said he would sign in.
    claimed: Option<usr::Claim>,
    /// Who has signed in.
    user: Option<User>,
    /// The conversation that what it says to people who are away belongs to, and how much that was.
    run: Option<(Guid, u32)>,
    /// Whether the client has asked for its lists.
    has_lists: bool,
    /// Whether the client has shown a ticket for circles.
    speaks_of_circles: bool,
    /// Whether the client was sent its policies.
    has_policies: bool,
    /// Whether there are so many others that nobody is let in.
    is_crowded: bool,
}

/// Who has signed in.
struct User {
    id: AccountId,
    email: Email,
    endpoint: Arc<Endpoint>,
    /// What was read ahead, until he first shows himself.
    ahead: Option<Box<Ahead>>,
    _open: OpenSession,
}

/// What was read with a sign-in and is of use soon after, as long as the moment of reading has not passed.
struct Ahead {
    moment: Moment,
    /// The lists, for a client that asks for them at once, as most do.
    roster: Option<Box<Roster>>,
    /// Whether others have said something to the user while he was away.
    something_waits: bool,
}

impl Session {
    /// Lets nobody in, or somebody again.
    pub(crate) fn set_crowded(&mut self, is_crowded: bool) {
        self.is_crowded = is_crowded;
    }

    /// The session of a connection that has begun with a `VER`, which is still to be heard.
    pub fn new(ends: Ends, server: Arc<Server>, outbox: Arc<Outbox>) -> Self {
        let now = server.now();
        let flow = NotificationServer::new(server.settings.opening.clone(), now);
        Self {
            flow,
            ends,
            server,
            outbox,
            pace: Pace::new(now),
            renames: Few::new(now),
            reports: Few::new(now),
            claimed: None,
            user: None,
            run: None,
            has_lists: false,
            speaks_of_circles: false,
            has_policies: false,
            is_crowded: false,
        }
    }

    /// Acts on one message.
    pub fn heard<'s>(&'s mut self, frame: Frame<'s>) -> Step<'s> {
        // One that was told to go may not have noticed yet; what it says doesn't count any more.
        if !self.outbox.is_open() {
            return Step::End(End::SignedOut);
        }
        let now = self.server.now();
        let mut asked = Ok(None);
        self.outbox.write(|out| asked = self.flow.receive(frame, now, out));
        let request = match asked {
            Ok(Some(request)) => request,
            Ok(None) => return Step::Next,
            Err(end) => return Step::End(end),
        };
        if !matches!(request, Request::Syn(_))
            && let Some(ahead) = self.user.as_mut().and_then(|user| user.ahead.as_mut())
        {
            ahead.roster = None;
        }
        let delay = self.pace.count(now);
        match (delay, self.act(request)) {
            (None, step) | (Some(_), step @ Step::End(_)) => step,
            (Some(delay), Step::Next) => Step::Wait(Box::pin(async move {
                tokio::time::sleep(delay).await;
                Ok(())
            })),
            (Some(delay), Step::Wait(work)) => Step::Wait(Box::pin(async move {
                work.await?;
                tokio::time::sleep(delay).await;
                Ok(())
            })),
        }
    }

    /// Does what a client asks.
    fn act<'s>(&'s mut self, request: Request<'s>) -> Step<'s> {
        match request {
            Request::Identify { trid, package, handle } => self.identify(trid, package, handle).into(),
            Request::SignIn { trid, package, proof } => {
                Step::Wait(Box::pin(self.sign_in(trid, package, proof)))
            }
            Request::Adc(request) => Step::Wait(Box::pin(self.adc(request))),
            Request::Add(request) => Step::Wait(Box::pin(self.add(request))),
            Request::Adg(request) => Step::Wait(Box::pin(self.adg(request))),
            Request::Adl(request) => Step::Wait(Box::pin(self.adl(request))),
            Request::Blp(request) => Step::Wait(Box::pin(self.blp(request))),
            Request::Chg(request) => self.chg(request),
            Request::Chl(request) => self.chl(request).into(),
            Request::Circles(request) => self.show_circles(&request).into(),
            Request::Del(request) => self.del(&request).into(),
            Request::Fqy(request) => Step::Wait(Box::pin(self.fqy(request))),
            Request::Gcf(request) => self.gcf(&request).into(),
            Request::Gtc(request) => Step::Wait(Box::pin(self.gtc(request))),
            Request::Ims(request) => self.ims(request),
            Request::Lkp(request) => self.lkp(&request).into(),
            Request::Lsg(request) => Step::Wait(Box::pin(self.lsg(request))),
            Request::Lst(request) => Step::Wait(Box::pin(self.lst(request))),
            Request::Prp(request) => Step::Wait(Box::pin(self.prp(request))),
            Request::Put(request) => self.put(&request),
            Request::Qry(verdict) => {
                debug!(?verdict, "answer to a challenge");
                Step::Next
            }
            Request::Rea(request) => Step::Wait(Box::pin(self.rea(request))),
            Request::Reg(request) => Step::Wait(Box::pin(self.reg(request))),
            Request::Rem(request) => Step::Wait(Box::pin(self.rem(request))),
            Request::Rmg(request) => Step::Wait(Box::pin(self.rmg(request))),
            Request::Rml(request) => Step::Wait(Box::pin(self.rml(request))),
            Request::Sbp(request) => Step::Wait(Box::pin(self.sbp(request))),
            Request::Pag(request) => Step::Wait(Box::pin(self.pag(request))),
            Request::Pgd(request) => Step::Wait(Box::pin(self.pgd(request))),
            Request::Sdc(request) => Step::Wait(Box::pin(self.sdc(request))),
            Request::Sdg(request) => self.sdg(&request).into(),
            Request::Snd(request) => Step::Wait(Box::pin(self.snd(request))),
            Request::Syn(request) => Step::Wait(Box::pin(self.syn(request))),
            Request::Url(request) => self.url(&request).into(),
            Request::Uum(request) => Step::Wait(Box::pin(self.uum(request))),
            Request::Uun(request) => self.uun(&request).into(),
            Request::Uux(request) => self.uux(&request).into(),
            Request::Vas(request) => self.vas(&request).into(),
            Request::Xfr(trid) => self.xfr(trid).into(),
            Request::Unknown(verb) => {
                debug!(%verb, "unknown command passed over");
                Step::Next
            }
        }
    }

    /// Whether the user has been let in.
    pub fn is_signed_in(&self) -> bool {
        self.user.is_some()
    }

    /// Who has signed in, or says he will.
    pub fn who(&self) -> Option<Who> {
        let (account, signed_in) = match &self.user {
            Some(user) => (&user.email, Some(self.dialect().version)),
            None => (&self.claimed.as_ref()?.email, None),
        };
        Some(Who { account: account.clone(), kind: Kind::Notification, signed_in })
    }

    /// When [`expired`](Self::expired) is to be called.
    pub fn deadline(&self) -> Option<Instant> {
        self.flow.deadline()
    }

    /// The deadline has passed.
    pub fn expired(&mut self) -> End {
        let mut end = End::SignedOut;
        self.outbox.write(|out| end = self.flow.expired(out));
        end
    }

    /// The connection is over.
    pub fn ended(&mut self) {
        if let Some(user) = self.user.take() {
            self.server.directory.sign_out(user.id, user.endpoint.id);
            self.server.federation.leave(&user.email, user.endpoint.id);
        }
    }

    /// The user, who has signed in: the flow lets nothing else through.
    fn user(&self) -> Result<&User, End> {
        self.user.as_ref().ok_or(End::SignedOut)
    }

    /// The lists, if they have been read and are still so.
    fn roster_read_ahead(&mut self) -> Option<Box<Roster>> {
        let Ahead { moment, roster, .. } = self.user.as_mut()?.ahead.as_deref_mut()?;
        roster.take().filter(|_| *moment == self.server.store.moment())
    }

    /// Whether it is known that nobody has said anything to the user while he was away. Asked once.
    fn knows_that_nothing_waits(&mut self) -> bool {
        let ahead = self.user.as_mut().and_then(|user| user.ahead.take());
        ahead.is_some_and(|ahead| !ahead.something_waits && ahead.moment == self.server.store.moment())
    }

    fn dialect(&self) -> &'static Dialect {
        self.flow.dialect()
    }

    /// Says something to this client.
    fn say(&self, write: impl FnOnce(&mut Vec<u8>, &'static Dialect)) -> Result<(), End> {
        let dialect = self.dialect();
        self.outbox.write(|out| write(out, dialect));
        Ok(())
    }

    /// Says that something can't be done. The session goes on.
    fn deny(&self, trid: TrId, code: ErrorCode) -> Result<(), End> {
        self.say(|out, dialect| error::Reply { trid: Some(trid), code }.write(out, dialect))
    }

    /// The store has failed: says so, and tells the operator why.
    fn store_failed(&self, trid: TrId, error: &StoreError) -> Result<(), End> {
        self.note_failure(error);
        self.deny(trid, ErrorCode::DB_CONNECT)
    }

    /// Tells the operator that the store has failed.
    fn note_failure(&self, error: &StoreError) {
        self.server.note_failure(error);
    }

    /// A revision as a list version, in dialects that have one in their replies.
    fn list_version(&self, revision: u64) -> Option<u32> {
        let told = self.user.as_ref().map_or(revision, |user| user.endpoint.told_revision(revision));
        list_version(self.dialect(), told)
    }
}

/// A revision as a list version, in dialects that have one in what changes a list.
pub(crate) fn list_version(dialect: &Dialect, revision: u64) -> Option<u32> {
    // Four thousand million changes of one account are out of reach; if not, counting starts over.
    (dialect.list_version == ListVersion::Counter).then_some(revision as u32)
}
