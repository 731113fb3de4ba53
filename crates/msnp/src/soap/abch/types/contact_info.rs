//! What is known of a contact.

use super::{
    Annotation, ContactEmail, ContactLocation, ContactPhone, ContactWebSite, EmailType, LocationType,
    NetworkInfo, PhoneType, names,
};
use crate::soap::abch::properties::{Properties, changed};
use crate::soap::abch::read::{Invalid, MAX_GROUPS, MAX_LONG_TEXT, MAX_TEXT, Read as _, guids};
use crate::soap::tree::Element;
use crate::soap::xml::Xml;
use crate::types::Guid;

names! {
    /// What a contact is to the one whose contact he is.
    pub enum ContactType {
        /// Oneself. There is exactly one.
        Me = "Me",
        /// Anybody.
        Regular = "Regular",
        /// Known by Messenger alone.
        Messenger = "Messenger",
        /// Connected.
        Live = "Live",
        /// Asked to be connected; he has not answered yet.
        LivePending = "LivePending",
        /// He did not want to.
        LiveRejected = "LiveRejected",
        /// No more connected.
        LiveDropped = "LiveDropped",
        /// A circle.
        Circle = "Circle",
    }
}

/// What is known of a contact, or what a request says about one: all that is none is not said.
///
/// In a change an empty text takes the value away, and entries and annotations that are not named stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactInfo {
    /// E-mail addresses, one of a kind.
    pub emails: Vec<ContactEmail>,
    /// Phone numbers, one of a kind.
    pub phones: Vec<ContactPhone>,
    /// Places, one of a kind.
    pub locations: Vec<ContactLocation>,
    /// Web sites, one of a kind.
    pub web_sites: Vec<ContactWebSite>,
    /// Named values.
    pub annotations: Vec<Annotation>,
    /// The groups he is in.
    pub group_ids: Vec<Guid>,
    /// The groups he was in, where changes are told.
    pub group_ids_deleted: Vec<Guid>,
    /// What he is.
    pub contact_type: Option<ContactType>,
    /// A short name. Clients show it for circles.
    pub quick_name: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Middle name.
    pub middle_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// What follows the name.
    pub suffix: Option<String>,
    /// What precedes the name.
    pub name_title: Option<String>,
    /// His address, empty for people of other networks.
    pub passport_name: Option<String>,
    /// Whether clients show it.
    pub is_passport_name_hidden: Option<bool>,
    /// The name that is shown.
    pub display_name: Option<String>,
    /// His number.
    pub cid: Option<i64>,
    /// What one notes about him.
    pub comment: Option<String>,
    /// Whether he may not know one's mobile number.
    pub is_not_mobile_visible: Option<bool>,
    /// Whether one may write to his mobile device.
    pub is_mobile_im_enabled: Option<bool>,
    /// Whether he is somebody to write to: without it he is an address only.
    pub is_messenger_user: Option<bool>,
    /// Whether he is a favourite.
    pub is_favorite: Option<bool>,
    /// Whether he is reached by e-mail alone.
    pub is_smtp: Option<bool>,
    /// Whether he has a blog.
    pub has_space: Option<bool>,
    /// Birthday, as a time without a zone.
    pub birthdate: Option<String>,
    /// Which e-mail address is meant if none is named.
    pub primary_email_type: Option<EmailType>,
    /// Which place is.
    pub primary_location: Option<LocationType>,
    /// Which phone number is.
    pub primary_phone: Option<PhoneType>,
    /// Whether others may not know of him.
    pub is_private: Option<bool>,
    /// Anniversary, as `yyyy/mm/dd`.
    pub anniversary: Option<String>,
    /// `Unspecified` if it is not said.
    pub gender: Option<String>,
    /// `None` if it is not said.
    pub time_zone: Option<String>,
    /// What he is trusted with.
    pub trust_level: Option<String>,
    /// What he is in each network.
    pub networks: Vec<NetworkInfo>,
    /// The name he gives himself.
    pub public_display_name: Option<String>,
    /// Whether his data do not follow his own.
    pub is_auto_update_disabled: Option<bool>,
    /// Whether clients don't show him.
    pub is_hidden: Option<bool>,
    /// Whether there is little more than an id.
    pub is_shell_contact: Option<bool>,
    /// What goes to him with the invitation.
    pub messenger_member_info: Option<MessengerMemberInfo>,
    /// How he is filed.
    pub file_as: Option<String>,
}

/// What the one who adds says to the one who is added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessengerMemberInfo {
    /// Holds the text of the invitation.
    pub pending_annotations: Vec<Annotation>,
    /// The name of the one who adds.
    pub display_name: Option<String>,
}

