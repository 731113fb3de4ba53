//! One chat: who is in it, and what they say to each other.

use std::sync::Arc;
use std::time::Instant;

use msnp::command::{Command, ans, bye, iro, msg, usr};
use msnp::flow::switchboard::IDLE_LIMIT;
use msnp::types::{Capabilities, Email, TrId};
use msnp::wire::Encoded;
use parking_lot::Mutex;

use super::late::Late;
use super::roster::{Member, are_at_most_two};
use crate::account::AccountId;
use crate::directory::EndpointId;
use crate::outbox::Outbox;

/// A chat.
#[derive(Debug)]
pub(super) struct Chat {
    /// Its number: decimal on the wire, below 2^31.
    pub(super) id: u32,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    members: Vec<Member>,
    /// When something was last said, or somebody joined.
    active: Option<Instant>,
    /// The last member has left: nobody joins any more.
    is_over: bool,
    left: Left,
    /// Who was rung at several places, and has not answered at all of them.
    late: Late,
}

impl Inner {
    /// Whether somebody is here from any of his places.
    fn has(&self, account: AccountId) -> bool {
        self.members.iter().any(|member| member.account == account)
    }

    /// Whether somebody is told nothing any more at any of his places, and only has not left yet.
    fn somebody_has_gone(&self) -> bool {
        let hears = |of: &Member| {
            self.members.iter().any(|member| member.account == of.account && member.outbox.is_open())
        };
        !self.members.iter().all(hears)
    }
}

/// Who has left a chat since somebody last came. Whoever was in a conference is not told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Left {
    #[default]
    Nobody,
    One(AccountId),
    Several,
}

impl Left {
    fn with(self, account: AccountId) -> Self {
        match self {
            Self::Nobody => Self::One(account),
            Self::One(other) if other == account => self,
            Self::One(_) | Self::Several => Self::Several,
        }
    }
}

/// Why somebody can't join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CannotJoin;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relayed {
    /// It waits in the outbox of everybody else.
    ToAll,
    /// Nobody else is there, or one who is can't be reached.
    Failed,
    /// Nobody else is there; this is who was last, and he alone.
    Alone(AccountId),
}

/// Somebody who is not here and whose messages are: what the one who gets them is told of him.
#[derive(Debug)]
pub(super) struct Absent<'a> {
    pub(super) account: AccountId,
    pub(super) email: &'a Email,
    pub(super) name: &'a str,
}

impl Chat {
    pub(super) fn new(id: u32) -> Self {
        Self { id, inner: Mutex::default() }
    }

    /// Seats the one who has opened the chat, and tells him.
    pub(super) fn found(&self, founder: &Member, trid: TrId, identity: &str, now: Instant) {
        let mut inner = self.inner.lock();
        let name = Encoded::new(&founder.name);
        founder
            .outbox
            .write(|out| usr::SwitchboardReply { trid, identity, name }.write(out, founder.dialect));
        inner.active = Some(now);
        inner.members.push(founder.clone());
    }

    /// Notes that a place of somebody is rung, before it hears of it.
    pub(super) fn ring(&self, account: AccountId, endpoint: EndpointId, now: Instant) {
        let mut inner = self.inner.lock();
        let is_here = inner.has(account);
        inner.late.ring(account, endpoint, is_here, now);
    }

    /// Whether this place is in the chat.
    pub(super) fn has_place(&self, endpoint: EndpointId) -> bool {
        self.inner.lock().members.iter().any(|member| member.endpoint == endpoint)
    }

    /// Seats somebody who was invited: tells him who is here, then that he is in, and then the others. A further place of
    /// somebody who is here is given what was said to him since it was rung.
    pub(super) fn join(&self, member: &Member, trid: TrId, now: Instant) -> Result<(), CannotJoin> {
        let mut inner = self.inner.lock();
        let has_room = |other: &Member| other.account != member.account || member.is_beside(other);
        if inner.is_over || !inner.members.iter().all(has_room) {
            return Err(CannotJoin);
        }
        let is_first = !inner.has(member.account);
        let missed = inner.late.comes(member.account, member.endpoint, now);
        member.outbox.write(|out| {
            member.write_roster(trid, &inner.members, out);
            ans::Reply { trid }.write(out, member.dialect);
            out.extend_from_slice(&missed);
        });
        inner.members.iter().for_each(|other| member.tell_coming(other, is_first));
        inner.active = Some(now);
        if is_first {
            inner.left = Left::Nobody;
        }
        inner.members.push(member.clone());
        Ok(())
    }

