//! `ABFindAll`, `ABFindContactsPaged` and `ABFindByContacts`: tell the address book, or what changed in it.
//!
//! The three answers hold the same, in containers whose letter case differs.

use super::read::{Invalid, MAX_IDS, Read as _, guids};
use super::types::{Ab, AbHandle, CircleInverseInfo, Contact, Group, Timestamp, ab_id};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// All of it.
    Ever,
    /// What changed after that, with what was removed.
    Change(Timestamp),
}

impl Since {
    /// From the two values that say it. Changes since never are all there is.
    pub(super) fn read(element: &Element, deltas_only: &'static str, last: &str) -> Result<Self, Invalid> {
        let deltas = element.boolean(deltas_only)?.unwrap_or_default();
        let last = element.value(last).filter(|_| deltas).and_then(Timestamp::read);
        Ok(last.map_or(Self::Ever, Self::Change))
    }
}

/// `ABFindAll`, of clients before 2009.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbFindAll {
    /// Whose book.
    pub ab_id: Guid,
    /// How much.
    pub since: Since,
}

impl AbFindAll {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self { ab_id: ab_id(element)?, since: Since::read(element, "deltasOnly", "lastChange")? })
    }
}

/// `ABFindContactsPaged`, of clients from 2009 on. Pages are not cut: clients take everything at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbFindContactsPaged {
    /// Whose book.
    pub book: AbHandle,
    /// How much.
    pub since: Since,
    /// Whether hidden contacts are told.
    pub include_hidden: bool,
    /// Whether those are who have little more than an id.
    pub include_shell: bool,
    /// What else is.
    pub extended_content: ExtendedContent,
}

/// What goes with the contacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtendedContent {
    /// Whose book it is and when it changed.
    pub ab: bool,
    /// The groups.
    pub all_groups: bool,
    /// The circles.
    pub circle_result: bool,
}

impl AbFindContactsPaged {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        let filter = element.child("filterOptions");
        let contacts = filter.and_then(|filter| filter.child("ContactFilter"));
        let included = |name| -> Result<bool, Invalid> {
            Ok(contacts.map(|contacts| contacts.boolean(name)).transpose()?.flatten().unwrap_or_default())
        };
        let mut extended_content = ExtendedContent::default();
        for word in element.value("extendedContent").unwrap_or_default().split_ascii_whitespace() {
            match () {
                () if word.eq_ignore_ascii_case("AB") => extended_content.ab = true,
                () if word.eq_ignore_ascii_case("AllGroups") => extended_content.all_groups = true,
                () if word.eq_ignore_ascii_case("CircleResult") => extended_content.circle_result = true,
                () => {}
            }
        }
        Ok(Self {
            book: AbHandle::read(element.child("abHandle"))?,
            since: filter.map_or(Ok(Since::Ever), |f| Since::read(f, "DeltasOnly", "LastChanged"))?,
            include_hidden: included("IncludeHiddenContacts")?,
            include_shell: included("IncludeShellContacts")?,
            extended_content,
        })
    }
}

/// `ABFindByContacts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbFindByContacts {
    /// Whose book.
    pub ab_id: Guid,
    /// Who is wanted.
    pub contacts: Vec<Guid>,
}

impl AbFindByContacts {
    pub(super) fn read(element: &Element) -> Result<Self, Invalid> {
        Ok(Self {
            ab_id: ab_id(element)?,
            contacts: guids(element.child("contactIds"), MAX_IDS, "contactId")?,
        })
    }
}

/// What is told of an address book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressBook {
    /// Groups; none if they were not asked for.
    pub groups: Option<Vec<Group>>,
    /// Contacts, oneself among them.
    pub contacts: Vec<Contact>,
    /// Circles; none if they were not asked for, or there are none.
    pub circles: Option<CircleResult>,
    /// Whose it is, and when it changed; none if that was not asked for.
    pub ab: Option<Ab>,
}

/// What is told of circles beside the contacts that stand for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleResult {
    /// The circles; of changes those that have changed, with those that are gone.
    pub circles: Vec<CircleInverseInfo>,
    /// The text of the ticket by which a client proves which circles it is in.
    pub ticket: Option<String>,
}

/// What the containers are called.
struct Containers {
    groups: &'static str,
    contacts: &'static str,
    ab: &'static str,
}

impl AddressBook {
    pub(super) fn write_all(&self, xml: &mut Xml) {
        self.write(xml, &Containers { groups: "groups", contacts: "contacts", ab: "ab" });
    }

    pub(super) fn write_paged(&self, xml: &mut Xml) {
        self.write(xml, &Containers { groups: "Groups", contacts: "Contacts", ab: "Ab" });
    }

    fn write(&self, xml: &mut Xml, containers: &Containers) {
        let Self { groups, contacts, circles, ab } = self;
        if let Some(groups) = groups {
            xml.inside(containers.groups, |xml| {
                for group in groups {
                    xml.inside("Group", |xml| group.write(xml));
                }
            });
        }
        xml.inside(containers.contacts, |xml| {
            for contact in contacts {
                xml.inside("Contact", |xml| contact.write(xml));
            }
        });
        if let Some(CircleResult { circles, ticket }) = circles {
            xml.inside("CircleResult", |xml| {
                CircleInverseInfo::write_all(xml, circles);
                xml.some_text("CircleTicket", ticket.as_deref());
            });
        }
        if let Some(ab) = ab {
            xml.inside(containers.ab, |xml| ab.write(xml));
        }
    }
}