impl ContactInfo {
    /// The name to show for him: the display name, or what comes nearest.
    pub fn shown_name(&self) -> &str {
        let email = self.emails.first().and_then(|email| email.email.as_deref());
        [self.display_name.as_deref(), self.quick_name.as_deref(), self.passport_name.as_deref(), email]
            .into_iter()
            .flatten()
            .find(|name| !name.is_empty())
            .unwrap_or_default()
    }

    /// All that an element says.
    pub(in crate::soap::abch) fn read(info: &Element) -> Result<Self, Invalid> {
        let text = |name| info.bounded(name, MAX_TEXT);
        Ok(Self {
            emails: ContactEmail::read_all(info.child("emails"))?,
            phones: ContactPhone::read_all(info.child("phones"))?,
            locations: ContactLocation::read_all(info.child("locations"))?,
            web_sites: ContactWebSite::read_all(info.child("webSites"))?,
            annotations: Annotation::read_all(info.child("annotations"))?,
            group_ids: guids(info.child("groupIds"), MAX_GROUPS, "groupId")?,
            group_ids_deleted: guids(info.child("groupIdsDeleted"), MAX_GROUPS, "groupId")?,
            contact_type: info
                .value("contactType")
                .map(|t| ContactType::named(t).unwrap_or(ContactType::Regular)),
            quick_name: text("quickName")?,
            first_name: text("firstName")?,
            middle_name: text("MiddleName")?,
            last_name: text("lastName")?,
            suffix: text("Suffix")?,
            name_title: text("NameTitle")?,
            passport_name: text("passportName")?.map(|name| name.trim().to_owned()),
            is_passport_name_hidden: info.boolean("IsPassportNameHidden")?,
            display_name: text("displayName")?,
            cid: info.number("CID")?,
            comment: info.bounded("comment", MAX_LONG_TEXT)?,
            is_not_mobile_visible: info.boolean("IsNotMobileVisible")?,
            is_mobile_im_enabled: info.boolean("isMobileIMEnabled")?,
            is_messenger_user: info.boolean("isMessengerUser")?,
            is_favorite: info.boolean("isFavorite")?,
            is_smtp: info.boolean("isSmtp")?,
            has_space: info.boolean("hasSpace")?,
            birthdate: text("birthdate")?,
            primary_email_type: info.value("primaryEmailType").and_then(EmailType::named),
            primary_location: info.value("PrimaryLocation").and_then(LocationType::named),
            primary_phone: info.value("PrimaryPhone").and_then(PhoneType::named),
            is_private: info.boolean("IsPrivate")?,
            anniversary: text("Anniversary")?,
            gender: text("Gender")?,
            time_zone: text("TimeZone")?,
            trust_level: text("TrustLevel")?,
            networks: NetworkInfo::read_all(info.child("NetworkInfoList"))?,
            public_display_name: text("PublicDisplayName")?,
            is_auto_update_disabled: info.boolean("IsAutoUpdateDisabled")?,
            is_hidden: info.boolean("IsHidden")?,
            is_shell_contact: info.boolean("IsShellContact")?,
            messenger_member_info: info
                .child("MessengerMemberInfo")
                .map(|info| -> Result<_, Invalid> {
                    Ok(MessengerMemberInfo {
                        pending_annotations: Annotation::read_all(info.child("PendingAnnotations"))?,
                        display_name: info.bounded("DisplayName", MAX_TEXT)?,
                    })
                })
                .transpose()?,
            file_as: text("FileAs")?,
        })
    }

