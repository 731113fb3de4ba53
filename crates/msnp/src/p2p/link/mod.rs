//! How messages become packets, and packets messages.

mod v1;

pub(super) use v1::{V1, chunk};

/// Which way packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// Through the chat.
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Label {
    pub(super) header: super::v1::Header,
    pub(super) footer: u32,
}

/// A message of data that is being sent.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    /// Its number in the transport.
    pub(super) number: u32,
    /// A random number that is the same in all of its packets.
    random: u32,
    session: u32,
    app_id: u32,
    is_file: bool,
    pub(super) total: u64,
    pub(super) sent: u64,
    /// Whether any packet of it was made.
    pub(super) is_begun: bool,
}

impl Outgoing {
    pub(super) const fn is_sent(&self) -> bool {
        self.sent >= self.total
    }
}
