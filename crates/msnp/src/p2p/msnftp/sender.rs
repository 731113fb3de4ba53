//! The side that has the file.

use subtle::ConstantTimeEq as _;

use super::lines::Lines;
use super::{BLOCK, Ending, bye};
use crate::types::Email;

/// Sends a file over MSNFTP.
#[derive(Debug)]
pub struct Sender {
    email: Email,
    auth_cookie: u32,
    size: u64,
    sent: u64,
    state: State,
    lines: Lines,
    out: Vec<u8>,
    ended: Option<Ending>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Version,
    User,
    Transfer,
    Sending,
    /// All is sent, or the end of it is told; the other side has the last word.
    Sent,
    Over,
}

impl Sender {
    /// The connection is there. `email` and `auth_cookie` are those of whom the file is for.
    pub fn new(email: Email, auth_cookie: u32, size: u64) -> Self {
        let (lines, out) = (Lines::default(), Vec::new());
        Self { email, auth_cookie, size, sent: 0, state: State::Version, lines, out, ended: None }
    }

    /// Takes bytes.
    pub fn receive(&mut self, mut input: &[u8]) {
        while self.state != State::Over && !input.is_empty() {
            match self.lines.next(&mut input) {
                Ok(Some(line)) => self.line(&line),
                Ok(None) => {}
                Err(()) => self.end(Ending::Broken),
            }
        }
    }

    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split_ascii_whitespace().take(8).collect();
        match (self.state, &words[..]) {
            (State::Version, ["VER", names @ ..]) if names.contains(&"MSNFTP") => {
                self.out.extend_from_slice(b"VER MSNFTP\r\n");
                self.state = State::User;
            }
            // Nothing is said of the file before it is known who asks.
            (State::User, ["USR", email, cookie]) => {
                let is_right = cookie.as_bytes().ct_eq(self.auth_cookie.to_string().as_bytes());
                if self.email.is(email) && bool::from(is_right) {
                    self.out.extend_from_slice(format!("FIL {}\r\n", self.size).as_bytes());
                    self.state = State::Transfer;
                } else {
                    self.end(Ending::Unknown);
                }
            }
            (State::Transfer, ["TFR"]) => {
                self.state = if self.size == 0 { State::Sent } else { State::Sending };
            }
            (State::Sending, ["CCL"]) => {
                self.out.extend_from_slice(&[1, 0, 0]);
                self.end(Ending::Cancelled);
            }
            (State::Transfer | State::Sent, ["CCL"]) => self.end(Ending::Cancelled),
            (State::Sending | State::Sent, ["BYE", code, ..]) => {
                let is_good = matches!(code.parse(), Ok(bye::COMPLETE | bye::COMPLETE_TOO));
                let is_complete = is_good && self.sent == self.size;
                self.end(if is_complete { Ending::Complete } else { Ending::Cancelled });
            }
            _ => self.end(Ending::Broken),
        }
    }

    /// From where on the next bytes of the file are wanted, and how many. Answer with [`Sender::supply`] when the
    /// connection takes more.
    pub fn poll_want(&self) -> Option<(u64, usize)> {
        let left = usize::try_from(self.size - self.sent).unwrap_or(usize::MAX);
        (self.state == State::Sending && self.out.is_empty()).then_some((self.sent, left.min(BLOCK)))
    }

    /// The bytes that were wanted. `false`: they are not those, or not as many.
    pub fn supply(&mut self, block: &[u8]) -> bool {
        let is_it = self.poll_want().is_some_and(|(_, length)| length == block.len());
        let length = u16::try_from(block.len()).ok().filter(|_| is_it);
        let Some(length) = length else { return false };
        self.out.push(0);
        self.out.extend_from_slice(&length.to_le_bytes());
        self.out.extend_from_slice(block);
        self.sent += u64::from(length);
        if self.sent == self.size {
            self.state = State::Sent;
        }
        true
    }

    /// Doesn't send the rest.
    pub fn cancel(&mut self) {
        if self.state == State::Sending {
            self.out.extend_from_slice(&[1, 0, 0]);
        }
        self.end(Ending::CancelledHere);
    }

    /// The connection is closed. Some close it instead of saying that all has arrived.
    pub fn closed(&mut self) {
        self.end(if self.state == State::Sent { Ending::Complete } else { Ending::Cancelled });
    }

    fn end(&mut self, how: Ending) {
        if self.state != State::Over {
            self.state = State::Over;
            self.ended = Some(how);
        }
    }

    /// What is to be sent, or nothing.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.out)).filter(|out| !out.is_empty())
    }

    /// How it ended. Told once.
    pub fn poll_ending(&mut self) -> Option<Ending> {
        self.ended.take()
    }

    /// Bytes of the file that were sent.
    pub const fn sent(&self) -> u64 {
        self.sent
    }
}
