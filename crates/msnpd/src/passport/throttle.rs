//! Wrong passwords make the next attempt wait: for the same account, and for the same address. And nobody has many
//! attempts under way at a time.
//!
//! What it promises:
//! - Whoever guesses gets slower with each failure, up to [`MAX_DELAY`] an attempt. Attempts at one account that are
//!   under way count as failures, so guessing many at once gains nothing.
//! - One address has no more than [`SEATS`] attempts waiting or being checked, and no more than [`SEATS_PER_ACCOUNT`]
//!   of them at one account, whether it has failed or not. What comes on top is told to come back later, and costs
//!   nothing. So one address puts no more than [`SEATS`] hashes before everybody else's.
//! - No account is ever locked. From an address with a free seat a right password gets through after [`MAX_DELAY`] and
//!   the hashes that are before it, whoever else tries the same account from other addresses.
//!
//! What it does not: whoever has many addresses has the seats of all of them, and from an address whose seats an
//! attacker keeps taken nobody gets through. Many users behind one address take turns, and who finds no seat has to try
//! again: where nobody fails that is as fast as passwords are checked, some hundred a second; where many do, [`SEATS`]
//! every [`MAX_DELAY`]. Behind a reverse proxy all users are behind one address, the proxy's: headers that tell another
//! one are not looked at.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// The longest that an attempt waits.
pub const MAX_DELAY: Duration = Duration::from_secs(4);

/// How many attempts wait or run at a time from one address.
pub(crate) const SEATS: u32 = 64;

/// How many of these at the same account: one user's client, and its impatient repetitions.
pub(crate) const SEATS_PER_ACCOUNT: u32 = 4;

/// Failures that cost nothing yet: people mistype.
const FREE_PER_ACCOUNT: u32 = 3;

/// The same for an address, which may be that of a whole house.
const FREE_PER_ADDRESS: u32 = 10;

/// The first wait. Each further failure doubles it.
const FIRST_DELAY: Duration = Duration::from_millis(250);

/// So long after the last failure all is forgotten.
const MEMORY: Duration = Duration::from_secs(15 * 60);

/// How many accounts, and how many addresses, are remembered. Then the one whose last failure is longest ago
/// is forgotten.
const CAPACITY: usize = 65_536;

/// Who failed how often. Accounts are kept as a keyed hash of what was typed: whether they exist is not known
/// here, and must not show.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    tables: Mutex<Tables>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Tables {
    accounts: Table<u64>,
    addresses: Table<Network>,
    /// How many attempts each address has under way at each account. Nothing stays when they are over.
    pairs: HashMap<(u64, Network), u32>,
}

/// An address as far as one person has it alone: a provider gives each customer 64 bits of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Network {
    V4(Ipv4Addr),
    V6(u64),
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments().map(u64::from);
                Self::V6(a << 48 | b << 32 | c << 16 | d)
            }
        }
    }
}

#[derive(Debug)]
struct Table<K>(HashMap<K, Entry>);

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    failures: u32,
    pending: u32,
    last: Instant,
}

impl<K: Copy + Eq + Hash> Table<K> {
    /// The entry of `key`, made or renewed if need be.
    fn entry(&mut self, key: K, now: Instant) -> &mut Entry {
        if self.0.len() >= CAPACITY && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        let entry = self.0.entry(key).or_insert(Entry { failures: 0, pending: 0, last: now });
        if now.saturating_duration_since(entry.last) >= MEMORY {
            entry.failures = 0;
        }
        entry
    }

    fn make_room(&mut self, now: Instant) {
        self.0.retain(|_, entry| entry.pending > 0 || now.saturating_duration_since(entry.last) < MEMORY);
        if self.0.len() < CAPACITY {
            return;
        }
        let idle = self.0.iter().filter(|(_, entry)| entry.pending == 0);
        if let Some(oldest) = idle.min_by_key(|(_, entry)| entry.last).map(|(key, _)| *key) {
            self.0.remove(&oldest);
        }
    }

