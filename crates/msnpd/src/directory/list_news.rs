//! Who is told of changes of his own lists, and who will read them.

use msnp::dialect::Dialect;

use super::{Directory, Encodings, Endpoint};
use crate::account::AccountId;

impl Directory {
    /// Tells every place of a person of a change of his lists that has led to `revision`: what `encode` makes for its
    /// dialect and the revision that it may be told. One that has not asked for its lists will read it.
    pub fn tell_change(
        &self,
        id: AccountId,
        revision: u64,
        mut encode: impl FnMut(&'static Dialect, u64, &mut Vec<u8>),
    ) {
        self.each_place(id, |place| {
            if !place.hears_of_lists() {
                return place.fall_behind(revision);
            }
            let mut line = Vec::new();
            encode(place.dialect, place.told_revision(revision), &mut line);
            place.outbox.push(None, line.into());
        });
    }

    /// Says something to those places of a person that read his address book, when the client with the ticket that expires at
    /// `ticket_expires` has changed it: to all but the one where that is, as far as it can be told.
    pub fn tell_elsewhere(
        &self,
        id: AccountId,
        revision: u64,
        ticket_expires: u64,
        encode: impl FnMut(&'static Dialect, &mut Vec<u8>),
    ) {
        let mut encodings = Encodings::new(encode);
        self.endpoints.get(&id, |places| {
            let places = places.map_or(&[][..], |places| places);
            let is_there = |place: &Endpoint| place.ticket_expires == Some(ticket_expires);
            // Two may have signed in within the same second. Who has made the change reads it once more then.
            let is_known = places.iter().filter(|place| is_there(place)).count() == 1;
            for place in places.iter().filter(|place| place.reads_address_book()) {
                if places.len() == 1 || (is_known && is_there(place)) {
                    continue;
                }
                match place.hears_of_lists() {
                    true => place.outbox.push(None, encodings.of(place.dialect)),
                    false => place.fall_behind(revision),
                }
            }
        });
    }

    /// From here on a place is told of changes of its lists. Returns whether it was not told of one before: none falls
    /// in between, since this and [`tell_change`](Self::tell_change) take turns.
    pub fn begin_to_hear(&self, id: AccountId, endpoint: &Endpoint) -> bool {
        self.endpoints.get(&id, |_| {
            endpoint.hear_of_lists();
            endpoint.catch_up() != 0
        })
    }

    /// Whether a person has a place whose client has asked the notification server for its lists.
    pub fn is_told_of_lists(&self, id: AccountId) -> bool {
        let mut is_told = false;
        self.each_place(id, |place| is_told |= place.hears_of_lists() && !place.reads_address_book());
        is_told
    }

    /// Notes that a person is not told of a change of his lists that has led to `revision`.
    pub fn keep_change(&self, id: AccountId, revision: u64) {
        self.each_place(id, |place| place.fall_behind(revision));
    }

    /// Notes that those places of a person that count revisions are not told of all that has come after `before`.
    pub fn keep_changes_after(&self, id: AccountId, before: u64) {
        self.each_place(id, |place| {
            if !place.reads_address_book() {
                place.stay_behind(before);
            }
        });
    }

    /// Says something to every place of a person that has asked for its lists: what `encode` makes for its dialect.
    pub fn tell(&self, id: AccountId, encode: impl FnMut(&'static Dialect, &mut Vec<u8>)) {
        let mut encodings = Encodings::new(encode);
        self.each_place(id, |place| {
            if place.hears_of_lists() {
                place.outbox.push(None, encodings.of(place.dialect));
            }
        });
    }
}
