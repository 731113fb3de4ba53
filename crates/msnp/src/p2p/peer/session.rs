//! One session: what it is for, and how far it is.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::super::assembly::Assembly;
use super::super::context::FileOffer;
use super::super::limits;
use super::super::link::{Label, Outgoing};
use crate::types::{Guid, MsnObject};

/// A session with a peer, as long as it lasts and as nothing was said about its end. Never used again for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub(super) u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What somebody is invited to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invitation {
    /// To give away an object: a picture, an emoticon, a wink. Look it up by its hash. Taken with
    /// [`Peer::give`](super::Peer::give).
    Object(MsnObject),
    /// To take a file. Taken with [`Peer::accept`](super::Peer::accept).
    File(FileOffer),
    /// To something else: a webcam, an activity. Taken with [`Peer::accept`](super::Peer::accept).
    Other {
        /// Which application.
        application: Guid,
        /// Its number.
        app_id: u32,
        /// What it is about, in base64.
        context: String,
    },
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// All of it has arrived.
    Complete,
    /// The peer doesn't want it.
    Declined,
    /// The peer can't do it: 500, 481, 404 …
    Refused(u16),
    /// The peer has ended it before it was complete.
    Cancelled,
    /// We have ended it before it was complete.
    CancelledHere,
    /// The peer has said nothing for too long.
    TimedOut,
    /// What came is not what was asked for: its hash or its length is another.
    WrongData,
    /// The peer broke the rules, or says that we did.
    Broken,
    /// The peer has left the chat.
    Left,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Complete => "all of it has arrived",
            Self::Declined => "the other side declined it",
            Self::Refused(code) => return write!(f, "the other side can't do it ({code})"),
            Self::Cancelled => "the other side cancelled it",
            Self::CancelledHere => "it was cancelled",
            Self::TimedOut => "the other side said nothing for too long",
            Self::WrongData => "what came is not what was asked for",
            Self::Broken => "the two sides don't understand each other",
            Self::Left => "the other side left the chat",
        })
    }
}

/// How far the data of a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that have been sent or received in order.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
}

/// What a session is for.
#[derive(Debug)]
pub(super) enum What {
    /// The inviter gets an object.
    Object(MsnObject),
    /// The inviter sends a file of so many bytes.
    File { size: u64 },
    /// Text goes both ways.
    Other,
}

/// Where data comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// Memory.
    Memory(Arc<[u8]>),
    /// The caller, piece by piece: what he has given, from where on, and whether he was asked for more.
    Caller { at: u64, piece: Vec<u8>, asked: bool },
}

/// How far a session is.
///
/// ```text
///  Inviting ──▶ Receiving ──▶ (gone)            fetches an object
///  Inviting ──▶ Sending ──▶ Lingering            sends a file
///  Invited ──▶ Preparing ──▶ Sending ──▶ Lingering   gives an object
///  Invited ──▶ Receiving ──▶ Lingering           takes a file
///  Inviting, Invited ──▶ Open                   anything else
/// ```
#[derive(Debug)]
pub(super) enum Stage {
    /// We invited, and wait for the answer.
    Inviting,
    /// The peer invited, and waits for ours.
    Invited,
    /// We have told that data comes, and wait for the acknowledgement of the message with this number, if
    /// there will be one.
    Preparing { number: Option<u32>, source: Source },
    /// We send.
    Sending { out: Outgoing, source: Source },
    /// The peer sends. An object is kept here, of a file each piece is handed out.
    Receiving { assembly: Option<(Assembly, Label)>, object: Vec<u8>, asked_again: Option<Instant> },
    /// Text goes both ways.
    Open,
    /// Its end has been told; what is left is to say goodbye.
    Lingering,
}

impl Stage {
    pub(super) const fn receiving() -> Self {
        Self::Receiving { assembly: None, object: Vec::new(), asked_again: None }
    }
}

#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    /// Its number on the wire.
    pub(super) wire: u32,
    pub(super) app_id: u32,
    pub(super) call_id: String,
    /// The peer's invitation, to answer it.
    pub(super) invitation: Option<super::Slp>,
    pub(super) what: What,
    pub(super) stage: Stage,
    /// When something last happened.
    pub(super) touched: Instant,
    /// How often data was asked for again, or had to be sent again.
    pub(super) repeats: u32,
    /// How many offers of a transport it had.
    pub(super) offers: u32,
}

impl Session {
    /// When something has to be done about it if nothing happens. `None`: it may go on like this.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let patience = match (&self.stage, &self.what) {
            (Stage::Inviting, What::Object(_)) => limits::ANSWER,
            (Stage::Inviting | Stage::Invited, _) => limits::DECISION,
            (Stage::Preparing { .. }, _) => limits::PREPARATION,
            (Stage::Sending { .. }, _) => limits::IDLE,
            (Stage::Receiving { assembly: Some((assembly, _)), asked_again, .. }, _)
                if self.repeats < limits::REPEATS =>
            {
                let patience = if assembly.has_gap() { limits::GAP } else { limits::STALL };
                return Some(asked_again.unwrap_or(self.touched).max(self.touched) + patience)
                    .min(Some(self.touched + limits::IDLE));
            }
            (Stage::Receiving { .. }, _) => limits::IDLE,
            (Stage::Open, _) => return None,
            (Stage::Lingering, _) => limits::GOODBYE,
        };
        Some(self.touched + patience)
    }

    pub(super) fn progress(&self) -> Option<Progress> {
        match &self.stage {
            Stage::Sending { out, .. } => Some(Progress { done: out.sent, total: out.total }),
            Stage::Receiving { assembly: Some((assembly, _)), .. } => {
                Some(Progress { done: assembly.next(), total: assembly.total() })
            }
            _ => None,
        }
    }
}