    fn end(&mut self, key: K, outcome: Outcome, now: Instant) {
        let Some(entry) = self.0.get_mut(&key) else { return };
        entry.pending = entry.pending.saturating_sub(1);
        match outcome {
            Outcome::Failed => {
                entry.failures = entry.failures.saturating_add(1);
                entry.last = now;
            }
            Outcome::Forgiven => entry.failures = 0,
            Outcome::Unknown => {}
        }
        if entry.pending == 0 && entry.failures == 0 {
            self.0.remove(&key);
        }
    }
}

#[derive(Clone, Copy)]
enum Outcome {
    Failed,
    Forgiven,
    Unknown,
}

/// Too many attempts at a time from one address: come back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy;

impl Throttle {
    /// An attempt begins. The caller waits for its [`Attempt::delay`], checks the password, and says how it
    /// went. Dropped unsaid (the client is gone, the store failed), it counts for nothing.
    pub(crate) fn begin(&self, sign_in: &str, from: IpAddr, now: Instant) -> Result<Attempt<'_>, Busy> {
        let account = self.hasher.hash_one(sign_in.trim().to_ascii_lowercase());
        let address = Network::from(from);
        let mut tables = self.tables.lock();
        let under_way = tables.pairs.get(&(account, address)).copied().unwrap_or_default();
        if under_way >= SEATS_PER_ACCOUNT {
            return Err(Busy);
        }
        let entry = tables.addresses.entry(address, now);
        if entry.pending >= SEATS {
            return Err(Busy);
        }
        entry.pending += 1;
        let by_address = delay(entry.failures, FREE_PER_ADDRESS);
        tables.pairs.insert((account, address), under_way + 1);
        let entry = tables.accounts.entry(account, now);
        let by_account = delay(entry.failures.saturating_add(entry.pending), FREE_PER_ACCOUNT);
        entry.pending += 1;
        Ok(Attempt {
            throttle: self,
            account,
            address,
            delay: by_account.max(by_address),
            outcome: Outcome::Unknown,
        })
    }
}

fn delay(failures: u32, free: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(free) else { return Duration::ZERO };
    FIRST_DELAY.saturating_mul(2_u32.saturating_pow(doublings)).min(MAX_DELAY)
}

/// A running attempt.
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    account: u64,
    address: Network,
    delay: Duration,
    outcome: Outcome,
}

