//! `ADL`: whom the client has on its lists, for as long as it is signed in. The lists themselves are the address book's.

use std::collections::HashMap;

use msnp::command::{Command, adl};
use msnp::flow::End;
use msnp::types::{
    CIRCLE_NETWORK, Email, ErrorCode, InvalidMemberList, List, Listed, Lists, MemberList, PASSPORT_NETWORK,
    TrId, YAHOO_NETWORK,
};

use super::Session;
use crate::account::AccountId;
use crate::directory::Said;
use crate::store::StoreError;

/// The lists that a client may say something of.
const TOLD: u8 = List::Forward.bit().bits() | List::Allow.bit().bits() | List::Block.bit().bits();

/// A list that a client has told.
pub(super) enum Read {
    /// Of people, with the accounts of those who have some here.
    People(MemberList, HashMap<Email, AccountId>),
    /// Of circles.
    Circles(MemberList),
}

/// Why a list of people is refused.
pub(super) enum Refused {
    /// With this number.
    As(ErrorCode),
    /// The store has failed.
    Store(StoreError),
}

impl From<InvalidMemberList> for Refused {
    fn from(invalid: InvalidMemberList) -> Self {
        Self::As(match invalid {
            InvalidMemberList::Empty => ErrorCode::INVALID_XML,
            InvalidMemberList::Malformed(_) | InvalidMemberList::Structure => ErrorCode::INVALID_XML_DATA,
        })
    }
}

impl Session {
    /// Clients that sign in wait for as many `OK`s as they have sent, so what parses is taken then, whoever is in it
    /// (later-versions reference, 4.8).
    pub(super) async fn adl(&mut self, request: adl::Request<'_>) -> Result<(), End> {
        let adl::Request { trid, payload } = request;
        let (list, known) = match self.read_members(payload).await {
            Ok(Read::People(list, known)) => (list, known),
            Ok(Read::Circles(list)) => return self.list_circles(trid, &list).await,
            Err(refused) => return self.members_refused(trid, refused),
        };
        let is_somebody = |member: &Listed| {
            let email = member.address.parse::<Email>();
            !is_on(member, PASSPORT_NETWORK) || email.is_ok_and(|email| known.contains_key(&email))
        };
        if !list.is_initial && !list.members.iter().all(is_somebody) {
            return self.deny(trid, ErrorCode::INVALID_USERNAME);
        }
        let (said, outside) = (lists_of(&list, &known), outside_lists_of(&list));
        let user = self.user()?;
        let directory = &self.server.directory;
        if !self.server.federation.has_room(&user.email, user.endpoint.id, &outside) {
            return self.deny(trid, ErrorCode::LIST_FULL);
        }
        let Some(new) = directory.watch(user.id, &user.endpoint, &said) else {
            return self.deny(trid, ErrorCode::LIST_FULL);
        };
        self.list_taken(trid)?;
        self.take_lists(&said, Said::Has)?;
        for contact in new {
            directory.look_at(user.id, &user.endpoint, contact, Some(trid));
        }
        self.take_outside_lists(&outside, Said::Has, trid)
    }

    /// Says that a list is taken.
    pub(super) fn list_taken(&self, trid: TrId) -> Result<(), End> {
        self.say(|out, dialect| adl::Reply { trid }.write(out, dialect))
    }

    /// Reads a list, and finds those in a list of people who have accounts here.
    pub(super) async fn read_members(&mut self, payload: &[u8]) -> Result<Read, Refused> {
        let list = MemberList::read(payload)?;
        self.pace.count_people(list.members.len());
        let is_right = |member: &Listed| {
            member.lists.is_some_and(|bits| {
                let lists = Lists::from_bits(bits);
                let both = lists.contains(List::Allow) && lists.contains(List::Block);
                bits != 0 && bits & !TOLD == 0 && !both
            })
        };
        if !list.members.iter().all(is_right) {
            return Err(Refused::As(ErrorCode::INVALID_XML_DATA));
        }
        // Circles are listed among themselves, by who has shown that he is in any.
        if list.members.iter().any(|member| is_on(member, CIRCLE_NETWORK)) {
            return match list.members.iter().all(|member| is_on(member, CIRCLE_NETWORK)) {
                false => Err(Refused::As(ErrorCode::INVALID_XML_DATA)),
                true if !self.speaks_of_circles => Err(Refused::As(ErrorCode::INVALID_CIRCLE_MEMBERSHIP)),
                true => Ok(Read::Circles(list)),
            };
        }
        let addresses = list
            .members
            .iter()
            .filter(|member| is_on(member, PASSPORT_NETWORK))
            .filter_map(|member| member.address.parse().ok())
            .collect();
        let known = self.server.store.accounts_with(addresses).await.map_err(Refused::Store)?;
        Ok(Read::People(list, known))
    }

    /// Takes what the client says of its lists. Of whom it lets speak from here on, its user hears what he has said.
    pub(super) fn take_lists(&self, said: &[(AccountId, Lists)], change: Said) -> Result<(), End> {
        let user = self.user()?;
        self.server.directory.take_lists(user.id, &user.endpoint, said, change);
        let welcomes = match change {
            Said::Has => List::Allow,
            Said::HasNot => List::Block,
        };
        // Before the first status nobody is told anything, and with it of all that waits.
        if user.endpoint.is_live() && said.iter().any(|(_, lists)| lists.contains(welcomes)) {
            self.server.offer_messages(user.id);
        }
        Ok(())
    }

    /// Takes what the client says of its lists about people of other networks.
    pub(super) fn take_outside_lists(
        &self,
        said: &[(Email, Lists)],
        change: Said,
        trid: TrId,
    ) -> Result<(), End> {
        let user = self.user()?;
        let now = self.server.now();
        self.server.federation.take_lists((&user.email, user.id), &user.endpoint, said, change, trid, now);
        Ok(())
    }

    /// Answers a list of people that is refused.
    pub(super) fn members_refused(&self, trid: TrId, refused: Refused) -> Result<(), End> {
        match refused {
            Refused::As(code) => self.deny(trid, code),
            Refused::Store(error) => self.store_failed(trid, &error),
        }
    }
}

/// Whether somebody is on a network; a client of MSNP13 need not name the one there is.
fn is_on(member: &Listed, network: u8) -> bool {
    match member.network {
        Some(named) => named == network,
        None => network == PASSPORT_NETWORK && member.address.contains('@'),
    }
}

/// What is said of people of other networks.
pub(super) fn outside_lists_of(list: &MemberList) -> Vec<(Email, Lists)> {
    let said = |member: &Listed| {
        let email = member.address.parse().ok().filter(|_| is_on(member, YAHOO_NETWORK))?;
        Some((email, Lists::from_bits(member.lists.unwrap_or_default())))
    };
    list.members.iter().filter_map(said).collect()
}

/// What is said of those who have accounts here.
pub(super) fn lists_of(list: &MemberList, known: &HashMap<Email, AccountId>) -> Vec<(AccountId, Lists)> {
    let id = |member: &Listed| {
        let email = member.address.parse::<Email>().ok().filter(|_| is_on(member, PASSPORT_NETWORK))?;
        known.get(&email).copied()
    };
    let lists = |member: &Listed| Lists::from_bits(member.lists.unwrap_or_default());
    list.members.iter().filter_map(|member| Some((id(member)?, lists(member)))).collect()
}
