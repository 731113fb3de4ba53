//! The HTTP gateway: Messenger for networks that let out nothing but HTTP (web-services reference, 24).
//!
//! A session is opened by a request, spoken with by further ones, each of which brings what the client says and takes what
//! the server has said, and is over when either end says so or the client asks no more. It is carried by
//! [`crate::session::serve`] as any connection is, which can't tell: it takes up a [place](crate::accept::Place) as one does, is
//! counted on its client's address, and what it does not take waits in its outbox within the limits that hold for all.
//!
//! | file | is about |
//! | --- | --- |
//! | `wanted` | what a request asks for |
//! | `id` | ids of sessions, which change with each answer |
//! | `turns` | what comes of a request that is repeated, late, or out of turn |
//! | `pipe` | the bytes in between, which look like a connection to the session |
//! | `session` | how a request waits for its answer |
//!
//! What is answered has been taken, as far as the session knows: like bytes that a system has taken for a socket. Where the
//! answer is lost on its way, its client asks for it again.
//!
//! Wherever a client wants to be led (`IP=`), it is led to the server in this process.

mod id;
mod pipe;
mod session;
mod turns;
mod wanted;

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;
use parking_lot::Mutex;
use tracing::debug;

use crate::accept::Door;
use crate::connection::Ends;
use crate::http::{Answer, Asked, HTML, answer};
use crate::server::Server;
use crate::session::{self as carried, Role};
use crate::sessions::Sessions;
use id::Id;
use pipe::SessionEnd;
use session::{Outcome, Session};
use wanted::Wanted;

/// The most that may be said in one request, in bytes.
pub const MAX_BODY: usize = 128 << 10;

/// How long a session that is over is remembered, so that its client may ask for the last it has said.
const LINGER: Duration = Duration::from_secs(15);

/// How many are remembered; further ones are forgotten as soon as they are over.
const MAX_LINGERING: usize = 1024;

/// How long a host name is that clients can take. One of them has room for 79 bytes.
const MAX_HOST: usize = 79;

/// The content type of what is answered.
const CONTENT_TYPE: &str = "application/x-msn-messenger";

/// The sessions that are spoken with by requests. Cheap to clone.
#[derive(Clone)]
pub struct Gateway(Arc<Inner>);

struct Inner {
    server: Arc<Server>,
    door: Arc<Door>,
    /// By the first half of their ids.
    sessions: Mutex<HashMap<u32, Arc<Session>>>,
    /// Those that are over.
    lingering: AtomicUsize,
    /// Those of which the client has not been told the last.
    untold: Sessions,
    /// By which what was said is known again.
    marks: RandomState,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("sessions", &self.0.sessions.lock().len()).finish_non_exhaustive()
    }
}

impl Gateway {
    /// A gateway to `server`, for those whom `door` lets in.
    pub fn new(server: Arc<Server>, door: Arc<Door>) -> Self {
        Self(Arc::new(Inner {
            server,
            door,
            sessions: Mutex::default(),
            lingering: AtomicUsize::new(0),
            untold: Sessions::default(),
            marks: RandomState::new(),
        }))
    }

    /// Answers a request.
    pub async fn answer(&self, asked: &Asked, body: &Bytes) -> Answer {
        let client = asked.peer.address.ip().to_canonical();
        let said = (!body.is_empty()).then(|| self.0.marks.hash_one(body));
        let (id, outcome) = match asked.query.as_deref().and_then(Wanted::of) {
            None => return refused(client, "it asks for nothing that there is"),
            Some(Wanted::Open) => {
                let Some((id, session)) = self.open(asked, client) else {
                    return answer(StatusCode::SERVICE_UNAVAILABLE, HTML, "");
                };
                (id, session.ask(id, body, said, Duration::ZERO).await)
            }
            Some(Wanted::Turn { id, lifespan }) => {
                let Some(session) = self.session(id, client) else {
                    return refused(client, "it is none of its sessions");
                };
                // While it waits, so does its connection.
                let lifespan = if asked.line.hold() { lifespan } else { Duration::ZERO };
                (id, session.ask(id, body, said, lifespan).await)
            }
            Some(Wanted::Close { id }) => {
                let Some(session) = self.session(id, client) else {
                    return refused(client, "it is none of its sessions");
                };
                (id, session.leave(id).await)
            }
        };
        match outcome {
            Outcome::Told(told) => reply(asked, told.id, told.closes, told.body),
            // Should its client listen after all, it asks under the same id again.
            Outcome::Replaced => reply(asked, id, false, Bytes::new()),
            Outcome::Busy => answer(StatusCode::SERVICE_UNAVAILABLE, HTML, ""),
            Outcome::Refused => refused(client, "it is not its turn"),
        }
    }

