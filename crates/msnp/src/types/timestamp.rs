//! Points in time as the lists of MSNP10-12 are compared by.

use std::fmt;

use super::calendar::Civil;

/// A point in time, written as the live service did: `2005-04-23T18:57:44.8130000-07:00`.
///
/// To a client it is an opaque text that it compares with the one it has; what matters is that it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Milliseconds since 1970, UTC.
    pub unix_millis: u64,
}

/// The service told its own local time, seven hours behind UTC.
const OFFSET_HOURS: u64 = 7;

impl Timestamp {
    /// What stands for a revision of an account that was made at `created`, in seconds since 1970: a time that is
    /// different for every revision, and later for a later one.
    pub const fn of_revision(created: u64, revision: u64) -> Self {
        Self { unix_millis: created.saturating_mul(1000).saturating_add(revision) }
    }

    /// The revision that it stands for, of an account made at `created`; none for a time before any. What is between two
    /// is the earlier one's, so that a time whose fraction was cut off tells too early a revision and never too late a one.
    pub const fn revision(self, created: u64) -> Option<u64> {
        self.unix_millis.checked_sub(created.saturating_mul(1000))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.unix_millis.saturating_sub(OFFSET_HOURS * 3_600_000);
        let millis = local % 1000;
        let Civil { year, month, day, hour, minute, second } = Civil::from_unix(local / 1000);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}0000-{OFFSET_HOURS:02}:00"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_the_service_did() {
        for (unix_millis, written) in [
            (1_114_307_864_813, "2005-04-23T18:57:44.8130000-07:00"),
            (951_807_600_000, "2000-02-29T00:00:00.0000000-07:00"),
            (1_735_714_799_999, "2024-12-31T23:59:59.9990000-07:00"),
        ] {
            assert_eq!(Timestamp { unix_millis }.to_string(), written);
        }
    }

    #[test]
    fn revisions_grow() {
        let at = |revision| Timestamp::of_revision(1_700_000_000, revision).to_string();
        assert!((0..2000).all(|revision| at(revision) < at(revision + 1)));
        let created = 1_700_000_000;
        assert!((0..2000).all(|r| Timestamp::of_revision(created, r).revision(created) == Some(r)));
        assert_eq!(Timestamp::of_revision(created - 1, 999).revision(created), None);
    }
}
