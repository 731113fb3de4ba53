//! Recordings: what is said on the connections of one account, at the wish of the operator.
//!
//! A [`Tap`] on each connection sees whole messages in both directions. While nothing is wanted it looks at one number and
//! does nothing. What it records becomes text in the connection's own task, without anything that proves who somebody is,
//! and is handed to the one task that writes files; what that task has no room for is lost and counted, since a slow disk
//! must not slow down a session.
//!
//! # The files
//!
//! One for each connection, in the order of what happened:
//!
//! ```text
//! msnpd recording 1
//! account alice@example.com
//! connection 3 notification
//! clock 1795314664
//!
//! 0.102233 > VER 1 MSNP11 CVR0
//! 0.102871 < VER 1 MSNP11
//! 0.140002 > USR 4 TWN S {hidden:5c0d3a11}
//! 0.141170 < MSG Hotmail Hotmail 412
//!  |MIME-Version: 1.0
//!  |MSPAuth: {hidden:81f0e2aa}
//! 9.500120 closed by client
//! ```
//!
//! The numbers are seconds since `clock`, the same for all files of one run of the server, and no two are alike: they tell
//! the order of what happened on all connections. `>` is said by the client, `<` by the server. Payloads stand below their
//! lines as in conversation scripts: a last line that ends in a backslash has no line end; a brace is written twice; what
//! is no text, or can't be seen, is `{hex:00ff}`. `{hidden:…}` is what is not kept; two of them are alike where what they
//! stand for was the same. What is said after the end was under way already. Other lines: `signed in MSNP11` in the head of what begins in the middle, `lost 3`, `full`,
//! `stopped`.

mod files;
mod tap;
mod text;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use msnp::types::Email;
use msnp::version::Version;
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::{error, info, warn};

use crate::clock::unix_now;
use crate::store::Wish;
use crate::{random, ticket};
use files::Files;
pub use tap::{EndedBy, Tap};

/// Where recordings are, in the data directory.
pub const DIRECTORY: &str = "recordings";

/// How long a recording may be asked for.
pub const MAX_TIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How many connections of clients that only say to be the account are in a recording: anybody can say so.
const MAX_CLAIMS: u32 = 100;

/// How much may wait for the disk, in bytes; what comes then is lost.
const MAX_WAITING: usize = 4 << 20;

/// How much a recording may have. Tests have less.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// In one file, in bytes.
    file: u64,
    /// In the files of one account's recording, in bytes.
    recording: u64,
    /// How many of these.
    files: usize,
    /// In all files in the directory, of former recordings too, in bytes.
    directory: u64,
    /// How many files may be open at once.
    open: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 16 << 20, recording: 128 << 20, files: 2000, directory: 1 << 30, open: 200 }
    }
}

/// With which server a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The notification server.
    Notification,
    /// The switchboard.
    Switchboard,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "notification",
            Self::Switchboard => "switchboard",
        }
    }
}

/// Whose connection it is.
#[derive(Clone, Debug)]
pub struct Who {
    /// Who it is, or says he is.
    pub account: Email,
    /// With which server he talks.
    pub kind: Kind,
    /// How, once it is known that it is he.
    pub signed_in: Option<Version>,
}

/// Knows who is to be recorded, and passes on what is.
#[derive(Debug)]
pub struct Recorder {
    /// Different after each change of what is wanted; 0 while nothing is.
    state: AtomicU64,
    wanted: Mutex<Wanted>,
    jobs: UnboundedSender<Job>,
    queue: Mutex<Option<UnboundedReceiver<Job>>>,
    /// How many bytes wait for the disk.
    waiting: AtomicUsize,
    clock: Clock,
    /// Makes the names of what is hidden. Never kept, so that nobody can try what they stand for.
    key: [u8; 32],
}

#[derive(Debug, Default)]
struct Wanted {
    accounts: HashMap<Email, Recording>,
    changes: u64,
    /// Ended here and not in the store yet.
    over: Vec<Email>,
}

/// One account's recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Recording {
    /// Never used twice.
    number: u64,
    /// In seconds since 1970.
    until: u64,
    /// How many connections were recorded of clients that only said to be this account.
    claims: u32,
}

/// The time in recordings.
#[derive(Debug)]
struct Clock {
    /// When it began, in seconds since 1970.
    began: u64,
    since: Instant,
    last: AtomicU64,
}

