//! What a client of MSNP13 or later tells of its lists, for as long as it is signed in.
//!
//! The store says who is on which list. A session may hide its user from more people than that, and be told of fewer;
//! it never shows more, and sees nobody whom the store does not let it see.

use msnp::types::{List, Lists, Privacy};

use super::place::PlaceState;
use super::{Directory, Endpoint, EndpointId};
use crate::account::AccountId;

/// How many people a session may name. Beyond it there is 210.
pub const MAX_SESSION_MEMBERS: usize = 4000;

impl Directory {
    /// Takes whom a place says to have on its forward list: it is told of them from here on. Returns who is to be looked
    /// at, or `None`, with nothing taken, where the place names too many. [`take_lists`](Self::take_lists) is to follow.
    pub fn watch(
        &self,
        id: AccountId,
        endpoint: &Endpoint,
        said: &[(AccountId, Lists)],
    ) -> Option<Vec<AccountId>> {
        let has_room = self.people.get(&id, |person| {
            let place = person.and_then(|person| person.places.iter().find(|place| place.id == endpoint.id));
            place.is_none_or(|place| place.privacy.has_room(said))
        });
        has_room.then(|| endpoint.watch(said)).flatten()
    }

    /// Takes whom a place says to have, or not to have any more, on its allow and block lists: he is hidden from them or
    /// shown to them, as far as the store lets them see him. It is told no more of those it says not to have on its
    /// forward list.
    pub fn take_lists(&self, id: AccountId, endpoint: &Endpoint, said: &[(AccountId, Lists)], change: Said) {
        if change == Said::HasNot {
            endpoint.stop_watching(said);
        }
        self.change_privacy(id, endpoint.id, |place| place.privacy.take(said, change));
    }

    /// Takes what a place says of those whom its person has on no list.
    pub fn take_privacy(&self, id: AccountId, endpoint: EndpointId, privacy: Privacy) {
        self.change_privacy(id, endpoint, |place| place.privacy.set_others(privacy));
    }

    fn change_privacy(&self, id: AccountId, endpoint: EndpointId, change: impl FnOnce(&mut PlaceState)) {
        self.people.get(&id, |person| {
            if let Some(person) = person.filter(|_| self.is_there(id, endpoint)) {
                self.see_difference(person, |person| {
                    if let Some(place) = person.places.iter_mut().find(|place| place.id == endpoint) {
                        change(place);
                    }
                });
            }
        });
    }

    /// Whether a session of somebody hides him from `other`, who may not contact him then either, whatever the store says.
    pub fn hides_from(&self, id: AccountId, other: AccountId) -> bool {
        self.people.get(&id, |slot| slot.is_some_and(|person| person.a_place_hides_from(other)))
    }
}

/// Whom a session lets see its user, as far as it says anything about it.
#[derive(Clone, Debug, Default)]
pub(super) struct SessionPrivacy {
    /// What it says of those whom it does not name. `None`: it lets everybody see him whom the store lets.
    others: Option<Privacy>,
    /// Those whom it names, in the order of their ids, with their allow and block bits.
    named: Vec<(AccountId, Lists)>,
}

impl SessionPrivacy {
    /// Whether it lets somebody see its user.
    pub(super) fn allows(&self, id: AccountId) -> bool {
        self.lets(self.lists(id))
    }

    /// Whether it names somebody as blocked.
    pub(super) fn blocks(&self, id: AccountId) -> bool {
        self.lists(id).contains(List::Block)
    }

    /// Whether it lets somebody see its user who is on these lists of its.
    pub(super) fn lets(&self, lists: Lists) -> bool {
        !lists.contains(List::Block)
            && (lists.contains(List::Allow) || self.others != Some(Privacy::BlockOthers))
    }

    fn lists(&self, id: AccountId) -> Lists {
        find(&self.named, id).ok().and_then(|at| self.named.get(at)).map_or(Lists::NONE, |(_, lists)| *lists)
    }

    /// Says what is so for those whom it does not name.
    pub(super) fn set_others(&mut self, privacy: Privacy) {
        self.others = Some(privacy);
    }

