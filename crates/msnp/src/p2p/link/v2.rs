//! Version 2: one stream of bytes with sequence numbers, acknowledged when asked for (MSNC reference, section 5).

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use super::super::ids::Ids;
use super::super::limits;
use super::super::v2::{Body, FOOTER, Kind, Packet};
use super::v2_messages::Messages;
use super::{Incoming, Outgoing, Via};

/// Packets of data after which the peer is asked to say how far he is.
const RAK_EVERY: usize = 16;

/// How often the peer is asked for what is missing before it is given up.
const GAP_ASKED: u32 = 3;

#[derive(Debug)]
pub(in super::super) struct V2 {
    shake: Shake,
    /// Whether to say what we are although there is nothing else to say.
    greeting: bool,
    /// The number of our next byte.
    next: u32,
    /// The number of the peer's next byte, once he has said anything.
    expected: Option<u32>,
    /// The number of our next message that is split.
    package: u16,
    ack_due: bool,
    nak_due: bool,
    /// Messages that are wholly in memory, the first one partly sent.
    messages: VecDeque<Message>,
    /// What was sent and not acknowledged, the oldest first.
    log: VecDeque<Sent>,
    /// How many at the end of the log are to be sent again.
    resend: usize,
    /// How often the peer wanted something again since he last acknowledged anything.
    repeats: u32,
    unasked: usize,
    /// When the log became full.
    blocked: Option<Instant>,
    /// What came before something that is in front of it.
    ahead: BTreeMap<u32, Vec<u8>>,
    ahead_bytes: usize,
    gap: Option<Gap>,
    incoming: Messages,
}

/// Whether both sides have said what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shake {
    /// Nobody said anything.
    Fresh,
    /// The peer did, and waits for us.
    Asked,
    /// We did, and wait for the peer.
    Asking,
    Done,
}

#[derive(Debug)]
struct Message {
    session: u32,
    package: u16,
    bytes: Vec<u8>,
    sent: usize,
}

#[derive(Debug)]
struct Sent {
    sequence: u32,
    /// The number behind its last byte.
    end: u32,
    packet: Vec<u8>,
}

/// Something is missing that others are behind of.
#[derive(Clone, Copy, Debug)]
struct Gap {
    /// When it was last asked for.
    since: Instant,
    /// How often.
    asked: u32,
}

/// Whether `number` is at `other` or behind it. Numbers go round.
pub(in super::super) const fn is_at_least(number: u32, other: u32) -> bool {
    number.wrapping_sub(other) < 1 << 31
}

impl V2 {
    pub(in super::super) fn new(ids: &mut Ids) -> Self {
        Self {
            shake: Shake::Fresh,
            greeting: false,
            next: ids.number(),
            expected: None,
            package: 0,
            ack_due: false,
            nak_due: false,
            messages: VecDeque::new(),
            log: VecDeque::new(),
            resend: 0,
            repeats: 0,
            unasked: 0,
            blocked: None,
            ahead: BTreeMap::new(),
            ahead_bytes: 0,
            gap: None,
            incoming: Messages::default(),
        }
    }

    pub(in super::super) fn is_full(&self) -> bool {
        self.messages.len() >= limits::WAITING
    }

    /// A number for a message that is split, never 0.
    fn package(&mut self) -> u16 {
        self.package = self.package.checked_add(1).unwrap_or(1);
        self.package
    }

    /// Queues a message that is wholly in memory.
    pub(in super::super) fn say(&mut self, session: u32, bytes: Vec<u8>) {
        let package = if bytes.len() > limits::CHUNK_V2 { self.package() } else { 0 };
        self.messages.push_back(Message { session, package, bytes, sent: 0 });
    }

    /// Begins a message of data.
    pub(in super::super) fn begin(
        &mut self,
        (session, app_id): (u32, u32),
        is_file: bool,
        total: u64,
    ) -> Outgoing {
        let random = u32::from(self.package());
        Outgoing {
            number: 0,
            random,
            session,
            app_id,
            is_file,
            total,
            sent: 0,
            via: Via::Switchboard,
            is_begun: false,
        }
    }

    /// Whether data may be sent now: the handshake is done, and there is not too much that was not acknowledged.
    pub(in super::super) fn takes_data(&mut self, now: Instant) -> bool {
        let is_full = self.log.len() >= limits::WINDOW;
        self.blocked = if is_full { Some(self.blocked.unwrap_or(now)) } else { None };
        self.shake == Shake::Done && !is_full
    }

