//! Circles, as those are in them who are signed in: who sees whom there, and who is in the chat.
//!
//! A circle is a tier of locks of its own, behind a person's entry and before outboxes. What somebody does in a circle, and
//! what becomes of him there by what he shows, is done with his entry locked, so that what others are told of him in a circle
//! keeps the order in which it happened, as everywhere.
//!
//! The store says who may be in a circle. A place takes its seat before the store is asked, and is let in when that has said
//! yes: who is taken out meanwhile has lost his seat then.

use std::sync::Arc;

use bytes::Bytes;
use msnp::command::{Command, sdg};
use msnp::dialect::{Dialect, MSNP18};
use msnp::types::{Address, CircleId, CircleUri, Email, List, Lists, PASSPORT_NETWORK};

use super::circle_notice::Notice;
use super::person::Person;
use super::{Directory, Encodings, Endpoint, EndpointId, Said};
use crate::account::AccountId;

/// How many people one notice tells to be in a chat: with the longest addresses it still fits into a payload.
const MAX_USERS: usize = 50;

/// A circle that somebody has come to.
#[derive(Debug, Default)]
pub(super) struct Circle {
    name: Arc<str>,
    /// How often it has told something.
    told: u32,
    members: Vec<Member>,
}

/// Somebody who has come to a circle.
#[derive(Debug)]
struct Member {
    account: AccountId,
    email: Email,
    seats: Vec<Seat>,
    /// Whether the others were told that he is there.
    is_shown: bool,
    /// Whether those in the chat were told that he is in it.
    is_listed: bool,
    /// Whether he has said something there since he hides.
    has_spoken: bool,
}

/// One of his places in it.
#[derive(Debug)]
struct Seat {
    endpoint: Arc<Endpoint>,
    /// On which lists its client has the circle.
    lists: Lists,
    /// Whether the store has let him in.
    is_let_in: bool,
    /// Whether he had blocked the circle when the store was asked last.
    is_blocked: bool,
    /// Whether it was told that the circle is there: it sees the others since then.
    is_in: bool,
    /// Whether it has joined the chat.
    has_joined: bool,
}

impl Seat {
    /// Whether its client wants to be in the circle.
    fn wants_in(&self) -> bool {
        let lists = self.lists;
        self.is_let_in && lists.contains(List::Forward) && lists.contains(List::Allow)
    }
}

impl Member {
    fn seat(&mut self, place: EndpointId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.endpoint.id == place)
    }

    /// Whether one of his places has blocked the circle: he is not there then, wherever else he is.
    fn blocks(&self) -> bool {
        self.seats.iter().any(|seat| seat.is_blocked || seat.lists.contains(List::Block))
    }

    /// How blocks name him.
    fn address(&self) -> Address<'_> {
        Address::of(PASSPORT_NETWORK, self.email.as_str())
    }
}

