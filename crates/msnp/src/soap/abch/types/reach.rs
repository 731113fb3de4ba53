//! Where a contact can be reached: e-mail addresses, phone numbers, places, web sites.
//!
//! Each is of a kind, and of each kind a contact has at most one: in a change, what is said replaces what there was of
//! the same kind, and an empty address or number takes it away.

use super::contact_info::Say;
use super::names;
use crate::soap::abch::properties::{Properties, changed};
use crate::soap::abch::read::{Invalid, MAX_ENTRIES, MAX_TEXT, Read as _};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;

names! {
    /// What an e-mail address is for.
    pub enum EmailType {
        /// At home.
        Personal = "ContactEmailPersonal",
        /// At work.
        Business = "ContactEmailBusiness",
        /// Anything else, and what is not known here.
        Other = "ContactEmailOther",
        /// That of another address book.
        Messenger = "ContactEmailMessenger",
        /// Yahoo.
        Messenger2 = "Messenger2",
        /// A company's own messenger.
        Messenger3 = "Messenger3",
        /// Another network.
        Messenger4 = "Messenger4",
        /// The address of a Messenger user.
        Passport = "Passport",
    }
}

names! {
    /// What a phone number is for.
    pub enum PhoneType {
        /// At home.
        Personal = "ContactPhonePersonal",
        /// At work.
        Business = "ContactPhoneBusiness",
        /// One that is carried.
        Mobile = "ContactPhoneMobile",
        /// A fax.
        Fax = "ContactPhoneFax",
        /// A pager.
        Pager = "ContactPhonePager",
        /// Anything else, and what is not known here.
        Other = "ContactPhoneOther",
    }
}

names! {
    /// What a place is.
    pub enum LocationType {
        /// Home, and what is not known here.
        Personal = "ContactLocationPersonal",
        /// Work.
        Business = "ContactLocationBusiness",
    }
}

names! {
    /// What a web site is about.
    pub enum WebSiteType {
        /// The person, and what is not known here.
        Personal = "ContactWebSitePersonal",
        /// Work.
        Business = "ContactWebSiteBusiness",
    }
}

/// An e-mail address. In a change, what is none stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactEmail {
    /// Its kind.
    pub kind: EmailType,
    /// The address; an empty one takes it away.
    pub email: Option<String>,
    /// Whether Messenger shows a person of another network by it.
    pub is_messenger_enabled: Option<bool>,
    /// The network: 32 Yahoo, 2 a company's.
    pub capability: Option<u32>,
}

impl ContactEmail {
    pub(super) fn read_all(container: Option<&Element>) -> Result<Vec<Self>, Invalid> {
        read_all(container, "ContactEmail", |element| {
            let listed = Properties::of_entry(element.child("propertiesChanged"));
            let kind = element.value("contactEmailType").and_then(EmailType::named);
            Ok(Self {
                kind: kind.unwrap_or(EmailType::Other),
                email: listed.text(&["Email"], element.bounded("email", MAX_TEXT)?),
                is_messenger_enabled: listed
                    .flag(&["IsMessengerEnabled"], element.boolean("isMessengerEnabled")?),
                capability: element.number("Capability")?.filter(|_| listed.has(&["Capability"])),
            })
        })
    }

    pub(super) fn write_all(xml: &mut Xml, all: &[Self], say: Say) {
        write_all(xml, "emails", "ContactEmail", all, |xml, one| {
            xml.plain("contactEmailType", one.kind);
            xml.some_text("email", say.or(one.email.as_deref(), ""));
            xml.some_plain("isMessengerEnabled", say.or(one.is_messenger_enabled, false));
            xml.some_plain("Capability", say.or(one.capability, 0));
            if say == Say::All {
                xml.plain("MessengerEnabledExternally", false);
                return xml.empty("propertiesChanged");
            }
            let said = changed([
                (one.email.is_some(), "Email"),
                (one.is_messenger_enabled.is_some(), "IsMessengerEnabled"),
                (one.capability.is_some(), "Capability"),
            ]);
            xml.text("propertiesChanged", &said);
        });
    }
}

/// A phone number. In a change, what is none stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPhone {
    /// Its kind.
    pub kind: PhoneType,
    /// The number, in whatever form; an empty one takes it away.
    pub number: Option<String>,
    /// Whether messages may go there.
    pub is_messenger_enabled: Option<bool>,
}

