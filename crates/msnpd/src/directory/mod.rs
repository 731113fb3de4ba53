//! Who is signed in, where, and in which state. In memory only; spoken to by account id, so that a bus fits behind it.
//!
//! Three tiers of locks, always taken in this order, and no reference to any of them leaves this module:
//!
//! 1. A person's entry: his lists, his privacy and what he shows. A change of it and the lines it puts into the
//!    outboxes of those who watch him are one critical section, and so is somebody's first look at him. Whoever is
//!    told anything about him is therefore told in the order in which it happened.
//! 2. A circle: who has come to it, and is in its chat. What becomes of somebody there is told while his entry is locked.
//! 3. The endpoints of a person: where lines for him go. Held only to look them up.

mod circle_notice;
mod circles;
mod contacts;
mod encodings;
mod endpoint;
mod list_news;
mod outside;
mod person;
mod place;
mod ring;
mod session_lists;
mod shards;

use std::sync::Arc;

use msnp::dialect::Dialect;
use msnp::types::{Capabilities, CircleId, Email, List, Lists, Privacy, TrId};

pub use circles::OpenCircle;
pub use encodings::Encodings;
pub use endpoint::{Endpoint, EndpointId};
pub use outside::Outsider;
pub use person::{Media, PrivateMedia, Publication, Shown};
pub use ring::Rung;
pub use session_lists::{MAX_SESSION_MEMBERS, Said};

use crate::account::{Account, AccountId};
use crate::store::{Brief, Change};
use circles::Circle;
use person::{Person, Told, View};
use place::PlaceState;
use shards::{QuickShards, Shards};

/// The directory.
#[derive(Debug, Default)]
pub struct Directory {
    /// Tier 1.
    people: QuickShards<AccountId, Person>,
    /// Tier 2. Those that somebody has come to. Clients name them, so that it hashes with care.
    circles: Shards<CircleId, Circle>,
    /// Tier 3. The endpoints of one person, oldest first.
    endpoints: QuickShards<AccountId, Vec<Arc<Endpoint>>>,
    /// The account behind an address, for those who are signed in.
    by_email: Shards<Email, AccountId>,
    /// Of whom outsiders are to be told something.
    changed: outside::Changed,
}

/// At how many places one person is signed in at most. Each is told all that the person is; of more the oldest has to go.
pub const MAX_PLACES: usize = 16;

impl Directory {
    /// Registers a new endpoint and signs out those of the same person that can't stay beside it, which are returned.
    ///
    /// From here on the person takes part in changes of lists; [`load`](Self::load) is to follow with what the store
    /// has. A change that is committed between the two is applied to whichever is older.
    pub fn sign_in(&self, account: &Account, endpoint: &Arc<Endpoint>) -> Vec<Arc<Endpoint>> {
        self.people.with(account.id, |slot| {
            let displaced = self.endpoints.with(account.id, |slot| {
                let places = slot.get_or_insert_default();
                let (mut stay, mut displaced): (Vec<_>, Vec<_>) =
                    std::mem::take(places).into_iter().partition(|other| endpoint.stays_beside(other));
                let too_many = (stay.len() + 1).saturating_sub(MAX_PLACES);
                displaced.extend(stay.drain(..too_many));
                *places = stay;
                push(places, endpoint.clone());
                displaced
            });
            match slot {
                Some(person) => {
                    self.leave(person, |place| displaced.iter().any(|gone| gone.id == place));
                    person.name = account.name.as_str().into();
                    // An operator may have given him another address since.
                    if person.email != account.email {
                        let former = std::mem::replace(&mut person.email, account.email.clone());
                        self.forget_address(&former, account.id);
                    }
                }
                None => *slot = Some(Person::new(account)),
            }
            if let Some(person) = slot {
                if person.places.is_empty() {
                    person.media = Media::default();
                }
                push(&mut person.places, PlaceState::new(endpoint, account.id));
            }
            self.by_email.with(account.email.clone(), |slot| *slot = Some(account.id));
            displaced
        })
    }

