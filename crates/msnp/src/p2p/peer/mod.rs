//! A person in a chat, and the sessions with him.

mod command;
mod data;
mod direct;
mod session;
mod signal;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

pub use command::{Decline, P2pError};
use direct::Direct;
pub use direct::{DirectError, Reach};
pub use session::{Ending, Invitation, Progress, SessionId};
use session::{Session, Source, Stage, What};

use super::ids::Ids;
use super::link::{Incoming, Link};
use super::slp::Slp;
use super::{Envelope, Party, Via, limits};
use crate::types::MsnObject;

/// Who talks to whom, and in which version: version 2 if both are named with their places, version 1 else.
///
/// Version 2 is for a peer who says that he has it (capability 0x20 of the second set), and whose place was seen in presence
/// and in the chat; a peer of Windows Live Messenger 2009 insists on both (MSNC reference, section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Who we are, and at which of our places.
    pub me: Party,
    /// Who the peer is.
    pub peer: Party,
    /// Whether a nonce for a direct connection is offered as it is, for MSN Messenger 6 to 7.5, and not its hash alone.
    pub plain_nonce: bool,
}

impl Config {
    /// `me` talks to `peer`.
    pub const fn new(me: Party, peer: Party) -> Self {
        Self { me, peer, plain_nonce: false }
    }

    /// Whether they speak version 2.
    pub const fn is_version_2(&self) -> bool {
        self.me.place.is_some() && self.peer.place.is_some()
    }
}

/// What happened in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The peer invites to a session. It waits for [`Peer::give`], [`Peer::accept`] or [`Peer::decline`].
    Invited {
        /// The session.
        session: SessionId,
        /// To what.
        invitation: Invitation,
    },
    /// The peer takes what we invited him to.
    Accepted {
        /// The session.
        session: SessionId,
    },
    /// An object that we asked for is here, and it is that object: its hash was checked. What it holds is as little to be
    /// trusted as the peer.
    Object {
        /// The session.
        session: SessionId,
        /// What was asked for.
        object: MsnObject,
        /// It.
        data: Vec<u8>,
    },
    /// A piece of a file is here. Pieces come in order, without gaps, and never more than the file was said to have.
    Data {
        /// The session.
        session: SessionId,
        /// Where in the file it belongs.
        offset: u64,
        /// It.
        bytes: Vec<u8>,
    },
    /// A message in a session that is neither for an object nor a file.
    Text {
        /// The session.
        session: SessionId,
        /// What it says, unread.
        bytes: Vec<u8>,
    },
    /// A direct connection is wanted: connect over TCP to one of these places, in this order, and say so with
    /// [`Peer::connected`] or [`Peer::connection_failed`]. The places are what the peer says, and may be anything that can be
    /// reached from here. Comes only if [`Peer::set_reach`] allows it.
    Connect {
        /// Where.
        places: Vec<SocketAddr>,
    },
    /// The session is over. It comes for every session, once and last.
    Ended {
        /// The session.
        session: SessionId,
        /// How.
        how: Ending,
    },
}

/// Something to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Which way.
    pub via: Via,
    /// Through a switchboard: the payload of a `MSG … D`. Directly: what is written to the connection.
    pub bytes: Vec<u8>,
}

/// A piece of a file that is to be sent next. It is answered with [`Peer::supply`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// The session.
    pub session: SessionId,
    /// From where in the file.
    pub offset: u64,
    /// How many bytes; fewer are taken too, none at all never.
    pub length: usize,
}

/// A person in a chat, and the sessions with him. See [the module](super) for how it is driven.
#[derive(Debug)]
pub struct Peer {
    config: Config,
    ids: Ids,
    link: Link,
    direct: Direct,
    sessions: Vec<Session>,
    /// The handle of the next session.
    next: u64,
    events: VecDeque<Event>,
    /// Which session sent data last.
    turn: usize,
}

impl Peer {
    /// Nothing was said yet. The seed has to be random: with it, numbers and GUIDs are drawn that others must not guess.
    pub fn new(config: Config, seed: [u8; 32]) -> Self {
        let mut ids = Ids::new(seed);
        let link = Link::new(config.is_version_2(), &mut ids);
        let (direct, events) = (Direct::new(), VecDeque::new());
        Self { config, ids, link, direct, sessions: Vec::new(), next: 1, events, turn: 0 }
    }

    /// Who it is.
    pub const fn party(&self) -> &Party {
        &self.config.peer
    }

    /// Who talks to whom.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Takes the payload of a `MSG` that the peer has sent. `false`: it holds nothing for us.
    pub fn receive(&mut self, payload: &[u8], now: Instant) -> bool {
        let Some((envelope, packet)) = Envelope::read(payload) else { return false };
        if !self.config.me.is_meant_by(&envelope.dest) || envelope.is_version_2() != self.link.is_version_2()
        {
            return false;
        }
        self.receive_packet(packet, Via::Switchboard, now);
        true
    }

    fn receive_packet(&mut self, packet: &[u8], via: Via, now: Instant) {
        if packet.len() > limits::PACKET || self.link.is_full() || self.events.len() >= limits::EVENTS {
            return;
        }
        for incoming in self.link_of(via).receive(packet, via, now) {
            self.take(incoming, via, now);
        }
    }

