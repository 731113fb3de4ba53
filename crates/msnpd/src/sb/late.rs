//! What a place that answers its ring late is given of a chat.
//!
//! Somebody who is rung at several places may answer at each of them. Once one of them is in, what is said is meant for him,
//! wherever he goes on reading: a place that comes later gets what was said since. The old service did not do that
//! (switchboard reference, 14), and a slow machine missed the first words.

use std::collections::VecDeque;
use std::time::Instant;

use msnp::command::msg;
use msnp::wire::Mime;

use super::admission;
use crate::account::AccountId;
use crate::directory::EndpointId;

/// How many bytes are kept in one chat. Then the oldest message goes.
const MAX_BYTES: usize = 32 << 10;

/// How many places may be rung and silent in one chat. Then the first is not waited for any more.
const MAX_RINGS: usize = 64;

/// The kinds of messages that are for reading. What programs say to each other is worth nothing later.
const READ: [&str; 6] = [
    "text/plain",
    "text/x-msnmsgr-datacast",
    "text/x-mms-emoticon",
    "text/x-mms-animemoticon",
    "application/x-ms-ink",
    "image/gif",
];

/// The places that were rung and have not answered, and what was said meanwhile.
#[derive(Debug, Default)]
pub(super) struct Late {
    rings: Vec<Ring>,
    /// Whole messages, oldest first.
    said: VecDeque<Box<[u8]>>,
    /// How many have gone before the first of them.
    before: u64,
    bytes: usize,
}

/// A place that was rung.
#[derive(Debug)]
struct Ring {
    account: AccountId,
    endpoint: EndpointId,
    until: Instant,
    /// The first message that it is given. `None`: nobody of that account is in the chat, and nothing said is meant for him.
    since: Option<u64>,
}

impl Late {
    /// Whether nobody is waited for.
    pub(super) fn is_empty(&self) -> bool {
        self.rings.is_empty()
    }

    /// A place was rung; `is_here` if another of the same account is in the chat.
    pub(super) fn ring(&mut self, account: AccountId, endpoint: EndpointId, is_here: bool, now: Instant) {
        let known = self.rings.iter().position(|ring| ring.endpoint == endpoint);
        let known = known.and_then(|at| self.rings.remove(at).since);
        if self.rings.len() >= MAX_RINGS {
            self.rings.remove(0);
        }
        // Who is rung once more still waits for what was said since the first time.
        let since = known.or_else(|| is_here.then(|| self.next()));
        self.rings.push(Ring { account, endpoint, until: now + admission::LIFETIME, since });
    }

    /// A place has come: what it is given. The others of its account are given what is said from here on.
    pub(super) fn comes(&mut self, account: AccountId, endpoint: EndpointId, now: Instant) -> Vec<u8> {
        let next = self.next();
        let since = match self.rings.iter().position(|ring| ring.endpoint == endpoint) {
            Some(at) => self.rings.remove(at).since.unwrap_or(next),
            None => next,
        };
        let skipped = usize::try_from(since.saturating_sub(self.before)).unwrap_or(usize::MAX);
        let given = self.said.iter().skip(skipped).flatten().copied().collect();
        for ring in self.rings.iter_mut().filter(|ring| ring.account == account) {
            ring.since.get_or_insert(next);
        }
        self.forget(now);
        given
    }

    /// Nobody of an account is in the chat any more: nothing said is meant for him.
    pub(super) fn leaves(&mut self, account: AccountId) {
        for ring in self.rings.iter_mut().filter(|ring| ring.account == account) {
            ring.since = None;
        }
    }

    /// Keeps a message, if there is somebody to give it to who could read it.
    pub(super) fn say(&mut self, header: &[u8], payload: &[u8]) {
        if self.rings.iter().all(|ring| ring.since.is_none()) {
            return;
        }
        let mime = Mime::new(payload);
        // A later part of a text need not say what it is.
        let is_part = mime.content_type().is_none() && mime.header("Chunk").is_some();
        if !is_part && !READ.iter().any(|kind| mime.is(kind)) {
            return;
        }
        let mut message = Vec::new();
        msg::write_rest(&mut message, header, payload);
        self.bytes += message.len();
        self.said.push_back(message.into());
        while self.bytes > MAX_BYTES && self.drop_first() {}
    }

