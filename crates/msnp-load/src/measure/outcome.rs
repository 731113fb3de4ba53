//! What a round has come to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Latencies;

/// What a round has come to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What was done, and how often.
    pub counts: BTreeMap<String, u64>,
    /// How long things took.
    pub latencies: BTreeMap<String, Latencies>,
    /// What went wrong, and how often.
    pub errors: BTreeMap<String, u64>,
}

impl Outcome {
    /// Adds what another process has done in the same time.
    pub fn merge(&mut self, other: Self) {
        self.seconds = self.seconds.max(other.seconds);
        for (name, count) in other.counts {
            *self.counts.entry(name).or_default() += count;
        }
        for (name, latencies) in other.latencies {
            self.latencies.entry(name).or_default().merge(&latencies);
        }
        for (name, count) in other.errors {
            *self.errors.entry(name).or_default() += count;
        }
    }

    /// How much of something was done in a second.
    pub fn rate(&self, name: &str) -> Option<f64> {
        let count = *self.counts.get(name)?;
        (self.seconds > 0.0).then(|| count as f64 / self.seconds)
    }

    /// How often something went wrong.
    pub fn failures(&self) -> u64 {
        self.errors.values().sum()
    }
}

/// The same figure of several rounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The smallest.
    pub min: f64,
    /// The one in the middle; of two, the smaller one.
    pub median: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of these; `None` of nothing.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let middle = figures.len().checked_sub(1)? / 2;
        Some(Self { min: *figures.first()?, median: *figures.get(middle)?, max: *figures.last()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_that_ran_together_count_together() {
        let outcome = |seconds, count| Outcome {
            seconds,
            counts: [("messages".to_owned(), count)].into(),
            errors: [("closed".to_owned(), 1)].into(),
            ..Outcome::default()
        };
        let mut both = outcome(2.0, 10);
        both.merge(outcome(4.0, 30));
        assert_eq!((both.rate("messages"), both.failures()), (Some(10.0), 2));
        assert_eq!(both.rate("pings"), None);
    }

    #[test]
    fn a_spread_has_a_middle() {
        assert_eq!(Spread::of([]), None);
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Some(Spread { min: 1.0, median: 2.0, max: 3.0 }));
        assert_eq!(Spread::of([4.0, 2.0]).unwrap().median, 2.0);
    }
}
