//! The driver: one task per connection, which reads, lets the session act, and writes.
//!
//! It knows sockets and time and no protocol; [`Session`] knows the protocol and neither. A session can't tell what
//! it is carried by: anything that reads and writes bytes will do.

pub mod outbox;
mod session;
mod trace;

use std::cell::RefCell;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use msnp::flow::End;
use msnp::wire::{Direction, Framer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, Sleep};
use tracing::{Instrument, debug};

pub use outbox::Outbox;
use outbox::{Writer, Written};
pub use session::{Role, Session, Step, Work};

use crate::accept::Newcomer;
use crate::server::Server;

/// How much is read at once, in bytes. Each worker thread has one such buffer; an idle connection has none.
const READ_SIZE: usize = 16 << 10;

/// A reader that takes nothing of what waits for it for this long is dropped.
const STALL_LIMIT: Duration = Duration::from_secs(30);

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

/// Carries one connection from its first byte to its last. `newcomer` is dropped when it has signed in.
pub async fn serve<S>(stream: S, ends: Ends, role: Role, newcomer: Option<Newcomer>, server: Arc<Server>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let span = tracing::debug_span!(target: "msnpd::wire", "connection", peer = %ends.peer);
    Driver {
        stream,
        outbox: Arc::default(),
        writer: Writer::default(),
        input: Vec::new(),
        stall: None,
        newcomer,
        session: Session::Undecided,
        framer: Framer::new(Direction::ToNotification),
    }
    .run(ends, role, server)
    .instrument(span)
    .await;
}

struct Driver<S> {
    stream: S,
    outbox: Arc<Outbox>,
    writer: Writer,
    /// What has been read and is not used yet: nothing, but for half a message.
    input: Vec<u8>,
    /// Runs while the reader is behind.
    stall: Option<Stall>,
    /// Held until the session is somebody's.
    newcomer: Option<Newcomer>,
    session: Session,
    framer: Framer,
}

/// A reader that is behind: how much it had taken when the clock was started.
struct Stall {
    written: u64,
    timer: Pin<Box<Sleep>>,
}

/// Why the driver stops.
enum Stop {
    /// The session has come to its end.
    Ended(End),
    /// The client closed, or the connection broke.
    Gone,
    /// The server closes it: signed in elsewhere, shutting down.
    Closed,
    /// It doesn't take what it is told.
    Slow,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<S> {
    async fn run(mut self, ends: Ends, role: Role, server: Arc<Server>) {
        self.session = Session::new(role, ends, &server, &self.outbox);
        let stop = loop {
            match self.turn().await {
                Ok(()) => {}
                Err(stop) => break stop,
            }
        };
        match &stop {
            Stop::Ended(end) => debug!(%end, "ended"),
            Stop::Gone => debug!("gone"),
            Stop::Closed => debug!("closed by the server"),
            Stop::Slow => {
                debug!("closed: it does not take what it is told");
                server.metrics.slow_readers.increment(1);
            }
        }
        if let Stop::Ended(_) = stop {
            self.outbox.close();
            let flush = std::future::poll_fn(|cx| self.writer.poll_write(&self.outbox, &mut self.stream, cx));
            let _ = tokio::time::timeout(FLUSH_LIMIT, flush).await;
        }
        self.outbox.abort();
        let _ = tokio::time::timeout(FLUSH_LIMIT, self.stream.shutdown()).await;
        let mut session = self.session;
        session.ended().await;
    }

    /// Reads once, and lets the session act on every message that is whole then.
    async fn turn(&mut self) -> Result<(), Stop> {
        // Whoever doesn't take the answers to what he said isn't heard any further.
        if self.outbox.is_over_mark() {
            let outbox = self.outbox.clone();
            carry(
                &mut self.writer,
                &self.outbox,
                &mut self.stream,
                &mut self.stall,
                outbox.room(),
                IfGone::Drop,
            )
            .await?;
        }
        self.read().await?;
        let mut used = 0;
        loop {
            let read = self.input.get(used..).unwrap_or_default();
            let (frame, length) = match self.framer.next(read) {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => return Err(Stop::Ended(error.into())),
            };
            used += length;
            trace::heard(&frame);
            if let Some(direction) = self.session.decide(frame.verb) {
                self.framer.set_direction(direction);
                self.writer.set_direction(Direction::FromSwitchboard);
            }
            match self.session.heard(frame) {
                Step::Next => {}
                Step::End(end) => return Err(Stop::Ended(end)),
                Step::Wait(work) => {
                    carry(
                        &mut self.writer,
                        &self.outbox,
                        &mut self.stream,
                        &mut self.stall,
                        work,
                        IfGone::Finish,
                    )
                    .await?
                    .map_err(Stop::Ended)?;
                }
            }
        }
        self.input.drain(..used);
        if self.newcomer.is_some() && self.session.is_signed_in() {
            self.newcomer = None;
        }
        if let Some(work) = self.session.settle() {
            carry(&mut self.writer, &self.outbox, &mut self.stream, &mut self.stall, work, IfGone::Drop)
                .await?
                .map_err(Stop::Ended)?;
        }
        Ok(())
    }

    /// Waits for bytes, writing meanwhile.
    async fn read(&mut self) -> Result<(), Stop> {
        let Self { stream, outbox, writer, input, stall, session, .. } = self;
        let deadline = session.deadline().map(Instant::from_std);
        let mut timer = pin!(deadline.map(tokio::time::sleep_until));
        std::future::poll_fn(|cx| {
            poll_write(writer, outbox, stream, stall, cx)?;
            let read = SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                let polled = Pin::new(&mut *stream).poll_read(cx, &mut buffer);
                if polled.is_ready() {
                    input.extend_from_slice(buffer.filled());
                } else if input.is_empty() {
                    *input = Vec::new();
                }
                polled.map_ok(|()| buffer.filled().len())
            });
            match read {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(Stop::Gone)),
                Poll::Ready(Ok(_)) => return Poll::Ready(Ok(())),
                Poll::Pending => {}
            }
            if let Some(timer) = timer.as_mut().as_pin_mut() {
                std::task::ready!(timer.poll(cx));
                return Poll::Ready(session.expired().map_or(Ok(()), |end| Err(Stop::Ended(end))));
            }
            Poll::Pending
        })
        .await
    }
}

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_SIZE].into_boxed_slice());
}

