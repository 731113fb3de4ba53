//! What is between requests and their session: the session reads and writes here as it would a connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::session::{EXPIRY, Session};

/// How much of an answer there may be, in bytes. When more waits the session is not read on, as with a connection whose
/// other end takes nothing, and the next request brings more.
pub(super) const MAX_ANSWER: usize = 64 << 10;

/// How much may have been said that the session has not heard yet, in bytes.
pub(super) const MAX_UNHEARD: usize = 256 << 10;

/// Both directions, and who waits for something in them.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    /// What was said and not heard yet.
    input: BytesMut,
    /// What is to be answered.
    output: Vec<u8>,
    /// Whether all that was said has been heard, and what follows from it has been said: the session waits for more.
    is_idle: bool,
    /// Whether nothing more is said: the client has left.
    hung_up: bool,
    /// Whether the session is over.
    over: bool,
    /// The session, which waits for something to hear.
    reader: Option<Waker>,
    /// The session, which waits for room.
    writer: Option<Waker>,
    /// A request, which waits for its answer.
    asker: Option<Waker>,
}

impl Pipe {
    /// Whether so much may be said.
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        self.over || self.input.len() + bytes <= MAX_UNHEARD
    }

    /// Says something; to a session that is over, nothing.
    pub(super) fn say(&mut self, bytes: &[u8]) {
        if self.over || self.hung_up {
            return;
        }
        self.input.extend_from_slice(bytes);
        self.is_idle = false;
        wake(&mut self.reader);
    }

    /// Whether there is an answer: all was heard, or there is no room for more. If it `waits`, only one that says something.
    pub(super) fn is_answered(&self, waits: bool) -> bool {
        let is_full = self.output.len() >= MAX_ANSWER;
        self.over || is_full || (self.is_idle && (!waits || !self.output.is_empty()))
    }

    /// Takes what is to be answered, with room for so many bytes less, and whether nothing follows.
    pub(super) fn take(&mut self, less: usize) -> (Vec<u8>, bool) {
        let rest = self.output.split_off(self.output.len().min(MAX_ANSWER.saturating_sub(less)));
        let taken = std::mem::replace(&mut self.output, rest);
        wake(&mut self.writer);
        (taken, self.over && self.output.is_empty())
    }

    /// The client has left.
    pub(super) fn hang_up(&mut self) {
        self.hung_up = true;
        self.input = BytesMut::new();
        wake(&mut self.reader);
        wake(&mut self.writer);
    }

    /// Whether the session is over.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// The session is over.
    fn end(&mut self) {
        self.over = true;
        self.input = BytesMut::new();
        self.wake_asker();
    }

    /// Whoever waits for an answer is to look once more.
    pub(super) fn wake_asker(&mut self) {
        wake(&mut self.asker);
    }

    /// Has a request woken when there may be an answer.
    pub(super) fn wait_for_answer(&mut self, cx: &Context<'_>) {
        self.asker = Some(cx.waker().clone());
    }

    fn poll_read(&mut self, cx: &Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<()> {
        if self.hung_up {
            return Poll::Ready(());
        }
        if self.input.is_empty() {
            // No buffer is held while nothing is said.
            self.input = BytesMut::new();
            self.is_idle = true;
            self.reader = Some(cx.waker().clone());
            self.wake_asker();
            return Poll::Pending;
        }
        let count = self.input.len().min(buffer.remaining());
        buffer.put_slice(self.input.get(..count).unwrap_or_default());
        self.input.advance(count);
        // Somebody may wait with more to be heard.
        self.wake_asker();
        Poll::Ready(())
    }

    fn poll_write(&mut self, cx: &Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.hung_up || self.over {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let count = bytes.len().min(MAX_ANSWER.saturating_sub(self.output.len()));
        if count == 0 && !bytes.is_empty() {
            self.writer = Some(cx.waker().clone());
            self.wake_asker();
            return Poll::Pending;
        }
        self.output.extend_from_slice(bytes.get(..count).unwrap_or_default());
        Poll::Ready(Ok(count))
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

/// The session's end of a pipe. It is over when this is dropped.
pub(super) struct SessionEnd {
    session: Arc<Session>,
    /// Runs to when the client will have been silent for too long, if it is; put off only when it has run out.
    patience: Pin<Box<Sleep>>,
}

impl SessionEnd {
    /// Of a new session.
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self { session, patience: Box::pin(tokio::time::sleep(EXPIRY)) }
    }

    /// Hangs up for a client that has not asked for too long.
    fn expire(&mut self, cx: &mut Context<'_>) {
        while self.patience.as_mut().poll(cx).is_ready() {
            match self.session.expires_at() {
                at if at > Instant::now() => self.patience.as_mut().reset(at),
                _ => {
                    self.session.hang_up();
                    return;
                }
            }
        }
    }
}

impl AsyncRead for SessionEnd {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.expire(cx);
        self.session.with_pipe(|pipe| pipe.poll_read(cx, buffer)).map(Ok)
    }
}

impl AsyncWrite for SessionEnd {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.session.with_pipe(|pipe| pipe.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for SessionEnd {
    fn drop(&mut self) {
        self.session.with_pipe(Pipe::end);
    }
}
