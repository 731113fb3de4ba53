//! What is said to a resident: the lines that a connection would write, read back one by one.

use std::sync::Arc;
use std::task::Poll;

use msnp::dialect::{Dialect, MSNP12};
use msnp::wire::{Direction, Frame, Framer};
use tracing::error;

use crate::outbox::{Outbox, Writer};

/// How residents are spoken to. The last version in which everything comes by itself: who has added whom with `ADC`, all of
/// a contact in one line, and chats without places.
pub(super) const DIALECT: &Dialect = &MSNP12;

/// The reader's end of an outbox, in place of a connection. No more is taken out of it than is read at once, so that its
/// limits hold for residents as for everybody.
#[derive(Debug)]
pub(super) struct Inbox {
    outbox: Arc<Outbox>,
    writer: Writer,
    framer: Framer,
    lines: Vec<u8>,
    used: usize,
    is_over: bool,
}

impl Inbox {
    /// For what a server says in this direction.
    pub(super) fn new(direction: Direction) -> Self {
        let mut writer = Writer::default();
        writer.set_direction(direction);
        Self {
            outbox: Arc::default(),
            writer,
            framer: Framer::new(direction),
            lines: Vec::new(),
            used: 0,
            is_over: false,
        }
    }

    pub(super) fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// Waits for the next line of which `read` makes something; `None` when nothing more comes. Dropped while it waits, it
    /// has lost nothing.
    pub(super) async fn next<T>(&mut self, mut read: impl FnMut(Frame<'_>) -> Option<T>) -> Option<T> {
        loop {
            loop {
                match self.framer.next(self.lines.get(self.used..).unwrap_or_default()) {
                    Ok(Some((frame, length))) => {
                        self.used += length;
                        if let Some(found) = read(frame) {
                            return Some(found);
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        error!(%error, "a resident was told what nobody can read: this is a defect of the server");
                        return None;
                    }
                }
            }
            self.lines.drain(..self.used);
            self.used = 0;
            if self.is_over {
                return None;
            }
            self.take().await;
        }
    }

    /// Waits until there is more to read, or the end.
    async fn take(&mut self) {
        let Self { outbox, writer, lines, is_over, .. } = self;
        let before = lines.len();
        std::future::poll_fn(|cx| {
            match writer.poll_write(outbox, lines, cx) {
                Poll::Ready(_) => *is_over = true,
                Poll::Pending if lines.len() == before => return Poll::Pending,
                Poll::Pending => {}
            }
            Poll::Ready(())
        })
        .await;
    }
}

/// Nobody waits any more for a reader who is gone.
impl Drop for Inbox {
    fn drop(&mut self) {
        self.outbox.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn word(frame: Frame<'_>) -> Option<String> {
        Some(format!("{} {}", frame.verb, String::from_utf8_lossy(frame.payload)))
    }

    #[tokio::test]
    async fn lines_are_read_as_they_come_and_to_the_last() {
        let mut inbox = Inbox::new(Direction::FromSwitchboard);
        let outbox = inbox.outbox().clone();
        outbox.push(None, Bytes::from_static(b"JOI a@b.c A\r\nMSG a@b.c A 5\r\nhel"));
        assert_eq!(inbox.next(word).await.unwrap(), "JOI ");
        outbox.push(None, Bytes::from_static(b"lo"));
        assert_eq!(inbox.next(word).await.unwrap(), "MSG hello");
        outbox.close_with(|out| out.extend_from_slice(b"BYE a@b.c\r\n"));
        assert_eq!(inbox.next(word).await.unwrap(), "BYE ");
        assert_eq!(inbox.next(word).await, None);
        assert_eq!(inbox.next(word).await, None);
    }

    #[tokio::test]
    async fn whoever_waits_for_room_is_let_go_when_the_reader_is_gone() {
        let inbox = Inbox::new(Direction::FromSwitchboard);
        let outbox = inbox.outbox().clone();
        outbox.write(|out| out.resize(Outbox::HIGH_MARK + 1, b'x'));
        drop(inbox);
        outbox.room().await;
        assert!(!outbox.is_open());
    }
}
