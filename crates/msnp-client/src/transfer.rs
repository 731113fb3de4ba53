//! A file on its way, as a handle.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use msnp::p2p::{Ending, FileOffer};
use tokio::sync::{oneshot, watch};

use crate::conversation::Conversation;
use crate::error::Error;
use crate::event::Person;
use crate::exchange::Order;

/// A file on its way to somebody, or from somebody.
///
/// It is cheap to clone; clones are the same transfer. It goes on without a handle as well.
#[derive(Clone)]
pub struct Transfer {
    pub(crate) number: u64,
    pub(crate) size: u64,
    conversation: Conversation,
    state: watch::Receiver<State>,
}

/// How far a transfer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes that have been sent or received.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
    /// Whether there is a direct connection for it; else it goes through the server.
    pub is_direct: bool,
}

/// What is told of a transfer.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) done: u64,
    pub(crate) is_direct: bool,
    pub(crate) outcome: Option<Outcome>,
}

impl State {
    const fn progress(&self, total: u64) -> Progress {
        Progress { done: self.done, total, is_direct: self.is_direct }
    }
}

/// How a transfer ended.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Over(Ending),
    /// The file on this machine failed.
    Disk(io::ErrorKind, PathBuf),
}

/// Transfers are numbered as they begin.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

impl Transfer {
    pub(crate) fn new(conversation: Conversation, size: u64) -> (Self, watch::Sender<State>) {
        let (sender, state) = watch::channel(State::default());
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        (Self { number, size, conversation, state }, sender)
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.state.borrow().progress(self.size)
    }

    /// Waits until it is further than when this was called last on this handle, and says how far; `None` when it is over.
    pub async fn progressed(&mut self) -> Option<Progress> {
        self.state.changed().await.ok()?;
        let state = self.state.borrow_and_update();
        state.outcome.is_none().then(|| state.progress(self.size))
    }

    /// Waits until it is over: all of it has arrived, or it never will.
    ///
    /// # Errors
    /// [`Error::Transfer`] says how it ended otherwise, [`Error::File`] what is wrong with the file here. Of a file that did
    /// not come whole nothing is left.
    pub async fn finished(&self) -> Result<(), Error> {
        let mut state = self.state.clone();
        let ended = state.wait_for(|state| state.outcome.is_some()).await;
        match ended.ok().and_then(|state| state.outcome.clone()) {
            Some(Outcome::Over(Ending::Complete)) => Ok(()),
            Some(Outcome::Over(how)) => Err(Error::Transfer(how)),
            Some(Outcome::Disk(kind, path)) => Err(Error::File { path, source: kind.into() }),
            None => Err(Error::ConversationOver),
        }
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.state.borrow().outcome.is_some() || self.state.has_changed().is_err()
    }

    /// Whether all of it has gone, through the server.
    pub(crate) fn is_all_there(&self) -> bool {
        let state = self.state.borrow();
        !state.is_direct && state.done == self.size
    }

    /// Ends it, however far it is. One that is over stays as it is.
    pub async fn cancel(&self) {
        self.conversation.exchange(Order::Cancel(self.number)).await;
    }
}

impl PartialEq for Transfer {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Transfer {}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("number", &self.number)
            .field("size", &self.size)
            .field("state", &*self.state.borrow())
            .finish_non_exhaustive()
    }
}

/// A file that somebody offers. It waits for five minutes for [`accept`](Self::accept) or [`decline`](Self::decline).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OfferedFile {
    /// Where it was offered.
    pub conversation: Conversation,
    /// Who offers it.
    pub from: Person,
    /// What it is called, how long it is, and what it looks like, by what the sender says. The name is not to be used as one
    /// of a file here: see [`safe_name`](Self::safe_name).
    pub offer: Arc<FileOffer>,
    /// How far it is, once it is accepted, and whether the sender has withdrawn it.
    pub transfer: Transfer,
}

impl OfferedFile {
    /// A name for the file, made of the one that its sender gives: without a path, and with nothing in it that means something
    /// to a system. There may be such a file already.
    pub fn safe_name(&self) -> String {
        self.offer.safe_name()
    }

    /// Takes it, and writes it to a new file at `path`, which the user has chosen.
    ///
    /// # Errors
    /// [`Error::File`] when there is a file already or it can't be written, and the offer stands;
    /// [`Error::OfferOver`] when it was withdrawn or answered already.
    pub async fn accept(&self, path: impl AsRef<Path>) -> Result<Transfer, Error> {
        let path = path.as_ref();
        let failed = |source| Error::File { path: path.to_owned(), source };
        let file = tokio::fs::File::create_new(path).await.map_err(failed)?;
        let (answer, accepted) = oneshot::channel();
        let order = Order::Accept { number: self.transfer.number, file, path: path.to_owned(), answer };
        self.conversation.exchange(order).await;
        if accepted.await.is_ok() {
            return Ok(self.transfer.clone());
        }
        // It is empty, and was made just now.
        let _ = tokio::fs::remove_file(path).await;
        Err(Error::OfferOver)
    }

    /// Doesn't take it.
    pub async fn decline(&self) {
        self.transfer.cancel().await;
    }
}