    /// Seats somebody as if `absent` had invited him, had said what `say` writes, and had left. Returns whether he can
    /// be told so: his task is to be woken.
    pub(super) fn join_absent(
        &self,
        member: &Member,
        trid: TrId,
        absent: &Absent<'_>,
        now: Instant,
        say: impl FnOnce(&mut Vec<u8>),
    ) -> bool {
        let mut inner = self.inner.lock();
        inner.active = Some(now);
        inner.left = Left::One(absent.account);
        inner.members.push(member.clone());
        member.outbox.write_quietly(|out| {
            let (handle, name) = (absent.email.as_str(), Encoded::new(absent.name));
            let capabilities = Capabilities::default();
            iro::Reply { trid, index: 1, total: 1, handle, name, capabilities }.write(out, member.dialect);
            ans::Reply { trid }.write(out, member.dialect);
            say(out);
            bye::Push { handle, idle: false }.write(out, member.dialect);
        })
    }

    /// Takes a member out and tells the others. Returns whether he was the last.
    pub(super) fn leave(&self, number: u64, idle: bool) -> bool {
        let mut inner = self.inner.lock();
        let Some(at) = inner.members.iter().position(|member| member.number == number) else {
            return inner.members.is_empty();
        };
        let gone = inner.members.remove(at);
        let is_last = !inner.has(gone.account);
        if is_last {
            inner.left = inner.left.with(gone.account);
            inner.late.leaves(gone.account);
        }
        inner.members.iter().for_each(|other| gone.tell_going(other, is_last, idle));
        inner.is_over = inner.members.is_empty();
        inner.is_over
    }

    /// Passes a message on: `header`, its length, and the payload as it is; to the speaker's other places as well. What is the
    /// same for all messages that were read at once is done after the last of them, by [`wake_others`](Self::wake_others).
    pub(super) fn relay(&self, number: u64, account: AccountId, header: &[u8], payload: &[u8]) -> Relayed {
        let mut inner = self.inner.lock();
        let (mut is_heard, mut is_missed) = (false, false);
        for other in inner.members.iter().filter(|member| member.number != number) {
            let is_taken = other.outbox.write_quietly(|out| msg::write_rest(out, header, payload));
            if other.account != account {
                is_heard |= is_taken;
                is_missed |= !is_taken;
            }
        }
        if !inner.late.is_empty() {
            inner.late.say(header, payload);
        }
        match (is_heard, is_missed) {
            (true, false) => Relayed::ToAll,
            (true, true) if !inner.somebody_has_gone() => Relayed::ToAll,
            (false, false) => match inner.left {
                Left::One(last) => Relayed::Alone(last),
                _ => Relayed::Failed,
            },
            _ => Relayed::Failed,
        }
    }

    /// Something was said that nobody here hears, and that keeps the chat open all the same.
    pub(super) fn touch(&self, now: Instant) {
        self.inner.lock().active = Some(now);
    }

    /// Wakes everybody but one, who has said something, and returns who is so far behind that he should be waited for.
    pub(super) fn wake_others(&self, number: u64, account: AccountId, now: Instant) -> Vec<Arc<Outbox>> {
        let mut inner = self.inner.lock();
        // Talking to oneself keeps no chat open.
        if inner.members.iter().any(|member| member.account != account) {
            inner.active = Some(now);
        }
        if !inner.late.is_empty() {
            inner.late.forget(now);
        }
        let mut behind = Vec::new();
        for other in inner.members.iter().filter(|member| member.number != number) {
            other.outbox.wake_writer();
            if other.outbox.is_over_mark() {
                behind.push(other.outbox.clone());
            }
        }
        behind
    }

    /// Whether somebody is in the chat.
    pub(super) fn has(&self, email: &Email) -> bool {
        self.inner.lock().members.iter().any(|member| member.email == *email)
    }

    /// When the chat is closed if nothing is said before; conferences of more than two people are not. For those it is when
    /// to look again, since two may be left by then.
    pub(super) fn idle_at(&self, now: impl FnOnce() -> Instant) -> Instant {
        let inner = self.inner.lock();
        inner.active.filter(|_| are_at_most_two(&inner.members)).unwrap_or_else(now) + IDLE_LIMIT
    }

    /// Closes every connection, when what was said has been written. An `OUT` before it would only be noise: the notification
    /// server tells why, and some clients can't read one here.
    pub(super) fn shut_down(&self) {
        self.inner.lock().members.iter().for_each(|member| member.outbox.close());
    }

    /// Disconnects those of whom `is_meant` is true.
    pub(super) fn disconnect(&self, is_meant: impl Fn(&Member) -> bool) {
        self.inner
            .lock()
            .members
            .iter()
            .filter(|member| is_meant(member))
            .for_each(|member| member.outbox.close());
    }
}