    /// Whether there is room for what the session says.
    pub(super) fn has_room(&self, said: &[(AccountId, Lists)]) -> bool {
        let new = said.iter().filter(|(id, _)| find(&self.named, *id).is_err()).count();
        self.named.len() + new <= MAX_SESSION_MEMBERS
    }

    /// Takes what the session says of people: whom it has on its lists from here on, or has not any more.
    pub(super) fn take(&mut self, said: &[(AccountId, Lists)], change: Said) {
        for (id, lists) in said {
            let at = match find(&self.named, *id) {
                Ok(at) => at,
                Err(at) => {
                    self.named.insert(at, (*id, Lists::NONE));
                    at
                }
            };
            let Some((_, known)) = self.named.get_mut(at) else { continue };
            for list in [List::Allow, List::Block] {
                if lists.contains(list) {
                    *known = match change {
                        Said::Has => known.with(list),
                        Said::HasNot => known.without(list),
                    };
                }
            }
        }
        self.named.retain(|(_, lists)| !lists.is_empty());
    }
}

/// Whether a session has named people as being on its lists, or as not being on them any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// `ADL`
    Has,
    /// `RML`
    HasNot,
}

/// Whom a session wants to be told of: its forward list, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Watched(Vec<AccountId>);

impl Watched {
    pub(super) fn contains(&self, id: AccountId) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    pub(super) fn all(&self) -> &[AccountId] {
        &self.0
    }

    /// Takes whom the session has on its forward list. Returns who is new, or `None` where there would be too many.
    pub(super) fn add(&mut self, said: &[(AccountId, Lists)]) -> Option<Vec<AccountId>> {
        let mut new: Vec<_> = on_forward(said).filter(|id| !self.contains(*id)).collect();
        new.sort_unstable();
        new.dedup();
        if self.0.len() + new.len() > MAX_SESSION_MEMBERS {
            return None;
        }
        self.0.extend(&new);
        self.0.sort_unstable();
        Some(new)
    }

    /// Takes whom it has there no more.
    pub(super) fn remove(&mut self, said: &[(AccountId, Lists)]) {
        for id in on_forward(said) {
            if let Ok(at) = self.0.binary_search(&id) {
                self.0.remove(at);
            }
        }
    }
}

fn on_forward(said: &[(AccountId, Lists)]) -> impl Iterator<Item = AccountId> {
    said.iter().filter(|(_, lists)| lists.contains(List::Forward)).map(|(id, _)| *id)
}

fn find(named: &[(AccountId, Lists)], id: AccountId) -> Result<usize, usize> {
    named.binary_search_by_key(&id, |(id, _)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: AccountId = AccountId(1);
    const BOB: AccountId = AccountId(2);

    #[test]
    fn a_session_hides_and_never_shows() {
        let (allow, block) = (List::Allow.bit(), List::Block.bit());
        let mut privacy = SessionPrivacy::default();
        assert!(privacy.allows(ALICE));
        privacy.take(&[(ALICE, block)], Said::Has);
        assert!(!privacy.allows(ALICE) && privacy.allows(BOB));
        privacy.take(&[(ALICE, block)], Said::HasNot);
        assert!(privacy.allows(ALICE));
        privacy.set_others(Privacy::BlockOthers);
        assert!(!privacy.allows(ALICE));
        privacy.take(&[(ALICE, allow)], Said::Has);
        assert!(privacy.allows(ALICE) && !privacy.allows(BOB));
        privacy.set_others(Privacy::AllowOthers);
        assert!(privacy.allows(BOB));
    }

    #[test]
    fn who_is_new_is_told() {
        let forward = List::Forward.bit();
        let mut watched = Watched::default();
        assert_eq!(watched.add(&[(BOB, forward), (ALICE, List::Allow.bit())]), Some(vec![BOB]));
        assert_eq!(watched.add(&[(BOB, forward), (ALICE, forward)]), Some(vec![ALICE]));
        watched.remove(&[(BOB, forward)]);
        assert_eq!(watched.all(), [ALICE]);
        let many: Vec<_> = (0..5000).map(|id| (AccountId(id), forward)).collect();
        assert_eq!(watched.add(&many), None);
        assert_eq!(watched.all(), [ALICE]);
    }
}
