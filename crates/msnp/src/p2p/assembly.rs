//! A message that comes in pieces.

use std::collections::BTreeMap;

use super::limits;

/// Puts pieces in order. What is ahead of a gap is kept, up to a limit; what comes twice counts once, and the first time.
#[derive(Debug)]
pub(super) struct Assembly {
    total: u64,
    next: u64,
    ahead: BTreeMap<u64, Vec<u8>>,
    ahead_bytes: usize,
}

impl Assembly {
    /// Of a message of `total` bytes. Nothing is set aside for it.
    pub(super) const fn new(total: u64) -> Self {
        Self { total, next: 0, ahead: BTreeMap::new(), ahead_bytes: 0 }
    }

    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    /// How much of it is there without a gap.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    pub(super) const fn is_whole(&self) -> bool {
        self.next == self.total
    }

    /// Whether something is missing that others are behind of.
    pub(super) fn has_gap(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// Takes a piece, and gives what is in order now, with its place. What is beyond the end is cut off.
    pub(super) fn insert(&mut self, offset: u64, piece: &[u8], mut take: impl FnMut(u64, &[u8])) {
        let Some(room) = self.total.checked_sub(offset) else { return };
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let piece = piece.get(..room).unwrap_or(piece);
        if offset > self.next {
            let fits = self.ahead_bytes + cost(piece) <= limits::REORDERED;
            if fits && !piece.is_empty() && !self.ahead.contains_key(&offset) {
                self.ahead_bytes += cost(piece);
                self.ahead.insert(offset, piece.to_vec());
            }
            return;
        }
        self.advance(offset, piece, &mut take);
        while let Some(entry) = self.ahead.first_entry().filter(|entry| *entry.key() <= self.next) {
            let (offset, piece) = entry.remove_entry();
            self.ahead_bytes -= cost(&piece);
            self.advance(offset, &piece, &mut take);
        }
    }

    /// Takes what is new of a piece that begins at `next` or before it.
    fn advance(&mut self, offset: u64, piece: &[u8], take: &mut impl FnMut(u64, &[u8])) {
        let known = usize::try_from(self.next - offset).unwrap_or(usize::MAX);
        if let Some(new) = piece.get(known..).filter(|new| !new.is_empty()) {
            take(self.next, new);
            self.next += new.len() as u64;
        }
    }
}

/// What it takes to keep a piece: itself, and its place. Thousands of tiny ones are not cheap.
const fn cost(piece: &[u8]) -> usize {
    piece.len() + 64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lies_cost_nothing() {
        let mut assembly = Assembly::new(1 << 50);
        let mut taken = 0;
        for i in 1..1_000_000_u64 {
            assembly.insert(i * 1000, &[0; 10], |_, piece| taken += piece.len());
            assembly.insert(i * 1000, &[], |_, piece| taken += piece.len());
        }
        assert!(assembly.ahead_bytes <= limits::REORDERED && assembly.has_gap() && taken == 0);
        assembly.insert(u64::MAX, b"x", |_, _| panic!("beyond the end"));
        assembly.insert(0, &[], |_, _| panic!("nothing"));
    }

    proptest! {
        #[test]
        fn pieces_in_any_order_make_the_message(
            message in proptest::collection::vec(any::<u8>(), 0..300),
            cuts in proptest::collection::vec((0..320_usize, 0..80_usize), 0..60),
        ) {
            let mut assembly = Assembly::new(message.len() as u64);
            let mut whole = Vec::new();
            for (from, length) in cuts {
                let from = from.min(message.len());
                let mut piece = message[from..(from + length).min(message.len())].to_vec();
                if from + length >= message.len() {
                    piece.push(0xff);
                }
                assembly.insert(from as u64, &piece, |at, new| {
                    assert_eq!(at, whole.len() as u64);
                    whole.extend_from_slice(new);
                });
                prop_assert_eq!(assembly.next(), whole.len() as u64);
                prop_assert_eq!(&message[..whole.len()], &*whole);
                prop_assert_eq!(assembly.is_whole(), whole.len() == message.len());
                prop_assert!(!assembly.is_whole() || !assembly.has_gap());
            }
        }
    }
}