    /// Forgets who does not answer any more, and what nobody is waiting for.
    pub(super) fn forget(&mut self, now: Instant) {
        self.rings.retain(|ring| now < ring.until);
        let needed = self.rings.iter().filter_map(|ring| ring.since).min().unwrap_or(u64::MAX);
        while self.before < needed && self.drop_first() {}
    }

    /// The number of the next message.
    fn next(&self) -> u64 {
        self.before + self.said.len() as u64
    }

    fn drop_first(&mut self) -> bool {
        let Some(first) = self.said.pop_front() else { return false };
        self.bytes -= first.len();
        self.before += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const BOB: AccountId = AccountId(2);
    const CAROL: AccountId = AccountId(3);

    fn text(text: &str) -> Vec<u8> {
        format!("Content-Type: text/plain\r\n\r\n{text}").into_bytes()
    }

    fn say(late: &mut Late, what: &str) {
        late.say(b"MSG a A ", &text(what));
    }

    /// The texts of what is given.
    fn comes(late: &mut Late, account: AccountId, endpoint: u64, now: Instant) -> Vec<String> {
        let given = String::from_utf8(late.comes(account, EndpointId(endpoint), now)).unwrap();
        let texts = given.split("MSG a A ").filter_map(|message| message.split_once("\r\n\r\n"));
        texts.map(|(_, text)| text.to_owned()).collect()
    }

    #[test]
    fn a_place_gets_what_was_said_since_another_came() {
        let (mut late, now) = (Late::default(), Instant::now());
        for endpoint in [21, 22, 23] {
            late.ring(BOB, EndpointId(endpoint), false, now);
        }
        late.ring(CAROL, EndpointId(31), false, now);
        say(&mut late, "nobody hears");
        assert!(comes(&mut late, BOB, 21, now).is_empty());
        say(&mut late, "one");
        late.say(b"MSG a A ", b"Content-Type: application/x-msnmsgrp2p\r\n\r\n\0\0");
        late.say(b"MSG a A ", b"Content-Type: text/x-msmsgscontrol\r\nTypingUser: a\r\n\r\n\r\n");
        assert_eq!(comes(&mut late, BOB, 22, now), ["one"]);
        say(&mut late, "two");
        assert!(comes(&mut late, CAROL, 31, now).is_empty(), "she was not here");
        assert_eq!(comes(&mut late, BOB, 23, now), ["one", "two"]);
        assert!(late.is_empty() && late.said.is_empty() && late.bytes == 0);
    }

    #[test]
    fn own_places_get_what_is_said_from_the_ring_on() {
        let (mut late, now) = (Late::default(), Instant::now());
        late.ring(BOB, EndpointId(22), true, now);
        say(&mut late, "one");
        late.ring(BOB, EndpointId(22), true, now);
        say(&mut late, "two");
        assert_eq!(comes(&mut late, BOB, 22, now), ["one", "two"]);
    }

    #[test]
    fn who_has_left_is_given_nothing() {
        let (mut late, now) = (Late::default(), Instant::now());
        late.ring(BOB, EndpointId(22), true, now);
        say(&mut late, "one");
        late.leaves(BOB);
        say(&mut late, "two");
        assert!(comes(&mut late, BOB, 22, now).is_empty());
    }

    #[test]
    fn a_place_that_never_answers_costs_little() {
        let (mut late, now) = (Late::default(), Instant::now());
        late.ring(BOB, EndpointId(22), true, now);
        for _ in 0..1000 {
            say(&mut late, &"x".repeat(1000));
        }
        assert!(late.bytes <= MAX_BYTES);
        late.forget(now + admission::LIFETIME - Duration::from_secs(1));
        assert!(!late.said.is_empty());
        late.forget(now + admission::LIFETIME);
        assert!(late.is_empty() && late.said.is_empty() && late.bytes == 0);
        for endpoint in 0..1000 {
            late.ring(BOB, EndpointId(endpoint), true, now);
        }
        assert_eq!(late.rings.len(), MAX_RINGS);
    }
}