impl Clock {
    /// The time in microseconds; never the same twice, and later for what was caused by something than for that.
    fn stamp(&self) -> u64 {
        let now = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        let after = |last: u64| now.max(last.saturating_add(1));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last)));
        after(last.unwrap_or_default())
    }
}

/// What is to be done with files.
#[derive(Debug)]
enum Job {
    /// A connection is recorded from here on.
    Open { connection: u64, account: Email, kind: Kind, head: String },
    /// Something was said on it.
    Append { connection: u64, text: String },
    /// It is over.
    Close { connection: u64 },
    /// The recording of an account is over.
    Stop { account: Email },
    /// So is everything.
    Finish,
}

impl Job {
    fn size(&self) -> usize {
        match self {
            Self::Append { text, .. } | Self::Open { head: text, .. } => text.len() + size_of::<Self>(),
            // There is one for each that was opened.
            Self::Close { .. } | Self::Stop { .. } | Self::Finish => 0,
        }
    }
}

impl Default for Recorder {
    fn default() -> Self {
        let (jobs, queue) = unbounded_channel();
        Self {
            state: AtomicU64::new(0),
            wanted: Mutex::default(),
            jobs,
            queue: Mutex::new(Some(queue)),
            waiting: AtomicUsize::new(0),
            clock: Clock { began: unix_now(), since: Instant::now(), last: AtomicU64::new(0) },
            key: random::bytes(),
        }
    }
}

impl Recorder {
    /// Records those whom the store says, and nobody else.
    pub fn follow(&self, wishes: &[Wish]) {
        let now = unix_now();
        let mut wanted = self.wanted.lock();
        let ended: Vec<Email> = wanted
            .accounts
            .keys()
            .filter(|account| !wishes.iter().any(|wish| wish.account == **account))
            .cloned()
            .collect();
        for account in ended {
            self.end(&mut wanted, &account, "stopped");
        }
        for Wish { account, until } in wishes.iter().filter(|wish| wish.until > now) {
            wanted.changes += 1;
            let number = wanted.changes;
            let recording = wanted.accounts.entry(account.clone()).or_insert(Recording {
                number,
                until: *until,
                claims: 0,
            });
            recording.until = *until;
            if recording.number == number {
                info!(%account, seconds = until - now, folder = DIRECTORY, "recording what is said to and by an account");
            }
        }
        self.publish(&wanted);
    }

    /// These could not be forgotten by the store yet.
    pub fn are_over(&self, accounts: impl IntoIterator<Item = Email>) {
        self.wanted.lock().over.extend(accounts);
    }

    /// Ends what has lasted long enough. Returns what is full, for the store to forget.
    pub fn expire(&self) -> Vec<Email> {
        if self.state.load(Ordering::Relaxed) == 0 {
            return std::mem::take(&mut self.wanted.lock().over);
        }
        let now = unix_now();
        let mut wanted = self.wanted.lock();
        let late = wanted.accounts.iter().filter(|(_, recording)| recording.until <= now);
        let late: Vec<Email> = late.map(|(account, _)| account.clone()).collect();
        for account in late {
            // The store passes over it by itself; and somebody may just have asked for a longer time.
            self.end(&mut wanted, &account, "its time is over");
        }
        self.publish(&wanted);
        std::mem::take(&mut wanted.over)
    }

    /// Writes files until [`finish`](Self::finish).
    pub async fn run(&self, data_dir: &Path) {
        let Some(mut queue) = self.queue.lock().take() else { return };
        let mut files = Files::new(data_dir.join(DIRECTORY), Limits::default());
        let mut jobs = Vec::new();
        while queue.recv_many(&mut jobs, 256).await > 0 {
            let size: usize = jobs.iter().map(Job::size).sum();
            let is_last = jobs.iter().any(|job| matches!(job, Job::Finish));
            let batch = std::mem::take(&mut jobs);
            let worked = tokio::task::spawn_blocking(move || {
                let full = files.work(batch);
                (files, full)
            });
            let Ok((back, full)) = worked.await else {
                error!(
                    "the task that writes recordings has failed: nothing is recorded until the next start"
                );
                return;
            };
            files = back;
            self.waiting.fetch_sub(size, Ordering::Relaxed);
            for (account, why) in full {
                let mut wanted = self.wanted.lock();
                warn!(%account, why, "a recording is full");
                self.end(&mut wanted, &account, "full");
                wanted.over.push(account);
                self.publish(&wanted);
            }
            if is_last {
                return;
            }
        }
    }

