//! `FindMembership` and `FindMembershipByRole`: tell who stands on which list, or what changed on them.

use super::ab_find::Since;
use super::read::{Invalid, MAX_ROLES, MAX_SERVICES, MAX_TEXT, MAX_TOLD, Read as _};
use super::types::{Handle, Listed, OWN_BOOK, Role, ServiceType, Timestamp};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

/// Which lists are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindMembership {
    /// Of which services; all if none is named.
    pub services: Vec<ServiceType>,
    /// How much.
    pub since: Since,
}

impl FindMembership {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { services: services(element)?, since: Since::read(element, "deltasOnly", "lastChange")? })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        write_services(xml, &self.services);
        xml.plain("View", "Full");
        self.since.write(xml);
    }
}

/// Which lists are wanted, by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindMembershipByRole {
    /// Of which services; all if none is named.
    pub services: Vec<ServiceType>,
    /// Which; all if none is named.
    pub roles: Vec<Role>,
}

impl FindMembershipByRole {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let roles = element.child("includedRoles").map_or(Ok(Vec::new()), |roles| {
            roles.each("RoleId", MAX_ROLES, |role| match role.text() {
                long if long.len() > MAX_TEXT => Err(Invalid::TooLong("RoleId")),
                role => Ok(Role::named(role)),
            })
        })?;
        Ok(Self { services: services(element)?, roles })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        write_services(xml, &self.services);
        xml.inside("includedRoles", |xml| {
            self.roles.iter().for_each(|role| xml.text("RoleId", role.as_str()))
        });
        xml.plain("view", "Full");
        xml.plain("expandMembership", false);
        xml.inside("options", |xml| xml.plain("IncludeEmulatedMemberships", false));
    }
}

fn services(element: &Element) -> Result<Vec<ServiceType>, Invalid> {
    element.find(&["serviceFilter", "Types"]).map_or(Ok(Vec::new()), |types| {
        types.each("ServiceType", MAX_SERVICES, |service| {
            Ok(ServiceType::named(service.text()).unwrap_or(ServiceType::Other))
        })
    })
}

fn write_services(xml: &mut Xml, services: &[ServiceType]) {
    xml.inside("serviceFilter", |xml| {
        xml.inside("Types", |xml| services.iter().for_each(|service| xml.plain("ServiceType", service)));
    });
}

/// What is told of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memberships {
    /// Messenger first: one client reads no other. None at all if changes were asked for and there are none.
    pub services: Vec<Service>,
    /// Whose lists.
    pub owner: Owner,
}

/// The lists of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its number, positive.
    pub id: i32,
    /// What it is for.
    pub service: ServiceType,
    /// Its lists.
    pub memberships: Vec<Membership>,
    /// When they changed last.
    pub last_change: Timestamp,
}

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which.
    pub role: Role,
    /// Who stands on it.
    pub members: Vec<Listed>,
    /// Whether these are all, and not only what changed.
    pub is_complete: bool,
}

/// Whose lists they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// His number.
    pub cid: i64,
    /// His address.
    pub passport_name: String,
    /// Since when there are any.
    pub created: Timestamp,
    /// When they changed last.
    pub last_change: Timestamp,
}

impl Memberships {
    /// Those of an answer.
    pub(super) fn read(result: &Element) -> Result<Self, Invalid> {
        let services = result.child("Services");
        let owner = result.child("OwnerNamespace");
        let info = owner.and_then(|owner| owner.child("Info"));
        let time = |name| owner.and_then(|owner| owner.time(name)).unwrap_or_default();
        Ok(Self {
            services: services
                .map_or(Ok(Vec::new()), |all| all.each("Service", MAX_SERVICES, Service::read))?,
            owner: Owner {
                cid: info.map(|info| info.number("CreatorCID")).transpose()?.flatten().unwrap_or_default(),
                passport_name: info
                    .map(|info| info.bounded("CreatorPassportName", MAX_TEXT))
                    .transpose()?
                    .flatten()
                    .unwrap_or_default(),
                created: time("CreateDate"),
                last_change: time("LastChange"),
            },
        })
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        let Self { services, owner } = self;
        xml.inside("Services", |xml| {
            for service in services {
                xml.inside("Service", |xml| service.write(xml));
            }
        });
        xml.inside("OwnerNamespace", |xml| {
            xml.inside("Info", |xml| {
                xml.inside("Handle", |xml| {
                    xml.plain("Id", OWN_BOOK);
                    xml.plain("IsPassportNameHidden", false);
                    xml.plain("CID", 0);
                });
                xml.plain("CreatorPuid", 0);
                xml.plain("CreatorCID", owner.cid);
                xml.text("CreatorPassportName", &owner.passport_name);
                xml.inside("CircleAttributes", |xml| {
                    xml.plain("IsPresenceEnabled", false);
                    xml.plain("Domain", "WindowsLive");
                });
                xml.plain("MessengerApplicationServiceCreated", false);
            });
            xml.empty("Changes");
            xml.plain("CreateDate", owner.created);
            xml.plain("LastChange", owner.last_change);
        });
    }
}

impl Service {
    fn read(service: &Element) -> Result<Self, Invalid> {
        let handle = Handle::read(service.find(&["Info", "Handle"]))?;
        let mut told = 0;
        let memberships = service.child("Memberships").map_or(Ok(Vec::new()), |memberships| {
            memberships.each("Membership", MAX_ROLES, |membership| {
                let role = membership.value("MemberRole").ok_or(Invalid::Missing("MemberRole"))?;
                if role.len() > MAX_TEXT {
                    return Err(Invalid::TooLong("MemberRole"));
                }
                let members = membership.child("Members").map_or(Ok(Vec::new()), |members| {
                    members.each("Member", MAX_TOLD - told, Listed::read)
                })?;
                told += members.len();
                Ok(Membership {
                    role: Role::named(role),
                    members: members.into_iter().flatten().collect(),
                    is_complete: membership.boolean("MembershipIsComplete")?.unwrap_or_default(),
                })
            })
        })?;
        Ok(Self {
            id: handle.id,
            service: handle.service,
            memberships,
            last_change: service.time("LastChange").unwrap_or_default(),
        })
    }

    fn write(&self, xml: &mut Xml) {
        let Self { id, service, memberships, last_change } = self;
        xml.inside("Memberships", |xml| {
            for Membership { role, members, is_complete } in memberships {
                xml.inside("Membership", |xml| {
                    xml.text("MemberRole", role.as_str());
                    xml.inside("Members", |xml| members.iter().for_each(|member| member.write(xml, role)));
                    xml.plain("MembershipIsComplete", is_complete);
                });
            }
        });
        xml.inside("Info", |xml| {
            xml.inside("Handle", |xml| {
                xml.plain("Id", id);
                xml.plain("Type", service);
                xml.empty("ForeignId");
            });
            xml.plain("InverseRequired", false);
            xml.plain("AuthorizationCriteria", "Everyone");
            xml.plain("IsBot", false);
        });
        xml.empty("Changes");
        xml.plain("LastChange", last_change);
        xml.plain("Deleted", false);
    }
}