/// What becomes of work when the connection ends while it is under way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IfGone {
    /// It is dropped.
    Drop,
    /// It is carried through: what the store has taken must reach those who are signed in, whoever asked for it.
    Finish,
}

/// Runs `work` to its end, writing meanwhile: a session that waits for the store still says what others tell it.
async fn carry<S, T>(
    writer: &mut Writer,
    outbox: &Outbox,
    stream: &mut S,
    stall: &mut Option<Stall>,
    work: impl Future<Output = T>,
    if_gone: IfGone,
) -> Result<T, Stop>
where
    S: AsyncWrite + Unpin,
{
    let mut work = pin!(work);
    let mut stop = None;
    std::future::poll_fn(|cx| {
        // The work goes first: what it says can leave in the same turn.
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(stop.take().map_or(Ok(done), Err));
        }
        if stop.is_none()
            && let Err(gone) = poll_write(writer, outbox, stream, stall, cx)
        {
            if if_gone == IfGone::Drop {
                return Poll::Ready(Err(gone));
            }
            stop = Some(gone);
        }
        Poll::Pending
    })
    .await
}

/// Writes what can be written, and stops when there is nobody to write to any more.
fn poll_write<S: AsyncWrite + Unpin>(
    writer: &mut Writer,
    outbox: &Outbox,
    stream: &mut S,
    stall: &mut Option<Stall>,
    cx: &mut Context<'_>,
) -> Result<(), Stop> {
    match writer.poll_write(outbox, stream, cx) {
        Poll::Ready(Ok(Written::Close)) => return Err(Stop::Closed),
        Poll::Ready(Ok(Written::Overrun)) => return Err(Stop::Slow),
        Poll::Ready(Err(_)) => return Err(Stop::Gone),
        Poll::Pending => {}
    }
    if !writer.is_behind() {
        *stall = None;
        return Ok(());
    }
    let written = writer.written();
    let stall =
        stall.get_or_insert_with(|| Stall { written, timer: Box::pin(tokio::time::sleep(STALL_LIMIT)) });
    if stall.written != written {
        stall.written = written;
        stall.timer.as_mut().reset(Instant::now() + STALL_LIMIT);
    }
    match stall.timer.as_mut().poll(cx) {
        Poll::Ready(()) => Err(Stop::Slow),
        Poll::Pending => Ok(()),
    }
}
