//! A person in a chat, and the sessions with him.

mod command;
mod data;
mod session;
mod signal;

use std::collections::VecDeque;
use std::time::Instant;

pub use command::{Decline, P2pError};
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
}

impl Config {
    /// `me` talks to `peer`.
    pub const fn new(me: Party, peer: Party) -> Self {
        Self { me, peer }
    }

    /// Whether they speak version 2.
    pub const fn is_version_2(&self) -> bool {
        self.me.place.is_some() && self.peer.place.is_some()
    }
}

/// What happened in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Through a switchboard: the payload of a `MSG … D`.
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
        Self { config, ids, link, sessions: Vec::new(), next: 1, events: VecDeque::new(), turn: 0 }
    }

    /// Who it is.
    pub const fn party(&self) -> &Party {
        &self.config.peer
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
        for incoming in self.link.receive(packet, via, now) {
            self.take(incoming, now);
        }
    }

    fn take(&mut self, incoming: Incoming, now: Instant) {
        match incoming {
            Incoming::Slp(message) => self.hear(&message, now),
            Incoming::Text { session, bytes } => self.text(session, bytes, now),
            Incoming::Part(part) => self.part(&part, now),
            Incoming::Acked { number } => self.acked(number, now),
            Incoming::Again { session, number, offset } => self.again(session, number, offset, now),
            Incoming::Broken { session, number, cancelled } => {
                self.broken(session, number, if cancelled { Ending::Cancelled } else { Ending::Broken });
            }
        }
    }

    /// What has happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// What is to be sent next. Data of sessions takes turns, and all else goes before it.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<Transmit> {
        let via = Via::Switchboard;
        let packet = self.link.poll(via).or_else(|| self.data(via, now))?;
        let (dest, src) = self.names();
        let envelope = Envelope { dest, src: Some(src).filter(|_| self.link.is_version_2()) };
        let mut bytes = Vec::with_capacity(128 + packet.len());
        envelope.write(&mut bytes);
        bytes.extend_from_slice(&packet);
        Some(Transmit { via, bytes })
    }

    /// When [`Peer::handle_timeout`] is to be called, if nothing happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.sessions.iter().filter_map(Session::deadline).chain(self.link.poll_timeout()).min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        let is_due = |session: &Session| session.deadline().is_some_and(|deadline| deadline <= now);
        let due: Vec<_> =
            self.sessions.iter().filter(|session| is_due(session)).map(|session| session.id).collect();
        for id in due {
            self.due(id, now);
        }
        for incoming in self.link.handle_timeout(now) {
            self.take(incoming, now);
        }
    }

    /// The peer has left the chat, or the chat is over: every session ends, and nothing more is sent.
    pub fn left(&mut self) {
        for session in std::mem::take(&mut self.sessions) {
            if !matches!(session.stage, Stage::Lingering) {
                self.events.push_back(Event::Ended { session: session.id, how: Ending::Left });
            }
        }
        self.link = Link::new(self.config.is_version_2(), &mut self.ids);
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
        let Config { me, peer } = &self.config;
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