    /// Makes the next packet of a message of data.
    pub(in super::super) fn data(&mut self, out: &mut Outgoing, data: &[u8], via: Via) -> Vec<u8> {
        let after = out.sent + data.len() as u64;
        let body = Body {
            first: !out.is_begun,
            kind: if out.is_file { Kind::FILE } else { Kind::OBJECT },
            package: u16::try_from(out.random).unwrap_or(1),
            session: out.session,
            remaining: out.total.saturating_sub(after),
            data,
        };
        (out.sent, out.is_begun) = (after, true);
        self.unasked += 1;
        let rak = after >= out.total || self.unasked >= RAK_EVERY;
        let packet = self.packet(rak, body, via);
        out.number = self.next;
        packet
    }

    /// Makes a packet, and keeps it.
    fn packet(&mut self, rak: bool, body: Body<'_>, via: Via) -> Vec<u8> {
        let syn = self.shake == Shake::Fresh;
        if syn {
            self.shake = Shake::Asking;
        }
        if rak {
            self.unasked = 0;
        }
        let packet =
            Packet { syn, rak: rak || syn, sequence: self.next, body: Some(body), ..Packet::default() };
        let sequence = self.next;
        self.next = sequence.wrapping_add(packet.advance());
        let packet = write(&packet, via);
        if self.log.len() >= limits::WINDOW * 2 {
            self.log.pop_front();
        }
        self.log.push_back(Sent { sequence, end: self.next, packet: packet.clone() });
        packet
    }

    /// Says what we are before there is anything to say.
    pub(in super::super) fn greet(&mut self) {
        self.greeting = self.shake == Shake::Fresh;
    }

    /// The next packet of what is queued.
    pub(in super::super) fn poll(&mut self, via: Via) -> Option<Vec<u8>> {
        if self.shake == Shake::Asked {
            self.shake = Shake::Done;
            self.ack_due = false;
            let (sequence, ack) = (self.next, self.expected);
            return Some(write(&Packet { syn: true, rak: true, sequence, ack, ..Packet::default() }, via));
        }
        if std::mem::take(&mut self.greeting) && self.shake == Shake::Fresh {
            self.shake = Shake::Asking;
            return Some(write(
                &Packet { syn: true, rak: true, sequence: self.next, ..Packet::default() },
                via,
            ));
        }
        if self.ack_due || self.nak_due {
            let ack = self.expected.filter(|_| self.ack_due);
            let nak = self.expected.filter(|_| self.nak_due);
            (self.ack_due, self.nak_due) = (false, false);
            if ack.is_some() || nak.is_some() {
                return Some(write(&Packet { sequence: self.next, ack, nak, ..Packet::default() }, via));
            }
        }
        if self.resend > 0 {
            let at = self.log.len().checked_sub(self.resend)?;
            self.resend -= 1;
            return self.log.get(at).map(|sent| sent.packet.clone());
        }
        // The first message says what we are; the second waits until the peer has said the same.
        if self.shake == Shake::Asking {
            return None;
        }
        let mut message = self.messages.pop_front()?;
        let rest = message.bytes.get(message.sent..).unwrap_or_default();
        let (data, rest) = rest.split_at_checked(limits::CHUNK_V2).unwrap_or((rest, &[]));
        let body = Body {
            first: message.sent == 0,
            kind: Kind::MESSAGE,
            package: message.package,
            session: message.session,
            remaining: rest.len() as u64,
            data,
        };
        let (is_whole, length) = (rest.is_empty(), data.len());
        let packet = self.packet(true, body, via);
        if !is_whole {
            message.sent += length;
            self.messages.push_front(message);
        }
        Some(packet)
    }

    /// Takes a packet.
    pub(in super::super) fn receive(
        &mut self,
        bytes: &[u8],
        via: Via,
        now: Instant,
        out: &mut Vec<Incoming>,
    ) {
        let bytes = match via {
            Via::Switchboard => bytes.get(..bytes.len().saturating_sub(FOOTER)).unwrap_or_default(),
            Via::Direct => bytes,
        };
        let Some(packet) = Packet::read(bytes) else { return };
        if let Some(ack) = packet.ack {
            self.acked(ack, out);
        }
        if let Some(nak) = packet.nak {
            self.again(nak);
        }
        if packet.syn {
            if self.shake == Shake::Fresh {
                self.shake = Shake::Asked;
            }
            if self.expected.is_none() {
                self.expected = Some(packet.sequence);
                self.catch_up(via, out);
            }
        }
        let is_next = self.expected == Some(packet.sequence);
        if packet.body.is_none() {
            self.ack_due |= packet.rak;
        } else if is_next {
            self.take(&packet, via, out);
            self.catch_up(via, out);
        } else if self.expected.is_some_and(|expected| !is_at_least(packet.sequence, expected)) {
            // It was here before.
            self.ack_due |= packet.rak;
        } else if self.ahead_bytes + cost(bytes) <= limits::REORDERED
            && !self.ahead.contains_key(&packet.sequence)
        {
            self.ahead_bytes += cost(bytes);
            self.ahead.insert(packet.sequence, bytes.to_vec());
            if self.gap.is_none() {
                (self.gap, self.nak_due) = (Some(Gap { since: now, asked: 1 }), true);
            }
        }
    }

