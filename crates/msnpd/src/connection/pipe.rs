//! A stream, what waits to be written to it, and the patience with a reader that does not take it.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use msnp::wire::Direction;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep};

use super::{FLUSH_LIMIT, Stop};
use crate::outbox::{Outbox, Writer, Written};
use crate::recording::Tap;

/// A reader that takes nothing of what waits for it for this long is dropped.
const STALL_LIMIT: Duration = Duration::from_secs(30);

/// A stream and what waits to be written to it.
pub(super) struct Pipe<S> {
    stream: S,
    outbox: Arc<Outbox>,
    writer: Writer,
    /// Runs while the reader is behind.
    stall: Option<Stall>,
    /// Runs when the connection is to close as soon as the last is written.
    closing: Option<Pin<Box<Sleep>>>,
}

/// Whatever ends a connection, nobody waits for its reader any more.
impl<S> Drop for Pipe<S> {
    fn drop(&mut self) {
        self.outbox.abort();
    }
}

/// A reader that is behind: how much it had taken when the clock was started.
struct Stall {
    written: u64,
    timer: Pin<Box<Sleep>>,
}

/// What becomes of work when the connection ends while it is under way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IfGone {
    /// It is dropped.
    Drop,
    /// It is carried through: what the store has taken must reach those who are signed in, whoever asked for it.
    Finish,
}

impl<S: AsyncWrite + Unpin> Pipe<S> {
    pub(super) fn new(stream: S, outbox: Arc<Outbox>, tap: Tap) -> Self {
        Self { stream, outbox, writer: Writer::new(tap), stall: None, closing: None }
    }

    pub(super) fn tap(&mut self) -> &mut Tap {
        self.writer.tap()
    }

    pub(super) fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    pub(super) fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// How what is written is to be read, for whoever wants to see it in the log.
    pub(super) fn set_direction(&mut self, direction: Direction) {
        self.writer.set_direction(direction);
    }

    /// Runs `work` to its end, writing meanwhile: a session that waits for the store still says what others tell it.
    pub(super) async fn carry<T>(
        &mut self,
        work: impl Future<Output = T>,
        if_gone: IfGone,
    ) -> Result<T, Stop> {
        let mut work = pin!(work);
        let mut stop = None;
        std::future::poll_fn(|cx| {
            // The work goes first: what it says can leave in the same turn.
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(stop.take().map_or(Ok(done), Err));
            }
            if stop.is_none()
                && let Err(gone) = self.poll_write(cx)
            {
                if if_gone == IfGone::Drop {
                    return Poll::Ready(Err(gone));
                }
                // Work that waits for what it has said to be written need not any more.
                self.outbox.abort();
                stop = Some(gone);
            }
            Poll::Pending
        })
        .await
    }

    /// Writes what can be written, and stops when there is nobody to write to any more.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>) -> Result<(), Stop> {
        match self.writer.poll_write(&self.outbox, &mut self.stream, cx) {
            Poll::Ready(Ok(Written::Close)) => return Err(Stop::Closed),
            Poll::Ready(Ok(Written::Overrun)) => return Err(Stop::Slow),
            Poll::Ready(Err(_)) => return Err(Stop::Gone),
            Poll::Pending => {}
        }
        if !self.writer.is_behind() {
            self.stall = None;
            return Ok(());
        }
        if self.outbox.is_closing() {
            let limit = self.closing.get_or_insert_with(|| Box::pin(tokio::time::sleep(FLUSH_LIMIT)));
            if limit.as_mut().poll(cx).is_ready() {
                return Err(Stop::Closed);
            }
        }
        let written = self.writer.written();
        let stall = self
            .stall
            .get_or_insert_with(|| Stall { written, timer: Box::pin(tokio::time::sleep(STALL_LIMIT)) });
        if stall.written != written {
            stall.written = written;
            stall.timer.as_mut().reset(Instant::now() + STALL_LIMIT);
        }
        match stall.timer.as_mut().poll(cx) {
            Poll::Ready(()) => Err(Stop::Slow),
            Poll::Pending => Ok(()),
        }
    }

    /// Closes, after writing what still waits if `flush`.
    pub(super) async fn close(&mut self, flush: bool) {
        if flush {
            self.outbox.close();
            let Self { writer, outbox, stream, .. } = self;
            let _ = std::future::poll_fn(|cx| writer.poll_write(outbox, stream, cx)).await;
        }
        let _ = self.stream.shutdown().await;
    }
}
