//! `AddMember`, `DeleteMember` and `UpdateMember`: who may see the user, and whom he was asked about.

use msnp::soap::abch::types::{Annotation, Member, MembershipId as Named, ServiceType, Whom};
use msnp::soap::abch::{ErrorCode, Invalid, MemberChange, Operation, Reply};
use msnp::types::{CircleId, Telephone, YAHOO_NETWORK};

use super::Outcome;
use super::ab_contact_add::address;
use super::caller::{Caller, role};
use super::refusal::Refusal;
use super::view::COMPANY;
use crate::store::{BookError, Limits, MemberKey, MembershipId, Role};

impl Caller<'_> {
    pub(super) async fn add_member(&self, request: MemberChange) -> Result<Outcome, Refusal> {
        let Some(members) = members(&request, false)? else {
            return Ok(Reply::Done(Operation::AddMember).into());
        };
        match self.store().add_members(self.account.id, members, Limits::ADDRESS_BOOK).await {
            Ok(edited) => Ok(Outcome::new(Reply::Done(Operation::AddMember), edited)),
            Err(BookError::NotAUser) => Err(Refusal::Fault(ErrorCode::UserDoesNotExist)),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn delete_member(&self, request: MemberChange) -> Result<Outcome, Refusal> {
        let Some(members) = members(&request, true)? else {
            return Ok(Reply::Done(Operation::DeleteMember).into());
        };
        let edited = self.store().delete_members(self.account.id, members).await?;
        Ok(Outcome::new(Reply::Done(Operation::DeleteMember), edited))
    }

    /// Nothing of a member can be changed but whether he is one.
    pub(super) async fn update_member(&self, request: MemberChange) -> Result<Outcome, Refusal> {
        let members = members(&request, true)?.unwrap_or_default();
        let membership = self.store().membership(self.account.id, None).await?.ok_or(Refusal::Ticket)?;
        for (role, key) in members {
            let is_it = |member: &&crate::store::Member| match &key {
                MemberKey::Account(email) => member.account.is_some() && email.is(&member.address),
                MemberKey::Circle(circle) => member.guid == circle.guid(),
                MemberKey::Guid(guid) => member.guid == *guid,
                MemberKey::Id(id) => member.id == *id,
                MemberKey::Outside { network, address } => {
                    member.network == *network && member.address == *address
                }
            };
            if !membership.members.iter().any(|member| member.role == role && is_it(&member)) {
                return Err(Refusal::Fault(ErrorCode::MemberDoesNotExist));
            }
        }
        Ok(Reply::Done(Operation::UpdateMember).into())
    }
}

/// Whom a request is about, and which roles; `None` where it is about another service than Messenger: the profile is opened
/// to roles, and nothing is kept of that (web-services reference, 14.2).
fn members(request: &MemberChange, by_id: bool) -> Result<Option<Vec<(Role, MemberKey)>>, Refusal> {
    if request.service.service != ServiceType::Messenger {
        return Ok(None);
    }
    let members = request.members.iter().map(|(named, member)| {
        let role = role(named);
        let role = role.ok_or(Refusal::Told(ErrorCode::Forbidden, "Messenger has no such role."))?;
        Ok((role, key(member, by_id)?))
    });
    members.collect::<Result<Vec<_>, _>>().map(Some)
}

/// Who is meant. Whoever is to be put somewhere is named by his address first, whoever is to be taken away by his number.
fn key(member: &Member, by_id: bool) -> Result<MemberKey, Refusal> {
    let id = || match member.id {
        Some(Named::Number(number)) => MembershipId::new(number).map(MemberKey::Id),
        Some(Named::Contact(guid)) => Some(MemberKey::Guid(guid)),
        None => None,
    };
    let whom = || member.whom.as_ref().map(|whom| by_address(whom, member)).transpose();
    let found = if by_id {
        match id() {
            Some(key) => Some(key),
            None => whom()?,
        }
    } else {
        whom()?.or_else(id)
    };
    found.ok_or(Refusal::Invalid(Invalid::Missing("Member")))
}

fn by_address(whom: &Whom, member: &Member) -> Result<MemberKey, Refusal> {
    match whom {
        Whom::Passport(written) => address(written).map(MemberKey::Account),
        Whom::Email(written) => {
            let address = address(written)?.to_string();
            Ok(MemberKey::Outside { network: network(&member.annotations), address })
        }
        Whom::Phone(written) => match Telephone::of_written(written) {
            Ok(number) => Ok(MemberKey::Outside { network: Telephone::NETWORK, address: number.to_string() }),
            Err(_) => Err(Refusal::Invalid(Invalid::Value("PhoneNumber"))),
        },
        Whom::Circle(guid) => {
            let circle = CircleId::of_guid(*guid).ok_or(Refusal::Invalid(Invalid::Value("CircleId")))?;
            Ok(MemberKey::Circle(circle))
        }
        Whom::Role { .. } | Whom::Everyone | Whom::Domain(_) | Whom::Other(_) => {
            Err(Refusal::Told(ErrorCode::Forbidden, "Only people can be members."))
        }
    }
}

/// The network of a member by e-mail address, which an annotation tells: `32:`, `02:name`.
fn network(annotations: &[Annotation]) -> u8 {
    let kind = Annotation::find(annotations, Annotation::BUDDY_TYPE).unwrap_or_default();
    match kind.split(':').next().unwrap_or_default().trim().parse() {
        Ok(COMPANY) => COMPANY,
        _ => YAHOO_NETWORK,
    }
}