    /// Waits until all clients have been told the last.
    pub async fn all_told(&self) {
        self.0.untold.all_gone().await;
    }

    /// Opens a session, unless there are too many or the service goes down.
    fn open(&self, asked: &Asked, client: IpAddr) -> Option<(Id, Arc<Session>)> {
        let Inner { server, door, sessions, untold, .. } = &*self.0;
        if server.is_going_down() {
            return None;
        }
        let place = door.place(client)?;
        // The port that it comes from says nothing, since each request may come from another. What it is told of
        // switchboards are the addresses that it would be told anywhere.
        let local = SocketAddr::new(asked.peer.local.ip(), server.settings.msnp_port);
        let ends = Ends { peer: SocketAddr::new(client, 0), local };
        let (id, session) = {
            let mut sessions = sessions.lock();
            let mut id = Id::random();
            while sessions.contains_key(&id.head) {
                id = Id::random();
            }
            let session = Arc::new(Session::new(client, id, untold.open()));
            sessions.insert(id.head, session.clone());
            (id, session)
        };
        let end = SessionEnd::new(session.clone());
        let serving = carried::serve(end, ends, Role::Messenger, Some(place), server.clone());
        let entry = Entry { gateway: self.clone(), head: id.head };
        tokio::spawn(async move {
            serving.await;
            entry.linger().await;
        });
        Some((id, session))
    }

    /// The session that `client` may speak in under this id.
    fn session(&self, id: Id, client: IpAddr) -> Option<Arc<Session>> {
        self.0.sessions.lock().get(&id.head).filter(|session| session.client == client).cloned()
    }
}

/// A session that is known by its id; forgotten when dropped.
struct Entry {
    gateway: Gateway,
    head: u32,
}

impl Entry {
    /// Remembers a session that is over for a while.
    async fn linger(self) {
        let lingering = &self.gateway.0.lingering;
        if lingering.fetch_add(1, Ordering::Relaxed) < MAX_LINGERING {
            tokio::time::sleep(LINGER).await;
        }
        lingering.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.gateway.0.sessions.lock().remove(&self.head);
    }
}

/// What a session has said.
///
/// Clients find what they need by its place: the order is theirs, and the one space after each semicolon. The host is
/// where they ask next; the later one of its headers goes before the other.
fn reply(asked: &Asked, id: Id, closes: bool, body: Bytes) -> Answer {
    let address;
    let host = match asked.host() {
        host if host.len() <= MAX_HOST => host,
        _ => {
            address = asked.peer.local.to_string();
            &address
        }
    };
    let end = if closes { "; Session=close" } else { "" };
    let reply = answer(StatusCode::OK, CONTENT_TYPE, body)
        .with("X-MSN-Messenger", &format!("SessionID={id}; GW-IP={host}{end}"))
        .with("X-MSN-Host", host);
    if asked.line.hold() { reply.kept() } else { reply }
}

/// What clients take for the end of their session, and open another one after.
fn refused(client: IpAddr, why: &'static str) -> Answer {
    debug!(%client, why, "a request to the gateway is refused");
    answer(StatusCode::BAD_REQUEST, HTML, "")
}
