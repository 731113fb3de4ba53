//! A connection of its own beside the chat: how it comes about, and what goes over it.
//!
//! ```text
//!  who offers                          who answers
//!  INVITE transreq        ──────────▶
//!                         ◀──────────  200, listening: where, and the hash of a nonce
//!  connects, foo, nonce   ──────────▶
//!                         ◀──────────  nonce
//! ```
//! Who can't listen says so, and the other may listen instead. Whatever fails, the session goes on in the chat.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use super::super::direct::{Frames, Nonce, frame, hello, read_nonce};
use super::super::link::Link;
use super::super::slp::{Method, NonceForm, Slp, TransportAnswer, TransportOffer, content};
use super::super::v1::Header;
use super::super::{Via, limits, msnc};
use super::{Ending, Event, Peer, SessionId, Stage};
use crate::types::Capabilities;

/// The first version of MSNC that offers nonces by their hash: that of Windows Live Messenger 8.0.
const HASHES_NONCES: u32 = 6;

/// What a client can do about direct connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// All goes through the chat.
    #[default]
    Chat,
    /// It connects where peers say. They may say anything: a client should look at an [`Event::Connect`] before it does so.
    Connects,
    /// It also listens.
    Listens {
        /// Where, in its own network.
        internal: Vec<SocketAddr>,
        /// Where, seen from outside.
        external: Vec<SocketAddr>,
    },
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// There is none, and nobody has spoken of it.
    None,
    /// We have offered one.
    Offered,
    /// The peer should connect, and prove this.
    Listening(NonceForm),
    /// We should connect, and the peer prove this.
    Connecting(NonceForm),
    /// We have connected and proved who we are; the peer has to.
    Proving(NonceForm),
    Open,
}

#[derive(Debug)]
pub(super) struct Direct {
    reach: Reach,
    state: State,
    /// When it will have come to nothing.
    until: Option<Instant>,
    attempts: u32,
    ours: Nonce,
    frames: Frames,
    /// What goes before packets.
    out: VecDeque<Vec<u8>>,
    /// Of version 2, which numbers each way anew.
    pub(super) link: Option<Link>,
}

impl Direct {
    pub(super) const fn new() -> Self {
        Self {
            reach: Reach::Chat,
            state: State::None,
            until: None,
            attempts: 0,
            ours: Nonce([0; 16]),
            frames: Frames::new(),
            out: VecDeque::new(),
            link: None,
        }
    }

    pub(super) const fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Whether it may still become one. Data of files waits for that.
    pub(super) const fn is_settling(&self) -> bool {
        self.until.is_some()
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.until
    }

    fn begin(&mut self, state: State, now: Instant) {
        self.state = state;
        self.until = Some(now + limits::CONNECT);
    }

    fn give_up(&mut self) {
        (self.state, self.until, self.link) = (State::None, None, None);
        self.frames = Frames::new();
        self.out.clear();
    }

    /// Whether another may be tried.
    fn may_try(&self) -> bool {
        self.reach != Reach::Chat && self.state == State::None && self.attempts < limits::CONNECT_ATTEMPTS
    }
}

impl Peer {
    /// Says what the client can do about direct connections. Without it, all goes through the chat.
    pub fn set_reach(&mut self, reach: Reach) {
        self.direct.reach = reach;
    }

    /// Says what the peer's client can do, for what depends on it: MSN Messenger 6 to 7.5 is offered a plain nonce.
    pub fn set_capabilities(&mut self, capabilities: Capabilities) {
        self.config.plain_nonce = (1..HASHES_NONCES).contains(&msnc(capabilities));
    }

    fn draw_nonce(&mut self) {
        self.direct.ours = Nonce(self.ids.bytes());
    }

    fn our_nonce(&self, is_hashed: bool) -> NonceForm {
        let ours = self.direct.ours;
        if is_hashed { NonceForm::Hashed(ours.hash()) } else { NonceForm::Plain(ours.to_guid()) }
    }

    fn our_answer(&self, wire: u32, nonce: NonceForm) -> Option<TransportAnswer> {
        let Reach::Listens { internal, external } = &self.direct.reach else { return None };
        let (internal, external) = (internal.clone(), external.clone());
        Some(TransportAnswer { listening: true, nonce: Some(nonce), internal, external, session: wire })
    }

