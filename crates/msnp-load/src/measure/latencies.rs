//! How long things took: a histogram with three digits.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest that is told apart, in microseconds: ten minutes.
const LONGEST: u64 = 600_000_000;

/// How long things took.
#[derive(Clone, Debug)]
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    #[expect(clippy::expect_used, reason = "the bounds are constants, and good ones")]
    fn default() -> Self {
        Self(Histogram::new_with_bounds(1, LONGEST, 3).expect("bounds of a histogram"))
    }
}

impl Latencies {
    /// Adds one.
    pub fn record(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(LONGEST);
        self.0.saturating_record(micros.max(1));
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        // Of the same bounds, so there is nothing that would not fit.
        let _ = self.0.add(&other.0);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// How long the given part of them took at most, in milliseconds; `0.5` is the median, `1.0` the longest.
    pub fn quantile(&self, part: f64) -> f64 {
        self.0.value_at_quantile(part) as f64 / 1000.0
    }

    /// Takes all of them out.
    pub fn take(&mut self) -> Self {
        let taken = self.clone();
        self.0.reset();
        taken
    }
}

/// As pairs of microseconds and how often.
impl Serialize for Latencies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter_recorded().map(|at| (at.value_iterated_to(), at.count_at_value())))
    }
}

impl<'de> Deserialize<'de> for Latencies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut latencies = Self::default();
        for (micros, count) in Vec::<(u64, u64)>::deserialize(deserializer)? {
            latencies.0.saturating_record_n(micros, count);
        }
        Ok(latencies)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut latencies = Latencies::default();
        for millis in [1, 1, 1, 5, 900] {
            latencies.record(Duration::from_millis(millis));
        }
        latencies.record(Duration::MAX);
        let written = serde_json::to_string(&latencies).unwrap();
        let mut read: Latencies = serde_json::from_str(&written).unwrap();
        assert_eq!(read.count(), 6);
        for part in [0.0, 0.5, 0.99, 1.0] {
            assert_eq!(read.quantile(part), latencies.quantile(part), "{part}");
        }
        read.merge(&latencies);
        assert_eq!((read.take().count(), read.count()), (12, 0));
    }
}
