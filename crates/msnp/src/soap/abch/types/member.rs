//! Who stands on which of a user's lists.

use std::fmt;

use super::{Annotation, Never, Timestamp, names};
use crate::soap::abch::read::{Invalid, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// The list, or what takes its place in other services.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// May see and write.
    Allow,
    /// May not.
    Block,
    /// Added the user, and was not answered yet.
    Pending,
    /// Has the user among his contacts.
    Reverse,
    /// Of another service, such as `ProfileExpression`.
    Other(Box<str>),
}

impl Role {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Allow => "Allow",
            Self::Block => "Block",
            Self::Pending => "Pending",
            Self::Reverse => "Reverse",
            Self::Other(name) => name,
        }
    }

    /// What `written` means.
    pub fn named(written: &str) -> Self {
        [Self::Allow, Self::Block, Self::Pending, Self::Reverse]
            .into_iter()
            .find(|role| role.as_str().eq_ignore_ascii_case(written))
            .unwrap_or_else(|| Self::Other(written.into()))
    }
}

/// What names one membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MembershipId {
    /// A positive number below 2³¹, as the schema and nearly all clients want it.
    Number(u32),
    /// `Allow/guid`: the role and the contact, by which one client finds the contact (web-services reference, 14.1).
    /// Only the contact is kept, as the role stands beside it.
    Contact(Guid),
}

/// The largest number of a membership.
const MAX_NUMBER: u32 = i32::MAX.unsigned_abs();

impl MembershipId {
    /// What `written` means; none if it is 0, which is no membership's.
    pub fn read(written: &str) -> Result<Option<Self>, Invalid> {
        let bad = || Invalid::Value("MembershipId");
        match written.rsplit_once('/') {
            Some((_, contact)) => contact.parse().map(|id| Some(Self::Contact(id))).map_err(|_| bad()),
            None => match written.parse() {
                Ok(0) => Ok(None),
                Ok(number) if number <= MAX_NUMBER => Ok(Some(Self::Number(number))),
                _ => Err(bad()),
            },
        }
    }
}

names! {
    /// Whether a membership holds.
    pub enum MemberState {
        /// It does.
        Accepted = "Accepted",
        /// It will, when it is answered.
        Pending = "Pending",
    }
}

/// Who is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A user, by his address.
    Passport(String),
    /// Somebody of another network, by his address.
    Email(String),
    /// A phone number.
    Phone(String),
    /// A circle.
    Circle(Guid),
    /// All who stand on a list of a service, as profiles are opened to them.
    Role {
        /// The list.
        id: Role,
        /// Of which service.
        service: Box<str>,
    },
    /// Everybody.
    Everyone,
    /// Everybody of a domain.
    Domain(String),
    /// Of a kind that means nothing here.
    Other(Box<str>),
}

/// A membership in a request: by its id, by who is meant, or by both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which one, if it is known.
    pub id: Option<MembershipId>,
    /// Who. None if only the id tells.
    pub whom: Option<Whom>,
    /// The name the client knows for him.
    pub display_name: Option<String>,
    /// Whether it is to hold.
    pub state: MemberState,
    /// Named values, such as the text of an invitation.
    pub annotations: Vec<Annotation>,
}

impl Member {
    pub(in crate::soap::abch) fn read(element: &Element) -> Result<Self, Invalid> {
        let id = element.value("MembershipId").map(MembershipId::read).transpose()?.flatten();
        let whom = Whom::read(element)?;
        if id.is_none() && whom.is_none() {
            return Err(Invalid::Missing("Member"));
        }
        Ok(Self {
            id,
            whom,
            display_name: element.bounded("DisplayName", MAX_TEXT)?,
            state: element.value("State").and_then(MemberState::named).unwrap_or(MemberState::Accepted),
            annotations: Annotation::read_all(element.child("Annotations"))?,
        })
    }
}

impl Member {
    /// One who is to stand on a list.
    pub const fn new(whom: Whom) -> Self {
        Self {
            id: None,
            whom: Some(whom),
            display_name: None,
            state: MemberState::Accepted,
            annotations: Vec::new(),
        }
    }

