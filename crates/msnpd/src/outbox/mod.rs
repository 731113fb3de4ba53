//! What is to be said to one client and has not been written yet.

mod writer;

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};

pub use writer::{Writer, Written};

use crate::account::AccountId;

/// The bytes that wait for one connection. Anybody may add to them; the connection's own task writes them.
///
/// Something that goes to many is one [`Bytes`] for all of them: a reader with nothing waiting takes it as it is,
/// without a copy, and what piles up behind it is copied into one buffer. While nothing is said no buffer is held, but
/// for a small one [in a chat](Outbox::keep_buffer).
#[derive(Debug, Default)]
pub struct Outbox {
    inner: Mutex<Inner>,
    /// What is asked for each message: [`NOT_OPEN`], [`OVER_MARK`]. Set before the lock is given back.
    marks: AtomicU8,
}

/// Nothing more is taken.
const NOT_OPEN: u8 = 1;

/// More than [`Outbox::HIGH_MARK`] waits.
const OVER_MARK: u8 = 2;

/// The inside of an outbox, locked. What is asked without the lock is right when it is given back.
struct Locked<'o> {
    inner: MutexGuard<'o, Inner>,
    marks: &'o AtomicU8,
}

impl Deref for Locked<'_> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Inner {
        &mut self.inner
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let mut marks = if self.inner.state == State::Open { 0 } else { NOT_OPEN };
        if self.inner.len() > Outbox::HIGH_MARK {
            marks |= OVER_MARK;
        }
        if self.marks.load(Ordering::Relaxed) != marks {
            self.marks.store(marks, Ordering::Release);
        }
    }
}

#[derive(Debug, Default)]
struct Inner {
    /// Goes out first, as it is.
    first: Bytes,
    /// Goes out after it.
    rest: Vec<u8>,
    /// How many bytes the task has taken and not written yet.
    in_flight: usize,
    /// While a burst is written: what others say, with whom it is about.
    #[expect(clippy::box_collection, reason = "every connection pays for its size, and few are in a burst")]
    held: Option<Box<Vec<Held>>>,
    /// How many bytes others have added and the reader has not made up for by taking as many.
    pushed: usize,
    state: State,
    /// Whether something that waited was dropped.
    lost: bool,
    /// Whether a small buffer stays while nothing is said.
    keeps_buffer: bool,
    /// The connection's task, when it has nothing to write.
    writer: Option<Waker>,
    /// The same task, when its reader takes nothing: there is no use in waking it but to close.
    blocked: Option<Waker>,
    /// Senders that wait for room.
    senders: Vec<Waker>,
}

#[derive(Debug)]
struct Held {
    about: Option<AccountId>,
    line: Bytes,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// Nothing more is taken; what is there is still written.
    Closing,
    /// Nothing is written any more.
    Closed,
    /// Nor here: too much was waiting.
    Overrun,
}

impl State {
    /// How a writer ends that finds nothing to write.
    fn end(self) -> Option<Written> {
        match self {
            Self::Open => None,
            Self::Closing | Self::Closed => Some(Written::Close),
            Self::Overrun => Some(Written::Overrun),
        }
    }

    /// Whether what waits is not written any more.
    fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Overrun)
    }
}

impl Inner {
    fn len(&self) -> usize {
        self.first.len() + self.rest.len() + self.in_flight
    }

    /// Has a sender woken when the reader has taken something, or is gone.
    fn wait(&mut self, cx: &Context<'_>) {
        if !self.senders.iter().any(|waker| waker.will_wake(cx.waker())) {
            self.senders.push(cx.waker().clone());
        }
    }

    /// Nothing waits any more: drops the buffers, of which `spare` is one, or keeps the one that may be kept.
    fn settle_buffers(&mut self, spare: Vec<u8>) {
        let kept = [std::mem::take(&mut self.rest), spare]
            .into_iter()
            .filter(|buffer| self.keeps_buffer && buffer.capacity() <= Outbox::KEPT)
            .max_by_key(Vec::capacity);
        self.rest = kept.unwrap_or_default();
    }

    fn append(&mut self, line: Bytes) {
        if self.first.is_empty() && self.rest.is_empty() {
            self.first = line;
        } else {
            self.rest.extend_from_slice(&line);
        }
    }
}

