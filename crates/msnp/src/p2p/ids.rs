//! Numbers and GUIDs that nobody can guess, made of a seed that the caller has drawn.

use std::fmt;

use sha1::{Digest as _, Sha1};

use crate::types::Guid;

/// Makes numbers of a seed.
#[derive(Clone)]
pub(super) struct Ids {
    seed: [u8; 32],
    drawn: u64,
}

impl Ids {
    pub(super) const fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    /// Another sixteen bytes.
    pub(super) fn bytes(&mut self) -> [u8; 16] {
        self.drawn = self.drawn.wrapping_add(1);
        let digest = Sha1::new().chain_update(self.seed).chain_update(self.drawn.to_le_bytes()).finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, drawn)| *byte = drawn);
        bytes
    }

    /// A seed for somebody else.
    pub(super) fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        let drawn = [self.bytes(), self.bytes()];
        seed.iter_mut().zip(drawn.as_flattened()).for_each(|(byte, drawn)| *byte = *drawn);
        seed
    }

    /// Another number from 4 on that also fits into a signed one: several clients read them as such.
    pub(super) fn number(&mut self) -> u32 {
        let [a, b, c, d, ..] = self.bytes();
        (u32::from_le_bytes([a, b, c, d]) & 0x7fff_ffff).max(4)
    }

    /// Another GUID, in braces and capitals, as it stands in SLP.
    pub(super) fn guid(&mut self) -> String {
        in_braces(Guid(self.bytes()))
    }
}

/// A GUID as it stands in SLP: in braces and capitals.
pub(super) fn in_braces(guid: Guid) -> String {
    format!("{{{guid}}}").to_uppercase()
}

/// What it will draw is secret.
impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ids").field("drawn", &self.drawn).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_different_and_hidden() {
        let (mut one, mut other) = (Ids::new([1; 32]), Ids::new([2; 32]));
        assert_ne!(one.guid(), other.guid());
        assert_ne!(one.guid(), one.guid());
        assert!((0..1000).all(|_| (4..1 << 31).contains(&one.number())));
        assert_ne!(one.seed(), [0; 32]);
        assert!(!format!("{one:?}").contains("seed"));
        assert_eq!(one.guid().len(), 38);
    }
}
