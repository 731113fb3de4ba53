//! The operating system's limit on open files: every connection is one.

/// How many files are open besides connections: the database and its readers, listeners, the runtime's own.
const OTHERS: usize = 64;

/// The limit can't be what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "with what the web ports need that takes {needed} open files, and this process may have {allowed}: raise the limit \
     (LimitNOFILE= in a systemd unit, `ulimit -Hn` in a shell), or lower max_connections"
)]
pub struct Shortage {
    needed: usize,
    allowed: u64,
}

/// Whether so many connections can be had, once the limit is [raised](raise).
///
/// # Errors
/// When they can't.
pub fn suffice(connections: usize) -> Result<(), Shortage> {
    let needed = connections.saturating_add(OTHERS);
    match most() {
        Some(allowed) if allowed < needed as u64 => Err(Shortage { needed, allowed }),
        _ => Ok(()),
    }
}

/// What the limit can be raised to; `None`: there is none.
#[cfg(unix)]
fn most() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum
}

#[cfg(not(unix))]
fn most() -> Option<u64> {
    None
}

/// Raises the limit as far as this process may. Nothing is lost where it may not: who doesn't get in waits.
pub fn raise() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    }
}