    /// Ends [`run`](Self::run) when what was recorded so far is written.
    pub fn finish(&self) {
        let _ = self.jobs.send(Job::Finish);
    }

    fn end(&self, wanted: &mut Wanted, account: &Email, why: &'static str) {
        if wanted.accounts.remove(account).is_some() {
            wanted.changes += 1;
            info!(%account, why, "a recording has ended");
            let _ = self.jobs.send(Job::Stop { account: account.clone() });
        }
    }

    fn publish(&self, wanted: &Wanted) {
        let state = if wanted.accounts.is_empty() { 0 } else { wanted.changes };
        self.state.store(state, Ordering::Relaxed);
    }

    /// Whether anything is to be recorded, and whether that is still the same as before.
    fn state(&self) -> u64 {
        self.state.load(Ordering::Relaxed)
    }

    fn recording_of(&self, account: &Email) -> Option<Recording> {
        self.wanted.lock().accounts.get(account).copied()
    }

    /// Whether one more connection is recorded of a client that only says to be this account.
    fn may_record_claim(&self, account: &Email) -> bool {
        let mut wanted = self.wanted.lock();
        let Some(recording) = wanted.accounts.get_mut(account) else { return false };
        recording.claims = recording.claims.saturating_add(1);
        recording.claims <= MAX_CLAIMS
    }

    /// Passes something on, if there is room.
    fn pass(&self, job: Job) -> bool {
        let size = job.size();
        if self.waiting.fetch_add(size, Ordering::Relaxed) + size > MAX_WAITING {
            self.waiting.fetch_sub(size, Ordering::Relaxed);
            return false;
        }
        let passed = self.jobs.send(job).is_ok();
        if !passed {
            self.waiting.fetch_sub(size, Ordering::Relaxed);
        }
        passed
    }

    /// What stands for something secret: the same for the same, and no way back.
    fn name_of(&self, secret: &[u8]) -> String {
        let hash = ticket::hmac_sha256(&self.key, secret);
        hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(account: &str, until: u64) -> Wish {
        Wish { account: account.parse().unwrap(), until }
    }

    #[test]
    fn nothing_is_wanted_when_the_last_has_ended() {
        let recorder = Recorder::default();
        assert_eq!(recorder.state(), 0);
        let later = unix_now() + 100;
        recorder.follow(&[wish("a@b.cd", later), wish("b@b.cd", later), wish("late@b.cd", 1)]);
        assert!((0..MAX_CLAIMS).all(|_| recorder.may_record_claim(&"a@b.cd".parse().unwrap())));
        assert!(!recorder.may_record_claim(&"a@b.cd".parse().unwrap()), "anybody can say so");
        assert!(!recorder.may_record_claim(&"c@b.cd".parse().unwrap()), "not wanted");
        let (first, state) = (recorder.recording_of(&"a@b.cd".parse().unwrap()), recorder.state());
        assert!(first.is_some() && state != 0);
        assert_eq!(recorder.recording_of(&"late@b.cd".parse().unwrap()), None);

        // One that lasts longer is the same; one that is asked for again is another.
        recorder.follow(&[wish("a@b.cd", later + 1)]);
        let second = recorder.recording_of(&"a@b.cd".parse().unwrap());
        assert_eq!(second.map(|r| r.number), first.map(|r| r.number));
        assert_ne!(recorder.state(), state);
        recorder.follow(&[]);
        assert_eq!(recorder.state(), 0);
        recorder.follow(&[wish("a@b.cd", later)]);
        assert_ne!(
            recorder.recording_of(&"a@b.cd".parse().unwrap()).map(|r| r.number),
            first.map(|r| r.number)
        );
        assert!(recorder.expire().is_empty());
    }

    #[test]
    fn what_waits_for_the_disk_is_bounded() {
        let recorder = Recorder::default();
        let job = || Job::Append { connection: 1, text: "x".repeat(1 << 20) };
        assert!((0..3).all(|_| recorder.pass(job())));
        assert!(!recorder.pass(job()));
        assert!(recorder.pass(Job::Close { connection: 1 }), "always");
    }

    #[test]
    fn no_two_stamps_are_alike() {
        let clock = Clock { began: 0, since: Instant::now(), last: AtomicU64::new(0) };
        let stamps: Vec<u64> = (0..1000).map(|_| clock.stamp()).collect();
        assert!(stamps.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