impl Outbox {
    fn lock(&self) -> Locked<'_> {
        Locked { inner: self.inner.lock(), marks: &self.marks }
    }

    /// How much others may add for a reader who takes too little of it, in bytes. One beyond it is dropped: presence
    /// never waits. Answers to his own requests don't count; for them he isn't heard any further.
    pub const LIMIT: usize = 1 << 20;

    /// With more than this waiting, a reader makes those who send to it in a chat wait, in bytes.
    pub const HIGH_MARK: usize = 64 << 10;

    /// The largest buffer that is kept while nothing is said, in bytes: most of what people write to each other fits.
    const KEPT: usize = 1 << 10;

    /// The most that a buffer grows by at once beyond what doubling it gives, in bytes: nobody who reads nothing is to have
    /// several times as much room as he has waiting.
    const STEP: usize = 8 << 10;

    /// From here on a small buffer is kept while nothing is said: what is said in a chat is written into the buffer of
    /// each reader, who would have to make a new one for every message.
    pub fn keep_buffer(&self) {
        self.lock().keeps_buffer = true;
    }

    /// Adds `line`, which may be shared with other readers. During a burst it waits for the end of it, marked as
    /// being `about` somebody's presence.
    pub fn push(&self, about: Option<AccountId>, line: Bytes) {
        let mut inner = self.lock();
        if inner.state != State::Open {
            return;
        }
        inner.pushed += line.len();
        if inner.pushed > Self::LIMIT {
            Self::drop_reader(&mut inner, State::Overrun);
        } else if let Some(held) = &mut inner.held {
            held.push(Held { about, line });
            return;
        } else {
            inner.append(line);
        }
        Self::wake(inner);
    }

    /// Lets `write` add to what waits, in place. For the connection's own answers: they are not held back by a burst,
    /// which consists of them.
    pub fn write(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let mut inner = self.lock();
        if inner.state == State::Open {
            let before = inner.rest.len();
            write(&mut inner.rest);
            if inner.rest.len() > before {
                Self::wake(inner);
            }
        }
    }

    /// Whether it closes when all that waits has been written.
    pub fn is_closing(&self) -> bool {
        self.lock().state == State::Closing
    }

    /// Whether something may still be said.
    pub fn is_open(&self) -> bool {
        self.marks.load(Ordering::Acquire) & NOT_OPEN == 0
    }

    /// [`write`](Self::write) without waking the connection's task: [`wake_writer`](Self::wake_writer) is to follow when all of a
    /// batch is in. Returns whether the reader is still there.
    pub fn write_quietly(&self, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let mut inner = self.lock();
        let open = inner.state == State::Open;
        if open {
            // One message is followed by others: in a few large steps, where doubling would begin from nothing each time.
            let rest = &mut inner.rest;
            if rest.capacity() - rest.len() < Self::KEPT / 4 {
                rest.reserve((3 * rest.len()).clamp(Self::KEPT, Self::STEP));
            }
            write(rest);
        }
        open
    }

    /// Wakes the connection's task after [`write_quietly`](Self::write_quietly).
    pub fn wake_writer(&self) {
        Self::wake(self.lock());
    }

    /// From here on what others say waits, so that nothing comes between the lines of a burst.
    pub fn begin_burst(&self) {
        self.lock().held.get_or_insert_default();
    }

    /// A line that tells how somebody is now. What was held about him is older, and goes.
    ///
    /// The caller holds that person's entry locked, so that nothing newer can have been held yet.
    pub fn supersede(&self, about: AccountId, write: impl FnOnce(&mut Vec<u8>)) {
        let mut inner = self.lock();
        if let Some(held) = &mut inner.held {
            held.retain(|held| held.about != Some(about));
        }
        if inner.state == State::Open {
            write(&mut inner.rest);
            Self::wake(inner);
        }
    }

    /// The burst is complete: what was held follows it.
    pub fn end_burst(&self) {
        let mut inner = self.lock();
        for held in inner.held.take().into_iter().flat_map(|held| *held) {
            inner.append(held.line);
        }
        Self::wake(inner);
    }

    /// Takes nothing more; the connection closes when all that waits has been written.
    pub fn close(&self) {
        let mut inner = self.lock();
        if inner.state == State::Open {
            inner.state = State::Closing;
        }
        inner.held = None;
        Self::wake(inner);
    }

    /// Says `last` and closes.
    pub fn close_with(&self, last: impl FnOnce(&mut Vec<u8>)) {
        self.write(last);
        self.close();
    }

    /// Drops all that waits; the connection closes at once.
    pub fn abort(&self) {
        let mut inner = self.lock();
        Self::drop_reader(&mut inner, State::Closed);
        Self::wake(inner);
    }

    fn drop_reader(inner: &mut Inner, state: State) {
        inner.lost |= inner.len() > 0;
        inner.state = state;
        inner.first = Bytes::new();
        inner.rest = Vec::new();
        inner.in_flight = 0;
        inner.held = None;
    }

    fn wake(mut inner: Locked<'_>) {
        let writer = inner.writer.take();
        let senders = match inner.state {
            State::Closed | State::Overrun => std::mem::take(&mut inner.senders),
            State::Open | State::Closing => Vec::new(),
        };
        let blocked = if inner.state == State::Open { None } else { inner.blocked.take() };
        drop(inner);
        writer.into_iter().chain(blocked).chain(senders).for_each(Waker::wake);
    }

    /// Whether so much waits that senders should.
    pub fn is_over_mark(&self) -> bool {
        self.marks.load(Ordering::Acquire) & OVER_MARK != 0
    }

    /// Waits until the reader has taken enough for senders to go on, or is gone.
    pub async fn room(&self) {
        std::future::poll_fn(|cx| {
            let mut inner = self.lock();
            if inner.len() <= Self::HIGH_MARK || inner.state.is_over() {
                return Poll::Ready(());
            }
            inner.wait(cx);
            Poll::Pending
        })
        .await;
    }

    /// Waits until everything that waits has been written, as far as the system takes it, and returns whether it was:
    /// `false` if the connection broke before.
    pub async fn written(&self) -> bool {
        std::future::poll_fn(|cx| {
            let mut inner = self.lock();
            if inner.len() == 0 {
                return Poll::Ready(!inner.lost);
            }
            inner.wait(cx);
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::io::AsyncReadExt;

    /// Writes until nothing waits, or to the end.
    async fn drain(writer: &mut Writer, outbox: &Outbox) -> String {
        let (mut ours, mut theirs) = tokio::io::duplex(1 << 21);
        std::future::poll_fn(|cx| {
            let _ = writer.poll_write(outbox, &mut ours, cx);
            Poll::Ready(())
        })
        .await;
        drop(ours);
        let mut seen = String::new();
        theirs.read_to_string(&mut seen).await.unwrap();
        seen
    }

    #[tokio::test]
    async fn what_is_said_leaves_in_order() {
        let (outbox, mut writer) = (Outbox::default(), Writer::default());
        outbox.push(None, Bytes::from_static(b"1"));
        outbox.write(|out| out.push(b'2'));
        outbox.push(None, Bytes::from_static(b"3"));
        assert_eq!(drain(&mut writer, &outbox).await, "123");
        outbox.write(|out| out.push(b'4'));
        outbox.push(None, Bytes::from_static(b"5"));
        assert_eq!(drain(&mut writer, &outbox).await, "45");
        assert_eq!(writer.written(), 5);
    }

    #[tokio::test]
    async fn a_burst_is_not_interrupted_and_ends_with_the_newest() {
        let (outbox, mut writer) = (Outbox::default(), Writer::default());
        outbox.begin_burst();
        outbox.push(Some(AccountId(1)), Bytes::from_static(b"[1 old]"));
        outbox.push(None, Bytes::from_static(b"[added]"));
        outbox.supersede(AccountId(1), |out| out.extend_from_slice(b"[1 now]"));
        outbox.push(Some(AccountId(1)), Bytes::from_static(b"[1 later]"));
        outbox.write(|out| out.extend_from_slice(b"[end]"));
        assert_eq!(drain(&mut writer, &outbox).await, "[1 now][end]");
        outbox.end_burst();
        assert_eq!(drain(&mut writer, &outbox).await, "[added][1 later]");
    }

    #[tokio::test]
    async fn a_reader_beyond_its_limit_is_dropped() {
        let (outbox, mut writer) = (Outbox::default(), Writer::default());
        for _ in 0..=Outbox::LIMIT / 1024 {
            outbox.push(None, Bytes::from(vec![b'x'; 1024]));
        }
        let (mut ours, _theirs) = tokio::io::duplex(64);
        let end = std::future::poll_fn(|cx| writer.poll_write(&outbox, &mut ours, cx)).await;
        assert_eq!(end.unwrap(), Written::Overrun);
    }

    #[tokio::test]
    async fn in_a_chat_a_small_buffer_is_kept_and_nowhere_else() {
        let capacity = |outbox: &Outbox| outbox.lock().rest.capacity();
        let (outbox, mut writer) = (Outbox::default(), Writer::default());
        let mut say = async |length: usize| {
            outbox.write(|out| out.resize(length, b'x'));
            assert_eq!(drain(&mut writer, &outbox).await.len(), length);
        };
        say(100).await;
        assert_eq!(capacity(&outbox), 0);
        outbox.keep_buffer();
        say(100).await;
        assert!((100..=Outbox::KEPT).contains(&capacity(&outbox)));
        say(Outbox::KEPT + 1).await;
        assert_eq!(capacity(&outbox), 0);
    }

    #[tokio::test]
    async fn senders_wait_for_room() {
        let (outbox, mut writer) = (Arc::new(Outbox::default()), Writer::default());
        outbox.write(|out| out.resize(Outbox::HIGH_MARK + 1, b'x'));
        assert!(outbox.is_over_mark());
        let waiting = tokio::spawn({
            let outbox = outbox.clone();
            async move { outbox.room().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drain(&mut writer, &outbox).await;
        waiting.await.unwrap();
        assert!(!outbox.is_over_mark());
    }

    #[tokio::test]
    async fn what_was_written_is_known_and_what_was_lost() {
        let (outbox, mut writer) = (Outbox::default(), Writer::default());
        outbox.write(|out| out.extend_from_slice(b"taken"));
        drain(&mut writer, &outbox).await;
        assert!(outbox.written().await);

        // Seven bytes, of which the pipe takes four.
        outbox.write(|out| out.extend_from_slice(b"not all"));
        let (mut ours, theirs) = tokio::io::duplex(4);
        std::future::poll_fn(|cx| {
            let _ = writer.poll_write(&outbox, &mut ours, cx);
            Poll::Ready(())
        })
        .await;
        let mut waiting = Box::pin(outbox.written());
        std::future::poll_fn(|cx| {
            assert!(waiting.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        drop(theirs);
        outbox.abort();
        assert!(!waiting.await);
    }
}
