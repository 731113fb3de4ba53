//! The courier: keeps what is said to people who are away, and gives it to them when they are back, in a chat for each
//! sender, into which he seems to have invited them.
//!
//! A message is given once. It is read from the store when its receiver has answered the invitation, and removed from
//! it when all of them have been written to his connection: there is no word from clients that they have taken them.
//! Meanwhile nobody else is given the messages of the same two. If the connection breaks before, they stay, and he is
//! invited again at his next sign-in, or when he stops hiding. A server that is killed between writing and removing
//! gives them once more, and so does one whom he leaves meanwhile, by signing in elsewhere: nobody knows whether what he
//! left behind has shown them. None is lost.
//!
//! What waits for somebody is looked at in a task of its own wherever others cause it: what it comes to must not be
//! felt by them. One looks at a time for each receiver.

use std::collections::{HashMap, HashSet, hash_map};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msnp::command::{Command, msg, rng};
use msnp::dialect::OfflineMessages;
use msnp::flow::End;
use msnp::types::{Guid, List, Secret, TrId};
use msnp::wire::Encoded;
use parking_lot::Mutex;

use super::admission::{Admission, LIFETIME};
use super::chat::Absent;
use super::letter::dated;
use super::roster::Member;
use super::{Session, random_number};
use crate::account::AccountId;
use crate::directory::EndpointId;
use crate::oim::{Draft, NotKept};
use crate::random;
use crate::server::Server;
use crate::store::{Change, StoreError, Waiting, WaitingSender};

/// How many senders' messages one person is invited to at once: each is a window. When he has taken those of one, the
/// next follows.
const MAX_AT_ONCE: usize = 10;

/// What is under way to whom. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Courier {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    /// By receiver and sender.
    errands: HashMap<AccountId, HashMap<AccountId, Errand>>,
    /// By receiver.
    looks: HashMap<AccountId, Look>,
    /// Nothing expires before this time.
    next_sweep: Option<Instant>,
}

/// How far the courier is with the messages of one sender for one receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Errand {
    /// The receiver was invited at this place, and may answer until then.
    Ringing { place: EndpointId, until: Instant },
    /// He has answered, and they are being given to him.
    Giving,
}

/// Somebody looks what waits for a receiver.
#[derive(Debug)]
struct Look {
    /// It is to be looked (once more).
    is_due: bool,
    /// The receiver has come or shows himself.
    has_come: bool,
    /// Whose messages were being given when the look began, or have been given since: they may still be there when the
    /// store is read. Whoever gives something looks again himself when he has done.
    given: HashSet<AccountId>,
}

impl Errand {
    fn is_under_way(self, now: Instant) -> bool {
        match self {
            Self::Ringing { until, .. } => now < until,
            Self::Giving => true,
        }
    }
}

impl Courier {
    /// Whether somebody is to be invited at a place; if so, he is taken to have been.
    fn may_ring(&self, to: AccountId, from: AccountId, place: EndpointId, now: Instant) -> bool {
        let mut inner = self.inner.lock();
        inner.sweep(now);
        if inner.looks.get(&to).is_some_and(|look| look.given.contains(&from)) {
            return false;
        }
        let errands = inner.errands.entry(to).or_default();
        // An invitation to a place that he has left is worth nothing.
        errands.retain(|_, errand| match *errand {
            Errand::Ringing { place: rung, until } => rung == place && now < until,
            Errand::Giving => true,
        });
        if errands.contains_key(&from) || errands.len() >= MAX_AT_ONCE {
            return false;
        }
        errands.insert(from, Errand::Ringing { place, until: now + LIFETIME });
        true
    }

    /// Takes back that somebody was invited: he could not be.
    fn take_back(&self, to: AccountId, from: AccountId) {
        self.inner.lock().end(to, from);
    }

    /// Begins to look what waits for somebody, who has just come if `has_come`. `None` if somebody is at it, who looks
    /// once more then.
    fn look(&self, to: AccountId, has_come: bool) -> Option<Looking> {
        match self.inner.lock().looks.entry(to) {
            hash_map::Entry::Occupied(mut place) => {
                let look = place.get_mut();
                look.is_due = true;
                look.has_come |= has_come;
                None
            }
            hash_map::Entry::Vacant(place) => {
                place.insert(Look { is_due: true, has_come, given: HashSet::new() });
                Some(Looking { courier: self.clone(), to, is_over: false })
            }
        }
    }

    /// Begins to give somebody what another has said; `None` if somebody does already.
    fn begin(&self, to: AccountId, from: AccountId) -> Option<Giving> {
        let mut inner = self.inner.lock();
        let errands = inner.errands.entry(to).or_default();
        let before = errands.insert(from, Errand::Giving);
        // Not `then_some`: one that is made and dropped here would end what somebody else has begun.
        (before != Some(Errand::Giving)).then(|| Giving { courier: self.clone(), to, from })
    }
}

