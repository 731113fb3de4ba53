//! What the packets of version 2 make when put together.

use std::collections::VecDeque;

use super::super::assembly::Assembly;
use super::super::limits;
use super::super::v2::Body;
use super::{Incoming, Label, Part, Via};

/// Messages of the peer that are here in part.
#[derive(Debug, Default)]
pub(super) struct Messages {
    partials: Vec<Partial>,
    streams: VecDeque<Stream>,
}

/// A message of the peer that is here in part.
#[derive(Debug)]
struct Partial {
    session: u32,
    package: u16,
    assembly: Assembly,
    bytes: Vec<u8>,
}

/// A message of data: its packets say how much is behind them, and not where they are.
#[derive(Debug)]
struct Stream {
    session: u32,
    package: u16,
    total: u64,
}

impl Messages {
    /// Takes what a packet carries. Packets come in order, each once.
    pub(super) fn take(&mut self, body: Body<'_>, via: Via) -> Option<Incoming> {
        if body.session != 0 && body.kind.is_data() { self.piece(body, via) } else { self.assemble(body) }
    }

    fn piece(&mut self, body: Body<'_>, via: Via) -> Option<Incoming> {
        let (session, package, length) = (body.session, body.package, body.data.len() as u64);
        if body.first {
            if self.streams.len() >= limits::SESSIONS {
                self.streams.pop_front();
            }
            let total = body.remaining.checked_add(length)?;
            self.streams.push_back(Stream { session, package, total });
        }
        let is_it = |stream: &&Stream| stream.session == session && stream.package == package;
        let total = self.streams.iter().rev().find(is_it)?.total;
        let offset = total.checked_sub(body.remaining)?.checked_sub(length)?;
        let (data, label) = (body.data.to_vec(), Label { via, ..Label::default() });
        Some(Incoming::Part(Part { session, offset, total, data, label }))
    }

    /// Puts together a message that is not data.
    fn assemble(&mut self, body: Body<'_>) -> Option<Incoming> {
        let (session, package, length) = (body.session, body.package, body.data.len() as u64);
        let most = if session == 0 { limits::SLP as u64 } else { limits::TEXT };
        let whole = |bytes| match session {
            0 => Incoming::Slp(bytes),
            _ => Incoming::Text { session, bytes },
        };
        if body.first && body.remaining == 0 {
            return (length <= most).then(|| whole(body.data.to_vec()));
        }
        let is_it = |partial: &Partial| partial.session == session && partial.package == package;
        if body.first {
            self.partials.retain(|partial| !is_it(partial));
            let total = body.remaining.checked_add(length).filter(|total| *total <= most)?;
            if self.partials.len() >= limits::PARTIALS {
                self.partials.remove(0);
            }
            self.partials.push(Partial {
                session,
                package,
                assembly: Assembly::new(total),
                bytes: Vec::new(),
            });
        }
        let at = self.partials.iter().position(is_it)?;
        let Partial { assembly, bytes, .. } = self.partials.get_mut(at)?;
        let offset = assembly.total().checked_sub(body.remaining)?.checked_sub(length)?;
        assembly.insert(offset, body.data, |_, piece| bytes.extend_from_slice(piece));
        assembly.is_whole().then(|| whole(self.partials.remove(at).bytes))
    }
}
