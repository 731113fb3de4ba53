//! A map in many parts, each with a lock of its own.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use parking_lot::Mutex;

/// How many parts there are: many more than threads, so that two rarely want the same one.
const PARTS: usize = 256;

/// A concurrent map. Everything is done inside a closure that holds the lock of the key's part; what such a closure
/// calls must not come back to the same map.
#[derive(Debug)]
pub(super) struct Shards<K, V> {
    hasher: RandomState,
    parts: Box<[Mutex<HashMap<K, V>>]>,
}

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        Self { hasher: RandomState::new(), parts: (0..PARTS).map(|_| Mutex::default()).collect() }
    }
}

impl<K: Hash + Eq, V> Shards<K, V> {
    /// Does something with the value of `key`. The closure may put one there, change it, or take it away.
    pub(super) fn with<T>(&self, key: K, act: impl FnOnce(&mut Option<V>) -> T) -> T {
        let part = self.hasher.hash_one(&key) as usize % PARTS;
        let Some(part) = self.parts.get(part) else { return act(&mut None) };
        let mut map = part.lock();
        let mut slot = map.remove(&key);
        let result = act(&mut slot);
        if let Some(value) = slot {
            map.insert(key, value);
        }
        result
    }

    /// How many values there are, as far as that can be told while others change it.
    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.lock().len()).sum()
    }

    /// Does something with every value, part by part.
    pub(super) fn each(&self, mut act: impl FnMut(&V)) {
        for part in &self.parts {
            part.lock().values().for_each(&mut act);
        }
    }
}
