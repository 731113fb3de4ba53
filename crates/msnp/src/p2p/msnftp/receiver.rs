//! The side that gets the file.

use std::collections::VecDeque;

use super::lines::Lines;
use super::{BLOCK, Ending, Event, bye};
use crate::types::Email;

/// Gets a file over MSNFTP.
#[derive(Debug)]
pub struct Receiver {
    email: Email,
    auth_cookie: u32,
    size: u64,
    received: u64,
    state: State,
    lines: Lines,
    out: Vec<u8>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum State {
    /// Waits for `VER`.
    Version,
    /// Waits for `FIL`.
    File,
    /// Waits for the header of a block, some of which is here.
    Header(Vec<u8>),
    /// Waits for so many bytes of a block.
    Block(usize),
    Over,
}

impl Receiver {
    /// The connection is there. `auth_cookie` and `size` are what was agreed on.
    pub fn new(email: Email, auth_cookie: u32, size: u64) -> Self {
        let (lines, out) = (Lines::default(), b"VER MSNFTP\r\n".to_vec());
        let (state, events) = (State::Version, VecDeque::new());
        Self { email, auth_cookie, size, received: 0, state, lines, out, events }
    }

    /// Takes bytes.
    pub fn receive(&mut self, mut input: &[u8]) {
        while !input.is_empty() {
            match &mut self.state {
                State::Over => return,
                State::Version | State::File => match self.lines.next(&mut input) {
                    Ok(Some(line)) => self.line(&line),
                    Ok(None) => return,
                    Err(()) => self.end(Ending::Broken),
                },
                State::Header(header) => {
                    let Some((byte, rest)) = input.split_first() else { return };
                    input = rest;
                    header.push(*byte);
                    if let [kind, low, high] = header[..] {
                        self.header(kind, usize::from(u16::from_le_bytes([low, high])));
                    }
                }
                State::Block(left) => {
                    let (data, rest) = input.split_at_checked(*left).unwrap_or((input, &[]));
                    input = rest;
                    *left -= data.len();
                    let is_last = *left == 0;
                    self.received += data.len() as u64;
                    self.events.push_back(Event::Data(data.to_vec()));
                    if is_last {
                        self.state = State::Header(Vec::new());
                    }
                    // Some senders say nothing when it is complete.
                    if self.received == self.size {
                        self.end(Ending::Complete);
                    }
                }
            }
        }
    }

    fn line(&mut self, line: &str) {
        let mut words = line.split_ascii_whitespace();
        match (&self.state, words.next(), words.next()) {
            (State::Version, Some("VER"), Some(_))
                if line.split_ascii_whitespace().any(|word| word == "MSNFTP") =>
            {
                let said = format!("USR {} {}\r\n", self.email.as_str(), self.auth_cookie);
                self.out.extend_from_slice(said.as_bytes());
                self.state = State::File;
            }
            (State::File, Some("FIL"), Some(size)) if size.parse() == Ok(self.size) => {
                self.out.extend_from_slice(b"TFR\r\n");
                self.state = State::Header(Vec::new());
                if self.size == 0 {
                    self.end(Ending::Complete);
                }
            }
            _ => self.end(Ending::Broken),
        }
    }

    fn header(&mut self, kind: u8, length: usize) {
        let is_more = length as u64 > self.size - self.received;
        match (kind, length) {
            // Complete would have been noticed.
            (1, _) => self.end(Ending::Cancelled),
            (0, 1..=BLOCK) if !is_more => self.state = State::Block(length),
            (0, 0) => self.state = State::Header(Vec::new()),
            _ => self.end(Ending::Broken),
        }
    }

    /// Doesn't want the rest.
    pub fn cancel(&mut self) {
        if !matches!(self.state, State::Over) {
            self.out.extend_from_slice(b"CCL\r\n");
            self.end(Ending::CancelledHere);
        }
    }

    /// The connection is closed.
    pub fn closed(&mut self) {
        self.end(Ending::Cancelled);
    }

    fn end(&mut self, how: Ending) {
        if matches!(self.state, State::Over) {
            return;
        }
        self.state = State::Over;
        if how == Ending::Complete {
            self.out.extend_from_slice(format!("BYE {}\r\n", bye::COMPLETE).as_bytes());
        }
        self.events.push_back(Event::Ended(how));
    }

    /// What is to be sent, or nothing.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.out)).filter(|out| !out.is_empty())
    }

    /// What has happened. There are at most as many as bytes were taken, so poll after each time.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Bytes of the file that are here.
    pub const fn received(&self) -> u64 {
        self.received
    }
}
