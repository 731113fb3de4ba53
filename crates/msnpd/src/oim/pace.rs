//! How fast somebody may write to people who are away.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::account::AccountId;

/// How many messages somebody may leave in quick succession, to whomever.
const BURST: u32 = 60;

/// How long it takes until he may leave one more.
const INTERVAL: Duration = Duration::from_secs(1);

/// Refuses more messages than a person could write. What waits for each receiver has limits of its own, in the store;
/// this one is for who writes to many.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// When all of them would be allowed again if no further one came.
    whole_at: HashMap<AccountId, Instant>,
    next_sweep: Option<Instant>,
}

impl Pace {
    /// Counts a message; whether it is one too many, which does not count.
    pub(crate) fn is_too_many(&self, sender: AccountId, now: Instant) -> bool {
        let mut inner = self.0.lock();
        // Those who have been silent for a while are forgotten, so that no more are remembered than write.
        if inner.next_sweep.is_none_or(|at| at <= now) {
            inner.whole_at.retain(|_, whole_at| *whole_at > now);
            inner.next_sweep = Some(now + INTERVAL * BURST);
        }
        let former = inner.whole_at.get(&sender).copied().unwrap_or(now);
        let whole_at = former.max(now) + INTERVAL;
        if whole_at.duration_since(now) > INTERVAL * BURST {
            return true;
        }
        inner.whole_at.insert(sender, whole_at);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_comes_back() {
        let (pace, now) = (Pace::default(), Instant::now());
        let (one, other) = (AccountId(1), AccountId(2));
        assert!((0..BURST).all(|_| !pace.is_too_many(one, now)));
        assert!(pace.is_too_many(one, now));
        assert!(!pace.is_too_many(other, now));
        let later = now + INTERVAL;
        assert!(!pace.is_too_many(one, later));
        assert!(pace.is_too_many(one, later));
        let much_later = now + INTERVAL * (BURST + 1);
        assert!((0..BURST).all(|_| !pace.is_too_many(one, much_later)));
        assert_eq!(pace.0.lock().whole_at.len(), 1, "the other one is forgotten");
    }
}
