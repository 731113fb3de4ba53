//! Points in time as the address book tells and compares them.

use std::fmt;

use crate::types::calendar::Civil;

/// A point in time since 1970, UTC, as exact as the schema writes it. The default is the beginning of 1970, which stands
/// where an answer has to tell a time and does not.
///
/// Written in one form, `2026-02-03T04:05:06.7000000Z`, which one client reads alone; read with none to seven digits
/// of a fraction, and `Z`, an offset or nothing behind (web-services reference, 1.3).
///
/// ```
/// use msnp::soap::abch::Timestamp;
///
/// let at = Timestamp::read("2026-02-03T04:05:06.7-08:00").unwrap();
/// assert_eq!(at.to_string(), "2026-02-03T12:05:06.7000000Z");
/// assert_eq!(Timestamp::read("0001-01-01T00:00:00.0000000-08:00"), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp {
    /// Ten millionths of a second since 1970.
    pub ticks: u64,
}

const TICKS: u64 = 10_000_000;
const PER_MILLI: u64 = 10_000;

/// The last second that has a year of four digits: 9999-12-31T23:59:59.
const LAST: i64 = 253_402_300_799;

impl Timestamp {
    /// That many seconds after 1970 began.
    pub const fn from_unix(seconds: u64) -> Self {
        Self { ticks: seconds.saturating_mul(TICKS) }
    }

    /// That many milliseconds after 1970 began.
    pub const fn from_unix_millis(millis: u64) -> Self {
        Self { ticks: millis.saturating_mul(PER_MILLI) }
    }

    /// Milliseconds since 1970, what is less cut off.
    pub const fn unix_millis(self) -> u64 {
        self.ticks / PER_MILLI
    }

    /// What a client wrote; none for "never", which is any time before 1970, and for what is no time at all: who does
    /// not say since when wants everything.
    pub fn read(written: &str) -> Option<Self> {
        let mut digits = Digits(written.trim().as_bytes());
        let (year, month, day) = (digits.number(4)?, digits.after(b'-', 2)?, digits.after(b'-', 2)?);
        if !matches!(digits.next()?, b'T' | b't' | b' ') {
            return None;
        }
        let (hour, minute, second) = (digits.number(2)?, digits.after(b':', 2)?, digits.after(b':', 2)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let fraction = digits.fraction()?;
        let offset = digits.offset()?;
        let seconds =
            days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
        let seconds = u64::try_from(seconds.min(LAST)).ok()?;
        Some(Self { ticks: seconds * TICKS + fraction })
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.ticks / TICKS).min(LAST.unsigned_abs());
        let fraction = self.ticks % TICKS;
        let Civil { year, month, day, hour, minute, second } = Civil::from_unix(seconds);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:07}Z")
    }
}

/// Writes a time that may never have been: `0001-01-01T00:00:00` then.
#[derive(Clone, Copy, Debug)]
pub struct Never(pub Option<Timestamp>);

impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(at) => at.fmt(f),
            None => f.write_str("0001-01-01T00:00:00"),
        }
    }
}

/// What is left to read.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn digit(&mut self) -> Option<i64> {
        self.next().filter(u8::is_ascii_digit).map(|digit| i64::from(digit - b'0'))
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    fn after(&mut self, separator: u8, digits: usize) -> Option<i64> {
        if self.next()? == separator { self.number(digits) } else { None }
    }

    /// In ticks. Digits beyond the seventh are dropped.
    fn fraction(&mut self) -> Option<u64> {
        let Some(rest) = self.0.strip_prefix(b".") else { return Some(0) };
        self.0 = rest;
        let (mut fraction, mut unit) = (0, TICKS / 10);
        while self.0.first().is_some_and(u8::is_ascii_digit) {
            fraction += self.digit()?.unsigned_abs() * unit;
            unit /= 10;
        }
        Some(fraction)
    }

    /// Seconds that the time written is ahead of UTC.
    fn offset(&mut self) -> Option<i64> {
        match self.0 {
            [] | [b'Z' | b'z'] => Some(0),
            [sign @ (b'+' | b'-'), ..] => {
                let sign = if *sign == b'-' { -1 } else { 1 };
                self.next()?;
                let (hours, minutes) = (self.number(2)?, self.after(b':', 2)?);
                self.0.is_empty().then_some(sign * (hours * 3600 + minutes * 60))
            }
            _ => None,
        }
    }
}

/// Days from 1970 to a date; before 1970 they are negative. The inverse of [`Civil::from_unix`], from the same source.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_read_in_every_form_and_written_in_one() {
        for (written, canonical) in [
            ("2026-02-03T04:05:06.7000000Z", "2026-02-03T04:05:06.7000000Z"),
            ("2026-02-03T04:05:06.7000000-08:00", "2026-02-03T12:05:06.7000000Z"),
            ("2026-02-03T04:05:06+05:30", "2026-02-02T22:35:06.0000000Z"),
            (" 2026-02-03T04:05:06.123 ", "2026-02-03T04:05:06.1230000Z"),
            ("2026-02-03T04:05:06.123456789Z", "2026-02-03T04:05:06.1234567Z"),
            ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.0000000Z"),
            ("1970-01-01T00:00:00", "1970-01-01T00:00:00.0000000Z"),
            ("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.0000000Z"),
        ] {
            assert_eq!(Timestamp::read(written).unwrap().to_string(), canonical, "{written}");
        }
        for never in [
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00.0000000-08:00",
            "0001-01-01T06:00:00.0000000-02:00",
            "1969-12-31T23:59:59Z",
            "",
            "now",
            "2026-13-01T00:00:00Z",
            "2026-02-03T04:05:06X",
            "2026-02-03T04:05:06-08:00x",
            "2026-02-03",
        ] {
            assert_eq!(Timestamp::read(never), None, "{never}");
        }
        assert_eq!(Never(None).to_string(), "0001-01-01T00:00:00");
        assert_eq!(Timestamp::from_unix_millis(1_770_091_506_123).unix_millis(), 1_770_091_506_123);
    }

    proptest! {
        #[test]
        fn comes_back_as_it_was(ticks in 0..253_402_300_799 * TICKS) {
            let at = Timestamp { ticks };
            prop_assert_eq!(Timestamp::read(&at.to_string()), Some(at));
        }

        #[test]
        fn never_panics(written in "[0-9TZ:.+-]{0,40}|.*", ticks: u64) {
            let _ = Timestamp::read(&written);
            let _ = Timestamp { ticks }.to_string();
        }
    }
}
