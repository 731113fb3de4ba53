//! Passwords: kept as argon2id, checked by a bounded number of threads, first come first served.
//!
//! A hash takes 19 MiB and some 10 ms of a processor, on purpose. What keeps that from being everybody's problem is
//! here: no more of them at once than there are processors to spare, the others wait in line, and who has gone
//! meanwhile is passed over. A password that was right a moment ago is not hashed again.

mod argon;
pub mod legacy;
mod recent;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use argon2::Block;
use parking_lot::Mutex;
use recent::Recent;
use tokio::sync::{Semaphore, oneshot};

/// How many characters (Unicode scalar values) of a password count, as with Passport: several clients cut there.
pub const COUNTED: usize = 16;

/// How many may wait for a thread. At 60 hashes a second, which two processors do, the last of them waits for half a minute, and
/// clients hardly wait for longer: they give up and come again. Each holds a connection to a web service, and half as many as
/// there may be of these (4,096) are left for everything else that is asked of them.
pub const MAX_WAITING: usize = 2048;

/// The part of a password that counts.
pub fn counted(password: &str) -> &str {
    let end = password.char_indices().nth(COUNTED).map_or(password.len(), |(at, _)| at);
    password.get(..end).unwrap_or(password)
}

/// Checks and hashes passwords on a bounded number of threads, first come first served. Cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    inner: Arc<Inner>,
}

struct Inner {
    threads: usize,
    /// One permit per thread. Fair: who has waited longest is next.
    free: Semaphore,
    waiting: AtomicUsize,
    /// Memory of finished hashes for the next: to get 19 MiB from the system costs a tenth of a hash. Given back when
    /// nobody is at it.
    memory: Mutex<Vec<Vec<Block>>>,
    recent: Recent,
}

/// Why a password could not be hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// [`MAX_WAITING`] others wait.
    #[error("too many passwords wait to be checked: try again later")]
    Busy,
    /// Memory or randomness is wanting.
    #[error("a password could not be hashed: the system is short of memory or randomness")]
    Failed,
}

impl Hasher {
    /// With at most `threads` hashes at once, and one at least. Each takes 19 MiB while it lasts.
    pub fn new(threads: usize) -> Self {
        let threads = threads.max(1);
        Self {
            inner: Arc::new(Inner {
                threads,
                free: Semaphore::new(threads),
                waiting: AtomicUsize::new(0),
                memory: Mutex::new(Vec::new()),
                recent: Recent::new(),
            }),
        }
    }

    /// The first 16 characters of a password as an argon2id string in PHC form, with a salt of its own.
    ///
    /// # Errors
    /// [`Busy`](HashError::Busy), [`Failed`](HashError::Failed).
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = counted(password).to_owned();
        self.run(move |memory| argon::hash(&password, memory)).await?.ok_or(HashError::Failed)
    }

    /// Whether `password` is the one that `hash` was made of. Only its first 16 characters count, as with
    /// Passport. Takes as long for an account that does not exist (`None`) as for a wrong password; one that was right a
    /// moment ago is known at once.
    ///
    /// # Errors
    /// [`Busy`](HashError::Busy), [`Failed`](HashError::Failed): the password was not looked at.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, HashError> {
        let counted = counted(password);
        let recent = &self.inner.recent;
        if hash.is_some_and(|hash| recent.was_right(counted, hash, Instant::now())) {
            return Ok(true);
        }
        let (password, known) = (counted.to_owned(), hash.map(str::to_owned));
        let is_right = self
            .run(move |memory| argon::verify(&password, known.as_deref(), memory))
            .await?
            .ok_or(HashError::Failed)?;
        if let Some(hash) = hash.filter(|_| is_right) {
            recent.is_right(counted, hash, Instant::now());
        }
        Ok(is_right)
    }

    /// Waits for a turn and does `work` on a thread of its own, which goes after all others.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        {
            let _place = Place::take(&self.inner)?;
            self.inner.free.acquire().await.map_err(|_| HashError::Failed)?.forget();
        }
        // The permit goes with the work: a caller who leaves does not make it take less of a processor.
        let permit = Permit(self.inner.clone());
        let (answer, done) = oneshot::channel();
        // Starting one costs a hundredth of a hash.
        let hashing = thread::Builder::new().name("msnpd-hash".to_owned()).spawn(move || {
            yield_to_others();
            let mut memory = permit.0.memory.lock().pop().unwrap_or_default();
            let done = work(&mut memory);
            permit.0.memory.lock().push(memory);
            drop(permit);
            let _ = answer.send(done);
        });
        hashing.map_err(|_| HashError::Failed)?;
        done.await.map_err(|_| HashError::Failed)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("threads", &self.inner.threads).finish_non_exhaustive()
    }
}

