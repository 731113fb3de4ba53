//! `CreateCircle`, and what else is done to circles: inviting, answering, giving roles, leaving and removing go over the
//! operations that connections with people go over (web-services reference, 14.3, 15.3, 16).

use msnp::soap::abch::types::{Annotation, Contact};
use msnp::soap::abch::{
    AbFindContactsPaged, AddressBook, CircleResult, ConnectionAction, CreateCircle, ErrorCode, Invalid,
    ManageWlConnection, Operation, Reply,
};
use msnp::types::{CircleId, Guid};

use super::Outcome;
use super::ab_contact_add::address;
use super::caller::Caller;
use super::circle_view;
use super::connection::CIRCLE;
use super::refusal::Refusal;
use super::time::{Times, check_known};
use crate::clock::unix_now;
use crate::store::{
    Book, Circle, CircleError, CircleRole, CircleState, DeletedEntry, MAX_CIRCLE_NAME, OwnCircle,
};

impl Caller<'_> {
    pub(super) async fn create_circle(&self, request: CreateCircle) -> Result<Outcome, Refusal> {
        let name = request.display_name.trim();
        if name.is_empty() {
            return Err(Refusal::Invalid(Invalid::Missing("DisplayName")));
        }
        if name.len() > MAX_CIRCLE_NAME {
            return Err(Refusal::Parameter(ErrorCode::BadArgumentLength, "DisplayName"));
        }
        let edited = self.store().create_circle(self.account.id, name.to_owned()).await?;
        let reply = Reply::CreateCircle(edited.circle.guid());
        Ok(Outcome::of_circle(Ok(reply), edited))
    }

    /// First half of an invitation: who is meant.
    pub(super) async fn name_for_circle(&self, circle: CircleId, email: &str) -> Result<Outcome, Refusal> {
        let email = address(email)?;
        let named = self.store().name_for_circle(self.account.id, circle, email.clone()).await;
        let (who, guid) = named.map_err(|error| match error {
            CircleError::AlreadyThere(guid) => Refusal::Conflict(ErrorCode::ContactAlreadyExists, guid),
            error => error.into(),
        })?;
        let circle = self.circle(circle).await?;
        let contact =
            circle_view::named(who, guid, &email, Times { created: circle.created }.at(circle.revision));
        Ok(Reply::CreateContact(Box::new(contact)).into())
    }

    /// Second half: he is invited. Of somebody who is in the circle it says what he may do there.
    pub(super) async fn manage_in_circle(
        &self,
        id: CircleId,
        request: ManageWlConnection,
    ) -> Result<Outcome, Refusal> {
        if !matches!(request.relationship_type, 0 | CIRCLE) {
            return Err(Refusal::Invalid(Invalid::Value("relationshipType")));
        }
        if request.action == ConnectionAction::Decline {
            return Err(Refusal::Told(
                ErrorCode::Forbidden,
                "Invitations are answered in one's own address book.",
            ));
        }
        let role = match request.relationship_role {
            0 => None,
            number => {
                let role = CircleRole::from_number(number);
                Some(role.ok_or(Refusal::Invalid(Invalid::Value("relationshipRole")))?)
            }
        };
        let (own, who) = (self.account.id, request.contact);
        let is_in = self.circle(id).await?.accepted().any(|member| member.guid == who);
        let edited = match role {
            Some(role) if is_in => self.store().set_circle_role(own, id, who, role).await?,
            role => {
                let message = Annotation::find(&request.annotations, Annotation::INVITE_MESSAGE);
                let message = message.map(str::to_owned);
                let role = role.unwrap_or(CircleRole::Member);
                self.store().invite_to_circle(own, id, who, role, message).await?
            }
        };
        let contact = self.circle_member(id, who).await;
        Ok(Outcome::of_circle(contact.map(|contact| Reply::ManageWlConnection(Box::new(contact))), edited))
    }

    /// The answer to an invitation.
    pub(super) async fn answer_circle(
        &self,
        id: CircleId,
        request: &ManageWlConnection,
    ) -> Result<Outcome, Refusal> {
        if !matches!(request.relationship_type, 0 | CIRCLE) {
            return Err(Refusal::Invalid(Invalid::Value("relationshipType")));
        }
        let not_invited = || Refusal::Fault(ErrorCode::ContactDoesNotExist);
        let account = self.account.id;
        let find = |all: Vec<OwnCircle>| all.into_iter().find(|circle| circle.id == id);
        let invited = find(self.store().circles_of(account).await?).ok_or_else(not_invited)?;
        let accepts = request.action == ConnectionAction::Request;
        let edited = self.store().answer_circle(account, id, accepts).await.map_err(|error| match error {
            CircleError::NoSuchCircle => not_invited(),
            error => error.into(),
        })?;
        let state = if accepts { CircleState::Accepted } else { CircleState::Declined };
        let revision =
            edited.concerned.iter().find(|(who, _)| *who == account).map(|(_, revision)| *revision);
        let answered = OwnCircle { state, revision: revision.unwrap_or(invited.revision), ..invited };
        let times = self.times().await;
        let reply =
            times.map(|times| Reply::ManageWlConnection(Box::new(circle_view::stand_in(&answered, times))));
        Ok(Outcome::of_circle(reply, edited))
    }

    /// Somebody is in a circle no more: the caller himself, by whichever of his names, or whom he removes.
    pub(super) async fn break_in_circle(&self, id: CircleId, contact: Guid) -> Result<Outcome, Refusal> {
        if contact == id.guid() || contact == self.account.id.contact_id() {
            return self.leave_circle(id).await;
        }
        let edited = self.store().expel_from_circle(self.account.id, id, contact).await.map_err(not_in_it)?;
        Ok(Outcome::of_circle(Ok(Reply::Done(Operation::BreakConnection)), edited))
    }

    /// The caller leaves a circle, or does not want to come into it.
    pub(super) async fn leave_circle(&self, id: CircleId) -> Result<Outcome, Refusal> {
        let edited = self.store().leave_circle(self.account.id, id).await.map_err(not_in_it)?;
        Ok(Outcome::of_circle(Ok(Reply::Done(Operation::BreakConnection)), edited))
    }

    /// The book of a circle that the caller is in.
    pub(super) async fn circle_book(
        &self,
        id: CircleId,
        request: AbFindContactsPaged,
    ) -> Result<AddressBook, Refusal> {
        let circle = self.circle(id).await?;
        let times = Times { created: circle.created };
        let since = times.since(request.since)?;
        check_known(since, circle.deltas_from, circle.revision)?;
        let what = request.extended_content;
        let ab = what.ab.then(|| circle_view::ab(&circle, times));
        let contacts = circle_view::members(&circle, since, times);
        Ok(AddressBook { groups: what.all_groups.then(Vec::new), contacts, circles: None, ab })
    }

    /// What is told of the caller's circles beside the contacts that stand for them. Nothing where there are none: with a
    /// ticket for none one client would go on to prove it.
    pub(super) async fn circle_result(
        &self,
        book: &Book,
        only_changes: bool,
        times: Times,
    ) -> Result<Option<CircleResult>, Refusal> {
        let all = match only_changes {
            true => self.store().circles_of(self.account.id).await?,
            false => book.circles.clone(),
        };
        let accepted = all.iter().filter(|circle| circle.state == CircleState::Accepted);
        let accepted: Vec<_> = accepted.map(|circle| circle.id).collect();
        let ticket = match &self.server.circle_tickets {
            Some(tickets) if !accepted.is_empty() => {
                let issued = tickets.issue(self.account.id, &accepted, unix_now());
                Some(issued.map_err(|error| {
                    tracing::error!(%error, "can't sign a ticket for circles");
                    Refusal::Unavailable
                })?)
            }
            _ => None,
        };
        let told = book.circles.iter().map(|circle| circle_view::inverse(circle, times));
        let gone = book.deleted_entries.iter();
        let gone = gone.filter_map(|gone: &DeletedEntry| circle_view::gone(gone, times));
        let circles: Vec<_> = told.chain(gone).collect();
        Ok((ticket.is_some() || !circles.is_empty()).then_some(CircleResult { circles, ticket }))
    }

    /// A circle that the caller is in.
    async fn circle(&self, id: CircleId) -> Result<Circle, Refusal> {
        let circle = self.store().circle(id).await?;
        circle.filter(|circle| circle.has(self.account.id)).ok_or(Refusal::NO_CIRCLE)
    }

    /// Somebody in a circle's book, as he is now.
    async fn circle_member(&self, id: CircleId, who: Guid) -> Result<Contact, Refusal> {
        let circle = self.circle(id).await?;
        let member = circle.members.iter().find(|member| member.guid == who);
        let member = member.ok_or(Refusal::Fault(ErrorCode::ContactDoesNotExist))?;
        Ok(circle_view::member(member, Times { created: circle.created }))
    }
}

/// Whoever is in a circle no more, or never was, can't leave it: clients take that for done.
fn not_in_it(error: CircleError) -> Refusal {
    match error {
        CircleError::NoSuchCircle => Refusal::Fault(ErrorCode::MemberDoesNotExist),
        error => error.into(),
    }
}