impl Circle {
    fn member(&mut self, account: AccountId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.account == account)
    }

    fn seat(&mut self, account: AccountId, place: EndpointId) -> Option<&mut Seat> {
        self.member(account)?.seat(place)
    }

    /// A place of somebody that is in it.
    fn seat_in(&mut self, account: AccountId, place: EndpointId) -> Option<&mut Seat> {
        self.seat(account, place).filter(|seat| seat.is_in)
    }

    /// The places that see `account`: those of all others who are in it.
    fn onlookers(&self, account: AccountId) -> impl Iterator<Item = &Seat> {
        let others = self.members.iter().filter(move |member| member.account != account);
        others.flat_map(|member| &member.seats).filter(|seat| seat.is_in)
    }

    /// Says something about somebody to all others who are in it.
    fn tell_of(&self, account: AccountId, write: impl FnMut(&'static Dialect, &mut Vec<u8>)) {
        let mut lines = Encodings::new(write);
        for seat in self.onlookers(account) {
            seat.endpoint.outbox.push(None, lines.of(seat.endpoint.dialect));
        }
    }

    /// Tells something that has become of the circle to those members whose `seats` are meant.
    fn notify(
        &mut self,
        id: CircleId,
        notice: &Notice<'_>,
        mut is_meant: impl FnMut(&Member, &Seat) -> bool,
    ) {
        let segment = self.told;
        self.told = segment.wrapping_add(1);
        for member in &self.members {
            let mut line: Option<Bytes> = None;
            for seat in member.seats.iter().filter(|seat| is_meant(member, seat)) {
                let line = line.get_or_insert_with(|| notice.line(id, &member.address(), segment).into());
                seat.endpoint.outbox.push(None, line.clone());
            }
        }
    }

    /// Draws what follows for a member of what he shows, and of where he sits: who sees him, and who has him in the chat.
    fn settle(&mut self, id: CircleId, person: &Person) {
        let Some(member) = self.member(person.id) else { return };
        let blocks = member.blocks();
        for seat in &mut member.seats {
            // Where another place of his has blocked it, a client does not know yet.
            if blocks && seat.is_in && seat.wants_in() {
                seat.endpoint.outbox.push(None, gone(person, id, seat.endpoint.dialect));
            }
            if blocks || !seat.wants_in() {
                (seat.is_in, seat.has_joined) = (false, false);
            }
        }
        let is_in = member.seats.iter().any(|seat| seat.is_in);
        let has_joined = member.seats.iter().any(|seat| seat.has_joined);
        member.has_spoken &= has_joined && !person.is_visible();
        let (was_shown, was_listed) = (member.is_shown, member.is_listed);
        member.is_shown = is_in && person.is_visible();
        // Who hides is in the chat without being seen in it, until he says something.
        member.is_listed = has_joined && (person.is_visible() || member.has_spoken);
        let (is_shown, is_listed) = (member.is_shown, member.is_listed);
        let user = member.address().to_string();
        if was_listed && !is_listed {
            let uri = Address::read(&user).map_or(CircleUri::Circle, CircleUri::User).to_string();
            self.notify(id, &Notice::left(&uri), |other, seat| other.account != person.id && seat.has_joined);
        }
        match (was_shown, is_shown) {
            (false, true) => self.tell_of(person.id, |dialect, out| person.write_in_circle(id, dialect, out)),
            (true, false) => {
                self.tell_of(person.id, |dialect, out| person.write_gone_from_circle(id, dialect, out));
            }
            _ => {}
        }
        if is_listed && !was_listed {
            let notice = Notice::joined(vec![user]);
            self.notify(id, &notice, |other, seat| other.account != person.id && seat.has_joined);
        }
    }

    /// Tells a place that the circle is there.
    fn open(&mut self, id: CircleId, person: &Person, place: EndpointId) {
        let is_this = |seat: &Seat| seat.endpoint.id == place;
        self.notify(id, &Notice::is_there(&self.name.clone()), |member, seat| {
            member.account == person.id && is_this(seat)
        });
        if let Some(seat) = self.seat(person.id, place) {
            seat.is_in = true;
            let mut own = Vec::new();
            person.write_own_in_circle(id, seat.endpoint.dialect, &mut own);
            seat.endpoint.outbox.push(None, own.into());
        }
        self.settle(id, person);
    }

    /// Takes a place into the chat, and tells it who is in it.
    fn join(&mut self, id: CircleId, person: &Person, place: EndpointId) {
        let Some(seat) = self.seat_in(person.id, place) else { return };
        if !std::mem::replace(&mut seat.has_joined, true) {
            let there = self.members.iter().filter(|other| other.is_listed || other.account == person.id);
            let users: Vec<_> = there.map(|other| other.address().to_string()).collect();
            for users in users.chunks(MAX_USERS) {
                let notice = Notice::joined(users.to_vec());
                self.notify(id, &notice, |member, seat| {
                    member.account == person.id && seat.endpoint.id == place
                });
            }
        }
        self.settle(id, person);
    }
}

