//! `FindMembership` and `FindMembershipByRole`: who may see the user, who has him, and what has changed of it.

use msnp::soap::abch::types::{Annotation, Listed, MemberKind, Role, ServiceType};
use msnp::soap::abch::{FindMembership, FindMembershipByRole, Memberships, Owner, Reply, Service, Since};
use msnp::types::{Guid, Telephone};

use super::caller::{Caller, role};
use super::refusal::Refusal;
use super::time::{Times, check_known};
use super::view::plain_number;
use crate::account::AccountId;
use crate::store::{CIRCLE_NETWORK, Member, Membership, OWN_NETWORK};

/// The roles in the order in which clients are told them.
const ROLES: [Role; 4] = [Role::Allow, Role::Block, Role::Reverse, Role::Pending];

impl Caller<'_> {
    pub(super) async fn find_membership(&self, request: FindMembership) -> Result<Reply, Refusal> {
        let memberships = self.memberships(&request.services, &ROLES, request.since).await?;
        Ok(Reply::FindMembership(memberships))
    }

    pub(super) async fn find_membership_by_role(
        &self,
        request: FindMembershipByRole,
    ) -> Result<Reply, Refusal> {
        let roles: Vec<_> = ROLES
            .into_iter()
            .filter(|role| request.roles.is_empty() || request.roles.contains(role))
            .collect();
        let memberships = self.memberships(&request.services, &roles, Since::Ever).await?;
        Ok(Reply::FindMembershipByRole(memberships))
    }

    /// The lists of Messenger, if they are wanted. Other services keep none here, and are left out.
    async fn memberships(
        &self,
        services: &[ServiceType],
        roles: &[Role],
        since: Since,
    ) -> Result<Memberships, Refusal> {
        let since = self.times().await?.since(since)?;
        let membership = self.store().membership(self.account.id, since).await?.ok_or(Refusal::Ticket)?;
        check_known(since, membership.deltas_from, membership.revision)?;
        let times = Times { created: membership.created };
        let owner = Owner {
            cid: self.account.id.cid().cast_signed(),
            passport_name: self.account.email.to_string(),
            created: times.beginning(),
            last_change: times.at(membership.revision),
        };
        let is_wanted = services.is_empty() || services.contains(&ServiceType::Messenger);
        let service = is_wanted.then(|| self.service(&membership, roles, since.is_some(), times));
        Ok(Memberships { services: service.into_iter().collect(), owner })
    }

    fn service(&self, all: &Membership, roles: &[Role], only_changes: bool, times: Times) -> Service {
        let listed = |named: &Role| {
            let ours = role(named);
            let members = all.members.iter().filter(|member| Some(member.role) == ours);
            let mut listed: Vec<_> = members.map(|member| self.listed(member, times)).collect();
            let gone = all.deleted.iter().filter(|gone| gone.id.role() == ours);
            listed.extend(gone.map(|gone| {
                let last_changed = times.at(gone.revision);
                Listed {
                    id: self.membership_id(gone.id, gone.guid),
                    kind: kind(gone.network, &gone.address, gone.guid, gone.id.account()),
                    display_name: None,
                    annotations: Vec::new(),
                    last_changed,
                    joined: None,
                    deleted: true,
                }
            }));
            listed
        };
        let memberships = roles.iter().map(|role| (role, listed(role)));
        // Of changes only those roles are told that have any.
        let memberships = memberships.filter(|(_, members)| !only_changes || !members.is_empty());
        let memberships = memberships.map(|(role, members)| msnp::soap::abch::Membership {
            role: role.clone(),
            members,
            is_complete: !only_changes,
        });
        Service {
            id: number(ServiceType::Messenger),
            service: ServiceType::Messenger,
            memberships: memberships.collect(),
            last_change: times.at(all.revision),
        }
    }

    fn listed(&self, member: &Member, times: Times) -> Listed {
        let mut annotations = Vec::new();
        if !matches!(member.network, OWN_NETWORK | CIRCLE_NETWORK | Telephone::NETWORK) {
            annotations.push(Annotation::new(Annotation::BUDDY_TYPE, format!("{:02}:", member.network)));
        }
        if let Some(invite) = &member.invite {
            annotations.push(Annotation::new(Annotation::INVITE_MESSAGE, invite.as_str()));
        }
        // It is shown of those who have added the user.
        let has_added = matches!(member.role, crate::store::Role::Reverse | crate::store::Role::Pending);
        let last_changed = times.at(member.revision);
        Listed {
            id: self.membership_id(member.id, member.guid),
            kind: kind(member.network, &member.address, member.guid, member.account),
            display_name: member.name.clone().filter(|_| has_added),
            annotations,
            last_changed,
            joined: Some(last_changed),
            deleted: false,
        }
    }
}

/// What kind of member somebody is.
fn kind(network: u8, address: &str, guid: Guid, account: Option<AccountId>) -> MemberKind {
    match network {
        OWN_NETWORK => MemberKind::Passport {
            address: address.to_owned(),
            cid: account.map(|id| id.cid().cast_signed()).unwrap_or_default(),
        },
        CIRCLE_NETWORK => MemberKind::Circle(guid),
        Telephone::NETWORK => MemberKind::Phone(plain_number(address).to_owned()),
        _ => MemberKind::Email(address.to_owned()),
    }
}

/// The number of a service.
pub(super) const fn number(service: ServiceType) -> i32 {
    match service {
        ServiceType::Messenger => 1,
        ServiceType::Invitation => 2,
        ServiceType::SocialNetwork => 3,
        ServiceType::Space => 4,
        ServiceType::Profile => 5,
        ServiceType::ImAvailability => 6,
        ServiceType::PrivateNetwork => 7,
        ServiceType::Other => 8,
    }
}
