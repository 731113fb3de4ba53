//! The web pages that clients open by `URL` and from notices of mail: which there are, under which paths of ours, and
//! where the operator has them (notification-server reference, 18.2; web-services reference, 11).
//!
//! A client is only ever told a path of this server, `/page/inbox`. Whoever opens it gets the operator's page for it,
//! by a redirect, or a page of ours that says what there is instead. So no form that comes back from a client has to
//! be believed when it says where to go on: it may name one of these paths and nothing else.

mod address;

use std::borrow::Cow;
use std::collections::BTreeMap;

use msnp::types::Email;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub use address::{InvalidAddress, WebAddress};

/// Where clients post what signs them in to a page, as they were told by `URL`.
pub const SIGN_IN: &str = "/ppsecure/md5auth.srf?lc=1033";

/// What the paths of pages begin with.
const PREFIX: &str = "/page/";

/// The longest name of a message that a mail server may give it, in bytes.
pub const MAX_MESSAGE_ID: usize = 200;

/// The longest language, `0x0409` or `1033`.
const MAX_LANGUAGE: usize = 8;

/// What stays as it is in a path or a query. A slash stays too: a mail server may name messages by path.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A page that clients know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// The mail that has come.
    Inbox,
    /// The other folders.
    Folders,
    /// A new mail, to somebody if the client says whom.
    Compose,
    /// One mail.
    Message,
    /// The address book.
    AddressBook,
    /// One's own settings.
    Person,
    /// A new password.
    Password,
    /// One's profile.
    Profile,
    /// The mobile service.
    Mobile,
    /// Its settings.
    ChangeMobile,
    /// Chat rooms.
    Chat,
    /// Finding people.
    AdvancedSearch,
    /// Finding people by what they like.
    InterestSearch,
    /// Calling telephones.
    PhoneAccount,
    /// Paying for that.
    PhoneFund,
}

/// What a page may be told in addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parameter {
    None,
    /// Somebody's address.
    Address,
    /// A language.
    Language,
    /// The name of a message.
    MessageId,
}

impl Parameter {
    /// How the operator writes its place in an address.
    const fn placeholder(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Address => Some("{address}"),
            Self::Language => Some("{language}"),
            Self::MessageId => Some("{id}"),
        }
    }

    /// What a client says, if it is something of the kind.
    fn read(self, said: &str) -> Option<String> {
        let is_one = match self {
            Self::None => false,
            Self::Address => return said.parse::<Email>().ok().map(|email| email.as_str().to_owned()),
            Self::Language => {
                (1..=MAX_LANGUAGE).contains(&said.len()) && said.bytes().all(|b| b.is_ascii_alphanumeric())
            }
            Self::MessageId => (1..=MAX_MESSAGE_ID).contains(&said.len()) && !said.contains(char::is_control),
        };
        is_one.then(|| said.to_owned())
    }
}

impl Page {
    /// All of them, as the operator reads of them.
    pub const ALL: [Self; 15] = [
        Self::Inbox,
        Self::Folders,
        Self::Compose,
        Self::Message,
        Self::AddressBook,
        Self::Person,
        Self::Password,
        Self::Profile,
        Self::Mobile,
        Self::ChangeMobile,
        Self::Chat,
        Self::AdvancedSearch,
        Self::InterestSearch,
        Self::PhoneAccount,
        Self::PhoneFund,
    ];

    /// The word by which clients ask for it, in lower case: also its key in the configuration, and in its path.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Folders => "folders",
            Self::Compose => "compose",
            Self::Message => "message",
            Self::AddressBook => "addrbook",
            Self::Person => "person",
            Self::Password => "password",
            Self::Profile => "profile",
            Self::Mobile => "mobile",
            Self::ChangeMobile => "chgmob",
            Self::Chat => "chat",
            Self::AdvancedSearch => "advsearch",
            Self::InterestSearch => "intsearch",
            Self::PhoneAccount => "n2paccount",
            Self::PhoneFund => "n2pfund",
        }
    }

    /// The page that is called so, in whatever letter case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name().eq_ignore_ascii_case(name))
    }

    /// Passport's number for the site that had it.
    pub const fn site_id(self) -> u32 {
        match self {
            Self::Mobile | Self::ChangeMobile => 961,
            Self::Chat => 2260,
            Self::PhoneAccount | Self::PhoneFund => 2823,
            Self::Profile => 4263,
            _ => 2,
        }
    }

    const fn parameter(self) -> Parameter {
        match self {
            Self::Compose => Parameter::Address,
            Self::Message => Parameter::MessageId,
            Self::Person | Self::Profile | Self::Chat | Self::PhoneAccount | Self::PhoneFund => {
                Parameter::Language
            }
            _ => Parameter::None,
        }
    }
}

