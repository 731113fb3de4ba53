//! Passwords that were right a moment ago, so that they need not be hashed again.
//!
//! A client shows its password several times while it signs in, and again when its connection breaks. What is kept is a
//! keyed digest of hash and password together: it says nothing without the key, which only this process has, and nothing
//! about another hash, so a new password ends it at once.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use parking_lot::Mutex;
use sha2::Sha256;

use crate::random;

/// For how long a password counts as just verified: twice this at most, and once this at least unless very many others sign
/// in meanwhile.
const HALF_LIFE: Duration = Duration::from_secs(150);

/// How many are remembered of each half: 32 bytes each.
const CAPACITY: usize = 16_384;

type Digest = [u8; 32];

/// Passwords that were right a moment ago.
pub(super) struct Recent {
    key: [u8; 32],
    halves: Mutex<Halves>,
}

/// The older half is forgotten when the newer one is full, or old enough.
struct Halves {
    newer: HashSet<Digest>,
    older: HashSet<Digest>,
    since: Instant,
}

impl Halves {
    fn age(&mut self, now: Instant) {
        let age = now.saturating_duration_since(self.since);
        if age >= HALF_LIFE || self.newer.len() >= CAPACITY {
            self.older = std::mem::take(&mut self.newer);
            if age >= 2 * HALF_LIFE {
                self.older = HashSet::new();
            }
            self.since = now;
        }
    }
}

impl Recent {
    pub(super) fn new() -> Self {
        let halves = Halves { newer: HashSet::new(), older: HashSet::new(), since: Instant::now() };
        Self { key: random::bytes(), halves: Mutex::new(halves) }
    }

    /// Whether this password was right for this hash a moment ago.
    pub(super) fn was_right(&self, password: &str, hash: &str, now: Instant) -> bool {
        let digest = self.digest(password, hash);
        let mut halves = self.halves.lock();
        halves.age(now);
        halves.newer.contains(&digest) || halves.older.contains(&digest)
    }

    /// Remembers that it is right.
    pub(super) fn is_right(&self, password: &str, hash: &str, now: Instant) {
        let digest = self.digest(password, hash);
        let mut halves = self.halves.lock();
        halves.age(now);
        halves.newer.insert(digest);
    }

    fn digest(&self, password: &str, hash: &str) -> Digest {
        // A hash in PHC form has no zero in it, so nothing else comes to the same bytes.
        let mut block = [0; 64];
        block.iter_mut().zip(self.key).for_each(|(to, from)| *to = from);
        Hmac::<Sha256>::new(&block.into())
            .chain_update(hash)
            .chain_update([0])
            .chain_update(password)
            .finalize()
            .into_bytes()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_right_is_known_for_a_while() {
        let (recent, now) = (Recent::new(), Instant::now());
        assert!(!recent.was_right("secret", "$hash", now));
        recent.is_right("secret", "$hash", now);
        for (password, hash, at, known) in [
            ("secret", "$hash", now, true),
            ("Secret", "$hash", now, false),
            ("secret", "$other", now, false),
            ("secret", "$hash", now + HALF_LIFE, true),
            ("secret", "$hash", now + 2 * HALF_LIFE, false),
        ] {
            assert_eq!(recent.was_right(password, hash, at), known, "{password} {hash}");
        }
        recent.is_right("secret", "$hash", now);
        assert!(!recent.was_right("secret", "$hash", now + 4 * HALF_LIFE), "nobody asked for a long time");
    }

    #[test]
    fn no_more_are_remembered_than_may_be() {
        let (recent, now) = (Recent::new(), Instant::now());
        for number in 0..3 * CAPACITY {
            recent.is_right("secret", &number.to_string(), now);
        }
        let halves = recent.halves.lock();
        assert!(halves.newer.len() + halves.older.len() <= 2 * CAPACITY);
        drop(halves);
        assert!(recent.was_right("secret", &(3 * CAPACITY - 1).to_string(), now));
    }
}
