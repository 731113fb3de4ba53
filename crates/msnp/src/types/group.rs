//! What names a group.

use std::fmt;
use std::str::FromStr;

use super::Guid;

/// The name that the protocol has for a group of contacts: a number in MSNP7-9, a GUID in MSNP10-12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupRef {
    /// 0 to 29; 0 is "Other Contacts".
    Number(u8),
    /// Any.
    Guid(Guid),
}

impl fmt::Display for GroupRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Guid(guid) => guid.fmt(f),
        }
    }
}

impl FromStr for GroupRef {
    type Err = InvalidGroup;

    fn from_str(written: &str) -> Result<Self, InvalidGroup> {
        let guid = || written.parse().map(Self::Guid).map_err(|_| InvalidGroup);
        written.parse().map_or_else(|_| guid(), |number| Ok(Self::Number(number)))
    }
}

/// The text names no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a group is a small number, or a GUID")]
pub struct InvalidGroup;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_guids_go_both_ways() {
        for written in ["0", "29", "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c"] {
            assert_eq!(written.parse::<GroupRef>().unwrap().to_string(), written);
        }
        for bad in ["", "-1", "256", "Friends"] {
            assert_eq!(bad.parse::<GroupRef>(), Err(InvalidGroup), "{bad}");
        }
    }
}
