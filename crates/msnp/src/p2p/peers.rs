//! Everybody in a chat.

use std::time::Instant;

use super::direct::Nonce;
use super::ids::Ids;
use super::{Config, Envelope, Event, Party, Peer, Reach, Transmit, Via, Want, limits};
use crate::types::Email;

/// The peers of one chat: a [`Peer`] for each person who says something, and for each that somebody is asked for.
///
/// Packets go to everybody in a chat, so which peer one is from is told by the sender of the `MSG`, and by the place that is
/// written on it.
#[derive(Debug)]
pub struct Peers {
    me: Party,
    ids: Ids,
    reach: Reach,
    peers: Vec<Peer>,
    turn: usize,
}

impl Peers {
    /// Nobody yet. The seed has to be random.
    pub const fn new(me: Party, seed: [u8; 32]) -> Self {
        Self { me, ids: Ids::new(seed), reach: Reach::Chat, peers: Vec::new(), turn: 0 }
    }

    /// A person, or one of his places, to ask or offer something. `None`: there are [`limits::PEERS`], or
    /// [`limits::PLACES`] of his, and all are busy.
    pub fn peer(&mut self, party: &Party) -> Option<&mut Peer> {
        if let Some(at) = self.peers.iter().position(|peer| peer.party() == party) {
            return self.peers.get_mut(at);
        }
        // Nobody takes the room of others by making up places.
        let is_his = |peer: &Peer| peer.party().email == party.email;
        if self.peers.iter().filter(|peer| is_his(peer)).count() >= limits::PLACES {
            let idle = self.peers.iter().position(|peer| is_his(peer) && peer.is_quiet())?;
            self.peers.remove(idle);
        }
        if self.peers.len() >= limits::PEERS {
            let idle = self.peers.iter().position(Peer::is_quiet)?;
            self.peers.remove(idle);
        }
        let config = Config::new(self.me.clone(), party.clone());
        let mut peer = Peer::new(config, self.ids.seed());
        peer.set_reach(self.reach.clone());
        self.peers.push(peer);
        self.peers.last_mut()
    }

    /// A person, or one of his places, with whom there was something already.
    pub fn get(&mut self, party: &Party) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.party() == party)
    }

    /// Says what the client can do about direct connections, with everybody.
    pub fn set_reach(&mut self, reach: Reach) {
        self.peers.iter_mut().for_each(|peer| peer.set_reach(reach.clone()));
        self.reach = reach;
    }

    /// Takes the payload of a `MSG` that `from` has sent. `false`: it holds nothing for us, or there are too many peers.
    pub fn receive(&mut self, from: &Email, payload: &[u8], now: Instant) -> bool {
        let Some((envelope, _)) = Envelope::read(payload) else { return false };
        if !self.me.is_meant_by(&envelope.dest) {
            return false;
        }
        let place = envelope.src.as_ref().filter(|_| envelope.is_version_2()).and_then(|src| src.place);
        let party = Party { email: from.clone(), place };
        self.peer(&party).is_some_and(|peer| peer.receive(payload, now))
    }

    /// What has happened, and with whom.
    pub fn poll_event(&mut self) -> Option<(Party, Event)> {
        self.peers
            .iter_mut()
            .find_map(|peer| Some((peer.poll_event()?, peer.party())))
            .map(|(e, p)| (p.clone(), e))
    }

    /// What of a file is to be sent next, and to whom.
    pub fn poll_want(&mut self) -> Option<(Party, Want)> {
        self.peers
            .iter_mut()
            .find_map(|peer| Some((peer.poll_want()?, peer.party())))
            .map(|(w, p)| (p.clone(), w))
    }

    /// What is to be sent next. Peers take turns.
    pub fn poll_transmit(&mut self, now: Instant) -> Option<Transmit> {
        let count = self.peers.len();
        for step in 1..=count {
            let at = (self.turn + step) % count;
            if let Some(transmit) = self.peers.get_mut(at).and_then(|peer| peer.poll_transmit(now)) {
                self.turn = at;
                return Some(transmit);
            }
        }
        None
    }

    /// What is to be sent through the chat next. Peers take turns. What goes directly is asked of each: see
    /// [`Peer::poll_transmit_via`].
    pub fn poll_transmit_via_chat(&mut self, now: Instant) -> Option<Vec<u8>> {
        let count = self.peers.len();
        for step in 1..=count {
            let at = (self.turn + step) % count;
            let peer = self.peers.get_mut(at);
            if let Some(bytes) = peer.and_then(|peer| peer.poll_transmit_via(Via::Switchboard, now)) {
                self.turn = at;
                return Some(bytes);
            }
        }
        None
    }

    /// Whom a direct connection with this nonce is expected from. See [`Opening`](super::direct::Opening).
    pub fn expecting(&mut self, nonce: Nonce) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.expects(nonce))
    }

    /// When [`Peers::handle_timeout`] is to be called, if nothing happens before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.peers.iter().filter_map(Peer::poll_timeout).min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.peers.iter_mut().for_each(|peer| peer.handle_timeout(now));
    }

    /// Somebody has left the chat, with all of his places.
    pub fn left(&mut self, who: &Email) {
        self.peers.iter_mut().filter(|peer| peer.party().email == *who).for_each(Peer::left);
    }
}
