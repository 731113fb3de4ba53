//! Inviting people to chats: at every place of theirs, and only those who would have it.

use std::sync::Arc;

use bytes::Bytes;
use msnp::types::Email;

use super::person::Person;
use super::{Directory, Endpoint};
use crate::account::AccountId;

/// What came of ringing somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// He was invited at this many places.
    Ringing(usize),
    /// He is there, but no invitation could be made for any of his places.
    Failed,
    /// Offline, hidden, not for this caller or for no caller at all: nobody can tell which.
    NotOnline,
}

impl Directory {
    /// Whether `caller` could invite somebody to a chat now.
    pub fn takes_calls(&self, id: AccountId, caller: AccountId) -> bool {
        let is_seen = self.people.get(&id, |slot| slot.is_some_and(|p| p.is_visible() && p.allows(caller)));
        let mut takes = false;
        if is_seen {
            self.each_place(id, |place| takes |= place.takes_invitations());
        }
        takes
    }

    /// Invites somebody to a chat: `ring` makes the line for each of his places, or `None` where he is in it already.
    pub fn ring(
        &self,
        caller: AccountId,
        callee: &Email,
        ring: impl FnMut(AccountId, &Email, &Arc<Endpoint>) -> Option<Bytes>,
    ) -> Rung {
        match self.by_email.get(callee, |slot| slot.copied()) {
            Some(id) => self.ring_account(caller, id, ring),
            None => Rung::NotOnline,
        }
    }

    /// [`ring`](Self::ring), for somebody whose account is known.
    pub fn ring_account(
        &self,
        caller: AccountId,
        id: AccountId,
        mut ring: impl FnMut(AccountId, &Email, &Arc<Endpoint>) -> Option<Bytes>,
    ) -> Rung {
        self.people.get(&id, |slot| {
            let Some(person) = slot.filter(|p| p.is_visible() && p.allows(caller)) else {
                return Rung::NotOnline;
            };
            self.ring_places(person, &mut ring)
        })
    }

    /// Invites the other places of whoever invites, whatever he shows to others.
    pub fn ring_own(
        &self,
        id: AccountId,
        mut ring: impl FnMut(AccountId, &Email, &Arc<Endpoint>) -> Option<Bytes>,
    ) -> Rung {
        self.people
            .get(&id, |slot| slot.map_or(Rung::NotOnline, |person| self.ring_places(person, &mut ring)))
    }

    fn ring_places(
        &self,
        person: &Person,
        ring: &mut impl FnMut(AccountId, &Email, &Arc<Endpoint>) -> Option<Bytes>,
    ) -> Rung {
        let (mut rung, mut has_place) = (0, false);
        self.each_place(person.id, |place| {
            if !place.takes_invitations() {
                return;
            }
            has_place = true;
            // One that was told to go may not have noticed yet.
            if place.outbox.is_open()
                && let Some(line) = ring(person.id, &person.email, place)
            {
                place.outbox.push(None, line);
                rung += 1;
            }
        });
        match rung {
            0 if has_place => Rung::Failed,
            0 => Rung::NotOnline,
            _ => Rung::Ringing(rung),
        }
    }
}
