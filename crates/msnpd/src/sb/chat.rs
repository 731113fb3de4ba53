//! One chat: who is in it, and what they say to each other.

use std::sync::Arc;
use std::time::Instant;

use msnp::command::{Command, ans, bye, iro, joi, msg, usr};
use msnp::dialect::Dialect;
use msnp::flow::switchboard::IDLE_LIMIT;
use msnp::types::{Capabilities, Email, Guid, TrId};
use msnp::wire::Encoded;
use parking_lot::Mutex;

use crate::account::AccountId;
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

/// One connection in a chat.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Which connection.
    pub(super) number: u64,
    pub(super) account: AccountId,
    pub(super) email: Email,
    /// His name when he joined; a later one is not told here.
    pub(super) name: Arc<str>,
    pub(super) dialect: &'static Dialect,
    /// What names his place, in dialects that have places.
    pub(super) machine: Option<Guid>,
    /// Whether he is told of others' places.
    pub(super) sees_places: bool,
    pub(super) capabilities: Capabilities,
    pub(super) outbox: Arc<Outbox>,
}

impl Member {
    /// What the lines about him name him by for a reader: first by his place, if the reader sees places, so that the
    /// place is known by the time the person comes; then as a person (switchboard reference, 5.1).
    fn handles_for(&self, reader: &Self) -> impl Iterator<Item = String> + use<> {
        let place = self.machine.filter(|_| reader.sees_places);
        let place = place.map(|guid| format!("{};{{{guid}}}", self.email));
        place.into_iter().chain([self.email.to_string()])
    }

    /// How each of his messages begins for the others.
    pub(super) fn message_header(&self) -> Box<[u8]> {
        let mut header = Vec::new();
        msg::write_start(&mut header, self.email.as_str(), &Encoded::new(&self.name));
        header.into()
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

    /// Seats somebody who was invited: tells him who is here, then that he is in, and then the others.
    pub(super) fn join(&self, member: &Member, trid: TrId, now: Instant) -> Result<(), CannotJoin> {
        let mut inner = self.inner.lock();
        if inner.is_over || inner.members.iter().any(|other| other.account == member.account) {
            return Err(CannotJoin);
        }
        member.outbox.write(|out| {
            let here = || {
                inner
                    .members
                    .iter()
                    .flat_map(|other| other.handles_for(member).map(move |handle| (other, handle)))
            };
            let total = here().count();
            for (index, (other, handle)) in (1..).zip(here()) {
                iro::Reply {
                    trid,
                    index,
                    total,
                    handle: &handle,
                    name: Encoded::new(&other.name),
                    capabilities: other.capabilities,
                }
                .write(out, member.dialect);
            }
            ans::Reply { trid }.write(out, member.dialect);
        });
        for other in &inner.members {
            other.outbox.write(|out| {
                for handle in member.handles_for(other) {
                    let name = Encoded::new(&member.name);
                    joi::Push { handle: &handle, name, capabilities: member.capabilities }
                        .write(out, other.dialect);
                }
            });
        }
        inner.active = Some(now);
        inner.left = Left::Nobody;
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
        inner.left = inner.left.with(gone.account);
        for other in &inner.members {
            other.outbox.write(|out| {
                for handle in gone.handles_for(other) {
                    bye::Push { handle: &handle, idle }.write(out, other.dialect);
                }
            });
        }
        inner.is_over = inner.members.is_empty();
        inner.is_over
    }

    /// Passes a message on: `header`, its length, and the payload as it is. What is the same for all messages that were read
    /// at once is done after the last of them, by [`wake_others`](Self::wake_others).
    pub(super) fn relay(&self, number: u64, header: &[u8], payload: &[u8]) -> Relayed {
        let inner = self.inner.lock();
        let (mut readers, mut reached) = (0, 0);
        for other in inner.members.iter().filter(|member| member.number != number) {
            readers += 1;
            reached += usize::from(other.outbox.write_quietly(|out| msg::write_rest(out, header, payload)));
        }
        match (readers, inner.left) {
            (0, Left::One(last)) => Relayed::Alone(last),
            (1.., _) if reached == readers => Relayed::ToAll,
            _ => Relayed::Failed,
        }
    }

    /// Something was said that nobody here hears, and that keeps the chat open all the same.
    pub(super) fn touch(&self, now: Instant) {
        self.inner.lock().active = Some(now);
    }

    /// Wakes everybody but one, who has said something, and returns who is so far behind that he should be waited for.
    pub(super) fn wake_others(&self, number: u64, now: Instant) -> Vec<Arc<Outbox>> {
        let mut inner = self.inner.lock();
        // Talking to oneself keeps no chat open.
        if inner.members.iter().any(|member| member.number != number) {
            inner.active = Some(now);
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

    /// When the chat is closed if nothing is said before; conferences of more than two are not. For those it is when
    /// to look again, since two may be left by then.
    pub(super) fn idle_at(&self, now: impl FnOnce() -> Instant) -> Instant {
        let inner = self.inner.lock();
        inner.active.filter(|_| inner.members.len() <= 2).unwrap_or_else(now) + IDLE_LIMIT
    }

    /// Closes every connection, when what was said has been written. An `OUT` before it would only be noise: the notification
    /// server tells why, and some clients can't read one here.
    pub(super) fn shut_down(&self) {
        self.inner.lock().members.iter().for_each(|member| member.outbox.close());
    }

    /// Disconnects every connection of an account.
    pub(super) fn disconnect(&self, account: AccountId) {
        for member in self.inner.lock().members.iter().filter(|member| member.account == account) {
            member.outbox.close();
        }
    }
}