/// A page with what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which page.
    pub page: Page,
    parameter: Option<String>,
}

impl Target {
    /// Whether it has a parameter that is one for its page.
    pub fn has_parameter(&self) -> bool {
        self.parameter.is_some()
    }

    /// A page with a parameter, which is left out where it is none for that page.
    pub fn new(page: Page, parameter: Option<&str>) -> Self {
        Self { page, parameter: parameter.and_then(|said| page.parameter().read(said)) }
    }

    /// What a client asks for by `URL`: of words that nobody knows, the inbox.
    pub fn asked(service: &str, parameter: Option<&str>) -> Self {
        Self::new(Page::named(service).unwrap_or(Page::Inbox), parameter)
    }

    /// What stands behind a path of ours with its query; `None` where nothing does.
    pub fn at(path: &str, query: Option<&str>) -> Option<Self> {
        let start = path.get(..PREFIX.len()).filter(|start| start.eq_ignore_ascii_case(PREFIX))?;
        let page = Page::named(path.get(start.len()..)?)?;
        let parameter = query.and_then(|query| percent_decode_str(query).decode_utf8().ok());
        Some(Self::new(page, parameter.as_deref()))
    }

    /// The same of both in one, as forms have it.
    pub fn at_reference(reference: &str) -> Option<Self> {
        let (path, query) =
            reference.split_once('?').map_or((reference, None), |(path, query)| (path, Some(query)));
        Self::at(path, query)
    }

    /// The path that clients are told, without spaces or anything else that would end it.
    pub fn path(&self) -> String {
        let name = self.page.name();
        match &self.parameter {
            Some(parameter) => format!("{PREFIX}{name}?{}", utf8_percent_encode(parameter, KEPT)),
            None => format!("{PREFIX}{name}"),
        }
    }
}

/// Where the operator has pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages(BTreeMap<Page, Place>);

/// An address with places for what a page is told.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place(String);

impl Pages {
    /// Takes another page.
    ///
    /// # Errors
    /// When nobody could open it.
    pub fn insert(&mut self, page: Page, address: &str) -> Result<(), InvalidPlace> {
        let placeholder = page.parameter().placeholder();
        // With the placeholder filled in, the rest has to be an address.
        let filled = placeholder.map_or(Cow::Borrowed(address), |place| address.replace(place, "x").into());
        if filled.contains(['{', '}']) {
            return Err(match placeholder {
                Some(placeholder) => InvalidPlace::OtherPlaceholder(placeholder),
                None => InvalidPlace::NoPlaceholder,
            });
        }
        filled.parse::<WebAddress>()?;
        // What a client says must not become part of the host's name.
        let authority = address.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('{') {
            return Err(InvalidPlace::InHost);
        }
        self.0.insert(page, Place(address.to_owned()));
        Ok(())
    }

    /// All of them, with the addresses as they were written.
    pub fn iter(&self) -> impl Iterator<Item = (Page, &str)> {
        self.0.iter().map(|(page, place)| (*page, place.0.as_str()))
    }

    /// Whether there is mail: clients show an inbox then, and are told of what comes.
    pub fn has_mail(&self) -> bool {
        self.0.contains_key(&Page::Inbox)
    }

    /// The operator's page for it.
    pub fn place_of(&self, target: &Target) -> Option<String> {
        let Place(address) = self.0.get(&target.page)?;
        let Some(placeholder) = target.page.parameter().placeholder() else { return Some(address.clone()) };
        let parameter = target.parameter.as_deref().unwrap_or_default();
        Some(address.replace(placeholder, &utf8_percent_encode(parameter, KEPT).to_string()))
    }
}

