//! The five lists a user has, and which of them a contact is on.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};
use std::str::FromStr;

/// One of the lists of a user (notification-server reference, 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// `FL`: contacts whose presence the user wants to see.
    Forward,
    /// `AL`: users who may see his presence and open chats with him.
    Allow,
    /// `BL`: users who may not.
    Block,
    /// `RL`: users who have him on their forward list; kept by the server.
    Reverse,
    /// `PL`: users who added him and whom he was not asked about yet (MSNP10 and later).
    Pending,
}

impl List {
    /// Every list, in the order of their bits, which also is the order in which MSNP2-7 send them.
    pub const ALL: [Self; 5] = [Self::Forward, Self::Allow, Self::Block, Self::Reverse, Self::Pending];

    /// The two letters that name the list on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "FL",
            Self::Allow => "AL",
            Self::Block => "BL",
            Self::Reverse => "RL",
            Self::Pending => "PL",
        }
    }

    /// The list's bit in a [`Lists`].
    pub const fn bit(self) -> Lists {
        Lists(match self {
            Self::Forward => 1,
            Self::Allow => 2,
            Self::Block => 4,
            Self::Reverse => 8,
            Self::Pending => 16,
        })
    }

    /// The list that a user can't be on at the same time: allow and block exclude each other.
    pub const fn opposite(self) -> Option<Self> {
        match self {
            Self::Allow => Some(Self::Block),
            Self::Block => Some(Self::Allow),
            _ => None,
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for List {
    type Err = UnknownList;

    fn from_str(written: &str) -> Result<Self, UnknownList> {
        Self::ALL.into_iter().find(|list| list.as_str() == written).ok_or(UnknownList)
    }
}

/// The text names no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a list is one of FL AL BL RL PL")]
pub struct UnknownList;

/// The lists one contact is on: a sum of list bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lists(u8);

impl Lists {
    /// On no list.
    pub const NONE: Self = Self(0);

    /// From the sum of bits; bits without a list are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 31)
    }

    /// The sum of bits, as it stands in `LST` lines from MSNP8 on.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether the contact is on `list`.
    pub const fn contains(self, list: List) -> bool {
        self.0 & list.bit().0 != 0
    }

    /// These lists and `list`.
    #[must_use]
    pub const fn with(self, list: List) -> Self {
        Self(self.0 | list.bit().0)
    }

    /// These lists but `list`.
    #[must_use]
    pub const fn without(self, list: List) -> Self {
        Self(self.0 & !list.bit().0)
    }

    /// Whether the contact is on no list at all.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Lists {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Lists {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bits_go_both_ways() {
        for list in List::ALL {
            assert_eq!(list.as_str().parse(), Ok(list));
            assert!(list.bit().contains(list));
        }
        assert_eq!("XL".parse::<List>(), Err(UnknownList));
        let lists = Lists::NONE.with(List::Forward).with(List::Allow).with(List::Reverse);
        assert_eq!(lists.bits(), 11);
        assert_eq!(lists.without(List::Allow).bits(), 9);
        assert_eq!(Lists::from_bits(255).bits(), 31);
    }
}
