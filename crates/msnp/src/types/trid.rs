//! Transaction ids.

use std::fmt;
use std::str::FromStr;

/// The number by which a client finds the answers to a command: decimal, 0 to 4294967295.
///
/// The server repeats it digit for digit (notification-server reference, section 2), leading zeros included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TrId {
    value: u32,
    leading_zeros: u8,
}

impl TrId {
    /// Marks what the server says unasked, where a command has a transaction id otherwise.
    pub const UNSOLICITED: Self = Self::new(0);

    /// This number, without leading zeros.
    pub const fn new(value: u32) -> Self {
        Self { value, leading_zeros: 0 }
    }

    /// The number.
    pub const fn value(self) -> u32 {
        self.value
    }
}

impl fmt::Display for TrId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for _ in 0..self.leading_zeros {
            f.write_str("0")?;
        }
        self.value.fmt(f)
    }
}

impl FromStr for TrId {
    type Err = InvalidTrId;

    fn from_str(written: &str) -> Result<Self, InvalidTrId> {
        // `u32::from_str` would also take a plus sign.
        if !written.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(InvalidTrId);
        }
        let value: u32 = written.parse().map_err(|_| InvalidTrId)?;
        let zeros = written.bytes().take_while(|b| *b == b'0').count();
        // Of nothing but zeros the last one is the number.
        let leading_zeros = u8::try_from(zeros - usize::from(value == 0)).map_err(|_| InvalidTrId)?;
        Ok(Self { value, leading_zeros })
    }
}

/// The text is no decimal number of 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a transaction id is a decimal number of 32 bits")]
pub struct InvalidTrId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_repeated_digit_for_digit() {
        for written in ["0", "7", "007", "4294967295"] {
            assert_eq!(written.parse::<TrId>().unwrap().to_string(), written);
        }
        for bad in ["", "x", "-1", "+1", "4294967296", "1.0", &"0".repeat(300)] {
            assert_eq!(bad.parse::<TrId>(), Err(InvalidTrId), "{bad:?}");
        }
    }
}
