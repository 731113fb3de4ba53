//! What a process takes of the machine, as the Linux kernel counts it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

/// How many ticks of the kernel's a second has on Linux.
const TICKS: f64 = 100.0;

/// A process that is looked at.
#[derive(Clone, Debug)]
pub struct Process(PathBuf);

/// What it has taken so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Usage {
    /// Memory of its own in user space, in KiB (`RssAnon`).
    pub anonymous: u64,
    /// All memory of its that is in the machine, in KiB (`VmRSS`).
    pub resident: u64,
    /// Processor time in user space and in the kernel, in seconds.
    pub processor: f64,
}

impl Process {
    /// The process with this number.
    pub fn new(pid: u32) -> Self {
        Self(PathBuf::from(format!("/proc/{pid}")))
    }

    /// Looks at it.
    ///
    /// # Errors
    /// When there is no such process, or the system tells nothing of it.
    pub fn usage(&self) -> io::Result<Usage> {
        let status = std::fs::read_to_string(self.0.join("status"))?;
        let stat = std::fs::read_to_string(self.0.join("stat"))?;
        let memory = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        let ticks = || {
            // Behind the name, which may have anything in it.
            let (_, fields) = stat.rsplit_once(") ")?;
            let mut times = fields.split(' ').skip(11).map(str::parse::<u64>);
            Some(times.next()?.ok()? + times.next()?.ok()?)
        };
        let told = || {
            Some(Usage {
                anonymous: memory("RssAnon:")?,
                resident: memory("VmRSS:")?,
                processor: ticks()? as f64 / TICKS,
            })
        };
        told().ok_or_else(|| io::Error::other("the system does not tell what the process takes"))
    }
}

impl Usage {
    /// How many processors it has kept busy since `before`, over so much time.
    pub fn processors_since(&self, before: &Self, time: Duration) -> f64 {
        (self.processor - before.processor) / time.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_seen() {
        let usage = Process::new(std::process::id()).usage().unwrap();
        assert!(usage.anonymous > 0 && usage.resident >= usage.anonymous, "{usage:?}");
        assert!(Process::new(u32::MAX).usage().is_err());
    }
}
