//! Who is in a chat, as each reader is told.
//!
//! Somebody may be there from several places. Readers who know of places are told of each by a line that names it, and of the
//! person by a plain one, which comes with his first place and goes with his last. All others are told of people alone, and
//! nobody of himself (switchboard reference, 5.1).

use std::sync::Arc;

use msnp::command::{Command, bye, iro, joi, msg};
use msnp::dialect::Dialect;
use msnp::types::{Capabilities, Email, Guid, TrId};
use msnp::wire::Encoded;

use crate::account::AccountId;
use crate::directory::EndpointId;
use crate::outbox::Outbox;

/// One connection in a chat.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Which connection.
    pub(super) number: u64,
    pub(super) account: AccountId,
    /// The place of that account that it belongs to.
    pub(super) endpoint: EndpointId,
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
    /// How each of his messages begins for the others.
    pub(super) fn message_header(&self) -> Box<[u8]> {
        let mut header = Vec::new();
        msg::write_start(&mut header, self.email.as_str(), &Encoded::new(&self.name));
        header.into()
    }

    /// Whether this is the same account from another place, as may be in the same chat.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.account == other.account
            && self.machine.is_some()
            && other.machine.is_some()
            && self.machine != other.machine
    }

    /// The name of his place.
    fn place(&self) -> Option<String> {
        self.machine.map(|guid| format!("{};{{{guid}}}", self.email))
    }

    /// What the lines name him by that tell `reader` that he comes or goes: first by his place, so that the place is known by the
    /// time the person comes; then as a person, if it is the first place of his that comes, or the last that goes.
    fn handles_for(&self, reader: &Self, is_only_place: bool) -> impl Iterator<Item = String> + use<> {
        let place = reader.sees_places.then(|| self.place()).flatten();
        let is_told = is_only_place && self.account != reader.account;
        place.into_iter().chain(is_told.then(|| self.email.to_string()))
    }

    /// Tells him who is here already.
    pub(super) fn write_roster(&self, trid: TrId, here: &[Self], out: &mut Vec<u8>) {
        let mut lines: Vec<(String, &Self)> = Vec::new();
        for (at, person) in here.iter().enumerate() {
            let is_first = here.iter().take(at).all(|other| other.account != person.account);
            if !is_first || (person.account == self.account && !self.sees_places) {
                continue;
            }
            if self.sees_places {
                let places = here.iter().filter(|other| other.account == person.account);
                lines.extend(places.filter_map(|place| Some((place.place()?, place))));
            }
            lines.push((person.email.to_string(), person));
        }
        let total = lines.len();
        for (index, (handle, other)) in (1..).zip(&lines) {
            let (name, capabilities) = (Encoded::new(&other.name), other.capabilities);
            iro::Reply { trid, index, total, handle, name, capabilities }.write(out, self.dialect);
        }
    }

    /// Tells `reader` that he comes; `is_first` if he is here from no other place.
    pub(super) fn tell_coming(&self, reader: &Self, is_first: bool) {
        let mut lines = Vec::new();
        for handle in self.handles_for(reader, is_first) {
            let (name, capabilities) = (Encoded::new(&self.name), self.capabilities);
            joi::Push { handle: &handle, name, capabilities }.write(&mut lines, reader.dialect);
        }
        reader.tell(&lines);
    }

    /// Tells `reader` that he has gone; `is_last` if he is here from no other place.
    pub(super) fn tell_going(&self, reader: &Self, is_last: bool, idle: bool) {
        let mut lines = Vec::new();
        for handle in self.handles_for(reader, is_last) {
            bye::Push { handle: &handle, idle }.write(&mut lines, reader.dialect);
        }
        reader.tell(&lines);
    }

    fn tell(&self, lines: &[u8]) {
        if !lines.is_empty() {
            self.outbox.write(|out| out.extend_from_slice(lines));
        }
    }
}

/// How many people are among these, as far as it matters: whether there are more than two.
pub(super) fn are_at_most_two(members: &[Member]) -> bool {
    let is_first =
        |at: usize, member: &Member| members.iter().take(at).all(|other| other.account != member.account);
    members.iter().enumerate().filter(|(at, member)| is_first(*at, member)).nth(2).is_none()
}
