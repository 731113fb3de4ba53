//! `FQY`: which network an address is on.

use msnp::command::{Command, fqy};
use msnp::flow::End;
use msnp::types::{Email, ErrorCode, Listed, MemberList, PASSPORT_NETWORK};

use super::Session;
use super::adl::Refused;

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
        let addresses = asked.iter().filter_map(|member| member.address.parse::<Email>().ok()).collect();
        let known = match self.server.store.accounts_with(addresses).await {
            Ok(known) => known,
            Err(error) => return self.members_refused(trid, Refused::Store(error)),
        };
        let is_known = |address: &str| address.parse().is_ok_and(|email: Email| known.contains_key(&email));
        if let [one] = &*asked
            && !is_known(&one.address)
            && !self.flow.quirks().needs_every_network
        {
            return self.deny(trid, ErrorCode::INVALID_USERNAME);
        }
        let network = |address: &str| if is_known(address) { PASSPORT_NETWORK } else { NOWHERE };
        let members =
            asked.into_iter().map(|Listed { address, .. }| Listed::on(network(&address), address)).collect();
        let payload = MemberList { is_initial: false, members }.write();
        self.say(|out, dialect| fqy::Reply { trid, payload: payload.as_bytes() }.write(out, dialect))
    }
}
