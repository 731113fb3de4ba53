//! Data of sessions, both ways.

use std::time::Instant;

use super::super::assembly::Assembly;
use super::super::link::{Outgoing, Part};
use super::super::slp::{Close, Method, content};
use super::super::{Via, limits};
use super::{Ending, Event, Peer, SessionId, Source, Stage, Want, What};

/// The most bytes of a file that are asked for at a time.
pub(super) const SUPPLY: usize = 16 * limits::DIRECT_CHUNK;

impl Peer {
    /// What of a file is to be sent next.
    pub fn poll_want(&mut self) -> Option<Want> {
        self.sessions.iter_mut().find_map(|session| {
            let Stage::Sending { out, source: Source::Caller { at, piece, asked } } = &mut session.stage
            else {
                return None;
            };
            let has_enough = out.sent < *at + piece.len() as u64;
            if *asked || has_enough || out.is_sent() {
                return None;
            }
            (*at, *asked) = (out.sent, true);
            piece.clear();
            let length = usize::try_from(out.total - out.sent).unwrap_or(SUPPLY).min(SUPPLY);
            Some(Want { session: session.id, offset: *at, length })
        })
    }

    /// The next packet of data, of the session whose turn it is.
    pub(super) fn data(&mut self, via: Via, now: Instant) -> Option<Vec<u8>> {
        let settling = self.direct.is_settling();
        let link = match (via, &mut self.direct.link) {
            (Via::Direct, Some(link)) => link,
            _ => &mut self.link,
        };
        let most = link.chunk(via);
        let count = if link.takes_data(now) { self.sessions.len() } else { 0 };
        for step in 1..=count {
            let at = (self.turn + step) % count;
            let Some(session) = self.sessions.get_mut(at) else { continue };
            let Stage::Sending { out, source } = &mut session.stage else { continue };
            // A file waits for a better way that may come.
            let waits = settling && !out.is_begun && matches!(session.what, What::File { .. });
            if out.via != via || waits {
                continue;
            }
            // Of nothing at all one packet is sent, so that the other side sees that it has come.
            if out.is_sent() && (out.total > 0 || out.is_begun) {
                continue;
            }
            let most = usize::try_from(out.total - out.sent).unwrap_or(usize::MAX).min(most);
            let (bytes, from) = match source {
                Source::Memory(bytes) => (&**bytes, 0),
                Source::Caller { at, piece, .. } => (&**piece, *at),
            };
            let from = usize::try_from(out.sent - from).unwrap_or(usize::MAX);
            let rest = bytes.get(from..).unwrap_or_default();
            let piece = rest.get(..most).unwrap_or(rest);
            if piece.is_empty() && most > 0 {
                continue;
            }
            let packet = link.data(out, piece, via);
            session.touched = now;
            self.turn = at;
            return Some(packet);
        }
        None
    }

    /// A message of ours has arrived, or in version 2 all up to there.
    pub(super) fn acked(&mut self, number: u32, via: Via, now: Instant) {
        let is_it = |stage: &Stage| match stage {
            Stage::Preparing { number: waits, .. } => *waits == Some(number),
            Stage::Sending { out, .. } => {
                let is_way = out.via == via || !self.link.is_version_2();
                is_way && out.is_begun && out.is_sent() && self.link.covers(number, out.number)
            }
            _ => false,
        };
        let arrived = self.sessions.iter().filter(|session| is_it(&session.stage));
        let arrived: Vec<_> = arrived.map(|session| session.id).collect();
        for id in arrived {
            let Some(session) = self.find(id) else { continue };
            match (&session.stage, &session.what) {
                (Stage::Preparing { .. }, _) => self.prepared(id, now),
                (_, What::File { .. }) => {
                    self.linger(id, now);
                    self.say_goodbye(id);
                }
                // Who fetches an object says goodbye himself.
                _ => self.linger(id, now),
            }
        }
    }

    /// Begins a message of data of a session, given by its numbers on the wire.
    pub(super) fn begin(&mut self, ways: (u32, u32), is_file: bool, total: u64) -> Outgoing {
        let mut out = self.link.begin(ways, is_file, total, &mut self.ids);
        out.via = self.way();
        out
    }

    /// The peer is ready for an object.
    pub(super) fn prepared(&mut self, id: SessionId, now: Instant) {
        let Some(at) = self.sessions.iter().position(|session| session.id == id) else { return };
        let Some(session) = self.sessions.get_mut(at) else { return };
        if let Stage::Preparing { source: Source::Memory(data), .. } = &session.stage {
            let (ways, data) = ((session.wire, session.app_id), data.clone());
            let out = self.begin(ways, false, data.len() as u64);
            let Some(session) = self.sessions.get_mut(at) else { return };
            session.stage = Stage::Sending { out, source: Source::Memory(data) };
            session.touched = now;
        }
    }

