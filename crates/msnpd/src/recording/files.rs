//! The files of recordings, written by one task.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use msnp::types::Email;
use msnp::types::calendar::Civil;
use tracing::{error, info, warn};

use super::{Job, Kind, Limits};
use crate::clock::unix_now;
use crate::data_dir;

/// What is being written.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
    limits: Limits,
    open: HashMap<u64, Open>,
    recordings: HashMap<Email, Used>,
    /// How much the directory holds, once that was looked at.
    held: Option<u64>,
    /// Whether the operator was told that files can't be written.
    has_complained: bool,
}

#[derive(Debug)]
struct Open {
    account: Email,
    file: File,
    size: u64,
}

/// What one account's recording has taken.
#[derive(Debug, Default)]
struct Used {
    bytes: u64,
    files: usize,
    /// Nothing more is taken.
    is_full: bool,
    /// Whether a connection was left out because too many were open.
    has_overflowed: bool,
}

impl Files {
    pub(super) fn new(directory: PathBuf, limits: Limits) -> Self {
        Self {
            directory,
            limits,
            open: HashMap::new(),
            recordings: HashMap::new(),
            held: None,
            has_complained: false,
        }
    }

    /// Does these, and returns whose recordings are full, and why.
    pub(super) fn work(&mut self, jobs: Vec<Job>) -> Vec<(Email, &'static str)> {
        let mut full = Vec::new();
        for job in jobs {
            match job {
                Job::Open { connection, account, kind, head } => {
                    full.extend(self.open(connection, account, kind, &head));
                }
                Job::Append { connection, text } => full.extend(self.append(connection, &text)),
                Job::Close { connection } => drop(self.open.remove(&connection)),
                Job::Stop { account } => self.stop(&account),
                Job::Finish => self.open.clear(),
            }
        }
        full
    }

    fn open(
        &mut self,
        connection: u64,
        account: Email,
        kind: Kind,
        head: &str,
    ) -> Option<(Email, &'static str)> {
        // With each new recording, before which the operator may have removed former ones.
        let held = match self.held.filter(|_| self.recordings.contains_key(&account)) {
            Some(held) => held,
            None => {
                let held = data_dir::create(&self.directory).and_then(|()| size_of(&self.directory));
                match held {
                    Ok(held) => *self.held.insert(held),
                    Err(error) => {
                        let directory = self.directory.clone();
                        self.complain(&directory, &error);
                        return None;
                    }
                }
            }
        };
        let used = self.recordings.entry(account.clone()).or_default();
        if used.is_full {
            return None;
        }
        let why = if used.files >= self.limits.files {
            "it has as many files as it may"
        } else if held > self.limits.directory {
            "the folder is full: remove recordings that are not needed any more"
        } else if self.open.len() >= self.limits.open {
            if !std::mem::replace(&mut used.has_overflowed, true) {
                warn!(%account, "as many connections are recorded as may be at once: some are not");
            }
            return None;
        } else {
            return self.create(connection, account, kind, head);
        };
        used.is_full = true;
        Some((account, why))
    }

    fn create(
        &mut self,
        connection: u64,
        account: Email,
        kind: Kind,
        head: &str,
    ) -> Option<(Email, &'static str)> {
        let path = self.directory.join(name(&account, connection, kind));
        match data_dir::create_private(&path) {
            Ok(file) => {
                info!(%account, file = %path.display(), "a connection is recorded");
                self.recordings.entry(account.clone()).or_default().files += 1;
                self.open.insert(connection, Open { account, file, size: 0 });
                self.append(connection, head)
            }
            Err(error) => {
                self.complain(&path, &error);
                None
            }
        }
    }

    fn append(&mut self, connection: u64, text: &str) -> Option<(Email, &'static str)> {
        let open = self.open.get_mut(&connection)?;
        let size = text.len() as u64;
        if open.size + size > self.limits.file {
            // One line more does no harm, and who reads the file knows why it ends.
            let _ = open.file.write_all(b"full\n");
            self.open.remove(&connection);
            return None;
        }
        if let Err(error) = open.file.write_all(text.as_bytes()) {
            self.open.remove(&connection);
            let directory = self.directory.clone();
            self.complain(&directory, &error);
            return None;
        }
        open.size += size;
        let held = self.held.get_or_insert(0);
        *held += size;
        let is_full = *held > self.limits.directory;
        let used = self.recordings.entry(open.account.clone()).or_default();
        used.bytes += size;
        if used.is_full || (used.bytes <= self.limits.recording && !is_full) {
            return None;
        }
        used.is_full = true;
        Some((
            open.account.clone(),
            if is_full { "the folder is full" } else { "it is as long as it may be" },
        ))
    }

    /// Ends a recording's files.
    fn stop(&mut self, account: &Email) {
        self.recordings.remove(account);
        let stopped: Vec<u64> = self
            .open
            .iter()
            .filter(|(_, open)| open.account == *account)
            .map(|(number, _)| *number)
            .collect();
        for connection in stopped {
            if let Some(mut open) = self.open.remove(&connection) {
                let _ = open.file.write_all(b"stopped\n");
            }
        }
    }