    /// What of it is meant, by the list of changed properties.
    pub(in crate::soap::abch) fn only(self, listed: &Properties<'_>) -> Self {
        fn kept<T>(all: Vec<T>, meant: bool) -> Vec<T> {
            if meant { all } else { Vec::new() }
        }
        let text = |name: &str, said| listed.text(&[name], said);
        let flag = |name: &str, said| listed.flag(&[name], said);
        let has = |name: &str| listed.has(&[name]);
        Self {
            emails: kept(self.emails, has("ContactEmail")),
            phones: kept(self.phones, has("ContactPhone")),
            locations: kept(self.locations, has("ContactLocation")),
            web_sites: kept(self.web_sites, has("ContactWebSite")),
            annotations: kept(self.annotations, has("Annotation")),
            // Groups have operations of their own.
            group_ids: Vec::new(),
            group_ids_deleted: Vec::new(),
            contact_type: self.contact_type.filter(|_| has("ContactType")),
            quick_name: listed.text(&["ContactQuickName", "QuickName"], self.quick_name),
            first_name: listed.text(&["ContactFirstName", "FirstName"], self.first_name),
            middle_name: text("MiddleName", self.middle_name),
            last_name: listed.text(&["ContactLastName", "LastName"], self.last_name),
            suffix: text("Suffix", self.suffix),
            name_title: text("NameTitle", self.name_title),
            passport_name: listed.text(&["Passport", "PassportName"], self.passport_name),
            is_passport_name_hidden: flag("IsPassportNameHidden", self.is_passport_name_hidden),
            display_name: text("DisplayName", self.display_name),
            cid: self.cid.filter(|_| has("CID")),
            comment: text("Comment", self.comment),
            is_not_mobile_visible: flag("IsNotMobileVisible", self.is_not_mobile_visible),
            is_mobile_im_enabled: flag("IsMobileIMEnabled", self.is_mobile_im_enabled),
            is_messenger_user: flag("IsMessengerUser", self.is_messenger_user),
            is_favorite: flag("IsFavorite", self.is_favorite),
            is_smtp: flag("IsSmtp", self.is_smtp),
            has_space: flag("HasSpace", self.has_space),
            birthdate: listed.text(&["ContactBirthDate", "Birthdate"], self.birthdate),
            primary_email_type: self.primary_email_type.filter(|_| has("ContactPrimaryEmailType")),
            primary_location: self.primary_location.filter(|_| has("PrimaryLocation")),
            primary_phone: self.primary_phone.filter(|_| has("PrimaryPhone")),
            is_private: flag("IsPrivate", self.is_private),
            anniversary: text("Anniversary", self.anniversary),
            gender: text("Gender", self.gender),
            time_zone: text("TimeZone", self.time_zone),
            trust_level: text("TrustLevel", self.trust_level),
            networks: kept(self.networks, has("NetworkInfo")),
            public_display_name: text("PublicDisplayName", self.public_display_name),
            is_auto_update_disabled: flag("IsAutoUpdateDisabled", self.is_auto_update_disabled),
            is_hidden: flag("IsHidden", self.is_hidden),
            is_shell_contact: flag("IsShellContact", self.is_shell_contact),
            messenger_member_info: self.messenger_member_info.filter(|_| has("MessengerMemberInfo")),
            file_as: text("FileAs", self.file_as),
        }
    }

    /// The contents of the element in an answer.
    pub(in crate::soap::abch) fn write(&self, xml: &mut Xml) {
        self.write_as(xml, Say::All);
    }

    /// The contents of the element in a request.
    pub(in crate::soap::abch) fn write_said(&self, xml: &mut Xml) {
        self.write_as(xml, Say::Said);
    }

    fn write_as(&self, xml: &mut Xml, say: Say) {
        fn guids(xml: &mut Xml, container: &str, all: &[Guid]) {
            if !all.is_empty() {
                xml.inside(container, |xml| all.iter().for_each(|guid| xml.plain("guid", guid)));
            }
        }
        let shown = if say == Say::All { self.shown_name() } else { "" };
        let flag = |value| say.or(value, false);
        // An empty value in a change takes it away; there is none to tell in an answer.
        let given = |text| Option::as_deref(text).filter(|text: &&str| say == Say::Said || !text.is_empty());
        ContactEmail::write_all(xml, &self.emails, say);
        ContactPhone::write_all(xml, &self.phones, say);
        ContactLocation::write_all(xml, &self.locations);
        ContactWebSite::write_all(xml, &self.web_sites);
        Annotation::write_all(xml, "annotations", &self.annotations);
        guids(xml, "groupIds", &self.group_ids);
        guids(xml, "groupIdsDeleted", &self.group_ids_deleted);
        xml.some_plain("contactType", say.or(self.contact_type, ContactType::Regular));
        xml.some_text("quickName", say.or(given(&self.quick_name), shown));
        xml.some_text("firstName", self.first_name.as_deref());
        xml.some_text("MiddleName", self.middle_name.as_deref());
        xml.some_text("lastName", self.last_name.as_deref());
        xml.some_text("Suffix", self.suffix.as_deref());
        xml.some_text("NameTitle", self.name_title.as_deref());
        xml.some_text("passportName", say.or(self.passport_name.as_deref(), ""));
        xml.some_plain("IsPassportNameHidden", flag(self.is_passport_name_hidden));
        xml.some_text(
            "displayName",
            if say == Say::All { Some(shown) } else { self.display_name.as_deref() },
        );
        if say == Say::All {
            xml.plain("puid", 0);
        }
        xml.some_plain("CID", say.or(self.cid, 0));
        xml.some_text("comment", self.comment.as_deref());
        xml.some_plain("IsNotMobileVisible", flag(self.is_not_mobile_visible));
        xml.some_plain("isMobileIMEnabled", flag(self.is_mobile_im_enabled));
        xml.some_plain("isMessengerUser", flag(self.is_messenger_user));
        xml.some_plain("isFavorite", flag(self.is_favorite));
        xml.some_plain("isSmtp", flag(self.is_smtp));
        xml.some_plain("hasSpace", flag(self.has_space));
        if say == Say::All {
            xml.plain("spotWatchState", "NoDevice");
        }
        xml.some_text("birthdate", say.or(given(&self.birthdate), "0001-01-01T00:00:00"));
        xml.some_plain("primaryEmailType", say.or(self.primary_email_type, EmailType::Personal));
        xml.some_plain("PrimaryLocation", say.or(self.primary_location, LocationType::Personal));
        xml.some_plain("PrimaryPhone", say.or(self.primary_phone, PhoneType::Personal));
        xml.some_plain("IsPrivate", flag(self.is_private));
        xml.some_text("Anniversary", given(&self.anniversary));
        xml.some_text("Gender", say.or(given(&self.gender), "Unspecified"));
        xml.some_text("TimeZone", say.or(given(&self.time_zone), "None"));
        xml.some_text("TrustLevel", given(&self.trust_level));
        NetworkInfo::write_all(xml, &self.networks);
        xml.some_text("PublicDisplayName", self.public_display_name.as_deref());
        xml.some_plain("IsAutoUpdateDisabled", self.is_auto_update_disabled);
        xml.some_plain("IsHidden", self.is_hidden);
        xml.some_plain("IsShellContact", self.is_shell_contact);
        if let Some(MessengerMemberInfo { pending_annotations, display_name }) = &self.messenger_member_info {
            xml.inside("MessengerMemberInfo", |xml| {
                Annotation::write_all(xml, "PendingAnnotations", pending_annotations);
                xml.some_text("DisplayName", display_name.as_deref());
            });
        }
        xml.some_text("FileAs", given(&self.file_as));
    }

