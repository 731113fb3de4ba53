//! `FQY`: which network an address is on.

use std::collections::HashMap;

use msnp::command::{Command, fqy};
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Listed, MemberList, PASSPORT_NETWORK, YAHOO_NETWORK};

use super::Session;
use super::adl::Refused;
use crate::account::AccountId;
use crate::federation::Search;

/// The network of an address that nobody has.
const NOWHERE: u8 = 0;

impl Session {
    /// Who asks for one address and is told that there is no such account says so to his user; who asks for several
    /// waits for an answer about each (later-versions reference, 4.9).
    pub(super) async fn fqy(&mut self, request: fqy::Request<'_>) -> Result<(), End> {
        let fqy::Request { trid, payload } = request;
        let asked = match MemberList::read(payload) {
            Ok(list) => list.members,
            Err(invalid) => return self.members_refused(trid, invalid.into()),
        };
        self.pace.count_people(asked.len());
        let addresses: Vec<Email> = asked.iter().filter_map(|member| member.address.parse().ok()).collect();
        let search = self.server.federation.find(&self.user()?.email, &addresses).await;
        let known = match self.server.store.accounts_with(addresses).await {
            Ok(known) => known,
            Err(error) => return self.members_refused(trid, Refused::Store(error)),
        };
        let is_one = asked.len() == 1 && !self.flow.quirks().needs_every_network;
        let mut members = Vec::with_capacity(asked.len());
        for Listed { address, .. } in asked {
            let before = members.len();
            members.extend(networks(&address, &known, &search));
            if members.len() == before {
                members.push(Listed::on(NOWHERE, address));
            }
        }
        if is_one && members.iter().all(|member| member.network == Some(NOWHERE)) {
            // He may be on a network that does not answer.
            return self.deny(
                trid,
                match search.is_incomplete {
                    true => ErrorCode::FEDERATED_SERVER_ERROR,
                    false => ErrorCode::INVALID_USERNAME,
                },
            );
        }
        let payload = MemberList { is_initial: false, members }.write();
        self.say(|out, dialect| fqy::Reply { trid, payload: payload.as_bytes() }.write(out, dialect))
    }
}

/// The networks that an address is on, with the one it has there where that is another.
fn networks<'a>(
    address: &'a str,
    known: &HashMap<Email, AccountId>,
    search: &'a Search,
) -> impl Iterator<Item = Listed> + use<'a> {
    let email = address.parse::<Email>().ok();
    let found = email.as_ref().and_then(|email| search.found.get(email));
    let has_account = email.as_ref().is_some_and(|email| known.contains_key(email));
    let is_here = has_account && !found.is_some_and(|found| found.replaces_account);
    let here = is_here.then(|| Listed::on(PASSPORT_NETWORK, address));
    let there = found.map(|found| {
        let actual = (!found.actual.is(address)).then(|| found.actual.to_string());
        Listed { actual, ..Listed::on(YAHOO_NETWORK, address) }
    });
    here.into_iter().chain(there)
}
