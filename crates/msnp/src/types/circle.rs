//! What circles are named by (later-versions reference, 8.1).

use std::fmt;
use std::str::FromStr;

use super::{Guid, InvalidGuid};

/// The number of a circle, of 48 bits: the last twelve digits of its GUID, `00000000-0000-0000-0009-0a1b2c3d4e5f`.
///
/// Written in lower case without braces; read in either case, with braces or without.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CircleId(u64);

/// The domain in a circle's address.
const DOMAIN: &str = "live.com";

/// What the GUIDs of circles begin with, and those of nothing else.
const PREFIX: [u8; 10] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 9];

impl CircleId {
    /// The largest number.
    pub const MAX: u64 = (1 << 48) - 1;

    /// The circle with this number; `None` for one of more than 48 bits.
    pub const fn new(number: u64) -> Option<Self> {
        if number <= Self::MAX { Some(Self(number)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The GUID, which is also what the circle's address book is named by, and the contact that stands for the circle in
    /// the books of those who are in it.
    pub const fn guid(self) -> Guid {
        let [_, _, a, b, c, d, e, f] = self.0.to_be_bytes();
        Guid([0, 0, 0, 0, 0, 0, 0, 0, 0, 9, a, b, c, d, e, f])
    }

    /// The circle with this GUID, if it is one's.
    pub fn of_guid(guid: Guid) -> Option<Self> {
        let number = guid.0.strip_prefix(&PREFIX)?;
        Some(Self(number.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))))
    }

    /// The address: `<guid>@live.com`.
    pub fn address(self) -> String {
        format!("{self}@{DOMAIN}")
    }

    /// The circle with this address, if it is one's.
    pub fn from_address(address: &str) -> Option<Self> {
        let (guid, domain) = address.split_once('@')?;
        if domain.eq_ignore_ascii_case(DOMAIN) { guid.parse().ok() } else { None }
    }
}

impl fmt::Display for CircleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.guid().fmt(f)
    }
}

impl fmt::Debug for CircleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CircleId {
    type Err = InvalidCircleId;

    fn from_str(written: &str) -> Result<Self, InvalidCircleId> {
        Self::of_guid(written.parse()?).ok_or(InvalidCircleId)
    }
}

/// The text is no circle's GUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a circle is named 00000000-0000-0000-0009- and twelve hexadecimal digits")]
pub struct InvalidCircleId;

impl From<InvalidGuid> for InvalidCircleId {
    fn from(_: InvalidGuid) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "00000000-0000-0000-0009-0a1b2c3d4e5f";

    #[test]
    fn is_read_in_every_form_and_written_in_one() {
        for form in [WRITTEN.to_owned(), WRITTEN.to_uppercase(), format!("{{{WRITTEN}}}")] {
            let id: CircleId = form.parse().unwrap();
            assert_eq!((id.get(), id.to_string()), (0x0a1b_2c3d_4e5f, WRITTEN.to_owned()));
            assert_eq!(CircleId::of_guid(id.guid()), Some(id));
        }
        for bad in [
            "",
            "0a1b2c3d4e5f",
            "00000000-0000-0000-0010-0a1b2c3d4e5f",
            "00000000-0000-0001-0009-0a1b2c3d4e5f",
            "00000000-0000-0000-0009-0a1b2c3d4e5",
            "00000000-0000-0000-0009-0a1b2c3d4e5f0",
            "00000000-0000-0000-0009-0a1b2c3d4e5g",
            "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c",
        ] {
            assert_eq!(bad.parse::<CircleId>(), Err(InvalidCircleId), "{bad:?}");
        }
        assert_eq!(CircleId::new(CircleId::MAX).unwrap().to_string(), "00000000-0000-0000-0009-ffffffffffff");
        assert_eq!(CircleId::new(CircleId::MAX + 1), None);
    }

    #[test]
    fn has_an_address() {
        let id: CircleId = WRITTEN.parse().unwrap();
        assert_eq!(id.address(), format!("{WRITTEN}@live.com"));
        assert_eq!(CircleId::from_address(&id.address()), Some(id));
        assert_eq!(CircleId::from_address(&id.address().to_uppercase()), Some(id));
        for bad in ["", WRITTEN, "alice@live.com", "@live.com"] {
            assert_eq!(CircleId::from_address(bad), None, "{bad:?}");
        }
        for domain in ["hotmail.com", "live.com.example.com", "live.com@live.com"] {
            assert_eq!(CircleId::from_address(&format!("{WRITTEN}@{domain}")), None);
        }
    }
}
