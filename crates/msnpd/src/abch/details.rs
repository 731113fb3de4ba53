//! What contacts have that no list needs, as names and values in the store.

use msnp::soap::abch::types::{
    Annotation, ContactEmail, ContactInfo, ContactLocation, ContactPhone, ContactWebSite, EmailType,
    LocationType, PhoneType, WebSiteType,
};

use crate::store::{DetailEdit, Details};

/// The texts of a contact, each with its name in the store.
macro_rules! texts {
    ($apply:ident) => {
        $apply! {
            quick_name "quickName", first_name "firstName", middle_name "MiddleName", last_name "lastName",
            suffix "Suffix", name_title "NameTitle", comment "comment", birthdate "birthdate",
            anniversary "Anniversary", gender "Gender", time_zone "TimeZone", trust_level "TrustLevel",
            public_display_name "PublicDisplayName", file_as "FileAs"
        }
    };
}

/// The marks of a contact. What is off is not kept.
macro_rules! flags {
    ($apply:ident) => {
        $apply! {
            is_passport_name_hidden "IsPassportNameHidden", is_not_mobile_visible "IsNotMobileVisible",
            is_mobile_im_enabled "isMobileIMEnabled", is_favorite "isFavorite", is_smtp "isSmtp",
            has_space "hasSpace", is_private "IsPrivate", is_auto_update_disabled "IsAutoUpdateDisabled",
            is_hidden "IsHidden", is_shell_contact "IsShellContact"
        }
    };
}

/// The parts of a place.
macro_rules! location {
    ($apply:ident) => {
        $apply! {
            name "name", street "street", city "city", state "state", country "country",
            postal_code "postalCode", department "Department"
        }
    };
}

const ON: &str = "true";

/// The first parts of names of what there may be several of.
const EMAIL: &str = "email/";
const PHONE: &str = "phone/";
const LOCATION: &str = "location/";
const WEB_SITE: &str = "web/";
const ANNOTATION: &str = "annotation/";

/// One's own mobile number: others' are the lists'.
pub(super) const MOBILE: &str = "phone/ContactPhoneMobile";

/// What follows the kind where something else than the address or the number is meant.
const ENABLED: &str = "/isMessengerEnabled";
const CAPABILITY: &str = "/Capability";