/// Circles that a place has named, with the lists on which its client has them.
type SaidOfCircles<'a> = &'a [(CircleId, Lists)];

/// A circle that the store lets somebody into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCircle {
    /// Which.
    pub id: CircleId,
    /// What it is called.
    pub name: String,
    /// Whether he has blocked it: he is not there then.
    pub is_blocked: bool,
}

impl Directory {
    /// Keeps a seat for a place in each circle, before the store is asked whether it is one of his.
    /// [`take_seats`](Self::take_seats) or [`give_up_seats`](Self::give_up_seats) is to follow.
    pub fn keep_seats(&self, id: AccountId, endpoint: &Arc<Endpoint>, said: SaidOfCircles<'_>) {
        self.people.get(&id, |slot| {
            let Some(person) = slot.filter(|_| self.is_there(id, endpoint.id)) else { return };
            for (circle, _) in said {
                self.circles.with(*circle, |slot| {
                    let circle = slot.get_or_insert_default();
                    if circle.member(id).is_none() {
                        circle.members.push(Member {
                            account: id,
                            email: person.email.clone(),
                            seats: Vec::new(),
                            is_shown: false,
                            is_listed: false,
                            has_spoken: false,
                        });
                    }
                    if let Some(member) = circle.member(id)
                        && member.seat(endpoint.id).is_none()
                    {
                        member.seats.push(Seat {
                            endpoint: endpoint.clone(),
                            lists: Lists::NONE,
                            is_let_in: false,
                            is_blocked: false,
                            is_in: false,
                            has_joined: false,
                        });
                    }
                });
                person.add_circle(*circle);
            }
        });
    }

    /// Gives up those seats of a place that the store has not let it have.
    pub fn give_up_seats(&self, id: AccountId, endpoint: EndpointId) {
        self.people.get(&id, |slot| {
            if let Some(person) = slot {
                self.leave_seats(person, |_, seat| seat.endpoint.id == endpoint && !seat.is_let_in);
            }
        });
    }

    /// Takes on which lists a place has circles, of which the store lets it into `open`. It is told of those that it is in by
    /// that, once it has told a status.
    pub fn take_seats(
        &self,
        id: AccountId,
        endpoint: &Endpoint,
        said: SaidOfCircles<'_>,
        open: &[OpenCircle],
    ) {
        for (circle, lists) in said {
            let Some(open) = open.iter().find(|open| open.id == *circle) else { continue };
            self.change_seat(id, endpoint.id, *circle, |circle, place| {
                circle.name = open.name.as_str().into();
                if let Some(seat) = circle.seat(id, place) {
                    (seat.is_let_in, seat.is_blocked) = (true, open.is_blocked);
                    seat.lists = change(seat.lists, *lists, Said::Has);
                }
            });
        }
        self.give_up_seats(id, endpoint.id);
        self.enter_circles(id, endpoint);
    }

    /// Takes on which lists a place does not have circles any more.
    pub fn leave_lists(&self, id: AccountId, endpoint: &Endpoint, said: SaidOfCircles<'_>) {
        for (circle, lists) in said {
            self.change_seat(id, endpoint.id, *circle, |circle, place| {
                if let Some(seat) = circle.seat(id, place) {
                    seat.lists = change(seat.lists, *lists, Said::HasNot);
                }
            });
        }
        self.people.get(&id, |slot| {
            if let Some(person) = slot {
                self.leave_seats(person, |_, seat| seat.endpoint.id == endpoint.id && seat.lists.is_empty());
            }
        });
        // One that blocked a circle no more may let another in.
        for other in self.endpoints_of(id) {
            self.enter_circles(id, &other);
        }
    }