/// Why nobody could open a page at that address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlace {
    /// It is no address.
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    /// Braces that mean nothing here.
    #[error("nothing is filled in for braces here")]
    NoPlaceholder,
    /// Braces with something else than what this page is told.
    #[error("the only thing filled in here is {0}")]
    OtherPlaceholder(&'static str),
    /// Something to be filled in where the host stands.
    #[error("the host must not be something that is filled in")]
    InHost,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pages(places: &[(Page, &str)]) -> Pages {
        let mut pages = Pages::default();
        for (page, address) in places {
            pages.insert(*page, address).unwrap();
        }
        pages
    }

    #[test]
    fn every_page_has_a_name_that_leads_back() {
        for page in Page::ALL {
            assert_eq!(Page::named(&page.name().to_uppercase()), Some(page));
            let target = Target::new(page, None);
            assert_eq!(Target::at_reference(&target.path()), Some(target));
        }
    }

    #[test]
    fn what_clients_ask_for_has_a_path() {
        for (service, parameter, path) in [
            ("INBOX", None, "/page/inbox"),
            ("inbox", Some("0x0409"), "/page/inbox"),
            ("COMPOSE", None, "/page/compose"),
            ("COMPOSE", Some("bob+a@example.net"), "/page/compose?bob%2Ba%40example.net"),
            ("COMPOSE", Some("bob"), "/page/compose"),
            ("PERSON", Some("0x0409"), "/page/person?0x0409"),
            ("PERSON", Some("0x0409&x"), "/page/person"),
            ("CHGMOB", None, "/page/chgmob"),
            ("NONSENSE", Some("x"), "/page/inbox"),
        ] {
            assert_eq!(Target::asked(service, parameter).path(), path);
        }
    }

    #[test]
    fn nothing_else_is_a_target() {
        for elsewhere in [
            "",
            "/",
            "http://evil.example/page/inbox",
            "//evil.example/page/inbox",
            "/page/",
            "/page/nonsense",
            "/page/inbox/../../x",
            "/pagé/inbox",
            "page/inbox",
        ] {
            assert_eq!(Target::at_reference(elsewhere), None, "{elsewhere}");
        }
        assert_eq!(Target::at_reference("/Page/INBOX?x"), Some(Target::new(Page::Inbox, None)));
    }

    #[test]
    fn the_operators_page_is_told_what_the_client_said() {
        let pages = pages(&[
            (Page::Inbox, "https://mail.example.com/"),
            (Page::Compose, "https://mail.example.com/?to={address}&x=1"),
            (Page::Message, "https://mail.example.com/read/{id}"),
        ]);
        let place = |service, parameter| pages.place_of(&Target::asked(service, parameter));
        assert_eq!(place("INBOX", None).as_deref(), Some("https://mail.example.com/"));
        assert_eq!(
            place("COMPOSE", Some("bob@example.net")).as_deref(),
            Some("https://mail.example.com/?to=bob%40example.net&x=1")
        );
        assert_eq!(place("COMPOSE", None).as_deref(), Some("https://mail.example.com/?to=&x=1"));
        assert_eq!(
            place("MESSAGE", Some("cur/7 é?#")).as_deref(),
            Some("https://mail.example.com/read/cur/7%20%C3%A9%3F%23")
        );
        assert_eq!(place("MOBILE", None), None);
        assert!(pages.has_mail());
    }

    #[test]
    fn a_place_that_nobody_could_open_is_refused() {
        let mut pages = Pages::default();
        let mut refused = |page, address| pages.insert(page, address).unwrap_err().to_string();
        assert!(refused(Page::Inbox, "mail.example.com").contains("http"));
        assert!(refused(Page::Inbox, "https://mail.example.com/{address}").contains("nothing is filled in"));
        assert!(refused(Page::Compose, "https://mail.example.com/{id}").contains("{address}"));
        assert!(refused(Page::Message, "https://mail.example.com{id}").contains("host"));
        assert!(refused(Page::Message, "https://{id}/").contains("host"));
        assert_eq!(pages, Pages::default());
        assert!(!pages.has_mail());
    }

    proptest! {
        #[test]
        fn a_path_is_one_word_and_leads_back(parameter in "\\PC{0,40}", page in 0..Page::ALL.len()) {
            let target = Target::new(Page::ALL[page], Some(&parameter));
            let path = target.path();
            prop_assert!(path.bytes().all(|b| b.is_ascii_graphic()), "{path}");
            prop_assert_eq!(Target::at_reference(&path), Some(target));
        }

        #[test]
        fn nobody_is_sent_to_another_host(id in "\\PC{0,40}") {
            let pages = pages(&[(Page::Message, "https://mail.example.com/{id}")]);
            let place = pages.place_of(&Target::new(Page::Message, Some(&id))).unwrap();
            prop_assert!(place.starts_with("https://mail.example.com/"), "{place}");
        }
    }
}