    fn take(&mut self, incoming: Incoming, via: Via, now: Instant) {
        match incoming {
            Incoming::Slp(message) => self.hear(&message, now),
            Incoming::Text { session, bytes } => self.text(session, bytes, now),
            Incoming::Part(part) => self.part(&part, now),
            Incoming::Acked { number } => self.acked(number, via, now),
            Incoming::Again { session, number, offset } => self.again((session, number), offset, via, now),
            Incoming::Broken { session, number, cancelled } => {
                self.broken(session, number, if cancelled { Ending::Cancelled } else { Ending::Broken });
            }
        }
    }

    /// What has happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What is to be sent next, whichever way.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<Transmit> {
        [Via::Direct, Via::Switchboard]
            .into_iter()
            .find_map(|via| Some(Transmit { via, bytes: self.poll_transmit_via(via, now)? }))
    }

    /// What is to be sent next one way, for a driver whose connections don't take more at the same time. Data of sessions
    /// takes turns, and all else goes before it.
    pub fn poll_transmit_via(&mut self, via: Via, now: Instant) -> Option<Vec<u8>> {
        if via == Via::Direct {
            if let Some(opening) = self.opening() {
                return Some(opening);
            }
            if !self.direct.is_open() {
                return None;
            }
        }
        // Version 1 has one stream of messages, which goes the better way.
        let is_way = self.link.is_version_2() || via == self.way();
        let word = if is_way { self.link_of(via).poll(via) } else { None };
        let packet = word.or_else(|| self.data(via, now))?;
        if via == Via::Direct {
            return Some(super::direct::frame(&packet));
        }
        let (dest, src) = self.names();
        let envelope = Envelope { dest, src: Some(src).filter(|_| self.link.is_version_2()) };
        let mut bytes = Vec::with_capacity(256 + packet.len());
        envelope.write(&mut bytes);
        bytes.extend_from_slice(&packet);
        Some(bytes)
    }

    /// When [`Peer::handle_timeout`] is to be called, if nothing happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let links = [Some(&self.link), self.direct.link.as_ref()].into_iter().flatten();
        let links = links.filter_map(Link::poll_timeout).chain(self.direct.deadline());
        self.sessions.iter().filter_map(Session::deadline).chain(links).min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        let is_due = |session: &Session| session.deadline().is_some_and(|deadline| deadline <= now);
        let due: Vec<_> =
            self.sessions.iter().filter(|session| is_due(session)).map(|session| session.id).collect();
        for id in due {
            self.due(id, now);
        }
        self.direct_due(now);
        for via in [Via::Switchboard, Via::Direct] {
            // Version 1 has one for both.
            if via == Via::Direct && self.direct.link.is_none() {
                continue;
            }
            for incoming in self.link_of(via).handle_timeout(via, now) {
                self.take(incoming, via, now);
            }
        }
    }

    /// The peer has left the chat, or the chat is over, or the server could not deliver what was sent to him: every session ends, nothing more is sent, and a direct connection is to
    /// be closed.
    pub fn left(&mut self) {
        for session in std::mem::take(&mut self.sessions) {
            if !matches!(session.stage, Stage::Lingering) {
                self.events.push_back(Event::Ended { session: session.id, how: Ending::Left });
            }
        }
        self.link = Link::new(self.config.is_version_2(), &mut self.ids);
        self.direct_closed();
    }

    /// How far the data of a session is. `None`: there is no such session, or there is no data in it.
    pub fn progress(&self, session: SessionId) -> Option<Progress> {
        self.sessions.iter().find(|found| found.id == session)?.progress()
    }

    /// Whether there is any session.
    pub fn is_idle(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Whether there is no session, and nothing to tell of one.
    pub(super) fn is_quiet(&self) -> bool {
        self.is_idle() && self.events.is_empty()
    }

    /// The peer and we, as packets and SLP name us.
    fn names(&self) -> (Party, Party) {
        let Config { me, peer, .. } = &self.config;
        if self.link.is_version_2() {
            (peer.clone(), me.clone())
        } else {
            (Party::of(peer.email.clone()), Party::of(me.email.clone()))
        }
    }

    fn find(&mut self, id: SessionId) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    fn on_wire(&mut self, wire: u32) -> Option<&mut Session> {
        self.sessions.iter_mut().find(|session| session.wire == wire)
    }

    /// Tells how a session ended, and takes it away. One whose end was told already only goes away.
    fn end(&mut self, id: SessionId, how: Ending) {
        let Some(at) = self.sessions.iter().position(|session| session.id == id) else { return };
        let session = self.sessions.remove(at);
        if !matches!(session.stage, Stage::Lingering) {
            self.events.push_back(Event::Ended { session: id, how });
        }
    }

    /// Tells that a session is complete, and keeps it until the goodbyes are said.
    fn linger(&mut self, id: SessionId, now: Instant) {
        if let Some(session) = self.find(id) {
            session.stage = Stage::Lingering;
            session.touched = now;
            self.events.push_back(Event::Ended { session: id, how: Ending::Complete });
        }
    }
}
