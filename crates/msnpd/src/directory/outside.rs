//! What people of other networks see of a person: they have no place here, and stand to him as his store's lists say and his
//! places' clients do.

use std::collections::HashSet;
use std::sync::Arc;

use msnp::types::{Email, List, Lists, Status};
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::person::Person;
use super::{Directory, EndpointId, may_see};
use crate::account::AccountId;

/// Somebody of another network.
#[derive(Clone, Copy, Debug)]
pub struct Outsider<'a> {
    /// Which lists of a person's he is on, in the store.
    pub lists: Lists,
    /// The account that has his address here. With it he is blocked as well.
    pub account: Option<AccountId>,
    /// Which lists he is on at those places of the person's that have said anything of him.
    pub said: &'a [(EndpointId, Lists)],
}

/// Those of whom something has changed that outsiders see, for whoever tells them.
#[derive(Debug, Default)]
pub(super) struct Changed {
    people: Mutex<HashSet<Email>>,
    added: Notify,
}

impl Changed {
    /// No more are noted than are signed in and watched, each once.
    fn note(&self, person: &Person) {
        self.people.lock().insert(person.email.clone());
        self.added.notify_one();
    }
}

impl Directory {
    /// From here on, and until he signs out, it is noted when something changes that outsiders see of a person. Nothing
    /// where he is not signed in.
    pub fn mark_watched(&self, email: &Email) {
        let Some(id) = self.id_of(email) else { return };
        self.people.get(&id, |slot| {
            if let Some(person) = slot {
                person.is_watched_outside = true;
                self.changed.note(person);
            }
        });
    }

    /// Waits until something has changed that outsiders see of people who are marked, and says of whom.
    pub async fn changed_for_outsiders(&self) -> HashSet<Email> {
        loop {
            let changed = std::mem::take(&mut *self.changed.people.lock());
            if !changed.is_empty() {
                return changed;
            }
            self.changed.added.notified().await;
        }
    }

    /// Notes that what outsiders see of a person may be another than before.
    pub(super) fn note_for_outsiders(&self, person: &Person) {
        if person.is_watched_outside {
            self.changed.note(person);
        }
    }

    /// The account of somebody who is signed in.
    pub fn id_of(&self, email: &Email) -> Option<AccountId> {
        self.by_email.get(email, |slot| slot.copied())
    }

    /// Status and name of a person, if he is to be seen and contacted by an outsider.
    pub fn shown_to_outsider(&self, id: AccountId, outsider: &Outsider<'_>) -> Option<(Status, Arc<str>)> {
        self.people.get(&id, |slot| {
            let person = slot.filter(|person| person.is_visible() && person.allows_outsider(outsider))?;
            Some((person.shown.as_ref()?.status, person.name.clone()))
        })
    }
}

impl Person {
    fn allows_outsider(&self, outsider: &Outsider<'_>) -> bool {
        let Outsider { lists, account, said } = *outsider;
        let is_blocked = account.is_some_and(|account| self.contacts.lists(account).contains(List::Block));
        let said_at =
            |place| said.iter().find(|(at, _)| *at == place).map_or(Lists::NONE, |(_, lists)| *lists);
        let is_hidden = self.places_with_a_say().any(|place| {
            let blocks = account.is_some_and(|account| place.privacy.blocks(account));
            blocks || !place.privacy.lets(said_at(place.id))
        });
        may_see(self.privacy, lists) && !is_blocked && !is_hidden
    }
}
