//! Version 1: messages by number, each acknowledged once and whole (MSNC reference, 4.3).

use std::collections::VecDeque;
use std::time::Instant;

use super::super::assembly::Assembly;
use super::super::ids::Ids;
use super::super::limits;
use super::super::v1::{FOOTER, Flags, HEADER, Header, Packet};
use super::{Incoming, Label, Outgoing, Part, Via};

#[derive(Debug)]
pub(in super::super) struct V1 {
    /// The number of our next message.
    next: u32,
    /// Packets without data: acknowledgements mostly. They go first.
    words: VecDeque<(Header, u32)>,
    /// Messages that are wholly in memory, the first one partly sent.
    messages: VecDeque<Message>,
    /// What of the peer's messages is here, the oldest first.
    partials: Vec<Partial>,
    /// Numbers of his messages that need nothing more.
    done: VecDeque<u32>,
    /// Messages of data whose offsets are behind, and by how much. See [`V1::true_offset`].
    behind: VecDeque<(u32, u64)>,
}

#[derive(Debug)]
struct Message {
    header: Header,
    footer: u32,
    bytes: Vec<u8>,
}

#[derive(Debug)]
struct Partial {
    identifier: u32,
    assembly: Assembly,
    bytes: Vec<u8>,
    since: Instant,
}

impl V1 {
    pub(in super::super) fn new(ids: &mut Ids) -> Self {
        let (words, messages, done) = (VecDeque::new(), VecDeque::new(), VecDeque::new());
        Self { next: ids.number(), words, messages, partials: Vec::new(), done, behind: VecDeque::new() }
    }

    /// Whether the peer has caused more than we could send so far.
    pub(in super::super) fn is_full(&self) -> bool {
        self.words.len() + self.messages.len() >= limits::WAITING
    }

    pub(in super::super) fn identifier(&mut self) -> u32 {
        let identifier = self.next;
        self.next = identifier.checked_add(1).unwrap_or(4);
        identifier
    }

    /// Queues a message that is wholly in memory, and gives its number.
    pub(in super::super) fn say(&mut self, session: u32, app_id: u32, bytes: Vec<u8>, ids: &mut Ids) -> u32 {
        let identifier = self.identifier();
        let total = bytes.len() as u64;
        let header = Header { session, identifier, total, ack_session: ids.number(), ..Header::default() };
        self.messages.push_back(Message { header, footer: app_id, bytes });
        identifier
    }

    /// Begins a message of data.
    pub(in super::super) fn begin(
        &mut self,
        (session, app_id): (u32, u32),
        is_file: bool,
        total: u64,
        ids: &mut Ids,
    ) -> Outgoing {
        Outgoing {
            number: self.identifier(),
            random: ids.number(),
            session,
            app_id,
            is_file,
            total,
            sent: 0,
            via: Via::Switchboard,
            is_begun: false,
        }
    }

    /// Makes the next packet of a message of data.
    pub(in super::super) fn data(&mut self, out: &mut Outgoing, data: &[u8], via: Via) -> Vec<u8> {
        let header = Header {
            session: out.session,
            identifier: out.number,
            offset: out.sent,
            total: out.total,
            flags: if out.is_file { Flags::FILE } else { Flags::OBJECT },
            ack_session: out.random,
            ..Header::default()
        };
        out.sent += data.len() as u64;
        out.is_begun = true;
        write(header, data, out.app_id, via)
    }

    /// The next packet of what is queued.
    pub(in super::super) fn poll(&mut self, via: Via) -> Option<Vec<u8>> {
        if let Some((header, footer)) = self.words.pop_front() {
            return Some(write(header, &[], footer, via));
        }
        let message = self.messages.front_mut()?;
        let from = usize::try_from(message.header.offset).unwrap_or(usize::MAX);
        let rest = message.bytes.get(from..).unwrap_or_default();
        let (data, rest) = rest.split_at_checked(chunk(via)).unwrap_or((rest, &[]));
        let packet = write(message.header, data, message.footer, via);
        message.header.offset += data.len() as u64;
        if rest.is_empty() {
            self.messages.pop_front();
        }
        Some(packet)
    }

    /// Takes a packet.
    pub(in super::super) fn receive(&mut self, packet: &[u8], via: Via, now: Instant) -> Option<Incoming> {
        let packet = match via {
            Via::Switchboard => Packet::read(packet)?,
            Via::Direct => Packet::read_direct(packet)?,
        };
        let (header, footer) = (packet.header, packet.footer.unwrap_or(0));
        let (session, number) = (header.session, header.ack_session);
        if header.flags.has(Flags::ACK) {
            return Some(Incoming::Acked { number });
        }
        if header.flags.has(Flags::NAK) {
            return Some(Incoming::Again { session, number, offset: header.ack_size });
        }
        if header.flags.has(Flags(Flags::RESET.0 | Flags::CANCEL.0 | Flags::ERROR.0)) {
            let cancelled = header.flags.has(Flags::CANCEL);
            return Some(Incoming::Broken { session, number, cancelled });
        }
        // What came already is neither taken nor acknowledged again: libpurple sends each first packet twice.
        if !header.flags.is_message() || self.done.contains(&header.identifier) {
            return None;
        }
        let label = Label { header, footer, via };
        if session != 0 && header.flags.is_data() {
            let (offset, total, data) = (self.true_offset(&packet), header.total, packet.data.to_vec());
            return Some(Incoming::Part(Part { session, offset, total, data, label }));
        }
        let bytes = self.assemble(&packet, now)?;
        self.complete(label);
        Some(if session == 0 { Incoming::Slp(bytes) } else { Incoming::Text { session, bytes } })
    }