    /// Fills in what the store has of a person who has just signed in, or whose lists another process has changed.
    pub fn load(&self, id: AccountId, brief: &Brief) {
        self.people.get(&id, |person| {
            if let Some(person) = person {
                self.see_difference(person, |person| person.load(brief));
            }
        });
    }

    /// Removes an endpoint. With the last one the person is gone.
    pub fn sign_out(&self, id: AccountId, endpoint: EndpointId) {
        self.people.with(id, |slot| {
            let Some(person) = slot else { return };
            let left = self.endpoints.with(id, |slot| {
                let Some(endpoints) = slot else { return 0 };
                endpoints.retain(|other| other.id != endpoint);
                let left = endpoints.len();
                if left == 0 {
                    *slot = None;
                }
                left
            });
            self.leave(person, |place| place == endpoint);
            if left == 0 {
                self.forget_address(&person.email, id);
                *slot = None;
            }
        });
    }

    /// Forgets places of a person, and tells those who watch him and the places that are left.
    fn leave(&self, person: &mut Person, is_left: impl Fn(EndpointId) -> bool) {
        self.leave_circles(person, &is_left);
        // Whom the last one hid from hears nothing of its end.
        if !person.stays_shown(&is_left) {
            self.hide(person);
            person.leave(is_left);
            return;
        }
        let mut news = place::News::default();
        self.see_difference(person, |person| news = person.leave(is_left));
        self.tell_news(person, news);
    }

    fn forget_address(&self, email: &Email, id: AccountId) {
        self.by_email.with(email.clone(), |slot| *slot = slot.take().filter(|owner| *owner != id));
    }

    /// Takes a person out, whom his places are signed in as no more. They are returned, to be told.
    pub fn sign_out_everywhere(&self, id: AccountId) -> Vec<Arc<Endpoint>> {
        self.people.with(id, |slot| {
            let places = self.endpoints.with(id, Option::take).unwrap_or_default();
            if let Some(mut person) = slot.take() {
                self.leave_circles(&mut person, |_| true);
                self.hide(&mut person);
                self.forget_address(&person.email, id);
            }
            places
        })
    }

    /// Whether a place is still one of that person's: one that has been signed out may not have noticed yet.
    pub fn is_there(&self, id: AccountId, endpoint: EndpointId) -> bool {
        self.endpoints
            .get(&id, |places| places.is_some_and(|places| places.iter().any(|place| place.id == endpoint)))
    }

    /// Every place of somebody, under the lock of the third tier.
    fn each_place(&self, id: AccountId, mut each: impl FnMut(&Arc<Endpoint>)) {
        self.endpoints
            .get(&id, |places| places.into_iter().flat_map(|places| places.iter()).for_each(&mut each));
    }

    /// Everybody who is signed in here, for shutting down.
    pub fn everybody(&self) -> Vec<Arc<Endpoint>> {
        let mut all = Vec::new();
        self.endpoints.each(|endpoints| all.extend(endpoints.iter().cloned()));
        all
    }

    /// How many people are signed in.
    pub fn len(&self) -> usize {
        self.endpoints.len()
    }

