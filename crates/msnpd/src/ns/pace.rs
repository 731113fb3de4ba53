//! How fast a client may change what others see.

use std::time::{Duration, Instant};

/// How many requests a client may make in quick succession. Official clients make a few dozen while signing in.
const BURST: u32 = 100;

/// How long each further one takes at least.
const INTERVAL: Duration = Duration::from_millis(50);

/// Slows down a client that makes more requests than a person could, so that it can't keep everybody who watches it
/// busy. Nothing is refused: it is heard more slowly.
#[derive(Debug)]
pub(crate) struct Pace {
    /// When the burst would be whole again if nothing more was asked.
    whole_at: Instant,
}

impl Pace {
    pub(crate) const fn new(now: Instant) -> Self {
        Self { whole_at: now }
    }

    /// Counts a request. Returns how long the next one has to wait, if it has to.
    pub(crate) fn count(&mut self, now: Instant) -> Option<Duration> {
        self.whole_at = self.whole_at.max(now) + INTERVAL;
        let owed = self.whole_at.duration_since(now);
        (owed > INTERVAL * BURST).then_some(INTERVAL)
    }
}

/// How many times somebody may rename himself in quick succession (notification-server reference, 8.5: about five).
const RENAMES: u32 = 5;

/// How long it takes until he may once more.
const RENAME_INTERVAL: Duration = Duration::from_secs(10);

/// Refuses more new names than a person could want: everybody who sees him is told each of them.
#[derive(Debug)]
pub(crate) struct Renames {
    /// When all of them would be allowed again if no further one came.
    whole_at: Instant,
}

impl Renames {
    pub(crate) const fn new(now: Instant) -> Self {
        Self { whole_at: now }
    }

    /// Counts a new name; whether it is one too many, which does not count.
    pub(crate) fn is_too_many(&mut self, now: Instant) -> bool {
        let whole_at = self.whole_at.max(now) + RENAME_INTERVAL;
        if whole_at.duration_since(now) > RENAME_INTERVAL * RENAMES {
            return true;
        }
        self.whole_at = whole_at;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_free_and_comes_back() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        assert!((0..BURST).all(|_| pace.count(now).is_none()));
        assert_eq!(pace.count(now), Some(INTERVAL));
        let later = now + INTERVAL * (BURST + 1);
        assert!((0..BURST).all(|_| pace.count(later).is_none()));
    }

    #[test]
    fn a_few_names_are_free_and_come_back_one_by_one() {
        let now = Instant::now();
        let mut renames = Renames::new(now);
        assert!((0..RENAMES).all(|_| !renames.is_too_many(now)));
        assert!((0..RENAMES).all(|_| renames.is_too_many(now)));
        assert!(!renames.is_too_many(now + RENAME_INTERVAL));
        assert!(renames.is_too_many(now + RENAME_INTERVAL));
    }
}
