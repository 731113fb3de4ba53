//! One session: its pipe, its turns, and how a request waits for its answer.

use std::future::poll_fn;
use std::net::IpAddr;
use std::task::Poll;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::id::Id;
use super::pipe::Pipe;
use super::turns::{Said, Told, Turn, Turns};
use crate::sessions::OpenSession;

/// A session for which nobody asks for so long is over, and its user is signed out. Clients ask every 2 to 8 seconds.
pub(super) const EXPIRY: Duration = Duration::from_secs(60);

/// How long a request waits at most until all that it says was heard, and then for room to say it: some clients wait for
/// 10 s, and no longer. What follows later the next one brings.
pub(super) const HEARING: Duration = Duration::from_secs(5);

/// A session that is spoken with by requests.
#[derive(Debug)]
pub(super) struct Session {
    /// Where its client is: nobody else may speak in it.
    pub(super) client: IpAddr,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    pipe: Pipe,
    turns: Turns,
    /// When the client was last seen.
    seen: Instant,
    /// Until the client has been told the last.
    untold: Option<OpenSession>,
}

/// What a request is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// This.
    Told(Told),
    /// Nothing: another one has taken its place.
    Replaced,
    /// That it can't be heard at the moment, and may come again as it is.
    Busy,
    /// That it makes no sense.
    Refused,
}

impl Session {
    /// A new session. `untold` is kept until its client has been told the last.
    pub(super) fn new(client: IpAddr, id: Id, untold: OpenSession) -> Self {
        let (pipe, turns) = (Pipe::default(), Turns::new(id));
        let inner = Inner { pipe, turns, seen: Instant::now(), untold: Some(untold) };
        Self { client, inner: Mutex::new(inner) }
    }

    /// Somebody asks under `id`, with this body, known again by `said`, and waits as long as `lifespan` for something to hear.
    ///
    /// Who goes away while he waits has said what he has said, and may come again for the answer.
    pub(super) async fn ask(&self, id: Id, body: &[u8], said: Said, lifespan: Duration) -> Outcome {
        let turn = {
            let mut inner = self.inner.lock();
            inner.seen = Instant::now();
            let turn = inner.turns.ask(id, said);
            // Somebody else may not be waiting any more.
            inner.pipe.wake_asker();
            turn
        };
        let (number, says) = match turn {
            Turn::Say(number) => (number, true),
            Turn::Wait(number) => (number, false),
            Turn::Again(told) => return Outcome::Told(told),
            Turn::Refuse => return Outcome::Refused,
        };
        let asking = Asking { session: self, number };
        if says && !asking.say(body).await {
            return Outcome::Busy;
        }
        asking.answer(lifespan).await
    }

    /// The client leaves.
    pub(super) fn hang_up(&self) {
        self.with_pipe(Pipe::hang_up);
    }

    /// Waits for the end of the session, but not long, and returns what its client is told last.
    pub(super) async fn leave(&self, id: Id) -> Outcome {
        {
            let mut inner = self.inner.lock();
            if !inner.turns.close(id) {
                return Outcome::Refused;
            }
            inner.pipe.wake_asker();
            inner.pipe.hang_up();
        }
        let over = poll_fn(|cx| {
            let mut inner = self.inner.lock();
            if inner.pipe.is_over() {
                return Poll::Ready(());
            }
            inner.pipe.wait_for_answer(cx);
            Poll::Pending
        });
        let _ = tokio::time::timeout(HEARING, over).await;
        let mut inner = self.inner.lock();
        inner.untold = None;
        Outcome::Told(inner.turns.answer(Vec::new(), true))
    }

    /// When the session is over if its client goes on saying nothing; a time that has passed if it is now.
    pub(super) fn expires_at(&self) -> Instant {
        let inner = self.inner.lock();
        let silent_since = if inner.turns.is_under_way() { Instant::now() } else { inner.seen };
        silent_since + EXPIRY
    }

    /// Looks into the pipe.
    pub(super) fn with_pipe<T>(&self, look: impl FnOnce(&mut Pipe) -> T) -> T {
        look(&mut self.inner.lock().pipe)
    }
}

/// A request that waits. Dropped, it waits no more.
struct Asking<'s> {
    session: &'s Session,
    number: u64,
}

impl Asking<'_> {
    /// Says this as soon as there is room for it, and returns whether there was.
    async fn say(&self, body: &[u8]) -> bool {
        let room = poll_fn(|cx| {
            let mut inner = self.session.inner.lock();
            if !inner.turns.is_waiting(self.number) {
                return Poll::Ready(());
            }
            if inner.pipe.has_room_for(body.len()) {
                inner.turns.hear(self.number);
                inner.pipe.say(body);
                return Poll::Ready(());
            }
            inner.pipe.wait_for_answer(cx);
            Poll::Pending
        });
        tokio::time::timeout(HEARING, room).await.is_ok()
    }

    async fn answer(&self, lifespan: Duration) -> Outcome {
        let waits = !lifespan.is_zero();
        let answered = poll_fn(|cx| {
            let mut inner = self.session.inner.lock();
            if !inner.turns.is_waiting(self.number) || inner.pipe.is_answered(waits) {
                return Poll::Ready(());
            }
            inner.pipe.wait_for_answer(cx);
            Poll::Pending
        });
        let _ = tokio::time::timeout(if waits { lifespan } else { HEARING }, answered).await;
        let mut inner = self.session.inner.lock();
        if !inner.turns.is_waiting(self.number) {
            return Outcome::Replaced;
        }
        let lost = inner.turns.lost();
        let (body, closes) = inner.pipe.take(lost);
        if closes {
            inner.untold = None;
        }
        Outcome::Told(inner.turns.answer(body, closes))
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut inner = self.session.inner.lock();
        inner.turns.leave(self.number);
        inner.seen = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::gateway::pipe::{MAX_UNHEARD, SessionEnd};
    use crate::sessions::Sessions;

    /// A session that hears nothing for a while keeps so much for it and no more. Whoever says more is told to come again, and has
    /// said nothing so far.
    #[tokio::test(start_paused = true)]
    async fn so_much_may_wait_to_be_heard() {
        let id = Id::random();
        let session = Arc::new(Session::new(Ipv4Addr::LOCALHOST.into(), id, Sessions::default().open()));
        let mut end = SessionEnd::new(session.clone());
        let body = vec![b'x'; MAX_UNHEARD];
        let Outcome::Told(told) = session.ask(id, &body, Some(1), Duration::ZERO).await else { panic!() };
        assert!(told.body.is_empty() && !told.closes);
        for _ in 0..2 {
            assert_eq!(session.ask(told.id, b"more", Some(2), Duration::ZERO).await, Outcome::Busy);
        }
        let asking = tokio::spawn({
            let session = session.clone();
            async move { session.ask(told.id, b"more", Some(2), Duration::ZERO).await }
        });
        let mut heard = vec![0; MAX_UNHEARD + 4];
        end.read_exact(&mut heard).await.unwrap();
        assert!(heard.ends_with(b"xmore"));
        assert!(matches!(asking.await.unwrap(), Outcome::Told(_)));
    }
}
