//! The courier: keeps what is said to people who are away, and gives it to them when they are back, in a chat for each
//! sender, into which he seems to have invited them.
//!
//! A message is given once. It is read from the store when its receiver has answered the invitation, and removed from
//! it when all of them have been written to his connection: there is no word from clients that they have taken them.
//! Meanwhile nobody else is given the messages of the same two. If the connection breaks before, they stay, and he is
//! invited again at his next sign-in, or when he stops hiding. A server that is killed between writing and removing
//! gives them once more; none is lost.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use msnp::command::{Command, msg, rng};
use msnp::dialect::OfflineMessages;
use msnp::flow::End;
use msnp::types::{Guid, Secret, TrId};
use msnp::wire::Encoded;
use parking_lot::Mutex;

use super::admission::{Admission, LIFETIME};
use super::chat::{Absent, Member};
use super::letter::dated;
use super::{Session, random_number};
use crate::account::AccountId;
use crate::directory::EndpointId;
use crate::random;
use crate::server::Server;
use crate::store::{KeepError, Kept, NewMessage, StoreError, Waiting, WaitingSender};

/// How many senders' messages one person is invited to at once: each is a window. When he has taken those of one, the
/// next follows.
const MAX_AT_ONCE: usize = 10;

/// What is under way to whom.
#[derive(Debug, Default)]
pub(super) struct Courier {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// By receiver and sender.
    errands: HashMap<AccountId, HashMap<AccountId, Errand>>,
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

    /// Whose messages are being given to somebody.
    fn giving(&self, to: AccountId) -> Vec<AccountId> {
        let inner = self.inner.lock();
        let errands = inner.errands.get(&to).into_iter().flatten();
        errands.filter(|(_, errand)| **errand == Errand::Giving).map(|(from, _)| *from).collect()
    }

    /// Begins to give somebody what another has said; `None` if somebody does already.
    fn begin(&self, to: AccountId, from: AccountId) -> Option<Giving<'_>> {
        let mut inner = self.inner.lock();
        let errands = inner.errands.entry(to).or_default();
        let before = errands.insert(from, Errand::Giving);
        // Not `then_some`: one that is made and dropped here would end what somebody else has begun.
        (before != Some(Errand::Giving)).then(|| Giving { courier: self, to, from })
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
}

/// The messages of one sender for one receiver are being given, until this is dropped.
#[derive(Debug)]
struct Giving<'c> {
    courier: &'c Courier,
    to: AccountId,
    from: AccountId,
}

impl Drop for Giving<'_> {
    fn drop(&mut self) {
        let mut inner = self.courier.inner.lock();
        if let Some(errands) = inner.errands.get_mut(&self.to) {
            errands.remove(&self.from);
            if errands.is_empty() {
                inner.errands.remove(&self.to);
            }
        }
    }
}

impl Server {
    /// Invites somebody to what was said to him while he was away, if he can be invited now: at his first status, when
    /// he stops hiding, and when something was kept for him just as he came.
    pub(crate) async fn offer_messages(&self, to: AccountId) {
        if self.settings.offline_messages.is_none() || !self.directory.is_visible(to) {
            return;
        }
        if let Err(error) = self.ring_for_messages(to).await {
            self.note_failure(&error);
        }
    }

    async fn ring_for_messages(&self, to: AccountId) -> Result<(), StoreError> {
        // Asked before the store is read: what is given by the time he is rung may still be there when it is. Whoever
        // gives something looks again himself when he has done.
        let giving = self.switchboard.courier.giving(to);
        let Waiting { senders, has_dropped } = self.store.waiting(to).await?;
        for sender in senders.iter().filter(|sender| !giving.contains(&sender.id)) {
            self.ring_for(to, sender);
        }
        if has_dropped {
            self.store.forget_dropped(to).await?;
        }
        Ok(())
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
            let cookie = self.switchboard.admit(admission, account, now)?;
            let mut line = Vec::new();
            let (handle, name) = (sender.email.as_str(), Encoded::new(&sender.name));
            rng::Push { session, address, cookie: Secret(&cookie), handle, name }
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
        let (Some(lifetime), Some(seat)) = (server.settings.offline_messages, &mut self.seat) else {
            return false;
        };
        let (run, number) = seat.run.get_or_insert_with(|| (Guid(random::bytes()), 0));
        *number += 1;
        let message = NewMessage {
            receiver,
            sender: seat.account,
            // Who has signed out is who he was.
            sender_name: server.directory.name(seat.account).unwrap_or_else(|| seat.name.clone()).to_string(),
            run: *run,
            number: *number,
            payload,
        };
        match server.store.keep_message(message, lifetime).await {
            Ok(kept) => {
                match kept {
                    Kept::Waiting => server.metrics.offline_kept.increment(1),
                    Kept::Dropped => server.metrics.offline_dropped.increment(1),
                }
                seat.chat.touch(server.now());
                true
            }
            Err(KeepError::Full | KeepError::UnknownAccount) => false,
            Err(KeepError::Store(error)) => {
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
        let read = async {
            let sender = server.store.account(from).await?;
            Ok::<_, StoreError>(sender.zip(Some(server.store.waiting_messages(to, from).await?)))
        };
        let found = read.await.unwrap_or_else(|error| {
            server.note_failure(&error);
            None
        });
        let Some((sender, messages)) = found.filter(|_| server.directory.allows(to, from)) else {
            return self.refuse(trid);
        };
        // Given already, or the number was taken meanwhile, which it hardly ever is.
        let (Some(last), Some(chat)) = (messages.last(), server.switchboard.open_as(session)) else {
            return self.refuse(trid);
        };
        let absent = Absent { account: from, email: &sender.email, name: &last.sender_name };
        let is_told = chat.join_absent(&member, trid, &absent, server.now(), |out| {
            for message in &messages {
                let payload = dated(&message.payload, message.sent);
                let name = Encoded::new(&message.sender_name);
                msg::Push { from: sender.email.as_str(), name, payload: &payload }.write(out, member.dialect);
            }
        });
        self.sit_down(chat, &member, &admission);
        self.outbox.wake_writer();
        if !is_told || !self.outbox.written().await {
            drop(giving);
            // Not here again, where it would break again; but he may have signed in elsewhere meanwhile.
            if !server.directory.is_there(to, admission.endpoint) {
                server.offer_messages(to).await;
            }
            return Ok(());
        }
        match server.store.remove_messages(to, messages.iter().map(|message| message.guid).collect()).await {
            Ok(given) => server.metrics.offline_given.increment(given),
            Err(error) => {
                server.note_failure(&error);
                return Ok(());
            }
        }
        drop(giving);
        server.offer_messages(to).await;
        Ok(())
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