    pub(in crate::soap::abch) fn write(&self, xml: &mut Xml) {
        let Self { id, whom, display_name, state, annotations } = self;
        // Who is known by his number alone is mostly a user, and nobody looks.
        let kind = whom.as_ref().map_or("Passport", Whom::kind);
        xml.raw("<Member");
        xml.attribute("xsi:type", &format!("{kind}Member"));
        xml.raw(">");
        match id {
            None => {}
            Some(MembershipId::Number(number)) => xml.plain("MembershipId", number),
            // The role is not looked at: it stands beside the member.
            Some(MembershipId::Contact(contact)) => xml.plain("MembershipId", format_args!("/{contact}")),
        }
        xml.text("Type", kind);
        xml.some_text("DisplayName", display_name.as_deref());
        xml.plain("State", state);
        Annotation::write_all(xml, "Annotations", annotations);
        match whom {
            None | Some(Whom::Everyone | Whom::Other(_)) => {}
            Some(Whom::Passport(address)) => xml.text("PassportName", address),
            Some(Whom::Email(address)) => xml.text("Email", address),
            Some(Whom::Phone(number)) => xml.text("PhoneNumber", number),
            Some(Whom::Circle(id)) => xml.plain("CircleId", id),
            Some(Whom::Domain(name)) => xml.text("DomainName", name),
            Some(Whom::Role { id, service }) => {
                xml.text("Id", id.as_str());
                xml.inside("DefiningService", |xml| {
                    xml.plain("Id", 0);
                    xml.text("Type", service);
                    xml.empty("ForeignId");
                });
                xml.plain("MaxRoleRecursionDepth", 0);
                xml.plain("MaxDegreesSeparation", 0);
            }
        }
        xml.close("Member");
    }
}

impl Whom {
    /// The word in `Type`; `xsi:type` has `Member` behind it.
    fn kind(&self) -> &str {
        match self {
            Self::Passport(_) => "Passport",
            Self::Email(_) => "Email",
            Self::Phone(_) => "Phone",
            Self::Circle(_) => "Circle",
            Self::Role { .. } => "Role",
            Self::Everyone => "Everyone",
            Self::Domain(_) => "Domain",
            Self::Other(kind) => kind,
        }
    }

    /// By the type, which stands in an attribute or an element, and if it says nothing, by what is there.
    fn read(element: &Element) -> Result<Option<Self>, Invalid> {
        let address = |name| -> Result<Option<String>, Invalid> {
            let text = element.bounded(name, MAX_TEXT)?.map(|text| text.trim().to_owned());
            Ok(text.filter(|text| !text.is_empty()))
        };
        let kind = element.attribute("type").or_else(|| element.value("Type")).unwrap_or_default();
        let kind = kind.rsplit_once(':').map_or(kind, |(_, kind)| kind).trim();
        if kind.len() > MAX_TEXT {
            return Err(Invalid::TooLong("Type"));
        }
        let kind = kind.to_ascii_lowercase();
        Ok(match kind.strip_suffix("member").unwrap_or(&kind) {
            "passport" => address("PassportName")?.map(Self::Passport),
            "email" => address("Email")?.map(Self::Email),
            "phone" => address("PhoneNumber")?.map(Self::Phone),
            "circle" => element.guid("CircleId")?.map(Self::Circle),
            "role" => Some(Self::Role {
                id: Role::named(element.value("Id").unwrap_or_default()),
                service: element
                    .find(&["DefiningService", "Type"])
                    .map(Element::text)
                    .unwrap_or_default()
                    .into(),
            }),
            "everyone" => Some(Self::Everyone),
            "domain" => address("DomainName")?.map(Self::Domain),
            "" => match (address("PassportName")?, address("Email")?, address("PhoneNumber")?) {
                (Some(address), _, _) => Some(Self::Passport(address)),
                (_, Some(address), _) => Some(Self::Email(address)),
                (_, _, Some(number)) => Some(Self::Phone(number)),
                _ => element.guid("CircleId")?.map(Self::Circle),
            },
            other => Some(Self::Other(other.into())),
        })
    }
}