    /// Where data belongs.
    ///
    /// libpurple sends a file through the chat with offsets that are behind by one packet: its first one with data says that it
    /// has none, and the second one has the same offset.
    fn true_offset(&mut self, packet: &Packet<'_>) -> u64 {
        let Header { identifier, offset, length, flags, .. } = packet.header;
        // Of objects it sends that packet twice, and the others as they are.
        if flags.is_file() && offset == 0 && length == 0 && !packet.data.is_empty() {
            self.behind.retain(|(number, _)| *number != identifier);
            if self.behind.len() >= limits::SESSIONS {
                self.behind.pop_front();
            }
            self.behind.push_back((identifier, packet.data.len() as u64));
            return 0;
        }
        let behind = self.behind.iter().find(|(number, _)| *number == identifier).map_or(0, |(_, by)| *by);
        offset.saturating_add(behind)
    }

    /// Puts together a message that is not data.
    fn assemble(&mut self, packet: &Packet<'_>, now: Instant) -> Option<Vec<u8>> {
        let header = packet.header;
        let most = if header.session == 0 { limits::SLP as u64 } else { limits::TEXT };
        if header.total > most {
            self.forget(header.identifier);
            return None;
        }
        self.partials.retain(|partial| now.saturating_duration_since(partial.since) < limits::IDLE);
        let at = self.partials.iter().position(|partial| partial.identifier == header.identifier);
        if at.is_none() && self.partials.len() >= limits::PARTIALS {
            self.partials.remove(0);
        }
        let at = at.unwrap_or_else(|| {
            let (identifier, assembly) = (header.identifier, Assembly::new(header.total));
            self.partials.push(Partial { identifier, assembly, bytes: Vec::new(), since: now });
            self.partials.len() - 1
        });
        let partial = self.partials.get_mut(at)?;
        let Partial { assembly, bytes, .. } = partial;
        assembly.insert(header.offset, packet.data, |_, piece| bytes.extend_from_slice(piece));
        assembly.is_whole().then(|| self.partials.remove(at).bytes)
    }

    /// Acknowledges a message that is here as a whole.
    pub(in super::super) fn complete(&mut self, label: Label) {
        let ack = label.header.ack(self.identifier());
        self.words.push_back((ack, label.footer));
        self.forget(label.header.identifier);
    }

    /// Tells that the session of a piece of data is unknown. Told once for a message.
    pub(in super::super) fn reset(&mut self, label: Label) {
        let header = Header { flags: Flags::RESET, length: 0, ..label.header };
        self.words.push_back((header, label.footer));
        self.forget(label.header.identifier);
    }

    /// Asks for the rest of a message of data.
    pub(in super::super) fn ask_again(&mut self, label: Label, from: u64) {
        let header = Header {
            session: label.header.session,
            identifier: self.identifier(),
            flags: Flags::NAK,
            ack_session: label.header.identifier,
            ack_unique: label.header.ack_session,
            ack_size: from,
            ..Header::default()
        };
        self.words.push_back((header, label.footer));
    }

    /// Tells that we give up sending.
    pub(in super::super) fn cancel(&mut self, out: &Outgoing) {
        let header = Header {
            session: out.session,
            identifier: self.identifier(),
            total: out.total,
            flags: Flags::CANCEL,
            ack_session: out.number,
            ack_unique: out.random,
            ack_size: out.sent,
            ..Header::default()
        };
        self.words.push_back((header, out.app_id));
    }

    /// Takes nothing more of a message.
    fn forget(&mut self, identifier: u32) {
        self.partials.retain(|partial| partial.identifier != identifier);
        if self.done.len() >= limits::REMEMBERED {
            self.done.pop_front();
        }
        self.done.push_back(identifier);
    }
}

/// Bytes of data that one packet may have.
pub(in super::super) const fn chunk(via: Via) -> usize {
    match via {
        Via::Switchboard => limits::CHUNK,
        Via::Direct => limits::DIRECT_CHUNK,
    }
}

fn write(header: Header, data: &[u8], footer: u32, via: Via) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + data.len() + FOOTER);
    let footer = Some(footer).filter(|_| via == Via::Switchboard);
    Packet { header, data, footer }.write(&mut out);
    out
}