impl Inner {
    /// Drops what was not answered, at most once in [`LIFETIME`].
    fn sweep(&mut self, now: Instant) {
        if self.next_sweep.is_some_and(|at| now < at) {
            return;
        }
        self.next_sweep = Some(now + LIFETIME);
        self.errands.retain(|_, errands| {
            errands.retain(|_, errand| errand.is_under_way(now));
            !errands.is_empty()
        });
    }

    fn end(&mut self, to: AccountId, from: AccountId) {
        if let Some(errands) = self.errands.get_mut(&to) {
            errands.remove(&from);
            if errands.is_empty() {
                self.errands.remove(&to);
            }
        }
    }
}

/// Somebody looks what waits for a receiver, until this is dropped.
#[derive(Debug)]
struct Looking {
    courier: Courier,
    to: AccountId,
    /// Another may look by now.
    is_over: bool,
}

impl Looking {
    /// Begins one look, and says whether the receiver has come. `None` if no more is due; then it is over.
    fn next(&mut self) -> Option<bool> {
        let mut inner = self.courier.inner.lock();
        let Inner { errands, looks, .. } = &mut *inner;
        let Some(look) = looks.get_mut(&self.to).filter(|look| look.is_due && !self.is_over) else {
            if !self.is_over {
                looks.remove(&self.to);
                self.is_over = true;
            }
            return None;
        };
        look.is_due = false;
        let errands = errands.get(&self.to).into_iter().flatten();
        look.given =
            errands.filter(|(_, errand)| **errand == Errand::Giving).map(|(from, _)| *from).collect();
        Some(std::mem::take(&mut look.has_come))
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        if !self.is_over {
            self.courier.inner.lock().looks.remove(&self.to);
        }
    }
}

/// The messages of one sender for one receiver are being given, until this is dropped.
#[derive(Debug)]
struct Giving {
    courier: Courier,
    to: AccountId,
    from: AccountId,
}

impl Drop for Giving {
    fn drop(&mut self) {
        let mut inner = self.courier.inner.lock();
        inner.end(self.to, self.from);
        if let Some(look) = inner.looks.get_mut(&self.to) {
            look.given.insert(self.from);
        }
    }
}

/// What came of giving somebody messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// He has got them.
    All,
    /// He is let in, but nobody knows whether he has got them: they stay.
    Unsure,
    /// There is nothing for him here.
    Nothing,
    /// The store can't be read.
    Unreadable,
}

impl Server {
    /// Invites somebody who can be called from now on to what was said to him while he could not: at his first status,
    /// when he stops hiding, and when he wants to be called. What people whom he has blocked have said meanwhile counts
    /// no more, which nobody waits for.
    pub(crate) async fn welcome(self: &Arc<Self>, to: AccountId) {
        if self.settings.offline_messages.is_none() {
            return;
        }
        let Some(mut looking) = self.switchboard.courier.look(to, true) else { return };
        if looking.next().is_some() {
            let forget = self.ring_for_messages(to).await;
            self.look_on(looking, forget);
        }
    }

    /// Invites somebody to what was said to him while he was away, if he can be invited now, or tells him of it, if his
    /// client fetches it: when something was kept for him, perhaps just as he came, when he has been given something, and
    /// when he lets somebody speak to him. Whoever causes it neither waits nor can tell what comes of it.
    pub(crate) fn offer_messages(self: &Arc<Self>, to: AccountId) {
        if self.settings.offline_messages.is_none() {
            return;
        }
        self.tell_of_waiting(to);
        if let Some(looking) = self.switchboard.courier.look(to, false) {
            self.look_on(looking, false);
        }
    }

    /// [`offer_messages`](Self::offer_messages), if these changes make somebody welcome to their owner.
    pub(crate) fn offer_after(self: &Arc<Self>, owner: AccountId, changes: &[Change]) {
        let appears = |change: &Change, list| !change.before.contains(list) && change.after.contains(list);
        let vanishes = |change: &Change, list| change.before.contains(list) && !change.after.contains(list);
        let mut own = changes.iter().filter(|change| change.owner == owner);
        if own.any(|change| appears(change, List::Allow) || vanishes(change, List::Block)) {
            self.offer_messages(owner);
        }
    }

    /// Looks as long as a look is due, in a task of its own. It is awaited when the service goes down, as sessions are.
    fn look_on(self: &Arc<Self>, mut looking: Looking, forget: bool) {
        let (server, open) = (Arc::clone(self), self.sessions.open());
        tokio::spawn(async move {
            let _open = open;
            if forget {
                server.forget_dropped(looking.to).await;
            }
            while let Some(has_come) = looking.next() {
                if server.ring_for_messages(looking.to).await && has_come {
                    server.forget_dropped(looking.to).await;
                }
            }
        });
    }