fn flag(value: bool) -> Option<String> {
    value.then(|| ON.to_owned())
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// What a request says of a contact, as the store keeps it. Name, mobile number, and what the lists say is not among it.
pub(super) fn edits(info: &ContactInfo) -> Vec<DetailEdit> {
    let mut edits = Vec::new();
    let mut set = |name: String, value: Option<String>| edits.push((name, value));
    macro_rules! set_texts {
        ($($field:ident $name:literal),*) => {
            $(if let Some(text) = &info.$field { set($name.to_owned(), given(text)); })*
        };
    }
    macro_rules! set_flags {
        ($($field:ident $name:literal),*) => {
            $(if let Some(on) = info.$field { set($name.to_owned(), flag(on)); })*
        };
    }
    texts!(set_texts);
    flags!(set_flags);
    if let Some(kind) = info.primary_email_type {
        set("primaryEmailType".to_owned(), given(kind.as_str()));
    }
    if let Some(kind) = info.primary_location {
        set("PrimaryLocation".to_owned(), given(kind.as_str()));
    }
    if let Some(kind) = info.primary_phone {
        set("PrimaryPhone".to_owned(), given(kind.as_str()));
    }
    for one in &info.emails {
        let name = format!("{EMAIL}{}", one.kind);
        if let Some(address) = &one.email {
            set(name.clone(), given(address));
        }
        if let Some(on) = one.is_messenger_enabled {
            set(format!("{name}{ENABLED}"), flag(on));
        }
        if let Some(capability) = one.capability {
            set(format!("{name}{CAPABILITY}"), (capability != 0).then(|| capability.to_string()));
        }
    }
    for one in &info.phones {
        let name = format!("{PHONE}{}", one.kind);
        if let Some(number) = one.number.as_ref().filter(|_| one.kind != PhoneType::Mobile) {
            set(name.clone(), given(number));
        }
        if let Some(on) = one.is_messenger_enabled {
            set(format!("{name}{ENABLED}"), flag(on));
        }
    }
    for one in &info.locations {
        macro_rules! set_location {
            ($($field:ident $name:literal),*) => {
                $(if let Some(text) = &one.$field {
                    set(format!("{LOCATION}{}/{}", one.kind, $name), given(text));
                })*
            };
        }
        location!(set_location);
    }
    for one in &info.web_sites {
        set(format!("{WEB_SITE}{}", one.kind), given(&one.url));
    }
    for one in &info.annotations {
        set(format!("{ANNOTATION}{}", one.name), given(&one.value));
    }
    edits
}

/// Adds what the store has of a contact to what is known of him already.
pub(super) fn fill(info: &mut ContactInfo, details: Details) {
    for (name, value) in details {
        // What a newer version of this program has noted is none of ours.
        let _ = fill_one(info, &name, value);
    }
}

fn fill_one(info: &mut ContactInfo, name: &str, value: String) -> Option<()> {
    macro_rules! get_texts {
        ($($field:ident $name:literal),*) => {
            match name { $($name => { info.$field = Some(value); return Some(()); })* _ => {} }
        };
    }
    macro_rules! get_flags {
        ($($field:ident $name:literal),*) => {
            match name { $($name => { info.$field = Some(value == ON); return Some(()); })* _ => {} }
        };
    }
    texts!(get_texts);
    flags!(get_flags);
    match name {
        "primaryEmailType" => info.primary_email_type = EmailType::named(&value),
        "PrimaryLocation" => info.primary_location = LocationType::named(&value),
        "PrimaryPhone" => info.primary_phone = PhoneType::named(&value),
        _ => {
            if let Some(rest) = name.strip_prefix(ANNOTATION) {
                info.annotations.push(Annotation::new(rest, value));
            } else if let Some(rest) = name.strip_prefix(EMAIL) {
                let (kind, what) = rest.split_once('/').unwrap_or((rest, ""));
                let email = email(info, EmailType::named(kind)?)?;
                match what {
                    "" => email.email = Some(value),
                    "isMessengerEnabled" => email.is_messenger_enabled = Some(value == ON),
                    "Capability" => email.capability = value.parse().ok(),
                    _ => {}
                }
            } else if let Some(rest) = name.strip_prefix(PHONE) {
                let (kind, what) = rest.split_once('/').unwrap_or((rest, ""));
                let phone = phone(info, PhoneType::named(kind)?)?;
                match what {
                    "" => phone.number = Some(value),
                    "isMessengerEnabled" => phone.is_messenger_enabled = Some(value == ON),
                    _ => {}
                }
            } else if let Some(rest) = name.strip_prefix(LOCATION) {
                let (kind, what) = rest.split_once('/')?;
                let place = place(info, LocationType::named(kind)?)?;
                macro_rules! get_location {
                    ($($field:ident $name:literal),*) => {
                        match what { $($name => place.$field = Some(value),)* _ => {} }
                    };
                }
                location!(get_location);
            } else if let Some(kind) = name.strip_prefix(WEB_SITE).and_then(WebSiteType::named) {
                info.web_sites.push(ContactWebSite { kind, url: value });
            }
        }
    }
    Some(())
}

/// The contact's address of a kind, made where he has none.
pub(super) fn email(info: &mut ContactInfo, kind: EmailType) -> Option<&mut ContactEmail> {
    let new = ContactEmail { kind, email: None, is_messenger_enabled: None, capability: None };
    find_or_add(&mut info.emails, |one| one.kind == kind, new)
}

/// The contact's number of a kind, made where he has none.
pub(super) fn phone(info: &mut ContactInfo, kind: PhoneType) -> Option<&mut ContactPhone> {
    let new = ContactPhone { kind, number: None, is_messenger_enabled: None };
    find_or_add(&mut info.phones, |one| one.kind == kind, new)
}

fn place(info: &mut ContactInfo, kind: LocationType) -> Option<&mut ContactLocation> {
    let new = ContactLocation {
        kind,
        name: None,
        street: None,
        city: None,
        state: None,
        country: None,
        postal_code: None,
        department: None,
    };
    find_or_add(&mut info.locations, |one| one.kind == kind, new)
}

/// The first of those that `is` holds of, which is `new` where there was none.
fn find_or_add<T>(all: &mut Vec<T>, is: impl Fn(&T) -> bool, new: T) -> Option<&mut T> {
    if !all.iter().any(&is) {
        all.push(new);
    }
    all.iter_mut().find(|one| is(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is set, as the store would have it.
    fn stored(info: &ContactInfo) -> Details {
        let mut details: Details =
            edits(info).into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        details.sort();
        details
    }

    #[test]
    fn what_is_noted_comes_back() {
        let text = |text: &str| Some(text.to_owned());
        let info = ContactInfo {
            emails: vec![ContactEmail {
                kind: EmailType::Messenger2,
                email: text("carol@yahoo.example.com"),
                is_messenger_enabled: Some(true),
                capability: Some(32),
            }],
            phones: vec![ContactPhone {
                kind: PhoneType::Business,
                number: text("+1 (555) 0100"),
                is_messenger_enabled: None,
            }],
            locations: vec![ContactLocation {
                kind: LocationType::Business,
                name: text("Example Inc."),
                street: text("1 Main St"),
                city: text("Springfield"),
                state: text("XX"),
                country: text("Nowhere"),
                postal_code: text("00000"),
                department: text("Sales / East"),
            }],
            web_sites: vec![ContactWebSite {
                kind: WebSiteType::Personal,
                url: "http://example.com/?a=b".to_owned(),
            }],
            annotations: vec![Annotation::new("AB.NickName", "Bobby"), Annotation::new("AB.Spouse", "C/D")],
            quick_name: text("q"),
            first_name: text("f"),
            middle_name: text("m"),
            last_name: text("l"),
            suffix: text("s"),
            name_title: text("n"),
            comment: text("c\nd"),
            birthdate: text("1980-01-01T00:00:00"),
            anniversary: text("2000/01/01"),
            gender: text("Male"),
            time_zone: text("UTC"),
            trust_level: text("t"),
            public_display_name: text("p"),
            file_as: text("f, l"),
            is_favorite: Some(true),
            is_hidden: Some(true),
            has_space: Some(true),
            primary_email_type: Some(EmailType::Messenger2),
            primary_location: Some(LocationType::Business),
            primary_phone: Some(PhoneType::Mobile),
            ..ContactInfo::default()
        };
        let details = stored(&info);
        let mut back = ContactInfo::default();
        fill(&mut back, details.clone());
        assert_eq!(back, info);
        assert_eq!(stored(&back), details);
        fill(
            &mut back,
            vec![("of/the/future".to_owned(), "x".to_owned()), ("email/x/y".to_owned(), String::new())],
        );
        assert_eq!(back, info);
    }

    #[test]
    fn what_is_empty_or_off_goes() {
        let info = ContactInfo {
            comment: Some(String::new()),
            is_favorite: Some(false),
            annotations: vec![Annotation::new("AB.NickName", "")],
            ..ContactInfo::default()
        };
        let gone = edits(&info);
        assert_eq!(gone.len(), 3);
        assert!(gone.iter().all(|(_, value)| value.is_none()), "{gone:?}");
        assert!(edits(&ContactInfo::default()).is_empty());
    }
}