    /// Whether nobody is signed in.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(&self, id: AccountId) -> bool {
        self.endpoints.get(&id, |slot| slot.is_some())
    }

    /// Whether somebody is signed in and shows it.
    pub fn is_visible(&self, id: AccountId) -> bool {
        self.people.get(&id, |slot| slot.is_some_and(|person| person.is_visible()))
    }

    /// The places at which somebody is signed in.
    pub fn endpoints_of(&self, id: AccountId) -> Vec<Arc<Endpoint>> {
        self.endpoints.get(&id, |slot| slot.cloned().unwrap_or_default())
    }

    /// Takes the status that a person has told at one of his places, and tells those who watch him. Returns whether he has
    /// become visible.
    pub fn show(&self, id: AccountId, endpoint: EndpointId, shown: Shown) -> bool {
        self.people.get(&id, |slot| {
            let Some(person) = slot.filter(|_| self.is_there(id, endpoint)) else { return false };
            let was_visible = person.is_visible();
            let news = person.take_status(endpoint, shown);
            let appears = !was_visible && person.is_visible();
            if appears {
                self.announce(person, true);
                self.tell_self(person);
            } else if was_visible && !person.is_visible() {
                self.announce_gone(person);
                self.tell_self(person);
            } else {
                self.tell_news(person, news);
            }
            appears
        })
    }

    /// Takes what a person tells beside his status, and tells those who watch.
    pub fn publish(&self, id: AccountId, endpoint: EndpointId, publication: Publication) {
        self.people.get(&id, |slot| {
            let Some(person) = slot.filter(|_| self.is_there(id, endpoint)) else { return };
            let told = person.publish(endpoint, publication);
            self.tell_news(person, place::News { status: false, told });
        });
    }

    /// Tells those who watch a person, and his own places, of a change that makes him neither appear nor vanish.
    fn tell_news(&self, person: &Person, news: place::News) {
        let place::News { status, told } = news;
        if person.is_visible() {
            if status {
                self.announce(person, false);
            } else if told.to_others() {
                self.announce_told(person, told);
            }
        }
        if status || told.to_others() || told.private {
            self.tell_self(person);
        }
    }

    /// Takes a new friendly name, and tells those who watch.
    /// `revision` is that of the account after the change: a later one that came first stays.
    pub fn rename(&self, id: AccountId, name: &str, revision: u64) {
        self.people.get(&id, |slot| {
            let Some(person) = slot.filter(|person| person.name_revision < revision) else { return };
            (person.name, person.name_revision) = (name.into(), revision);
            if person.is_visible() {
                self.announce(person, false);
            }
            self.tell_self(person);
        });
    }

    /// What a chat shows of somebody who is signed in: his name, and what his client at a place can do.
    pub fn card(&self, id: AccountId, endpoint: EndpointId) -> Option<(Arc<str>, Capabilities)> {
        self.people.get(&id, |slot| {
            let person = slot?;
            Some((person.name.clone(), person.capabilities_at(endpoint)))
        })
    }

    /// The friendly name of somebody who is signed in.
    pub fn name(&self, id: AccountId) -> Option<Arc<str>> {
        self.people.get(&id, |slot| slot.map(|person| person.name.clone()))
    }

    /// Applies stored changes of lists, in whatever order they arrive, and shows or hides people as they demand.
    pub fn apply(&self, changes: &[Change]) {
        for change in changes {
            self.people.get(&change.owner, |person| {
                let Some(person) = person else { return };
                let before = person.view(change.contact);
                person.contacts.apply(change);
                let after = person.view(change.contact);
                if let Some(turn) = turn(before, after)
                    && person.is_visible()
                {
                    self.each_place(change.contact, |watcher| {
                        let mut line = Vec::new();
                        person.write_turn(turn, watcher.dialect, &mut line);
                        watcher.push_presence(person.id, line.into());
                    });
                }
            });
        }
    }

    /// Applies a stored change of privacy, and shows or hides the person as it demands. `revision` is that of the
    /// account after the change: a later one that came first stays.
    pub fn set_privacy(&self, id: AccountId, privacy: Privacy, revision: u64) {
        self.people.get(&id, |person| {
            if let Some(person) = person.filter(|person| person.privacy_revision < revision) {
                self.see_difference(person, |person| {
                    (person.privacy, person.privacy_revision) = (privacy, revision);
                });
            }
        });
    }

    /// The first look of an endpoint that has just told its first status: at everybody on its forward list.
    ///
    /// The endpoint's burst has begun, and lasts until this returns.
    pub fn look_at_all(&self, viewer: AccountId, endpoint: &Endpoint, trid: TrId) {
        endpoint.go_live();
        if endpoint.dialect.repeats_personal_data {
            self.people.get(&viewer, |slot| {
                if let Some(person) = slot {
                    endpoint.outbox.supersede(viewer, |out| person.write_self(endpoint.dialect, out));
                }
            });
        }
        let contacts = endpoint.watched().unwrap_or_else(|| {
            self.people.get(&viewer, |slot| {
                slot.as_ref()
                    .map(|person| person.contacts.on(List::Forward).collect::<Vec<_>>())
                    .unwrap_or_default()
            })
        });
        for contact in contacts {
            self.look_at(viewer, endpoint, contact, Some(trid));
        }
    }

    /// A look of an endpoint at one contact: he is shown if there is anything to see, with `ILN` if the client has asked
    /// for something with `trid`. Nobody is seen by whom he doesn't know as somebody who has him on his forward list.
    pub fn look_at(&self, viewer: AccountId, endpoint: &Endpoint, contact: AccountId, trid: Option<TrId>) {
        let is_told_of_himself = contact == viewer && endpoint.dialect.repeats_personal_data;
        if !endpoint.is_live() || !endpoint.watches(contact) || is_told_of_himself {
            return;
        }
        self.people.get(&contact, |slot| {
            let Some(person) = slot else { return };
            if person.is_visible() && person.view(viewer) == VISIBLE {
                endpoint.outbox.supersede(person.id, |out| match trid {
                    Some(trid) => person.write_first_look(endpoint.dialect, trid, out),
                    None => person.write_arrival(endpoint.dialect, out),
                });
            }
        });
    }

    /// A look of every place of somebody at a contact whom he has come to know by no doing of theirs.
    pub fn look_from_everywhere(&self, viewer: AccountId, contact: AccountId) {
        for endpoint in self.endpoints_of(viewer) {
            self.look_at(viewer, &endpoint, contact, None);
        }
    }

    /// The address of somebody who is signed in.
    pub fn email(&self, id: AccountId) -> Option<Email> {
        self.people.get(&id, |slot| slot.map(|person| person.email.clone()))
    }

    /// The account of somebody who is signed in, shows it, and lets `other` contact him.
    pub fn reachable(&self, email: &Email, other: AccountId) -> Option<AccountId> {
        let id = self.by_email.get(email, |slot| slot.copied())?;
        self.people.get(&id, |slot| {
            slot.is_some_and(|person| person.is_visible() && person.allows(other)).then_some(id)
        })
    }

    /// Whether `other` may see and contact `id`, who is signed in.
    pub fn allows(&self, id: AccountId, other: AccountId) -> bool {
        self.people.get(&id, |slot| slot.is_some_and(|person| person.allows(other)))
    }

    /// Makes a change of all of a person's lists or of his privacy, and tells everybody for whom it makes him appear
    /// or vanish.
    fn see_difference(&self, person: &mut Person, change: impl FnOnce(&mut Person)) {
        if !person.is_visible() {
            return change(person);
        }
        let before: Vec<(AccountId, View)> =
            person.contacts.iter().map(|(id, _)| (id, person.view(id))).collect();
        change(person);
        let mut shown =
            Encodings::new(|dialect, out: &mut Vec<u8>| person.write_turn(Turn::Appears, dialect, out));
        let mut gone =
            Encodings::new(|dialect, out: &mut Vec<u8>| person.write_turn(Turn::Vanishes, dialect, out));
        for (id, _) in person.contacts.iter() {
            let known = before.binary_search_by_key(&id, |(id, _)| *id).ok().and_then(|at| before.get(at));
            match known.and_then(|(_, before)| turn(*before, person.view(id))) {
                None => {}
                Some(Turn::Appears) => {
                    self.each_place(id, |watcher| {
                        watcher.push_presence(person.id, shown.of(watcher.dialect))
                    });
                }
                Some(Turn::Vanishes) => {
                    self.each_place(id, |watcher| watcher.push_presence(person.id, gone.of(watcher.dialect)));
                }
            }
        }
        self.note_for_outsiders(person);
    }

    /// Takes what a person shows away, and tells those who watch.
    fn hide(&self, person: &mut Person) {
        let was_visible = person.is_visible();
        person.shown = None;
        if was_visible {
            self.announce_gone(person);
        }
    }

    fn announce(&self, person: &Person, arrives: bool) {
        let mut encodings = Encodings::new(|dialect, out: &mut Vec<u8>| {
            if arrives { person.write_arrival(dialect, out) } else { person.write_status(dialect, out) }
        });
        self.each_watcher(person, |watcher| watcher.push_presence(person.id, encodings.of(watcher.dialect)));
        self.tell_circles(person);
        self.note_for_outsiders(person);
    }

    /// Tells those who watch of something that a person tells beside his status.
    fn announce_told(&self, person: &Person, told: Told) {
        let mut encodings = Encodings::new(|dialect: &'static Dialect, out: &mut Vec<u8>| {
            match dialect.repeats_personal_data {
                _ if !told.concerns(dialect.personal_data) => {}
                true => person.write_status(dialect, out),
                false => person.write_media(dialect, out),
            }
        });
        self.each_watcher(person, |watcher| watcher.push_presence(person.id, encodings.of(watcher.dialect)));
        self.tell_circles(person);
    }

    fn announce_gone(&self, person: &Person) {
        let mut encodings = Encodings::new(|dialect, out: &mut Vec<u8>| person.write_gone(dialect, out));
        self.each_watcher(person, |watcher| watcher.push_presence(person.id, encodings.of(watcher.dialect)));
        self.tell_circles(person);
        self.note_for_outsiders(person);
    }

    /// Every place of everybody who has the person on his forward list and may see him. His own places are told of him
    /// in another way, if they are told at all.
    fn each_watcher(&self, person: &Person, mut each: impl FnMut(&Endpoint)) {
        for (id, _) in person.contacts.iter() {
            if person.view(id) == VISIBLE {
                self.each_place(id, |place| {
                    if id != person.id || !place.dialect.repeats_personal_data {
                        each(place);
                    }
                });
            }
        }
    }

    /// Tells a person's own places what all of them show, where clients are told.
    fn tell_self(&self, person: &Person) {
        let mut encodings = Encodings::new(|dialect, out: &mut Vec<u8>| person.write_self(dialect, out));
        self.each_place(person.id, |place| {
            if place.dialect.repeats_personal_data && place.is_live() {
                place.outbox.push(Some(person.id), encodings.of(place.dialect));
            }
        });
    }
}

/// What a change of lists or privacy does to how a person is seen by somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// He may be seen from here on.
    Appears,
    /// He may not any more.
    Vanishes,
}

/// Adds to a list of places, which are one for nearly everybody: without room for more.
fn push<T>(places: &mut Vec<T>, place: T) {
    places.reserve_exact(1);
    places.push(place);
}

/// Of somebody who has a person on his forward list and may see him.
const VISIBLE: View = View { watches: true, sees: true };

/// What somebody who watched a person before, and does still, is to be told. Who has only now put him on the forward
/// list looks for himself; who has taken him off it knows.
fn turn(before: View, after: View) -> Option<Turn> {
    if !(before.watches && after.watches) {
        return None;
    }
    match (before.sees, after.sees) {
        (false, true) => Some(Turn::Appears),
        (true, false) => Some(Turn::Vanishes),
        _ => None,
    }
}

/// Whether somebody who stands on these lists of a person may see and contact him. Being on both, block wins
/// (notification-server reference, 6.2).
fn may_see(privacy: Privacy, lists: Lists) -> bool {
    !lists.contains(List::Block) && (lists.contains(List::Allow) || privacy == Privacy::AllowOthers)
}