    async fn forget_dropped(&self, to: AccountId) {
        if let Err(error) = self.store.forget_dropped(to).await {
            self.note_failure(&error);
        }
    }

    /// Invites somebody who is there. Returns whether something was dropped.
    async fn ring_for_messages(&self, to: AccountId) -> bool {
        if self.is_going_down() || !self.directory.is_visible(to) {
            return false;
        }
        match self.store.waiting(to).await {
            Ok(Waiting { senders, has_dropped }) => {
                for sender in &senders {
                    self.ring_for(to, sender);
                }
                has_dropped
            }
            Err(error) => {
                self.note_failure(&error);
                false
            }
        }
    }

    /// Invites somebody to what `sender` has said to him. Whom he has blocked since waits until he has not.
    fn ring_for(&self, to: AccountId, sender: &WaitingSender) {
        let (now, courier) = (self.now(), &self.switchboard.courier);
        self.directory.ring_account(sender.id, to, |account, email, endpoint| {
            if endpoint.dialect.offline_messages != OfflineMessages::BySwitchboard {
                return None;
            }
            let address = endpoint.switchboard.as_deref()?;
            if !courier.may_ring(to, sender.id, endpoint.id, now) {
                return None;
            }
            let session = random_number();
            let admission = Admission::to_fetch(account, email.clone(), endpoint, session, sender.id);
            let Some(cookie) = self.switchboard.admit(admission, account, now) else {
                courier.take_back(to, sender.id);
                return None;
            };
            let mut line = Vec::new();
            let (handle, name) = (sender.email.as_str(), Encoded::new(&sender.name));
            rng::Push { session: &session.to_string(), address, cookie: Secret(&cookie), handle, name }
                .write(&mut line, endpoint.dialect);
            Some(Bytes::from(line))
        });
    }
}

impl Session {
    /// Keeps a message of this member for somebody who is away. Returns whether it was taken, which it seems to be
    /// where its receiver wants nothing from him.
    pub(super) async fn keep(&mut self, receiver: AccountId, payload: Vec<u8>) -> bool {
        let server = self.server.clone();
        let Some(seat) = &mut self.seat else { return false };
        let (run, number) = seat.run.get_or_insert_with(|| (Guid(random::bytes()), 0));
        *number += 1;
        let draft = Draft { run: *run, number: *number, payload };
        // Who has signed out is who he was.
        let name = server.directory.name(seat.account).unwrap_or_else(|| seat.name.clone());
        match server.keep_for(seat.account, receiver, name.to_string(), draft).await {
            Ok(()) => {
                seat.chat.touch(server.now());
                true
            }
            Err(NotKept::NoReceiver | NotKept::TooMuch) => false,
            Err(NotKept::Failed(error)) => {
                server.note_failure(&error);
                false
            }
        }
    }

    /// Gives a member who has answered the courier's invitation what `from` has said in his absence.
    pub(super) async fn fetch(
        &mut self,
        trid: TrId,
        admission: Admission,
        member: Member,
        session: u32,
        from: AccountId,
    ) -> Result<(), End> {
        let (server, to) = (Arc::clone(&self.server), member.account);
        let Some(giving) = server.switchboard.courier.begin(to, from) else { return self.refuse(trid) };
        let place = admission.endpoint;
        let given = self.give(trid, &admission, &member, session, from).await;
        let done = match given {
            Given::All | Given::Unsure => Ok(()),
            Given::Nothing | Given::Unreadable => self.refuse(trid),
        };
        drop(giving);
        // Not where it has failed, and would again; but he may have signed in elsewhere meanwhile.
        let has_failed = matches!(given, Given::Unsure | Given::Unreadable);
        if !has_failed || !server.directory.is_there(to, place) {
            server.offer_messages(to);
        }
        done
    }

