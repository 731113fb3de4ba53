//! `ABFindAll`, `ABFindContactsPaged` and `ABFindByContacts`: tell the address book, or what changed in it.
//!
//! The three answers hold the same, in containers whose letter case differs.

use super::read::{Invalid, MAX_IDS, MAX_TOLD, Read as _, guids};
use super::types::{Ab, AbHandle, CircleInverseInfo, Contact, Group, Never, Timestamp, ab_id};
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

    /// As those two values.
    pub(super) fn write(self, xml: &mut Xml) {
        xml.plain("deltasOnly", self != Self::Ever);
        xml.plain("lastChange", Never(self.change()));
    }

    /// The time after which changes are wanted.
    const fn change(self) -> Option<Timestamp> {
        match self {
            Self::Ever => None,
            Self::Change(at) => Some(at),
        }
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

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        xml.plain("abView", "Full");
        self.since.write(xml);
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

    pub(super) fn write(&self, xml: &mut Xml) {
        let Self { book, since, include_hidden, include_shell, extended_content } = self;
        xml.inside("filterOptions", |xml| {
            xml.plain("DeltasOnly", *since != Since::Ever);
            xml.some_plain("LastChanged", since.change());
            xml.inside("ContactFilter", |xml| {
                xml.plain("IncludeHiddenContacts", include_hidden);
                if *include_shell {
                    xml.plain("IncludeShellContacts", true);
                }
            });
        });
        xml.plain("abView", "MessengerClient8");
        let ExtendedContent { ab, all_groups, circle_result } = *extended_content;
        let words = [(ab, "AB"), (all_groups, "AllGroups"), (circle_result, "CircleResult")];
        let words: Vec<&str> =
            words.into_iter().filter_map(|(is_wanted, word)| is_wanted.then_some(word)).collect();
        xml.text("extendedContent", &words.join(" "));
        if *book != AbHandle::OWN {
            book.write(xml, "abHandle");
        }
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

    pub(super) fn write(&self, xml: &mut Xml) {
        xml.plain("abId", self.ab_id);
        xml.plain("abView", "Full");
        xml.inside("contactIds", |xml| self.contacts.iter().for_each(|id| xml.plain("guid", id)));
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

/// Bytes of the ticket about circles: a line of 64 bytes in base64 of base64 for each.
const MAX_CIRCLE_TICKET: usize = 256 * 1024;

/// What the containers are called.
struct Containers {
    groups: &'static str,
    contacts: &'static str,
    ab: &'static str,
}

impl AddressBook {
    /// The one of an answer: containers are found in any letter case.
    pub(super) fn read(result: &Element) -> Result<Self, Invalid> {
        let circles = result.child("CircleResult").map(|circles| -> Result<_, Invalid> {
            Ok(CircleResult {
                circles: CircleInverseInfo::read_all(circles.child("Circles"))?,
                ticket: circles.bounded("CircleTicket", MAX_CIRCLE_TICKET)?,
            })
        });
        Ok(Self {
            groups: result
                .child("groups")
                .map(|groups| groups.each("Group", MAX_TOLD, Group::read))
                .transpose()?,
            contacts: result
                .child("contacts")
                .map_or(Ok(Vec::new()), |contacts| contacts.each("Contact", MAX_TOLD, Contact::read))?,
            circles: circles.transpose()?,
            ab: result.child("ab").map(Ab::read).transpose()?,
        })
    }

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
