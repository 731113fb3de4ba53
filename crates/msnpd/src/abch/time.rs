//! Points in time. All that clients are told are views of revisions, so that what they ask for since one can be told
//! exactly: the account's beginning, and a millisecond for each revision.

use msnp::soap::abch::{ErrorCode, Since, Timestamp};
use msnp::types::Timestamp as OfRevision;

use super::refusal::Refusal;

/// An account's points in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// When the account was made, in seconds since 1970.
    pub(super) created: u64,
}

impl Times {
    /// What stands for a revision.
    pub(super) const fn at(self, revision: u64) -> Timestamp {
        Timestamp::from_unix_millis(OfRevision::of_revision(self.created, revision).unix_millis)
    }

    /// When the account was made; before all else.
    pub(super) const fn beginning(self) -> Timestamp {
        self.at(0)
    }

    /// The revision since which changes are wanted, if not everything is.
    ///
    /// # Errors
    /// For a time of which nothing is known: it is another account's of the same address, or from before a backup.
    pub(super) fn since(self, since: Since) -> Result<Option<u64>, Refusal> {
        let Since::Change(at) = since else { return Ok(None) };
        let revision = OfRevision { unix_millis: at.unix_millis() }.revision(self.created);
        revision.map(Some).ok_or(FULL_SYNC)
    }
}

/// Refuses changes since a revision of which not all is known any more, or nothing yet.
pub(super) fn check_known(since: Option<u64>, deltas_from: u64, revision: u64) -> Result<(), Refusal> {
    match since {
        Some(since) if since < deltas_from || since > revision => Err(FULL_SYNC),
        _ => Ok(()),
    }
}

/// The client is to read everything.
const FULL_SYNC: Refusal = Refusal::Fault(ErrorCode::FullSyncRequired);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_comes_back_from_what_stands_for_it() {
        let times = Times { created: 1_770_091_506 };
        assert_eq!(times.at(7).to_string(), "2026-02-03T04:05:06.0070000Z");
        let read = |text: &str| times.since(Since::Change(Timestamp::read(text).unwrap()));
        for revision in [0, 1, 999, 1000, 123_456] {
            assert_eq!(read(&times.at(revision).to_string()).unwrap(), Some(revision));
        }
        // In another zone, or with less of the fraction: never too late.
        assert_eq!(read("2026-02-02T20:05:07.500-08:00").unwrap(), Some(1500));
        assert_eq!(read("2026-02-03T04:05:07Z").unwrap(), Some(1000));
        assert!(times.beginning() < times.at(1));
        assert_eq!(times.since(Since::Ever).unwrap(), None);
        assert!(read("2026-02-03T04:05:05.999Z").is_err());
        assert!(check_known(Some(6), 7, 9).is_err() && check_known(Some(10), 7, 9).is_err());
        assert!([Some(7), Some(9), None].into_iter().all(|since| check_known(since, 7, 9).is_ok()));
    }
}