    fn say_goodbye(&mut self, id: SessionId) {
        let Some(session) = self.find(id) else { return };
        let (wire, call_id) = (session.wire, session.call_id.clone());
        let close = Close { session: Some(wire), context: None };
        self.ask(Method::Bye, &call_id, content::CLOSE, close.to_fields());
        self.end(id, Ending::Complete);
    }

    /// The peer wants data again, from somewhere on.
    pub(super) fn again(&mut self, (wire, number): (u32, u32), offset: u64, via: Via, now: Instant) {
        let is_it = |session: &&mut super::Session| match &session.stage {
            Stage::Sending { out, .. } => out.number == number || session.wire == wire,
            _ => false,
        };
        let Some(session) = self.sessions.iter_mut().find(is_it) else { return };
        let id = session.id;
        let Stage::Sending { out, source } = &mut session.stage else { return };
        session.repeats += 1;
        if session.repeats > limits::REPEATS {
            return self.fail(id, Ending::Broken);
        }
        // It goes on the way on which it was asked for.
        out.via = via;
        if offset < out.sent {
            out.sent = offset;
            if let Source::Caller { at, piece, asked } = source {
                (*at, *asked) = (offset, false);
                piece.clear();
            }
        }
        session.touched = now;
    }

    /// The peer says that a session is broken, or that he gives up.
    pub(super) fn broken(&mut self, wire: u32, number: u32, how: Ending) {
        let is_it = |session: &&super::Session| match &session.stage {
            Stage::Sending { out, .. } => out.number == number || session.wire == wire,
            _ => session.wire == wire,
        };
        if let Some(session) = self.sessions.iter().find(is_it) {
            let id = session.id;
            self.end(id, how);
        }
    }

    /// A message in a session that is no data.
    pub(super) fn text(&mut self, wire: u32, bytes: Vec<u8>, now: Instant) {
        let Some(session) = self.on_wire(wire) else { return };
        session.touched = now;
        let session = (matches!(session.stage, Stage::Open)).then_some(session.id);
        // In other sessions it says that data follows.
        if let Some(session) = session {
            self.events.push_back(Event::Text { session, bytes });
        }
    }

    /// A piece of data has come.
    pub(super) fn part(&mut self, part: &Part, now: Instant) {
        let Some(session) = self.sessions.iter_mut().find(|session| session.wire == part.session) else {
            return self.link.reset(part.label);
        };
        let id = session.id;
        let expected = match &session.what {
            What::Object(object) => object.size(),
            What::File { size } => *size,
            What::Other => return,
        };
        let Stage::Receiving { assembly, object, asked_again } = &mut session.stage else { return };
        if part.total != expected {
            self.link.complete(part.label);
            return self.fail(id, Ending::WrongData);
        }
        let (assembly, label) = assembly.get_or_insert_with(|| (Assembly::new(part.total), part.label));
        *label = part.label;
        let before = assembly.next();
        let (events, is_file) = (&mut self.events, matches!(session.what, What::File { .. }));
        assembly.insert(part.offset, &part.data, |offset, bytes| {
            if is_file {
                events.push_back(Event::Data { session: id, offset, bytes: bytes.to_vec() });
            } else {
                object.extend_from_slice(bytes);
            }
        });
        if assembly.next() > before {
            (session.touched, *asked_again) = (now, None);
        }
        if !assembly.is_whole() {
            return;
        }
        self.link.complete(part.label);
        match &session.what {
            What::Object(wanted) if wanted.is_of(object) => {
                let (data, wanted) = (std::mem::take(object), wanted.clone());
                self.events.push_back(Event::Object { session: id, object: wanted, data });
                self.linger(id, now);
                self.say_goodbye(id);
            }
            What::Object(_) => self.fail(id, Ending::WrongData),
            // The sender says goodbye, or we do after a while.
            _ => self.linger(id, now),
        }
    }

    /// Something has to be done about a session.
    pub(super) fn due(&mut self, id: SessionId, now: Instant) {
        let Some(session) = self.find(id) else { return };
        let is_over = now.saturating_duration_since(session.touched) >= limits::IDLE;
        match &mut session.stage {
            // The peer has been told nothing yet, so he is told that nobody answers.
            Stage::Invited => {
                self.answer_invitation(id, 603);
                self.end(id, Ending::TimedOut);
            }
            Stage::Preparing { .. } => self.prepared(id, now),
            Stage::Receiving { assembly: Some((assembly, label)), asked_again, .. }
                if session.repeats < limits::REPEATS && !is_over =>
            {
                session.repeats += 1;
                *asked_again = Some(now);
                let (label, from) = (*label, assembly.next());
                self.link_of(label.via).ask_again(label, from);
            }
            Stage::Lingering => self.say_goodbye(id),
            _ => self.fail(id, Ending::TimedOut),
        }
    }
}