impl ContactPhone {
    pub(super) fn read_all(container: Option<&Element>) -> Result<Vec<Self>, Invalid> {
        read_all(container, "ContactPhone", |element| {
            let listed = Properties::of_entry(element.child("propertiesChanged"));
            let kind = element.value("contactPhoneType").and_then(PhoneType::named);
            Ok(Self {
                kind: kind.unwrap_or(PhoneType::Other),
                number: listed.text(&["Number"], element.bounded("number", MAX_TEXT)?),
                is_messenger_enabled: listed
                    .flag(&["IsMessengerEnabled"], element.boolean("isMessengerEnabled")?),
            })
        })
    }

    pub(super) fn write_all(xml: &mut Xml, all: &[Self], say: Say) {
        write_all(xml, "phones", "ContactPhone", all, |xml, one| {
            xml.plain("contactPhoneType", one.kind);
            xml.some_text("number", say.or(one.number.as_deref(), ""));
            xml.some_plain("isMessengerEnabled", say.or(one.is_messenger_enabled, false));
            if say == Say::All {
                return xml.empty("propertiesChanged");
            }
            let said = changed([
                (one.number.is_some(), "Number"),
                (one.is_messenger_enabled.is_some(), "IsMessengerEnabled"),
            ]);
            xml.text("propertiesChanged", &said);
        });
    }
}

/// A place. In a change, what is none stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactLocation {
    /// Its kind.
    pub kind: LocationType,
    /// What it is called, such as that of a company.
    pub name: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Department.
    pub department: Option<String>,
}

impl ContactLocation {
    pub(super) fn read_all(container: Option<&Element>) -> Result<Vec<Self>, Invalid> {
        read_all(container, "ContactLocation", |element| {
            let changes = element.child("Changes").or_else(|| element.child("propertiesChanged"));
            let listed = Properties::of_entry(changes);
            let text = |name, property| -> Result<_, Invalid> {
                Ok(listed.text(&[property], element.bounded(name, MAX_TEXT)?))
            };
            let kind = element.value("contactLocationType").and_then(LocationType::named);
            Ok(Self {
                kind: kind.unwrap_or(LocationType::Personal),
                name: text("name", "Name")?,
                street: text("street", "Street")?,
                city: text("city", "City")?,
                state: text("state", "State")?,
                country: text("country", "Country")?,
                postal_code: text("postalCode", "PostalCode")?,
                department: text("Department", "Department")?,
            })
        })
    }

    pub(super) fn write_all(xml: &mut Xml, all: &[Self]) {
        write_all(xml, "locations", "ContactLocation", all, |xml, one| {
            xml.plain("contactLocationType", one.kind);
            xml.some_text("name", one.name.as_deref());
            xml.some_text("street", one.street.as_deref());
            xml.some_text("city", one.city.as_deref());
            xml.some_text("state", one.state.as_deref());
            xml.some_text("country", one.country.as_deref());
            xml.some_text("postalCode", one.postal_code.as_deref());
            xml.some_text("Department", one.department.as_deref());
            xml.empty("Changes");
        });
    }
}

/// A web site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactWebSite {
    /// Its kind.
    pub kind: WebSiteType,
    /// Its address; an empty one takes it away.
    pub url: String,
}

impl ContactWebSite {
    pub(super) fn read_all(container: Option<&Element>) -> Result<Vec<Self>, Invalid> {
        read_all(container, "ContactWebSite", |element| {
            let kind = element.value("contactWebSiteType").and_then(WebSiteType::named);
            Ok(Self {
                kind: kind.unwrap_or(WebSiteType::Personal),
                url: element.bounded("webURL", MAX_TEXT)?.unwrap_or_default(),
            })
        })
    }

    pub(super) fn write_all(xml: &mut Xml, all: &[Self]) {
        write_all(xml, "webSites", "ContactWebSite", all, |xml, one| {
            xml.plain("contactWebSiteType", one.kind);
            xml.text("webURL", &one.url);
        });
    }
}

fn read_all<T>(
    container: Option<&Element>,
    name: &'static str,
    read: impl FnMut(&Element) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    container.map_or(Ok(Vec::new()), |container| container.each(name, MAX_ENTRIES, read))
}

fn write_all<T>(xml: &mut Xml, container: &str, tag: &str, all: &[T], write: impl Fn(&mut Xml, &T)) {
    if all.is_empty() {
        return;
    }
    xml.inside(container, |xml| {
        for one in all {
            xml.inside(tag, |xml| write(xml, one));
        }
    });
}