    fn change_seat(
        &self,
        id: AccountId,
        place: EndpointId,
        circle: CircleId,
        change: impl FnOnce(&mut Circle, EndpointId),
    ) {
        self.people.get(&id, |slot| {
            let Some(person) = slot else { return };
            self.circles.get(&circle, |slot| {
                if let Some(known) = slot {
                    change(known, place);
                    known.settle(circle, person);
                }
            });
        });
    }

    /// Brings a place that has told a status into those of its circles that it is not in yet, and shows it who is there.
    pub fn enter_circles(&self, id: AccountId, endpoint: &Endpoint) {
        if !endpoint.is_live() {
            return;
        }
        let mut to_see = Vec::new();
        self.people.get(&id, |slot| {
            let Some(person) = slot else { return };
            for circle in person.circles() {
                self.circles.get(circle, |slot| {
                    let Some(known) = slot else { return };
                    let Some(member) = known.member(id).filter(|member| !member.blocks()) else { return };
                    if member.seat(endpoint.id).is_none_or(|seat| seat.is_in || !seat.wants_in()) {
                        return;
                    }
                    known.open(*circle, person, endpoint.id);
                    let others = known.members.iter().filter(|other| other.account != id);
                    to_see.extend(others.map(|other| (*circle, other.account)));
                });
            }
        });
        for (circle, other) in to_see {
            self.look_in_circle(circle, id, endpoint, other);
        }
    }

    /// A look of a place at somebody else who is in the same circle.
    fn look_in_circle(&self, id: CircleId, viewer: AccountId, endpoint: &Endpoint, other: AccountId) {
        self.people.get(&other, |slot| {
            let Some(person) = slot else { return };
            self.circles.get(&id, |slot| {
                let Some(circle) = slot else { return };
                let is_shown = circle.member(other).is_some_and(|member| member.is_shown);
                if is_shown && circle.seat_in(viewer, endpoint.id).is_some() {
                    let mut line = Vec::new();
                    person.write_in_circle(id, endpoint.dialect, &mut line);
                    endpoint.outbox.push(None, line.into());
                }
            });
        });
    }

    /// Whether a place is in a circle.
    pub fn is_in_circle(&self, id: AccountId, endpoint: EndpointId, circle: CircleId) -> bool {
        self.circles.get(&circle, |slot| slot.is_some_and(|circle| circle.seat_in(id, endpoint).is_some()))
    }

    /// Takes a place into the chat of a circle that it is in.
    pub fn join_circle(&self, id: AccountId, endpoint: EndpointId, circle: CircleId) {
        self.change_seat(id, endpoint, circle, |_, _| {});
        self.in_circle(id, circle, |known, person| known.join(circle, person, endpoint));
    }

    /// Takes a place out of the chat of a circle.
    pub fn leave_chat(&self, id: AccountId, endpoint: EndpointId, circle: CircleId) {
        self.change_seat(id, endpoint, circle, |circle, place| {
            if let Some(seat) = circle.seat(id, place) {
                seat.has_joined = false;
            }
        });
    }

    /// Passes on what a place says in a circle that it is in: `payload`, as it came, to all others in the chat. Returns to how
    /// many places, or `None` where it is not in the circle.
    pub fn say_in_circle(
        &self,
        id: AccountId,
        endpoint: EndpointId,
        circle: CircleId,
        payload: &[u8],
    ) -> Option<usize> {
        let mut heard = None;
        self.in_circle(id, circle, |known, person| {
            if known.seat_in(id, endpoint).is_none() {
                return;
            }
            if let Some(member) = known.member(id) {
                member.has_spoken = true;
            }
            // Others hear that he has come before they hear what he says.
            known.join(circle, person, endpoint);
            let mut line = Vec::with_capacity(payload.len() + 16);
            sdg::Push { payload }.write(&mut line, &MSNP18);
            let line = Bytes::from(line);
            let seats = known.members.iter().flat_map(|member| &member.seats);
            let others = seats.filter(|seat| seat.has_joined && seat.endpoint.id != endpoint);
            let count = others.map(|seat| seat.endpoint.outbox.push(None, line.clone())).count();
            heard = Some(count);
        });
        heard
    }