    /// Takes what is no longer ahead of anything.
    fn catch_up(&mut self, via: Via, out: &mut Vec<Incoming>) {
        while let Some(expected) = self.expected {
            // What is ahead is few; what overlaps is dropped.
            let Some(at) = self.ahead.keys().copied().find(|at| is_at_least(expected, *at)) else { break };
            let Some(bytes) = self.ahead.remove(&at) else { break };
            self.ahead_bytes -= cost(&bytes);
            if let Some(packet) = Packet::read(&bytes).filter(|_| at == expected) {
                self.take(&packet, via, out);
            }
        }
        if self.ahead.is_empty() {
            self.gap = None;
        }
    }

    /// Takes the packet that is next.
    fn take(&mut self, packet: &Packet<'_>, via: Via, out: &mut Vec<Incoming>) {
        self.expected = Some(packet.sequence.wrapping_add(packet.advance()));
        self.ack_due |= packet.rak;
        let Some(body) = packet.body else { return };
        out.extend(self.incoming.take(body, via));
    }

    /// The peer has everything in front of `ack`.
    fn acked(&mut self, ack: u32, out: &mut Vec<Incoming>) {
        // He can't have what was never sent.
        if !is_at_least(self.next, ack) {
            return;
        }
        if self.shake == Shake::Asking {
            self.shake = Shake::Done;
        }
        let before = self.log.len();
        while self.log.front().is_some_and(|sent| is_at_least(ack, sent.end)) {
            self.log.pop_front();
        }
        self.resend = self.resend.min(self.log.len());
        if self.log.len() < before {
            self.repeats = 0;
        }
        out.push(Incoming::Acked { number: ack });
    }

    /// The peer wants everything again from `nak` on. What is no longer kept can't be had.
    fn again(&mut self, nak: u32) {
        let wanted = self.log.iter().filter(|sent| is_at_least(sent.sequence, nak)).count();
        if self.resend == 0 && self.repeats < limits::REPEATS {
            self.repeats += 1;
            self.resend = wanted;
        }
    }

    /// Asks for whatever is next.
    pub(in super::super) fn ask_again(&mut self) {
        self.nak_due = true;
    }

    pub(in super::super) fn poll_timeout(&self) -> Option<Instant> {
        let gap = self.gap.map(|gap| gap.since + limits::GAP);
        let blocked = self.blocked.map(|since| since + limits::PREPARATION);
        gap.into_iter().chain(blocked).min()
    }

    /// Goes on without what does not come: a bridge that loses nothing has no gaps, so the peer counts in another way.
    /// And without acknowledgements that don't come.
    pub(in super::super) fn handle_timeout(&mut self, via: Via, now: Instant, out: &mut Vec<Incoming>) {
        if self.blocked.is_some_and(|since| since + limits::PREPARATION <= now) {
            self.log.clear();
            (self.blocked, self.resend) = (None, 0);
        }
        let Some(gap) = self.gap.filter(|gap| gap.since + limits::GAP <= now) else { return };
        if gap.asked < GAP_ASKED {
            self.gap = Some(Gap { since: now, asked: gap.asked + 1 });
            self.nak_due = true;
            return;
        }
        self.gap = None;
        let base = self.expected.unwrap_or_default();
        let nearest = self.ahead.keys().copied().min_by_key(|at| at.wrapping_sub(base));
        if let Some(nearest) = nearest {
            self.expected = Some(nearest);
            self.catch_up(via, out);
        }
        if !self.ahead.is_empty() {
            (self.gap, self.nak_due) = (Some(Gap { since: now, asked: 1 }), true);
        }
    }
}

/// What it takes to keep a packet: itself, and its place.
const fn cost(bytes: &[u8]) -> usize {
    bytes.len() + 64
}

fn write(packet: &Packet<'_>, via: Via) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + packet.body.as_ref().map_or(0, |body| body.data.len()));
    packet.write(&mut out);
    if via == Via::Switchboard {
        out.extend_from_slice(&[0; FOOTER]);
    }
    out
}
