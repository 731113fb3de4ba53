//! How much mail is taken in a day.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::account::AccountId;

/// A day. Counts begin anew together, so up to twice as much may go out around that moment.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How much is taken in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From one account.
    pub per_account: u32,
    /// To one address or number, whoever asks for it.
    pub per_target: u32,
    /// In all; so many accounts and targets are remembered at most.
    pub in_all: u32,
}

/// What has been taken since the day began. Kept in memory alone: a restart begins a new day.
#[derive(Debug)]
pub(super) struct Allowance {
    limits: Limits,
    began: Instant,
    all: u32,
    accounts: HashMap<AccountId, u32>,
    targets: HashMap<Box<str>, u32>,
}

impl Allowance {
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        Self { limits, began: now, all: 0, accounts: HashMap::new(), targets: HashMap::new() }
    }

    /// Counts one more. Returns whether it may be: one that may not is not counted.
    pub(super) fn take(&mut self, account: AccountId, target: &str, now: Instant) -> bool {
        if now.saturating_duration_since(self.began) >= DAY {
            *self = Self::new(self.limits, now);
        }
        let of = |count: Option<&u32>| count.copied().unwrap_or_default();
        if self.all >= self.limits.in_all
            || of(self.accounts.get(&account)) >= self.limits.per_account
            || of(self.targets.get(target)) >= self.limits.per_target
        {
            return false;
        }
        self.all += 1;
        *self.accounts.entry(account).or_default() += 1;
        *self.targets.entry(target.into()).or_default() += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_holds_by_itself_until_the_next_day() {
        let now = Instant::now();
        let limits = Limits { per_account: 3, per_target: 2, in_all: 5 };
        let mut allowance = Allowance::new(limits, now);
        let mut take = |account, target: &str, at| allowance.take(AccountId(account), target, at);
        assert!(take(1, "a", now) && take(1, "a", now));
        assert!(!take(1, "a", now) && !take(2, "a", now), "to one");
        assert!(take(1, "b", now));
        assert!(!take(1, "c", now), "from one");
        assert!(take(2, "c", now) && take(2, "d", now));
        assert!(!take(3, "e", now), "in all");
        assert!(take(3, "e", now + DAY) && take(1, "a", now + DAY));
    }
}