/// How much less than everybody else those threads get that hash, as `nice` counts it: with 10, a tenth of a processor that
/// others want as well, and all of one that nobody wants.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Lets every other thread go first: whoever guesses passwords, or thousands who come with one after a restart, are not to be
/// felt by those who are signed in or come with a ticket. Elsewhere than on Linux it would slow down the whole process.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICENESS);
}

/// One of the places to wait in.
struct Place<'a>(&'a Inner);

impl<'a> Place<'a> {
    fn take(inner: &'a Inner) -> Result<Self, HashError> {
        let place = Self(inner);
        if inner.waiting.fetch_add(1, Ordering::Relaxed) < MAX_WAITING {
            Ok(place)
        } else {
            Err(HashError::Busy)
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The right to hash, given back when dropped.
struct Permit(Arc<Inner>);

impl Drop for Permit {
    fn drop(&mut self) {
        let Inner { threads, free, memory, .. } = &*self.0;
        free.add_permits(1);
        if free.available_permits() == *threads {
            memory.lock().clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_characters_count() {
        assert_eq!(counted(""), "");
        assert_eq!(counted("0123456789abcdef"), "0123456789abcdef");
        assert_eq!(counted("0123456789abcdefg"), "0123456789abcdef");
        assert_eq!(counted("äääääääääääääääää"), "ä".repeat(16));
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let hasher = Hasher::new(1);
        let hash = hasher.hash("secret of Alice, and more").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash("secret of Alice, and more").await.unwrap());
        for (password, hash, right) in [
            ("secret of Alice,", Some(&*hash), true),
            ("secret of Alice, or less", Some(&hash), true),
            ("secret of Alice", Some(&hash), false),
            ("", Some(&hash), false),
            ("secret of Alice,", None, false),
            ("secret of Alice,", Some("no hash"), false),
        ] {
            assert_eq!(hasher.verify(password, hash).await, Ok(right), "{password} {hash:?}");
        }
        assert!(hasher.inner.memory.lock().is_empty());
    }

    #[tokio::test]
    async fn a_password_just_verified_waits_for_no_thread() {
        let hasher = Hasher::new(1);
        let hash = hasher.hash("secret").await.unwrap();
        assert_eq!(hasher.verify("secret", Some(&hash)).await, Ok(true));
        let turn = hasher.inner.free.acquire().await.unwrap();
        assert_eq!(hasher.verify("secret", Some(&hash)).await, Ok(true));
        let mut wrong = Box::pin(hasher.verify("Secret", Some(&hash)));
        assert!(futures_poll(&mut wrong).await.is_none(), "a wrong one is hashed each time");
        drop(turn);
        assert_eq!(wrong.await, Ok(false));
    }

    #[tokio::test]
    async fn who_leaves_takes_nobodys_turn() {
        let hasher = Hasher::new(1);
        let turn = hasher.inner.free.acquire().await.unwrap();
        let mut leaves = Box::pin(hasher.verify("x", None));
        assert!(futures_poll(&mut leaves).await.is_none());
        assert_eq!(hasher.inner.waiting.load(Ordering::Relaxed), 1);
        drop(leaves);
        assert_eq!(hasher.inner.waiting.load(Ordering::Relaxed), 0);
        drop(turn);
        assert_eq!(hasher.verify("x", None).await, Ok(false));
        assert_eq!(hasher.inner.free.available_permits(), 1);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn whoever_hashes_goes_after_all_others() {
        let own = || rustix::process::getpriority_process(None).unwrap();
        let before = own();
        assert_eq!(Hasher::new(1).run(move |_| own()).await, Ok((before + NICENESS).min(19)));
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
    }

    #[tokio::test]
    async fn a_full_line_is_told() {
        let hasher = Hasher::new(1);
        hasher.inner.waiting.store(MAX_WAITING, Ordering::Relaxed);
        assert_eq!(hasher.verify("x", None).await, Err(HashError::Busy));
        assert_eq!(hasher.inner.waiting.load(Ordering::Relaxed), MAX_WAITING);
    }

    /// Polls once.
    async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|cx| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(cx) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