    /// Tells the operator, once.
    fn complain(&mut self, path: &Path, error: &io::Error) {
        if !std::mem::replace(&mut self.has_complained, true) {
            error!(
                path = %path.display(), %error,
                "a recording can't be written, and parts of it are lost; is there room on the disk, and may the service write there?"
            );
        }
    }
}

/// `alice@example.com-20261122T101500-17-notification.txt`
fn name(account: &Email, connection: u64, kind: Kind) -> String {
    // An address may have characters that mean something in a path.
    let plain = |c: char| if c.is_ascii_alphanumeric() || "@._-+".contains(c) { c } else { '_' };
    let account: String = account.as_str().chars().map(plain).collect();
    let Civil { year, month, day, hour, minute, second } = Civil::from_unix(unix_now());
    format!(
        "{account}-{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}-{connection}-{}.txt",
        kind.as_str()
    )
}

/// How much is in a directory, in bytes.
fn size_of(directory: &Path) -> io::Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(directory)? {
        size += entry?.metadata().map_or(0, |metadata| metadata.len());
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> Email {
        "alice@example.com".parse().unwrap()
    }

    fn opened(connection: u64) -> Job {
        Job::Open { connection, account: alice(), kind: Kind::Switchboard, head: "head\n".to_owned() }
    }

    fn said(connection: u64, text: &str) -> Job {
        Job::Append { connection, text: text.to_owned() }
    }

    fn contents(directory: &Path) -> Vec<String> {
        let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    fn bench(limits: Limits) -> (tempfile::TempDir, Files) {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::new(dir.path().join("recordings"), limits);
        (dir, files)
    }

    #[test]
    fn each_connection_has_a_file_until_the_recording_ends() {
        let (_dir, mut files) = bench(Limits::default());
        let jobs = vec![
            opened(1),
            opened(2),
            said(1, "a\n"),
            Job::Close { connection: 1 },
            said(1, "late\n"),
            said(2, "b\n"),
        ];
        assert!(files.work(jobs).is_empty());
        files.work(vec![Job::Stop { account: alice() }, said(2, "late\n")]);
        assert_eq!(contents(&files.directory), ["head\na\n", "head\nb\nstopped\n"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let file = fs::read_dir(&files.directory).unwrap().next().unwrap().unwrap().path();
            assert_eq!((mode(&files.directory), mode(&file)), (0o700, 0o600));
        }
    }

    #[test]
    fn a_file_a_recording_and_the_folder_have_limits() {
        let (_dir, mut files) = bench(Limits { file: 10, ..Limits::default() });
        assert!(files.work(vec![opened(1), said(1, "12345"), said(1, "6"), said(1, "7")]).is_empty());
        assert_eq!(contents(&files.directory), ["head\n12345full\n"]);

        for limits in
            [Limits { recording: 10, ..Limits::default() }, Limits { directory: 10, ..Limits::default() }]
        {
            let (_dir, mut files) = bench(limits);
            assert!(files.work(vec![opened(1), said(1, "12345")]).is_empty());
            let full = files.work(vec![said(1, "6"), opened(2), said(1, "7")]);
            assert_eq!(full.len(), 1, "told once: {full:?}");
            files.work(vec![Job::Stop { account: alice() }]);
            assert_eq!(contents(&files.directory).len(), 1);
        }

        let (_dir, mut files) = bench(Limits { files: 1, ..Limits::default() });
        assert_eq!(files.work(vec![opened(1), opened(2), opened(3)]).len(), 1);
        assert_eq!(contents(&files.directory).len(), 1);

        // Too many at once are no reason to end it.
        let (_dir, mut files) = bench(Limits { open: 1, ..Limits::default() });
        assert!(files.work(vec![opened(1), opened(2), Job::Close { connection: 1 }, opened(3)]).is_empty());
        assert_eq!(contents(&files.directory).len(), 2);
        let (_dir, mut files) = bench(Limits { open: 1, files: 2, ..Limits::default() });
        let refused = (2..9).map(opened);
        assert!(
            files.work(std::iter::once(opened(1)).chain(refused).collect()).is_empty(),
            "they are no files"
        );

        // A full folder that was emptied has room for the next recording.
        let (_dir, mut files) = bench(Limits { directory: 10, ..Limits::default() });
        assert_eq!(files.work(vec![opened(1), said(1, "1234567")]).len(), 1);
        files.work(vec![Job::Stop { account: alice() }]);
        fs::remove_dir_all(&files.directory).unwrap();
        assert!(files.work(vec![opened(2), said(2, "1")]).is_empty());
        assert_eq!(contents(&files.directory), ["head\n1"]);
    }

    #[test]
    fn what_can_not_be_written_stops_nothing() {
        let (dir, mut files) = bench(Limits::default());
        fs::write(dir.path().join("recordings"), "in the way").unwrap();
        assert!(files.work(vec![opened(1), said(1, "a\n"), opened(2)]).is_empty());
        assert!(files.has_complained);
    }

    #[test]
    fn no_address_leads_out_of_the_folder() {
        let name = name(&"../../x|y@example.com".parse().unwrap(), 1, Kind::Notification);
        assert!(name.starts_with(".._.._x_y@example.com-20"), "{name}");
    }
}