    /// Offers a connection for a session that the peer has just taken.
    pub(super) fn offer_direct(&mut self, call_id: &str, wire: u32, now: Instant) {
        if !self.direct.may_try() {
            return;
        }
        self.direct.attempts += 1;
        self.draw_nonce();
        let offer = TransportOffer {
            has_tcp: true,
            seen_as: None,
            connection: "Unknown-Connect".to_owned(),
            nonce: Some(self.our_nonce(!self.config.plain_nonce)),
            session: wire,
        };
        self.ask(Method::Invite, call_id, content::TRANSPORT, offer.to_fields());
        self.direct.begin(State::Offered, now);
    }

    /// The peer offers a connection, or tells where he listens. Gives the answer.
    pub(super) fn answer_direct(&mut self, slp: &Slp, wire: u32, now: Instant) -> TransportAnswer {
        let refusal = TransportAnswer::refusal(wire);
        if slp.is(content::TRANSPORT_ANSWER) {
            let answer = TransportAnswer::read(&slp.body);
            if self.direct.may_try() && self.connect(&answer, now) {
                self.direct.attempts += 1;
                let is_hashed = matches!(answer.nonce, Some(NonceForm::Hashed(_)));
                return TransportAnswer { nonce: Some(self.our_nonce(is_hashed)), ..refusal };
            }
            return refusal;
        }
        let offer = TransportOffer::read(&slp.body);
        let Some(nonce) = offer.nonce.filter(|_| offer.has_tcp && self.direct.may_try()) else {
            return refusal;
        };
        self.draw_nonce();
        let is_hashed = matches!(nonce, NonceForm::Hashed(_));
        let ours = self.our_nonce(is_hashed);
        match self.our_answer(wire, ours) {
            Some(answer) => {
                self.direct.attempts += 1;
                // A plain nonce is the listener's, whatever the other one has offered.
                self.direct.begin(State::Listening(if is_hashed { nonce } else { ours }), now);
                answer
            }
            // Then the peer may listen, and has to know whom to expect.
            None if is_hashed => TransportAnswer { nonce: Some(ours), ..refusal },
            None => refusal,
        }
    }

    /// The peer has answered our offer.
    pub(super) fn direct_answered(
        &mut self,
        slp: &Slp,
        code: u16,
        (call_id, wire): (&str, u32),
        now: Instant,
    ) {
        if self.direct.state != State::Offered {
            return;
        }
        let answer = TransportAnswer::read(&slp.body);
        if code != 200 || !slp.is(content::TRANSPORT_ANSWER) {
            self.direct.give_up();
        } else if answer.listening {
            if !self.connect(&answer, now) {
                self.direct.give_up();
            }
        } else {
            // A hash of nothing proves nothing; plain nonces are ours to choose.
            let expected = match answer.nonce {
                Some(nonce @ NonceForm::Hashed(_)) if !nonce.is_none() => nonce,
                Some(NonceForm::Plain(_)) => self.our_nonce(false),
                _ => return self.direct.give_up(),
            };
            let ours = self.our_nonce(matches!(expected, NonceForm::Hashed(_)));
            match self.our_answer(wire, ours) {
                Some(ours) => {
                    self.ask(Method::Invite, call_id, content::TRANSPORT_ANSWER, ours.to_fields());
                    self.direct.begin(State::Listening(expected), now);
                }
                None => self.direct.give_up(),
            }
        }
    }

    /// Has the caller connect to where the peer listens. `false`: he doesn't, or doesn't say where.
    fn connect(&mut self, answer: &TransportAnswer, now: Instant) -> bool {
        let places = answer.places();
        let is_good = answer.listening && !places.is_empty();
        let nonce = answer.nonce.filter(|nonce| is_good && !nonce.is_none());
        let Some(nonce) = nonce else { return false };
        if let NonceForm::Plain(guid) = nonce {
            self.direct.ours = Nonce::of_guid(guid);
        }
        self.direct.begin(State::Connecting(nonce), now);
        self.events.push_back(Event::Connect { places });
        true
    }

    /// The caller has connected to one of the places of an [`Event::Connect`].
    pub fn connected(&mut self, now: Instant) {
        if let State::Connecting(expected) = self.direct.state {
            let proof = self.proof();
            self.direct.out = VecDeque::from([hello(), proof]);
            self.direct.begin(State::Proving(expected), now);
        }
    }

    /// The caller could not connect to any of the places: the session goes on in the chat.
    pub fn connection_failed(&mut self) {
        if matches!(self.direct.state, State::Connecting(_)) {
            self.direct.give_up();
        }
    }

