//! Whoever asks, and which operation does what he asks for.

use std::sync::Arc;

use msnp::soap::abch::types::{OWN_BOOK, Role};
use msnp::soap::abch::{ErrorCode, Headers, Operation, Reply, Request};
use msnp::types::{CircleId, Guid};

use super::refusal::Refusal;
use super::{Head, Outcome};
use crate::account::Account;
use crate::ns::pace::Few;
use crate::server::Server;
use crate::store::{Adding, Limits, MembershipId, Store};

/// The program that finds a member's contact by the number of the membership (web-services reference, 14.1).
const AVAMSN: &str = "CFE80F9D-180F-4399-82AB-413F33A1FA11";

/// Whose book it is, and how his client wants it.
pub(super) struct Caller<'a> {
    pub(super) server: &'a Arc<Server>,
    pub(super) account: &'a Account,
    /// Whether memberships are named by role and contact, and not by number.
    names_members_by_contact: bool,
}

impl<'a> Caller<'a> {
    pub(super) fn new(server: &'a Arc<Server>, account: &'a Account, headers: &Headers, head: &Head) -> Self {
        let is_avamsn = headers.application.application_id.eq_ignore_ascii_case(AVAMSN);
        Self { server, account, names_members_by_contact: is_avamsn && !head.has_user_agent }
    }

    pub(super) fn store(&self) -> &Store {
        &self.server.store
    }

    /// How people are added to the book.
    pub(super) const fn adding(allows: bool) -> Adding {
        Adding { allows, limits: Limits::ADDRESS_BOOK }
    }

    /// What a membership is named by to this client.
    pub(super) const fn membership_id(
        &self,
        id: MembershipId,
        guid: Guid,
    ) -> msnp::soap::abch::types::MembershipId {
        use msnp::soap::abch::types::MembershipId as Named;
        if self.names_members_by_contact { Named::Contact(guid) } else { Named::Number(id.get()) }
    }

    /// Answers what changes nothing.
    pub(super) async fn read(&self, request: Request) -> Result<Reply, Refusal> {
        self.check_book(&request)?;
        match request {
            Request::AbFindAll(request) => self.ab_find_all(request).await,
            Request::AbFindByContacts(request) => self.ab_find_by_contacts(request).await,
            Request::AbFindContactsPaged(request) => self.ab_find_contacts_paged(request).await,
            Request::FindFriendsInCommon(_) => Ok(Reply::FindFriendsInCommon),
            Request::FindMembership(request) => self.find_membership(request).await,
            Request::FindMembershipByRole(request) => self.find_membership_by_role(request).await,
            other => Err(not_here(other.operation())),
        }
    }

    /// Carries out what changes something.
    pub(super) async fn edit(&self, request: Request, renames: &mut Few) -> Result<Outcome, Refusal> {
        self.check_book(&request)?;
        match request {
            // Made with the account.
            Request::AbAdd(_) => Err(Refusal::Fault(ErrorCode::AbAlreadyExists)),
            Request::AbContactAdd(request) => self.ab_contact_add(request).await,
            Request::AbContactDelete(request) => {
                self.delete_contacts(request.contacts, Operation::AbContactDelete).await
            }
            Request::AbContactUpdate(request) => self.ab_contact_update(request, renames).await,
            Request::AbGroupAdd(request) => self.ab_group_add(request).await,
            Request::AbGroupContactAdd(request) => self.ab_group_contact_add(request).await,
            Request::AbGroupContactDelete(request) => self.ab_group_contact_delete(request).await,
            Request::AbGroupDelete(request) => self.ab_group_delete(request).await,
            Request::AbGroupUpdate(request) => self.ab_group_update(request).await,
            Request::AddMember(request) => self.add_member(request).await,
            Request::AddService(request) => {
                Ok(Reply::AddService(super::find_membership::number(request.handle.service)).into())
            }
            Request::BreakConnection(request) => self.break_connection(request).await,
            Request::CreateCircle(request) => self.create_circle(request).await,
            Request::CreateContact(request) => self.create_contact(*request).await,
            Request::DeleteContact(request) => {
                self.delete_contacts(vec![request.contact], Operation::DeleteContact).await
            }
            Request::DeleteMember(request) => self.delete_member(request).await,
            Request::ManageWlConnection(request) => self.manage_wl_connection(request).await,
            // What one is shown of others is not kept; clients go on with either answer (web-services reference, 15.3).
            Request::AddDynamicItem(_) => Ok(Reply::Done(Operation::AddDynamicItem).into()),
            Request::UpdateDynamicItem(_) => Ok(Reply::Done(Operation::UpdateDynamicItem).into()),
            Request::UpdateMember(request) => self.update_member(request).await,
            other => Err(not_here(other.operation())),
        }
    }

    /// Refuses what is about a book that is neither the caller's nor a circle's. Whether he is in that one is looked at with
    /// the circle.
    fn check_book(&self, request: &Request) -> Result<(), Refusal> {
        let book = request.book();
        if book != OWN_BOOK {
            // Of a circle's book other operations make nothing: who is in it is told, invited and removed.
            let is_for_circles = matches!(
                request,
                Request::AbFindContactsPaged(_)
                    | Request::BreakConnection(_)
                    | Request::CreateContact(_)
                    | Request::ManageWlConnection(_)
            );
            let is_circle = is_for_circles && CircleId::of_guid(book).is_some();
            return if is_circle { Ok(()) } else { Err(Refusal::NOT_YOURS) };
        }
        let cid = match request {
            Request::AbFindContactsPaged(request) => request.book.cid,
            Request::BreakConnection(request) => request.book.cid,
            Request::CreateContact(request) => request.book.cid,
            Request::ManageWlConnection(request) => request.book.cid,
            _ => 0,
        };
        let own = [0, self.account.id.cid().cast_signed()];
        if own.contains(&cid) { Ok(()) } else { Err(Refusal::NOT_YOURS) }
    }
}

const fn not_here(_: Operation) -> Refusal {
    Refusal::Told(ErrorCode::Forbidden, "The operation is not offered.")
}

/// A role of ours; `None` for those of other services.
pub(super) const fn role(named: &Role) -> Option<crate::store::Role> {
    use crate::store::Role as Ours;
    Some(match named {
        Role::Allow => Ours::Allow,
        Role::Block => Ours::Block,
        Role::Pending => Ours::Pending,
        Role::Reverse => Ours::Reverse,
        Role::Other(_) => return None,
    })
}