    fn in_circle(&self, id: AccountId, circle: CircleId, act: impl FnOnce(&mut Circle, &Person)) {
        self.people.get(&id, |slot| {
            let Some(person) = slot else { return };
            self.circles.get(&circle, |slot| {
                if let Some(circle) = slot {
                    act(circle, person);
                }
            });
        });
    }

    /// Takes somebody out of a circle who is in it no more, at all of his places, which are told that it is not there.
    pub fn leave_circle(&self, id: AccountId, circle: CircleId) {
        self.people.get(&id, |slot| {
            let Some(person) = slot else { return };
            self.circles.get(&circle, |slot| {
                let seats = slot.and_then(|circle| circle.member(id)).map_or(&[][..], |member| &member.seats);
                for seat in seats.iter().filter(|seat| seat.is_in) {
                    seat.endpoint.outbox.push(None, gone(person, circle, seat.endpoint.dialect));
                }
            });
            self.leave_seats(person, |of, _| of == circle);
        });
    }

    /// Takes everybody out of a circle that is no more.
    pub fn close_circle(&self, circle: CircleId) {
        let there = self.circles.get(&circle, |slot| {
            slot.map_or_else(Vec::new, |circle| circle.members.iter().map(|member| member.account).collect())
        });
        for account in there {
            self.leave_circle(account, circle);
        }
    }

    /// Tells everybody in a circle what it is called from here on.
    pub fn rename_circle(&self, id: CircleId, name: &str) {
        self.circles.get(&id, |slot| {
            if let Some(circle) = slot.filter(|circle| &*circle.name != name) {
                circle.name = name.into();
                circle.notify(id, &Notice::is_called(name), |_, seat| seat.is_in);
            }
        });
    }

    /// Tells those who are in circles with a person what he shows from here on.
    pub(super) fn tell_circles(&self, person: &Person) {
        for id in person.circles() {
            self.circles.get(id, |slot| {
                let Some(circle) = slot else { return };
                let was_shown = circle.member(person.id).is_some_and(|member| member.is_shown);
                circle.settle(*id, person);
                if was_shown && circle.member(person.id).is_some_and(|member| member.is_shown) {
                    circle.tell_of(person.id, |dialect, out| person.write_in_circle(*id, dialect, out));
                }
            });
        }
    }

    /// Gives up the seats of places that are left.
    pub(super) fn leave_circles(&self, person: &mut Person, is_left: impl Fn(EndpointId) -> bool) {
        self.leave_seats(person, |_, seat| is_left(seat.endpoint.id));
    }

    fn leave_seats(&self, person: &mut Person, is_left: impl Fn(CircleId, &Seat) -> bool) {
        person.keep_circles(|person, id| {
            self.circles.with(id, |slot| {
                let Some(circle) = slot else { return false };
                let Some(member) = circle.member(person.id) else { return false };
                member.seats.retain(|seat| !is_left(id, seat));
                circle.settle(id, person);
                circle.members.retain(|member| !member.seats.is_empty());
                let stays = circle.member(person.id).is_some();
                if circle.members.is_empty() {
                    *slot = None;
                }
                stays
            })
        });
    }
}

/// That a circle is not there any more, to one of the places of somebody who was in it: his own presence there has ended.
fn gone(person: &Person, circle: CircleId, dialect: &'static Dialect) -> Bytes {
    let mut line = Vec::new();
    person.write_gone_from_circle(circle, dialect, &mut line);
    line.into()
}

/// The lists after a client has said something of them.
fn change(known: Lists, said: Lists, change: Said) -> Lists {
    [List::Forward, List::Allow, List::Block].into_iter().filter(|list| said.contains(*list)).fold(
        known,
        |lists, list| match change {
            Said::Has => lists.with(list),
            Said::HasNot => lists.without(list),
        },
    )
}
