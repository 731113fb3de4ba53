//! A person's lists as presence needs them: who, and on which lists.

use msnp::types::{List, Lists};

use crate::account::AccountId;
use crate::store::{BriefContact, Change};

/// Everybody on a person's lists, in the order of their ids. Sixteen bytes each.
#[derive(Clone, Debug, Default)]
pub(super) struct Contacts {
    /// In the order of their ids.
    all: Vec<Contact>,
    /// The revision that was last loaded: an older change says nothing new.
    loaded: u64,
}

#[derive(Clone, Copy, Debug)]
struct Contact {
    /// The revision of the person's account at which this was so.
    revision: u64,
    id: AccountId,
    /// On none: he was taken off, and is kept so that an older state can't come back.
    lists: Lists,
}

impl Contacts {
    /// The lists that `id` stands on.
    pub(super) fn lists(&self, id: AccountId) -> Lists {
        self.find(id).ok().and_then(|at| self.all.get(at)).map_or(Lists::NONE, |contact| contact.lists)
    }

    /// Everybody, with his lists.
    pub(super) fn iter(&self) -> impl Iterator<Item = (AccountId, Lists)> {
        self.all.iter().map(|contact| (contact.id, contact.lists))
    }

    /// Everybody on `list`.
    pub(super) fn on(&self, list: List) -> impl Iterator<Item = AccountId> {
        self.iter().filter(move |(_, lists)| lists.contains(list)).map(|(id, _)| id)
    }

    /// Takes a change, unless a later one of the same contact is known already.
    pub(super) fn apply(&mut self, change: &Change) {
        if change.revision <= self.loaded {
            return;
        }
        self.put(Contact { revision: change.revision, id: change.contact, lists: change.after });
    }

    /// Takes what the store had at `revision`. Contacts it does not name are gone, if what is known of them is older.
    pub(super) fn load(&mut self, revision: u64, contacts: &[BriefContact]) {
        let mut loaded: Vec<Contact> = contacts
            .iter()
            .map(|&BriefContact { id, lists, revision }| Contact { revision, id, lists })
            .collect();
        loaded.sort_unstable_by_key(|contact| contact.id);
        let known = std::mem::replace(&mut self.all, loaded);
        for contact in known {
            if self.find(contact.id).is_ok() || contact.revision > revision {
                self.put(contact);
            }
        }
        self.all.shrink_to_fit();
        self.loaded = self.loaded.max(revision);
    }

    fn put(&mut self, contact: Contact) {
        match self.find(contact.id) {
            Ok(at) => {
                if let Some(known) = self.all.get_mut(at).filter(|known| known.revision < contact.revision) {
                    *known = contact;
                }
            }
            Err(at) => self.all.insert(at, contact),
        }
    }

    fn find(&self, id: AccountId) -> Result<usize, usize> {
        self.all.binary_search_by_key(&id, |contact| contact.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u32, lists: Lists, revision: u64) -> BriefContact {
        BriefContact { id: AccountId(id), lists, revision }
    }

    fn change(contact: u32, after: Lists, revision: u64) -> Change {
        Change { owner: AccountId(1), contact: AccountId(contact), before: Lists::NONE, after, revision }
    }

    #[test]
    fn the_later_revision_wins_in_whatever_order() {
        let (fl, al) = (List::Forward.bit(), List::Allow.bit());
        let mut contacts = Contacts::default();
        contacts.apply(&change(7, fl, 5));
        contacts.apply(&change(7, al, 4));
        assert_eq!(contacts.lists(AccountId(7)), fl);
        contacts.apply(&change(7, Lists::NONE, 6));
        contacts.load(5, &[row(7, fl, 5), row(3, al, 2)]);
        assert_eq!(contacts.lists(AccountId(7)), Lists::NONE, "what was taken off stays off");
        assert_eq!(contacts.lists(AccountId(3)), al);
    }

    #[test]
    fn a_load_drops_who_is_gone() {
        let fl = List::Forward.bit();
        let mut contacts = Contacts::default();
        contacts.load(3, &[row(1, fl, 1), row(2, fl, 2)]);
        contacts.apply(&change(9, fl, 8));
        contacts.load(6, &[row(2, fl, 2)]);
        assert_eq!(contacts.on(List::Forward).collect::<Vec<_>>(), [AccountId(2), AccountId(9)]);
    }
}
