//! How messages become packets, and packets messages.

mod v1;
mod v2;
mod v2_messages;

use std::time::Instant;

use super::ids::Ids;
use super::limits;
use v1::V1;
use v2::V2;

/// Which way packets go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Via {
    /// Through the chat.
    #[default]
    Switchboard,
    /// Through a connection of its own.
    Direct,
}

/// What came out of a packet.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A whole message of SLP.
    Slp(Vec<u8>),
    /// A whole message of a session that is no data: it is ready, or text.
    Text { session: u32, bytes: Vec<u8> },
    /// A piece of data.
    Part(Part),
    /// A message of ours has arrived.
    Acked { number: u32 },
    /// Data is to be sent again from somewhere on.
    Again { session: u32, number: u32, offset: u64 },
    /// A session is broken, by what the peer says.
    Broken { session: u32, number: u32, cancelled: bool },
}

/// A piece of data of a session.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) session: u32,
    pub(super) offset: u64,
    pub(super) total: u64,
    pub(super) data: Vec<u8>,
    /// What is needed to answer it.
    pub(super) label: Label,
}

/// What is needed to answer a piece of data.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Label {
    pub(super) header: super::v1::Header,
    pub(super) footer: u32,
    pub(super) via: Via,
}

/// A message of data that is being sent.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    /// Its number in version 1, the number behind its last byte in version 2.
    pub(super) number: u32,
    /// A random number that is the same in all of its packets, the number of its package in version 2.
    random: u32,
    session: u32,
    app_id: u32,
    is_file: bool,
    pub(super) total: u64,
    pub(super) sent: u64,
    /// Which way it goes.
    pub(super) via: Via,
    /// Whether any packet of it was made.
    pub(super) is_begun: bool,
}

impl Outgoing {
    pub(super) const fn is_sent(&self) -> bool {
        self.sent >= self.total
    }
}

/// One bridge in one version.
#[derive(Debug)]
pub(super) enum Link {
    One(Box<V1>),
    Two(Box<V2>),
}

impl Link {
    pub(super) fn new(is_version_2: bool, ids: &mut Ids) -> Self {
        if is_version_2 { Self::Two(Box::new(V2::new(ids))) } else { Self::One(Box::new(V1::new(ids))) }
    }

    pub(super) const fn is_version_2(&self) -> bool {
        matches!(self, Self::Two(_))
    }

    /// A number of its own for a packet that is part of no message, in version 1.
    pub(super) fn identifier(&mut self) -> Option<u32> {
        match self {
            Self::One(link) => Some(link.identifier()),
            Self::Two(_) => None,
        }
    }

    /// Says what we are before there is anything to say.
    pub(super) fn greet(&mut self) {
        if let Self::Two(link) = self {
            link.greet();
        }
    }

    /// Whether the peer has caused more than we could send so far.
    pub(super) fn is_full(&self) -> bool {
        match self {
            Self::One(link) => link.is_full(),
            Self::Two(link) => link.is_full(),
        }
    }

    /// Queues a message that is wholly in memory, and gives its number, if it will be acknowledged by it.
    pub(super) fn say(&mut self, session: u32, app_id: u32, bytes: Vec<u8>, ids: &mut Ids) -> Option<u32> {
        match self {
            Self::One(link) => Some(link.say(session, app_id, bytes, ids)),
            Self::Two(link) => {
                link.say(session, bytes);
                None
            }
        }
    }

    /// Begins a message of data of a session, given by its numbers on the wire.
    pub(super) fn begin(&mut self, ways: (u32, u32), is_file: bool, total: u64, ids: &mut Ids) -> Outgoing {
        match self {
            Self::One(link) => link.begin(ways, is_file, total, ids),
            Self::Two(link) => link.begin(ways, is_file, total),
        }
    }

    /// Whether data may be sent now.
    pub(super) fn takes_data(&mut self, now: Instant) -> bool {
        match self {
            Self::One(_) => true,
            Self::Two(link) => link.takes_data(now),
        }
    }

    /// Bytes of data that one packet may have.
    pub(super) const fn chunk(&self, via: Via) -> usize {
        match (self, via) {
            (Self::One(_), via) => v1::chunk(via),
            (Self::Two(_), _) => limits::CHUNK_V2,
        }
    }

    /// Makes the next packet of a message of data.
    pub(super) fn data(&mut self, out: &mut Outgoing, data: &[u8], via: Via) -> Vec<u8> {
        match self {
            Self::One(link) => link.data(out, data, via),
            Self::Two(link) => link.data(out, data, via),
        }
    }

    /// The next packet of what is queued.
    pub(super) fn poll(&mut self, via: Via) -> Option<Vec<u8>> {
        match self {
            Self::One(link) => link.poll(via),
            Self::Two(link) => link.poll(via),
        }
    }

    /// Takes a packet.
    pub(super) fn receive(&mut self, packet: &[u8], via: Via, now: Instant) -> Vec<Incoming> {
        let mut out = Vec::new();
        match self {
            Self::One(link) => out.extend(link.receive(packet, via, now)),
            Self::Two(link) => link.receive(packet, via, now, &mut out),
        }
        out
    }

    /// Acknowledges data that is here as a whole.
    pub(super) fn complete(&mut self, label: Label) {
        if let Self::One(link) = self {
            link.complete(label);
        }
    }

    /// Tells that the session of a piece of data is unknown.
    pub(super) fn reset(&mut self, label: Label) {
        if let Self::One(link) = self {
            link.reset(label);
        }
    }

    /// Asks for data again.
    pub(super) fn ask_again(&mut self, label: Label, from: u64) {
        match self {
            Self::One(link) => link.ask_again(label, from),
            Self::Two(link) => link.ask_again(),
        }
    }

    /// Tells that we give up sending.
    pub(super) fn cancel(&mut self, out: &Outgoing) {
        if let Self::One(link) = self {
            link.cancel(out);
        }
    }

    /// Whether an acknowledgement is one of the message with this number.
    pub(super) const fn covers(&self, ack: u32, number: u32) -> bool {
        match self {
            Self::One(_) => ack == number,
            Self::Two(_) => v2::is_at_least(ack, number),
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        match self {
            Self::One(_) => None,
            Self::Two(link) => link.poll_timeout(),
        }
    }

    pub(super) fn handle_timeout(&mut self, via: Via, now: Instant) -> Vec<Incoming> {
        let mut out = Vec::new();
        if let Self::Two(link) = self {
            link.handle_timeout(via, now, &mut out);
        }
        out
    }
}