    /// The properties that are said, as [`ContactInfo::only`] knows them.
    pub(in crate::soap::abch) fn changed(&self) -> String {
        changed([
            (!self.emails.is_empty(), "ContactEmail"),
            (!self.phones.is_empty(), "ContactPhone"),
            (!self.locations.is_empty(), "ContactLocation"),
            (!self.web_sites.is_empty(), "ContactWebSite"),
            (!self.annotations.is_empty(), "Annotation"),
            (self.contact_type.is_some(), "ContactType"),
            (self.quick_name.is_some(), "ContactQuickName"),
            (self.first_name.is_some(), "ContactFirstName"),
            (self.middle_name.is_some(), "MiddleName"),
            (self.last_name.is_some(), "ContactLastName"),
            (self.suffix.is_some(), "Suffix"),
            (self.name_title.is_some(), "NameTitle"),
            (self.passport_name.is_some(), "PassportName"),
            (self.is_passport_name_hidden.is_some(), "IsPassportNameHidden"),
            (self.display_name.is_some(), "DisplayName"),
            (self.cid.is_some(), "CID"),
            (self.comment.is_some(), "Comment"),
            (self.is_not_mobile_visible.is_some(), "IsNotMobileVisible"),
            (self.is_mobile_im_enabled.is_some(), "IsMobileIMEnabled"),
            (self.is_messenger_user.is_some(), "IsMessengerUser"),
            (self.is_favorite.is_some(), "IsFavorite"),
            (self.is_smtp.is_some(), "IsSmtp"),
            (self.has_space.is_some(), "HasSpace"),
            (self.birthdate.is_some(), "ContactBirthDate"),
            (self.primary_email_type.is_some(), "ContactPrimaryEmailType"),
            (self.primary_location.is_some(), "PrimaryLocation"),
            (self.primary_phone.is_some(), "PrimaryPhone"),
            (self.is_private.is_some(), "IsPrivate"),
            (self.anniversary.is_some(), "Anniversary"),
            (self.gender.is_some(), "Gender"),
            (self.time_zone.is_some(), "TimeZone"),
            (self.trust_level.is_some(), "TrustLevel"),
            (!self.networks.is_empty(), "NetworkInfo"),
            (self.public_display_name.is_some(), "PublicDisplayName"),
            (self.is_auto_update_disabled.is_some(), "IsAutoUpdateDisabled"),
            (self.is_hidden.is_some(), "IsHidden"),
            (self.is_shell_contact.is_some(), "IsShellContact"),
            (self.messenger_member_info.is_some(), "MessengerMemberInfo"),
            (self.file_as.is_some(), "FileAs"),
        ])
    }
}

/// How much is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Say {
    /// What clients look at without asking whether it is there, is always said: in answers.
    All,
    /// What is known or wanted, and nothing else: in requests.
    Said,
}

impl Say {
    /// The value, or what is said if it is not known.
    pub(super) fn or<T>(self, value: Option<T>, unknown: T) -> Option<T> {
        match self {
            Self::All => Some(value.unwrap_or(unknown)),
            Self::Said => value,
        }
    }
}
