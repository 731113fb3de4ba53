//! The driver: one task per connection, which reads, lets the session act, and writes.
//!
//! It knows sockets and time and no protocol; a [`Session`] knows the protocol and neither. A session can't tell what
//! it is carried by: anything that reads and writes bytes will do.

mod pipe;

use std::cell::RefCell;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use msnp::flow::End;
use msnp::wire::{Direction, Frame, Framer, Verb};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use crate::outbox::Outbox;
use crate::recording::{EndedBy, Tap, Who};
use crate::trace;
use pipe::{IfGone, Pipe};

/// How much is read at once, in bytes. Each worker thread has one such buffer; an idle connection has none.
const READ_SIZE: usize = 32 << 10;

/// How long a connection that ends has to take its last bytes.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);

/// Where a connection comes from and where it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// The client's address.
    pub peer: SocketAddr,
    /// The address it connected to.
    pub local: SocketAddr,
}

/// What a driver carries.
pub trait Session: Send {
    /// How the next message is to be read.
    fn direction(&self) -> Direction;

    /// Looks at the word of a message before it is heard: the first one tells with whom the client wants to talk.
    fn decide(&mut self, verb: Verb);

    /// Acts on one message.
    fn heard<'s>(&'s mut self, frame: Frame<'s>) -> Step<'s>;

    /// All that was read has been acted on.
    fn settle(&mut self) -> Option<Work<'_>>;

    /// Whose connection it is, as far as that is known.
    fn who(&self) -> Option<Who>;

    /// When [`expired`](Self::expired) is to be called, if nothing is heard before.
    fn deadline(&self) -> Option<std::time::Instant>;

    /// The deadline has passed. `None` if it has moved meanwhile.
    fn expired(&mut self) -> Option<End>;

    /// The connection is over: whoever it was is gone from here.
    fn ended(&mut self);
}

/// Something that takes time: the store, a slow reader.
pub type Work<'s> = Pin<Box<dyn Future<Output = Result<(), End>> + Send + 's>>;

/// What a message came to.
pub enum Step<'s> {
    /// The next message may be heard.
    Next,
    /// It may when this is done.
    Wait(Work<'s>),
    /// The session is over.
    End(End),
}

impl From<Result<(), End>> for Step<'_> {
    fn from(result: Result<(), End>) -> Self {
        match result {
            Ok(()) => Self::Next,
            Err(end) => Self::End(end),
        }
    }
}

/// Why a driver stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The session has come to its end.
    #[error(transparent)]
    Ended(End),
    /// The client closed, or the connection broke.
    #[error("gone")]
    Gone,
    /// The server closes it: signed in elsewhere, shutting down.
    #[error("closed by the server")]
    Closed,
    /// It doesn't take what it is told.
    #[error("closed: it does not take what it is told")]
    Slow,
}

/// Carries one connection. What is to be said to its client waits in an outbox; a tap sees what is said.
///
/// It is made before the future that [`run`](Self::run)s it and holds it in place. As an argument of an `async fn` it
/// would be there twice.
pub struct Driver<S, T> {
    pipe: Pipe<S>,
    /// What has been read and is not used yet: nothing, but for half a message.
    input: Vec<u8>,
    session: T,
    framer: Framer,
    /// Runs to a deadline that the session has or had. One that is put off is noticed only when it has run out: setting it
    /// anew costs more than passing on a message.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin, T: Session> Driver<S, T> {
    /// For a connection on which nothing has been said.
    pub fn new(stream: S, outbox: Arc<Outbox>, session: T, tap: Tap) -> Self {
        let pipe = Pipe::new(stream, outbox, tap);
        Self { pipe, input: Vec::new(), session, framer: Framer::new(Direction::Opening), timer: None }
    }

    /// Carries the connection from its first byte to its last.
    pub async fn run(&mut self) -> Stop {
        let stop = loop {
            if let Err(stop) = self.turn().await {
                break stop;
            }
        };
        // What others are told comes of this.
        self.pipe.tap().ends(if stop == Stop::Gone { EndedBy::Client } else { EndedBy::Server });
        // Others are told that he is gone before he has taken his last bytes.
        self.session.ended();
        let _ = tokio::time::timeout(FLUSH_LIMIT, self.pipe.close(matches!(stop, Stop::Ended(_)))).await;
        stop
    }