impl Attempt<'_> {
    /// How long it has to wait before the password is looked at.
    pub(crate) fn delay(&self) -> Duration {
        self.delay
    }

    /// The password was wrong.
    pub(crate) fn failed(mut self) {
        self.outcome = Outcome::Failed;
    }

    /// The password was right. The address stays as slow as it is: a guesser may have an account too.
    pub(crate) fn succeeded(mut self) {
        self.outcome = Outcome::Forgiven;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut tables = self.throttle.tables.lock();
        let pair = (self.account, self.address);
        match tables.pairs.get_mut(&pair) {
            Some(under_way) if *under_way > 1 => *under_way -= 1,
            _ => {
                tables.pairs.remove(&pair);
            }
        }
        tables.accounts.end(self.account, self.outcome, now);
        let for_address = match self.outcome {
            Outcome::Failed => Outcome::Failed,
            Outcome::Forgiven | Outcome::Unknown => Outcome::Unknown,
        };
        tables.addresses.end(self.address, for_address, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn attempt<'a>(throttle: &'a Throttle, who: &str, from: IpAddr) -> Attempt<'a> {
        throttle.begin(who, from, Instant::now()).unwrap()
    }

    #[test]
    fn an_account_under_attack_gets_slow_but_not_locked() {
        let throttle = Throttle::default();
        let mut delays = Vec::new();
        for last in 0..200 {
            let attempt = attempt(&throttle, "alice@example.com", from(last));
            delays.push(attempt.delay().as_millis());
            attempt.failed();
        }
        assert_eq!(delays[..8], [0, 0, 0, 250, 500, 1000, 2000, 4000]);
        assert_eq!(delays[199], MAX_DELAY.as_millis());
        // In any letter case, and nobody else.
        assert_eq!(attempt(&throttle, " Alice@Example.com", from(250)).delay(), MAX_DELAY);
        assert_eq!(attempt(&throttle, "bob@example.com", from(250)).delay(), Duration::ZERO);
        // The right password makes up for it.
        attempt(&throttle, "alice@example.com", from(250)).succeeded();
        assert_eq!(attempt(&throttle, "alice@example.com", from(250)).delay(), Duration::ZERO);
    }

    #[test]
    fn guessing_in_parallel_gains_nothing() {
        let throttle = Throttle::default();
        let attempts: Vec<_> =
            (0..20).map(|last| attempt(&throttle, "alice@example.com", from(last))).collect();
        assert_eq!(attempts[3].delay(), FIRST_DELAY);
        assert_eq!(attempts[19].delay(), MAX_DELAY);
        drop(attempts);
        assert_eq!(attempt(&throttle, "alice@example.com", from(0)).delay(), Duration::ZERO);
    }

    #[test]
    fn an_address_that_tries_many_accounts_gets_slow() {
        let throttle = Throttle::default();
        for user in 0..20 {
            attempt(&throttle, &format!("user{user}@example.com"), from(1)).failed();
        }
        // A success of its own does not clear it.
        attempt(&throttle, "mine@example.com", from(1)).succeeded();
        assert_eq!(attempt(&throttle, "alice@example.com", from(1)).delay(), MAX_DELAY);
        assert_eq!(attempt(&throttle, "alice@example.com", from(2)).delay(), Duration::ZERO);
    }

    #[test]
    fn an_address_has_few_seats_even_before_it_has_failed() {
        let throttle = Throttle::default();
        let busy = |who, from| throttle.begin(who, from, Instant::now()).err() == Some(Busy);
        let at_alice: Vec<_> =
            (0..SEATS_PER_ACCOUNT).map(|_| attempt(&throttle, "alice@example.com", from(1))).collect();
        assert!(busy("Alice@example.com", from(1)));
        // Others from there, and Alice from elsewhere, have theirs.
        assert!(!busy("bob@example.com", from(1)));
        assert!(!busy("alice@example.com", from(2)));
        let others: Vec<_> = (SEATS_PER_ACCOUNT..SEATS)
            .map(|user| attempt(&throttle, &format!("u{user}@example.com"), from(1)))
            .collect();
        assert!(others.iter().all(|attempt| attempt.delay().is_zero()));
        assert!(busy("bob@example.com", from(1)));
        assert!(!busy("bob@example.com", from(2)));
        drop(at_alice);
        assert!(!busy("alice@example.com", from(1)));
        others.into_iter().for_each(Attempt::succeeded);
        let tables = throttle.tables.lock();
        assert_eq!((tables.accounts.0.len(), tables.addresses.0.len(), tables.pairs.len()), (0, 0, 0));
    }

    #[test]
    fn the_owner_of_an_attacked_account_gets_through_from_elsewhere() {
        let throttle = Throttle::default();
        let mut attack = Vec::new();
        for last in 0..200 {
            for _ in 0..10 {
                attack.extend(throttle.begin("alice@example.com", from(last), Instant::now()));
            }
        }
        assert_eq!(attack.len(), 200 * SEATS_PER_ACCOUNT as usize);
        assert_eq!(attempt(&throttle, "alice@example.com", from(250)).delay(), MAX_DELAY);
    }

    #[test]
    fn ipv6_counts_by_64_bits() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), Network::V4(Ipv4Addr::new(192, 0, 2, 1)));
    }

    #[test]
    fn forgets_in_time_and_when_full() {
        let throttle = Throttle::default();
        for _ in 0..20 {
            attempt(&throttle, "alice@example.com", from(1)).failed();
        }
        let later = Instant::now() + MEMORY;
        assert_eq!(throttle.begin("alice@example.com", from(1), later).unwrap().delay(), Duration::ZERO);

        let mut table = Table::default();
        let start = Instant::now();
        for key in 0..CAPACITY + 5 {
            let now = start + Duration::from_millis(key as u64);
            let entry = table.entry(key, now);
            (entry.failures, entry.last) = (1, now);
        }
        assert_eq!(table.0.len(), CAPACITY);
        assert!(!table.0.contains_key(&4) && table.0.contains_key(&5));
    }
}
