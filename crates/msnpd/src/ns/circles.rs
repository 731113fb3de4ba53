//! What all commands about circles have in common: that somebody may use them, and speaks for himself.

use msnp::command::usr;
use msnp::flow::End;
use msnp::types::{Address, CIRCLE_NETWORK, CircleId, ErrorCode, Lists, MemberList, PASSPORT_NETWORK, TrId};
use msnp::wire::{Blocks, Subject};

use super::Session;
use crate::clock::unix_now;
use crate::directory::OpenCircle;
use crate::store::{CircleState, OwnCircle};

/// What of a circle its chat is: `path` of its address.
const CHAT: &str = "IM";

impl Session {
    /// `USR … SHA`: shows the ticket that the address book came with. A bad one doesn't end the session.
    pub(super) fn show_circles(&mut self, request: &usr::CircleRequest<'_>) -> Result<(), End> {
        let usr::CircleRequest { trid, ticket } = *request;
        let user = self.user()?;
        let tickets = self.server.circle_tickets.as_ref();
        let claims = tickets.and_then(|tickets| tickets.check(ticket.as_str(), user.id, unix_now()));
        if claims.is_none() {
            return self.deny(trid, ErrorCode::AUTHENTICATION_FAILED);
        }
        self.outbox.write(|out| self.flow.let_into_circles(trid, &user.email, out));
        // Which circles he is in says the store, now and not when the ticket was made.
        self.speaks_of_circles = true;
        Ok(())
    }

    /// Reads blocks that the user sends to a circle that he is in.
    ///
    /// # Errors
    /// The number to refuse them with. Nobody says anything in somebody else's name, nor in that of another of his places.
    pub(super) fn read_for_circle<'a>(
        &self,
        payload: &'a [u8],
        subject: Subject,
    ) -> Result<(CircleId, Blocks<'a>), ErrorCode> {
        let invalid = ErrorCode::INVALID_PARAMETER;
        let user = self.user.as_ref().filter(|_| self.speaks_of_circles);
        let user = user.ok_or(ErrorCode::INVALID_CIRCLE_MEMBERSHIP)?;
        let blocks = Blocks::read(payload).ok().filter(|blocks| blocks.subject == subject).ok_or(invalid)?;
        let address = |name| blocks.routing.get(name).and_then(Address::read).ok_or(invalid);
        let (from, to) = (address("From")?, address("To")?);
        let is_own = from.network == PASSPORT_NETWORK && from.via.is_none() && user.email.is(from.account);
        let is_here = from.place.is_none() || from.place == user.endpoint.machine;
        let is_circle = to.network == CIRCLE_NETWORK && to.via.is_none() && to.place.is_none();
        if !is_own || !is_here || !is_circle || to.path.is_some_and(|path| path != CHAT) {
            return Err(invalid);
        }
        let circle = CircleId::from_address(to.account);
        let is_in =
            |circle: &CircleId| self.server.directory.is_in_circle(user.id, user.endpoint.id, *circle);
        let circle = circle.filter(is_in).ok_or(ErrorCode::INVALID_CIRCLE_MEMBERSHIP)?;
        Ok((circle, blocks))
    }

    /// Whether blocks name the user: `1:alice@example.com`.
    pub(super) fn is_named(&self, address: &str) -> bool {
        let address = Address::read(address);
        self.user.as_ref().is_some_and(|user| {
            address.is_some_and(|address| {
                address.network == PASSPORT_NETWORK && address.via.is_none() && user.email.is(address.account)
            })
        })
    }

    /// `ADL` of circles: which ones the client has on its lists, for as long as it is signed in. Which of them its user is
    /// in says the store. One that he is not in is passed over while he signs in, and refused later.
    pub(super) async fn list_circles(&mut self, trid: TrId, list: &MemberList) -> Result<(), End> {
        let said = lists_of_circles(list);
        let (server, user) = (self.server.clone(), self.user()?);
        let (id, endpoint) = (user.id, user.endpoint.clone());
        // Before the store is asked: whom it takes out from here on has lost his seat when it answers.
        server.directory.keep_seats(id, &endpoint, &said);
        let own = match server.store.circles_of(id).await {
            Ok(own) => own,
            Err(error) => {
                server.directory.give_up_seats(id, endpoint.id);
                return self.store_failed(trid, &error);
            }
        };
        let open: Vec<_> = own.into_iter().filter_map(open_circle).collect();
        let is_open = |(circle, _): &(CircleId, Lists)| open.iter().any(|open| open.id == *circle);
        let all_are_open = said.len() == list.members.len() && said.iter().all(is_open);
        if !list.is_initial && !all_are_open {
            server.directory.give_up_seats(id, endpoint.id);
            return self.deny(trid, ErrorCode::INVALID_CIRCLE_MEMBERSHIP);
        }
        self.list_taken(trid)?;
        server.directory.take_seats(id, &endpoint, &said, &open);
        Ok(())
    }
}

/// A circle that somebody is in, and not only invited to.
fn open_circle(own: OwnCircle) -> Option<OpenCircle> {
    let OwnCircle { id, name, state, is_blocked, .. } = own;
    (state == CircleState::Accepted).then_some(OpenCircle { id, name, is_blocked })
}

/// What is said of circles.
pub(super) fn lists_of_circles(list: &MemberList) -> Vec<(CircleId, Lists)> {
    let circles = list.members.iter();
    circles
        .filter_map(|member| Some((member.circle()?, Lists::from_bits(member.lists.unwrap_or_default()))))
        .collect()
}
