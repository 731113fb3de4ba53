//! What a scenario shows while it runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::Latencies;
use crate::client::Failure;

/// What everybody in a scenario reports to while it runs.
#[derive(Debug, Default)]
pub struct Gauge {
    done: AtomicU64,
    phase: AtomicU8,
    since_tick: Mutex<Latencies>,
    latencies: Mutex<BTreeMap<&'static str, Latencies>>,
    errors: Mutex<BTreeMap<String, u64>>,
}

/// How far a round is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    /// People sign in.
    #[default]
    Coming,
    /// Everybody is in.
    There,
    /// It is over, and people leave.
    Over,
}

/// What has happened since the last one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tick {
    /// How much has been done in all.
    pub done: u64,
    /// How far it is.
    pub phase: Phase,
    /// How long what was done since the last tick took.
    pub latencies: Latencies,
}

impl Gauge {
    /// Something is done.
    pub fn count(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }

    /// Something is done that took so long.
    pub fn took(&self, what: &'static str, took: Duration) {
        self.count(1);
        self.since_tick.lock().record(took);
        self.latencies.lock().entry(what).or_default().record(took);
    }

    /// Something went wrong.
    pub fn failed(&self, failure: &Failure) {
        *self.errors.lock().entry(failure.kind()).or_default() += 1;
    }

    /// Everybody is in, or it is over.
    pub fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// What has happened since the last call.
    pub fn tick(&self) -> Tick {
        let phase = match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Coming,
            1 => Phase::There,
            _ => Phase::Over,
        };
        Tick { done: self.done.load(Ordering::Relaxed), phase, latencies: self.since_tick.lock().take() }
    }

    /// All latencies by name, and what went wrong how often; forgets them.
    pub(crate) fn finish(&self) -> (BTreeMap<String, Latencies>, BTreeMap<String, u64>) {
        let latencies = std::mem::take(&mut *self.latencies.lock());
        let named = latencies.into_iter().map(|(name, latencies)| (name.to_owned(), latencies)).collect();
        self.done.store(0, Ordering::Relaxed);
        self.enter(Phase::Coming);
        (named, std::mem::take(&mut *self.errors.lock()))
    }
}
