//! How fast a client may change what others see.

use std::time::{Duration, Instant};

/// How many requests a client may make in quick succession. Official clients make a few dozen while signing in.
const BURST: u32 = 100;

/// How long each further one takes at least.
const INTERVAL: Duration = Duration::from_millis(50);

/// Slows down a client that makes more requests than a person could, so that it can't keep everybody who watches it
/// busy. Nothing is refused: it is heard more slowly.
#[derive(Debug)]
pub(super) struct Pace {
    /// When the burst would be whole again if nothing more was asked.
    whole_at: Instant,
}

impl Pace {
    pub(super) const fn new(now: Instant) -> Self {
        Self { whole_at: now }
    }

    /// Counts a request. Returns how long the next one has to wait, if it has to.
    pub(super) fn count(&mut self, now: Instant) -> Option<Duration> {
        self.whole_at = self.whole_at.max(now) + INTERVAL;
        let owed = self.whole_at.duration_since(now);
        (owed > INTERVAL * BURST).then_some(INTERVAL)
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
}
