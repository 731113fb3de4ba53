//! The connection's end of an outbox.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes};
use msnp::wire::Direction;
use tokio::io::AsyncWrite;

use super::Outbox;
use crate::recording::Tap;
use crate::trace;

/// The connection's end of an [`Outbox`]: takes what waits and writes it.
#[derive(Debug)]
pub struct Writer {
    chunk: Chunk,
    /// How what is said would be read, for the log.
    direction: Direction,
    /// Who else listens.
    tap: Tap,
    /// How many bytes have ever been written: what tells a stalled reader from a slow one.
    written: u64,
}

impl Default for Writer {
    fn default() -> Self {
        Self::new(Tap::default())
    }
}

/// What has been taken and is being written.
#[derive(Debug)]
enum Chunk {
    Shared(Bytes),
    Own { bytes: Vec<u8>, at: usize },
}

impl Default for Chunk {
    fn default() -> Self {
        Self::Shared(Bytes::new())
    }
}

impl Chunk {
    fn rest(&self) -> &[u8] {
        match self {
            Self::Shared(bytes) => bytes,
            Self::Own { bytes, at } => bytes.get(*at..).unwrap_or_default(),
        }
    }

    /// Its buffer, empty, if it has one of its own.
    fn into_buffer(self) -> Vec<u8> {
        match self {
            Self::Shared(_) => Vec::new(),
            Self::Own { mut bytes, .. } => {
                bytes.clear();
                bytes
            }
        }
    }

    fn advance(&mut self, n: usize) {
        match self {
            Self::Shared(bytes) => bytes.advance(n.min(bytes.len())),
            Self::Own { at, .. } => *at += n,
        }
    }
}

/// What [`Writer::poll_write`] ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The connection is to be closed: all that was to be said has been, or nobody is there any more.
    Close,
    /// The reader is dropped: more waited for it than may.
    Overrun,
}

impl Writer {
    /// For a new connection, on which `tap` listens.
    pub fn new(tap: Tap) -> Self {
        Self { chunk: Chunk::default(), direction: Direction::FromNotification, tap, written: 0 }
    }

    /// What listens on this connection.
    pub fn tap(&mut self) -> &mut Tap {
        &mut self.tap
    }

    /// The connection is of another kind than it seemed at first.
    pub fn set_direction(&mut self, direction: Direction) {
        self.direction = direction;
    }

    /// Writes what waits. Pending while the reader takes nothing, and while there is nothing to write.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn poll_write<S: AsyncWrite + Unpin>(
        &mut self,
        outbox: &Outbox,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<std::io::Result<Written>> {
        loop {
            if self.chunk.rest().is_empty() && !self.take(outbox, cx) {
                return match outbox.lock().state.end() {
                    None => Poll::Pending,
                    Some(end) => Poll::Ready(Ok(end)),
                };
            }
            let Poll::Ready(written) = Pin::new(&mut *stream).poll_write(cx, self.chunk.rest()) else {
                let mut inner = outbox.lock();
                inner.blocked = Some(cx.waker().clone());
                return match inner.state {
                    state if state.is_over() => Poll::Ready(Ok(state.end().unwrap_or(Written::Close))),
                    _ => Poll::Pending,
                };
            };
            let n = written?;
            if n == 0 {
                return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into()));
            }
            self.written += n as u64;
            self.chunk.advance(n);
            let mut inner = outbox.lock();
            inner.in_flight = inner.in_flight.saturating_sub(n);
            inner.pushed = inner.pushed.saturating_sub(n);
            if inner.state.is_over()
                && let Some(end) = inner.state.end()
            {
                return Poll::Ready(Ok(end));
            }
            if !inner.senders.is_empty() && inner.len() <= Outbox::HIGH_MARK {
                let senders = std::mem::take(&mut inner.senders);
                drop(inner);
                senders.into_iter().for_each(Waker::wake);
            }
        }
    }

    /// Takes the next piece out of the outbox; if there is none, asks to be woken.
    fn take(&mut self, outbox: &Outbox, cx: &Context<'_>) -> bool {
        let mut inner = outbox.lock();
        if !inner.first.is_empty() {
            self.chunk = Chunk::Shared(std::mem::take(&mut inner.first));
        } else if !inner.rest.is_empty() {
            // The two buffers change places while there is much to say, and both go when there is nothing.
            let spare = std::mem::take(&mut self.chunk).into_buffer();
            let bytes = std::mem::replace(&mut inner.rest, spare);
            self.chunk = Chunk::Own { bytes, at: 0 };
        } else {
            let spare = std::mem::take(&mut self.chunk).into_buffer();
            inner.settle_buffers(spare);
            inner.pushed = 0;
            inner.blocked = None;
            inner.writer = Some(cx.waker().clone());
            return false;
        }
        inner.in_flight = self.chunk.rest().len();
        drop(inner);
        trace::said(self.direction, self.chunk.rest());
        self.tap.said(self.direction, self.chunk.rest());
        true
    }

    /// Whether something has been taken that the reader has not.
    pub fn is_behind(&self) -> bool {
        !self.chunk.rest().is_empty()
    }

    /// How many bytes have been written so far.
    pub fn written(&self) -> u64 {
        self.written
    }
}