    /// Reads once, and lets the session act on every message that is whole then.
    async fn turn(&mut self) -> Result<(), Stop> {
        self.read().await?;
        let mut used = 0;
        loop {
            self.hear_only_who_listens().await?;
            let read = self.input.get(used..).unwrap_or_default();
            used += Framer::blank(read);
            let read = self.input.get(used..).unwrap_or_default();
            self.framer.set_direction(self.session.direction());
            let (frame, length) = match self.framer.next(read) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => return Err(Stop::Ended(error.into())),
            };
            used += length;
            trace::heard(&frame);
            self.session.decide(frame.verb);
            self.pipe.set_direction(match self.session.direction() {
                Direction::ToSwitchboard => Direction::FromSwitchboard,
                _ => Direction::FromNotification,
            });
            // Only now, since the first message tells with whom the client talks.
            self.pipe.tap().heard(self.session.direction(), &frame, || self.session.who());
            match self.session.heard(frame) {
                Step::Next => {}
                Step::End(end) => return Err(Stop::Ended(end)),
                Step::Wait(work) => self.pipe.carry(work, IfGone::Finish).await?.map_err(Stop::Ended)?,
            }
            self.pipe.tap().look(|| self.session.who());
        }
        self.input.drain(..used);
        if let Some(work) = self.session.settle() {
            self.pipe.carry(work, IfGone::Drop).await?.map_err(Stop::Ended)?;
        }
        Ok(())
    }

    fn meet_deadline(&mut self) -> Result<(), Stop> {
        match self.session.deadline() {
            Some(deadline) if deadline <= Instant::now().into_std() => {
                self.session.expired().map_or(Ok(()), |end| Err(Stop::Ended(end)))
            }
            _ => Ok(()),
        }
    }

    /// Waits until the client has taken the answers to what it said, if they are many; not beyond its deadline.
    async fn hear_only_who_listens(&mut self) -> Result<(), Stop> {
        while self.pipe.outbox().is_over_mark() {
            let (outbox, deadline) = (self.pipe.outbox().clone(), self.session.deadline());
            // Boxed, since it is rare and every connection would have room for it.
            let room = Box::pin(async move {
                match deadline {
                    None => outbox.room().await,
                    Some(deadline) => {
                        let _ = tokio::time::timeout_at(Instant::from_std(deadline), outbox.room()).await;
                    }
                }
            });
            self.pipe.carry(room, IfGone::Drop).await?;
            self.meet_deadline()?;
        }
        Ok(())
    }

    /// Waits for bytes, writing meanwhile.
    async fn read(&mut self) -> Result<(), Stop> {
        self.set_timer();
        let Self { pipe, input, session, timer, .. } = self;
        std::future::poll_fn(|cx| {
            pipe.poll_write(cx)?;
            // Before anything is read: a client that never stops talking has a deadline as well.
            while let Some(running) = timer {
                if running.as_mut().poll(cx).is_pending() {
                    break;
                }
                match session.deadline().map(Instant::from_std) {
                    None => *timer = None,
                    Some(deadline) if deadline > Instant::now() => running.as_mut().reset(deadline),
                    Some(_) => {
                        return Poll::Ready(session.expired().map_or(Ok(()), |end| Err(Stop::Ended(end))));
                    }
                }
            }
            let read = SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                let polled = Pin::new(pipe.stream()).poll_read(cx, &mut buffer);
                if polled.is_ready() {
                    input.extend_from_slice(buffer.filled());
                } else if input.is_empty() {
                    *input = Vec::new();
                }
                polled.map_ok(|()| buffer.filled().len())
            });
            match read {
                Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Err(Stop::Gone)),
                Poll::Ready(Ok(_)) => Poll::Ready(Ok(())),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Sets the timer, unless it runs to something that is not after the deadline anyway.
    fn set_timer(&mut self) {
        let Some(deadline) = self.session.deadline().map(Instant::from_std) else { return };
        match &mut self.timer {
            None => self.timer = Some(Box::pin(tokio::time::sleep_until(deadline))),
            Some(timer) if timer.deadline() > deadline => timer.as_mut().reset(deadline),
            Some(_) => {}
        }
    }
}

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_SIZE].into_boxed_slice());
}
