//! Telephone numbers that stand in the place of an address.

use std::fmt;
use std::str::FromStr;

/// What a number begins with where it stands in the place of an address.
const SCHEME: &str = "tel:";

/// The most digits of a number: fifteen of an international one, and what has to be dialled before it.
pub const MAX_DIGITS: usize = 20;

/// A telephone number as `ADC`, `LST` and `PGD` have it: `tel:`, a `+` or not, and digits.
///
/// ```
/// use msnp::types::Telephone;
///
/// let number: Telephone = "tel:+15550100".parse()?;
/// assert_eq!((number.digits(), number.to_string().as_str()), ("15550100", "tel:+15550100"));
/// # Ok::<(), msnp::types::InvalidTelephone>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Telephone(Box<str>);

impl Telephone {
    /// The bit of the telephone network, as `LST` has it from MSNP12 on (notification-server reference, 7).
    pub const NETWORK: u8 = 4;

    /// Whether something written in the place of an address is meant for a telephone number, good or bad.
    pub fn is_meant(written: &str) -> bool {
        written.get(..SCHEME.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
    }

    /// The number that a person has written for himself, with whatever marks between its digits.
    ///
    /// # Errors
    /// When there are letters in it, or too few or too many digits.
    pub fn of_written(written: &str) -> Result<Self, InvalidTelephone> {
        let number =
            if Self::is_meant(written) { written.get(SCHEME.len()..).unwrap_or_default() } else { written };
        let number = number.trim();
        if number
            .chars()
            .any(|c| !c.is_ascii_digit() && !matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')'))
        {
            return Err(InvalidTelephone);
        }
        let plus = if number.starts_with('+') { "+" } else { "" };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        format!("{SCHEME}{plus}{digits}").parse()
    }

    /// The digits alone.
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }
}

impl FromStr for Telephone {
    type Err = InvalidTelephone;

    fn from_str(written: &str) -> Result<Self, InvalidTelephone> {
        let number =
            written.get(SCHEME.len()..).filter(|_| Self::is_meant(written)).ok_or(InvalidTelephone)?;
        let digits = number.strip_prefix('+').unwrap_or(number);
        let fits = (2..=MAX_DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(number.into())) } else { Err(InvalidTelephone) }
    }
}

impl fmt::Display for Telephone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.0)
    }
}

/// The text is no telephone number. The service answers 232.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number is written tel:+15550100, with 2 to {MAX_DIGITS} digits")]
pub struct InvalidTelephone;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_scheme_and_digits() {
        for good in ["tel:+15550100", "tel:15550100", "tel:112", "tel:+12345678901234567890"] {
            assert_eq!(good.parse::<Telephone>().unwrap().to_string(), good);
        }
        assert_eq!("TEL:+15550100".parse::<Telephone>().unwrap().to_string(), "tel:+15550100");
        for bad in [
            "",
            "tel:",
            "tel:+",
            "tel:1",
            "tel:+1-555",
            "tel:++15",
            "tel:123456789012345678901",
            "15550100",
            "té:12",
        ] {
            assert_eq!(bad.parse::<Telephone>(), Err(InvalidTelephone), "{bad}");
        }
    }

    #[test]
    fn people_write_marks_between_digits() {
        for (written, number) in [
            ("1 555 0100", "tel:15550100"),
            ("+1 (555) 01-00", "tel:+15550100"),
            ("tel:+15550100", "tel:+15550100"),
            (" 0170/123.4 ", "tel:01701234"),
        ] {
            assert_eq!(Telephone::of_written(written).unwrap().to_string(), number);
        }
        for bad in ["", "+", "call me", "555 x 100", "\u{661}\u{662}\u{663}"] {
            assert_eq!(Telephone::of_written(bad), Err(InvalidTelephone), "{bad}");
        }
    }
}
