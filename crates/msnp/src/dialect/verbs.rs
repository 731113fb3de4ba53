//! Sets of command words, made at compile time.

use crate::wire::Verb;

/// Which commands a version has: a set of words of the vocabulary ([`Verb::ALL`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verbs(u128);

impl Verbs {
    /// No command.
    pub const NONE: Self = Self(0);

    /// These commands and `more`.
    #[must_use]
    pub const fn and(self, more: &[Verb]) -> Self {
        let (mut bits, mut rest) = (self.0, more);
        while let Some((verb, tail)) = rest.split_first() {
            bits |= bit(*verb);
            rest = tail;
        }
        Self(bits)
    }

    /// These commands but `gone`.
    #[must_use]
    pub const fn but(self, gone: &[Verb]) -> Self {
        Self(self.0 & !Self::NONE.and(gone).0)
    }

    /// Whether `verb` is among them. Words outside the vocabulary are in no set.
    pub const fn contains(self, verb: Verb) -> bool {
        self.0 & bit(verb) != 0
    }
}

const fn bit(verb: Verb) -> u128 {
    let (mut bit, mut rest) = (1, Verb::ALL);
    while let Some(((known, _), tail)) = rest.split_first() {
        if known.is(verb) {
            return bit;
        }
        bit <<= 1;
        rest = tail;
    }
    0
}

const _: () = assert!(Verb::ALL.len() <= 128, "the vocabulary fits the set");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_grow_and_shrink() {
        let set = Verbs::NONE.and(&[Verb::ADD, Verb::VER]).but(&[Verb::ADD]);
        assert!(set.contains(Verb::VER));
        assert!(!set.contains(Verb::ADD));
        assert!(!set.contains(Verb::new("XXX").unwrap()));
    }
}