/// What kind of member is told to clients, with what its kind has of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A user.
    Passport {
        /// His address.
        address: String,
        /// His number.
        cid: i64,
    },
    /// Somebody of another network.
    Email(String),
    /// A phone number.
    Phone(String),
    /// A circle.
    Circle(Guid),
}

impl MemberKind {
    /// The word in `Type`; `xsi:type` has `Member` behind it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Passport { .. } => "Passport",
            Self::Email(_) => "Email",
            Self::Phone(_) => "Phone",
            Self::Circle(_) => "Circle",
        }
    }
}

/// A membership as it is told to clients. Which list it is on stands around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: MembershipId,
    /// Who.
    pub kind: MemberKind,
    /// The name shown when he has added the user.
    pub display_name: Option<String>,
    /// Named values.
    pub annotations: Vec<Annotation>,
    /// When it changed last.
    pub last_changed: Timestamp,
    /// Since when it holds.
    pub joined: Option<Timestamp>,
    /// Whether it is no more, where changes are told.
    pub deleted: bool,
}

impl Listed {
    /// One of an answer; none if he is of a kind that is not told here.
    pub(in crate::soap::abch) fn read(element: &Element) -> Result<Option<Self>, Invalid> {
        let kind = match Whom::read(element)? {
            Some(Whom::Passport(address)) => {
                MemberKind::Passport { address, cid: element.number("CID")?.unwrap_or_default() }
            }
            Some(Whom::Email(address)) => MemberKind::Email(address),
            Some(Whom::Phone(number)) => MemberKind::Phone(number),
            Some(Whom::Circle(id)) => MemberKind::Circle(id),
            None | Some(Whom::Role { .. } | Whom::Everyone | Whom::Domain(_) | Whom::Other(_)) => {
                return Ok(None);
            }
        };
        let Some(id) = element.value("MembershipId").map(MembershipId::read).transpose()?.flatten() else {
            return Err(Invalid::Missing("MembershipId"));
        };
        Ok(Some(Self {
            id,
            kind,
            display_name: element.bounded("DisplayName", MAX_TEXT)?,
            annotations: Annotation::read_all(element.child("Annotations"))?,
            last_changed: element.time("LastChanged").unwrap_or_default(),
            joined: element.time("JoinedDate"),
            deleted: element.boolean("Deleted")?.unwrap_or_default(),
        }))
    }

    pub(in crate::soap::abch) fn write(&self, xml: &mut Xml, role: &Role) {
        let kind = self.kind.as_str();
        xml.open(match self.kind {
            MemberKind::Passport { .. } => "Member xsi:type=\"PassportMember\"",
            MemberKind::Email(_) => "Member xsi:type=\"EmailMember\"",
            MemberKind::Phone(_) => "Member xsi:type=\"PhoneMember\"",
            MemberKind::Circle(_) => "Member xsi:type=\"CircleMember\"",
        });
        match self.id {
            MembershipId::Number(number) => xml.plain("MembershipId", number),
            MembershipId::Contact(contact) => xml.text("MembershipId", &InRole(role, contact).to_string()),
        }
        xml.plain("Type", kind);
        xml.some_text("DisplayName", self.display_name.as_deref());
        xml.plain("State", MemberState::Accepted);
        Annotation::write_all(xml, "Annotations", &self.annotations);
        xml.plain("Deleted", self.deleted);
        xml.plain("LastChanged", self.last_changed);
        xml.plain("JoinedDate", Never(self.joined));
        xml.plain("ExpirationDate", Never(None));
        xml.empty("Changes");
        match &self.kind {
            MemberKind::Passport { address, cid } => {
                xml.text("PassportName", address);
                xml.plain("IsPassportNameHidden", false);
                xml.plain("PassportId", 0);
                xml.plain("CID", cid);
                xml.empty("PassportChanges");
                xml.plain("LookedupByCID", false);
            }
            MemberKind::Email(address) => xml.text("Email", address),
            MemberKind::Phone(number) => xml.text("PhoneNumber", number),
            MemberKind::Circle(id) => xml.plain("CircleId", id),
        }
        xml.close("Member");
    }
}

struct InRole<'a>(&'a Role, Guid);

impl fmt::Display for InRole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.as_str(), self.1)
    }
}
