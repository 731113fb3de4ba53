//! A map in many parts, each with a lock of its own.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use foldhash::fast::RandomState as Quick;
use parking_lot::Mutex;

/// How many parts there are: many more than threads, so that two rarely want the same one.
const PARTS: usize = 256;

/// A concurrent map. Everything is done inside a closure that holds the lock of the key's part; what such a closure
/// calls must not come back to the same map.
#[derive(Debug)]
pub(super) struct Shards<K, V, S = RandomState> {
    hasher: S,
    parts: Box<[Part<K, V, S>]>,
}

/// One whose keys we have made ourselves, as the numbers of accounts: nobody can choose them for what they hash to.
pub(super) type QuickShards<K, V> = Shards<K, V, Quick>;

/// A value that is taken away is `None` for as long as the lock is held.
type Part<K, V, S> = Mutex<HashMap<K, Option<V>, S>>;

impl<K, V, S: Default> Default for Shards<K, V, S> {
    fn default() -> Self {
        Self { hasher: S::default(), parts: (0..PARTS).map(|_| Mutex::default()).collect() }
    }
}

impl<K: Clone + Hash + Eq, V, S: BuildHasher> Shards<K, V, S> {
    /// Does something with the value of `key`, if there is one.
    pub(super) fn get<T>(&self, key: &K, act: impl FnOnce(Option<&mut V>) -> T) -> T {
        match self.part(key) {
            Some(part) => act(part.lock().get_mut(key).and_then(Option::as_mut)),
            None => act(None),
        }
    }

    /// Does something with the place of `key`: the closure may put a value there, or take it away.
    pub(super) fn with<T>(&self, key: K, act: impl FnOnce(&mut Option<V>) -> T) -> T {
        let Some(part) = self.part(&key) else { return act(&mut None) };
        let mut map = part.lock();
        let slot = map.entry(key.clone()).or_default();
        let result = act(slot);
        if slot.is_none() {
            map.remove(&key);
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
            part.lock().values().flatten().for_each(&mut act);
        }
    }

    fn part(&self, key: &K) -> Option<&Part<K, V, S>> {
        self.parts.get(self.hasher.hash_one(key) as usize % PARTS)
    }
}
