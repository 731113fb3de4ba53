//! The program as a child process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal, kill_process};

/// The program, without what the environment of the test may say to it.
pub(super) fn msnpd() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_msnpd"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MSNPD_")) {
        command.env_remove(name);
    }
    command
}

/// `msnpd serve` on free ports, with more arguments.
pub(super) fn serve(dir: &Path, args: &[&str]) -> Command {
    let any = "127.0.0.1:0";
    let mut command = msnpd();
    command.arg("serve").arg("--data-dir").arg(dir);
    command.args(["--msnp", any, "--http", any, "--https", any]).args(args);
    command
}

/// A server that is ready.
pub(super) struct Serving {
    child: Child,
    /// What it has said on standard output, in order.
    pub(super) lines: Vec<String>,
    /// Where it listens, by name.
    pub(super) at: BTreeMap<String, SocketAddr>,
    /// Reads the log, or the server would wait for a reader.
    log: JoinHandle<String>,
}

impl Serving {
    pub(super) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || read_all(stderr));
        let mut lines = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            lines.push(line.unwrap());
            if lines.last().is_some_and(|line| line == "ready") {
                break;
            }
        }
        if lines.last().is_none_or(|line| line != "ready") {
            let _ = child.wait();
            panic!("never ready: {lines:?}\n{}", log.join().unwrap());
        }
        let address = |line: &String| {
            let (name, address) = line.split_once(' ').filter(|(name, _)| *name != "demo")?;
            Some((name.to_owned(), address.parse().unwrap()))
        };
        let at = lines.iter().filter_map(address).collect();
        Self { child, lines, at, log }
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end, and returns how it ended and what it has logged.
    pub(super) fn ended(mut self) -> (ExitStatus, String) {
        (self.child.wait().unwrap(), self.log.join().unwrap())
    }

    /// Ends it as a service manager does.
    pub(super) fn stop(self) -> String {
        self.signal(Signal::TERM);
        let (status, log) = self.ended();
        assert_eq!(status.code(), Some(0), "{log}");
        log
    }
}

fn read_all(mut from: ChildStderr) -> String {
    let mut text = String::new();
    from.read_to_string(&mut text).unwrap();
    text
}