    /// Whether a connection is expected from whoever has this nonce.
    pub fn expects(&self, nonce: Nonce) -> bool {
        matches!(self.direct.state, State::Listening(expected) if nonce.is(expected))
    }

    /// The peer has connected to us, with a nonce that [is expected](Self::expects). `false`: it is not; the connection is to
    /// be closed.
    pub fn connected_by(&mut self, nonce: Nonce) -> bool {
        let is_expected = self.expects(nonce);
        if is_expected {
            let proof = self.proof();
            self.direct.out = VecDeque::from([proof]);
            self.open();
        }
        is_expected
    }

    /// The frame with our nonce.
    fn proof(&mut self) -> Vec<u8> {
        let nonce = self.direct.ours.0;
        match self.link.identifier() {
            Some(identifier) => {
                let mut packet = Vec::new();
                Header::handshake(identifier, nonce).write(&mut packet);
                frame(&packet)
            }
            None => frame(&nonce),
        }
    }

    fn open(&mut self) {
        (self.direct.state, self.direct.until) = (State::Open, None);
        if self.link.is_version_2() {
            self.direct.link = Some(Link::new(true, &mut self.ids));
        }
        for session in &mut self.sessions {
            if let Stage::Sending { out, .. } = &mut session.stage
                && !out.is_begun
            {
                out.via = Via::Direct;
            }
        }
    }

    /// Takes bytes from the direct connection.
    ///
    /// # Errors
    /// When the connection is to be closed. The sessions go on in the chat, where they can.
    pub fn receive_direct(&mut self, mut bytes: &[u8], now: Instant) -> Result<(), DirectError> {
        loop {
            let Ok(packet) = self.direct.frames.next(&mut bytes) else {
                return self.break_off(DirectError::TooLong);
            };
            let Some(packet) = packet else { return Ok(()) };
            match self.direct.state {
                State::Proving(expected) => {
                    if !read_nonce(&packet).is_some_and(|nonce| nonce.is(expected)) {
                        return self.break_off(DirectError::Stranger);
                    }
                    self.open();
                    if let Some(link) = &mut self.direct.link {
                        link.greet();
                    }
                }
                State::Open => self.receive_packet(&packet, Via::Direct, now),
                _ => return self.break_off(DirectError::Stranger),
            }
        }
    }

    fn break_off(&mut self, why: DirectError) -> Result<(), DirectError> {
        self.direct_closed();
        Err(why)
    }

    /// The direct connection is closed. What was sent over it and may be lost is asked for again in version 1; in version 2
    /// that can't be told in the chat, and the session ends.
    pub fn direct_closed(&mut self) {
        self.direct.give_up();
        let mut lost: Vec<SessionId> = Vec::new();
        for session in &mut self.sessions {
            match &mut session.stage {
                Stage::Sending { out, .. } if out.via == Via::Direct => {
                    if self.link.is_version_2() && out.is_begun {
                        lost.push(session.id);
                    }
                    out.via = Via::Switchboard;
                }
                Stage::Receiving { assembly: Some((_, label)), .. } if label.via == Via::Direct => {
                    if self.link.is_version_2() {
                        lost.push(session.id);
                    }
                    label.via = Via::Switchboard;
                }
                _ => {}
            }
        }
        for session in lost {
            self.fail(session, Ending::Broken);
        }
    }

    /// What is to be sent over the direct connection before any packet.
    pub(super) fn opening(&mut self) -> Option<Vec<u8>> {
        self.direct.out.pop_front()
    }

    /// The link of a way.
    pub(super) fn link_of(&mut self, via: Via) -> &mut Link {
        match (via, &mut self.direct.link) {
            (Via::Direct, Some(link)) => link,
            _ => &mut self.link,
        }
    }

    /// The way that new data goes.
    pub(super) const fn way(&self) -> Via {
        if self.direct.is_open() { Via::Direct } else { Via::Switchboard }
    }

    /// Gives up what has taken too long.
    pub(super) fn direct_due(&mut self, now: Instant) {
        if self.direct.until.is_some_and(|until| until <= now) {
            self.direct.give_up();
        }
    }
}

/// Why a direct connection is to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DirectError {
    /// Whoever is on the other end has not proved that it is the peer.
    #[error("whoever is on the direct connection is not who was invited to it")]
    Stranger,
    /// A packet is too long.
    #[error("a packet on the direct connection is too long")]
    TooLong,
}
