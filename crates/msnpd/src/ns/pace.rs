//! How fast a client may change what others see.

use std::time::{Duration, Instant};

/// How many requests a client may make in quick succession. Official clients make a few dozen while signing in.
const BURST: u32 = 100;

/// How long each further one takes at least.
const INTERVAL: Duration = Duration::from_millis(50);

/// How many people in a list take as long as one request: each is looked for in the store.
const PEOPLE: usize = 50;

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
        self.whole_at.duration_since(now).checked_sub(INTERVAL * BURST).filter(|owed| !owed.is_zero())
    }

    /// Counts the people in the request that was counted last as further requests. The next one pays for them.
    pub(crate) fn count_people(&mut self, people: usize) {
        // A list that fits into a request names a few thousand at most.
        self.whole_at += INTERVAL * u32::try_from(people / PEOPLE).unwrap_or(u32::MAX);
    }
}

/// How many times somebody may do what is seldom done in quick succession (notification-server reference, 8.5, of new
/// names: about five).
const FEW: u32 = 5;

/// How long it takes until he may once more.
const FEW_INTERVAL: Duration = Duration::from_secs(10);

/// Finds more of something than a person could want: of new names, since everybody who sees him is told each of them,
/// and of reports about others, since each is a line for the operator.
#[derive(Debug)]
pub(crate) struct Few {
    /// When all of them would be allowed again if no further one came.
    whole_at: Instant,
}

impl Few {
    pub(crate) const fn new(now: Instant) -> Self {
        Self { whole_at: now }
    }

    /// Counts one more; whether it is one too many, which does not count.
    pub(crate) fn is_too_many(&mut self, now: Instant) -> bool {
        let whole_at = self.whole_at.max(now) + FEW_INTERVAL;
        if whole_at.duration_since(now) > FEW_INTERVAL * FEW {
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
    fn many_people_in_a_request_count_as_several() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        assert_eq!(pace.count(now), None);
        pace.count_people(PEOPLE - 1);
        assert!((1..BURST).all(|_| pace.count(now).is_none()));
        pace.count_people(PEOPLE * 3);
        assert_eq!(pace.count(now), Some(INTERVAL * 4));
        assert_eq!(pace.count(now + INTERVAL * 4), Some(INTERVAL), "what was owed is paid");
    }

    #[test]
    fn a_few_are_free_and_come_back_one_by_one() {
        let now = Instant::now();
        let mut few = Few::new(now);
        assert!((0..FEW).all(|_| !few.is_too_many(now)));
        assert!((0..FEW).all(|_| few.is_too_many(now)));
        assert!(!few.is_too_many(now + FEW_INTERVAL));
        assert!(few.is_too_many(now + FEW_INTERVAL));
    }
}