    async fn give(
        &mut self,
        trid: TrId,
        admission: &Admission,
        member: &Member,
        session: u32,
        from: AccountId,
    ) -> Given {
        let (server, to) = (Arc::clone(&self.server), member.account);
        let read = async {
            let sender = server.store.account(from).await?;
            Ok::<_, StoreError>(sender.zip(Some(server.store.waiting_messages(to, from).await?)))
        };
        let found = match read.await {
            Ok(found) => found,
            Err(error) => {
                server.note_failure(&error);
                return Given::Unreadable;
            }
        };
        let is_there = || server.directory.is_there(to, admission.endpoint);
        let Some((sender, messages)) = found.filter(|_| is_there() && server.directory.allows(to, from))
        else {
            return Given::Nothing;
        };
        // Given already.
        let Some(last) = messages.last() else { return Given::Nothing };
        // The number was taken meanwhile, which it hardly ever is.
        let Some(chat) = server.switchboard.open_as(session) else { return Given::Nothing };
        let absent = Absent { account: from, email: &sender.email, name: &last.sender_name };
        let is_told = chat.join_absent(member, trid, &absent, server.now(), |out| {
            for message in &messages {
                let payload = dated(&message.payload, message.sent);
                let name = Encoded::new(&message.sender_name);
                msg::Push { from: sender.email.as_str(), name, payload: &payload }.write(out, member.dialect);
            }
        });
        self.sit_down(chat, member, admission);
        if !is_there() {
            // Nothing has been written yet, and nothing is.
            self.outbox.abort();
            return Given::Unsure;
        }
        self.outbox.wake_writer();
        if !is_told || !self.outbox.written().await || !is_there() {
            return Given::Unsure;
        }
        match server.store.remove_messages(to, messages.iter().map(|message| message.guid).collect()).await {
            Ok(given) => {
                server.metrics.offline_given.increment(given);
                Given::All
            }
            Err(error) => {
                server.note_failure(&error);
                Given::Unsure
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: AccountId = AccountId(1);
    const PLACE: EndpointId = EndpointId(1);

    #[test]
    fn one_invitation_at_a_time_for_each_place() {
        let (courier, now) = (Courier::default(), Instant::now());
        let ring = |place, now| courier.may_ring(TO, AccountId(2), EndpointId(place), now);
        assert!(ring(1, now));
        assert!(!ring(1, now), "it may still be answered");
        assert!(ring(2, now), "he has signed in again");
        assert!(!ring(2, now));
        assert!(ring(2, now + LIFETIME), "it can't be answered any more");
    }

    #[test]
    fn one_gives_at_a_time() {
        let (courier, now) = (Courier::default(), Instant::now());
        let from = AccountId(2);
        let giving = courier.begin(TO, from).unwrap();
        assert!(courier.begin(TO, from).is_none());
        assert!(!courier.may_ring(TO, from, PLACE, now));
        assert!(courier.begin(AccountId(3), from).is_some());
        drop(giving);
        assert!(courier.may_ring(TO, from, PLACE, now));
        drop(courier.begin(TO, from));
        assert!(courier.inner.lock().errands.is_empty());
    }

    /// He answers while somebody looks, who has read the store before all was removed.
    #[test]
    fn what_is_given_during_a_look_is_not_offered_by_it() {
        let (courier, now) = (Courier::default(), Instant::now());
        let (from, other) = (AccountId(2), AccountId(3));
        assert!(courier.may_ring(TO, from, PLACE, now));
        let mut looking = courier.look(TO, false).unwrap();
        assert_eq!(looking.next(), Some(false));
        drop(courier.begin(TO, from));
        assert!(!courier.may_ring(TO, from, PLACE, now));
        assert!(courier.may_ring(TO, other, PLACE, now));
        assert!(courier.look(TO, false).is_none(), "it looks again");
        assert_eq!(looking.next(), Some(false));
        assert!(courier.may_ring(TO, from, PLACE, now), "there may be more");

        let giving = courier.begin(TO, from);
        assert!(courier.look(TO, false).is_none());
        assert_eq!(looking.next(), Some(false));
        drop(giving);
        assert!(!courier.may_ring(TO, from, PLACE, now), "it was given when the look began");
    }

    #[test]
    fn one_looks_at_a_time() {
        let courier = Courier::default();
        let mut looking = courier.look(TO, false).unwrap();
        assert!(courier.look(AccountId(7), false).is_some(), "for each receiver");
        assert!(courier.look(TO, true).is_none());
        assert!(courier.look(TO, false).is_none());
        assert_eq!(looking.next(), Some(true));
        assert_eq!(looking.next(), None);
        let after = courier.look(TO, false).unwrap();
        assert_eq!(looking.next(), None);
        drop(looking);
        assert!(courier.look(TO, false).is_none(), "the second still looks");
        drop(after);
        assert!(courier.inner.lock().looks.is_empty());
    }

    #[test]
    fn invitations_are_few_at_once_and_swept() {
        let (courier, now) = (Courier::default(), Instant::now());
        for from in 0..MAX_AT_ONCE as u32 {
            assert!(courier.may_ring(TO, AccountId(100 + from), PLACE, now));
        }
        assert!(!courier.may_ring(TO, AccountId(2), PLACE, now));
        drop(courier.begin(TO, AccountId(100)));
        assert!(courier.may_ring(TO, AccountId(2), PLACE, now), "one is done");
        assert!(courier.may_ring(AccountId(7), AccountId(2), PLACE, now + LIFETIME * 2));
        assert_eq!(courier.inner.lock().errands.len(), 1, "the others are over");
    }
}
