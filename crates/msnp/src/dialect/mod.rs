//! How the versions of the protocol differ: one constant per version, each its predecessor with what changed.
//!
//! Fields are named after behaviour. Code asks a field and never compares versions; what MSNP10 means is therefore
//! what [`MSNP10`] says here, and nothing else. `docs/msnp-grid.md` is printed from this table by a test.
//!
//! Facts: notification-server reference, sections 5 to 13, 19 and 21; switchboard reference, section 1; for MSNP13
//! and later the later-versions reference, section 1. MSNP17, 19 and 20 are in no released client and in no source.

mod quirks;
mod table;
mod verbs;

pub use quirks::{Hints, Quirks};
pub use table::*;
pub use verbs::Verbs;

use crate::types::ErrorCode;
use crate::version::Version;
use crate::wire::Verb;

/// What one version of the protocol does.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// Its name.
    pub version: Version,
    /// What a client may say to a notification server.
    pub from_client: Verbs,
    /// What a notification server may say to a client.
    pub from_server: Verbs,

    /// The ways to sign in that a server of this version takes, the client's first choice first.
    pub sign_in: &'static [Package],
    /// What the last line of a sign-in tells about the account.
    pub welcome: Welcome,
    /// How a dispatch server sends a client on.
    pub referral: Referral,
    /// The fields of the profile message after sign-in.
    pub profile: Profile,
    /// Whether `SBS` follows the sign-in.
    pub announces_sbs: bool,
    /// Whether `OUT RCT minutes` tells a client when it may sign in again.
    pub knows_when_to_return: bool,
    /// Whether a client's `OUT` is answered with `OUT` before the connection closes.
    pub echoes_out: bool,

    /// How lists travel at sign-in.
    pub lists: ListForm,
    /// What tells a client whether its copy of the lists is still good.
    pub list_version: ListVersion,
    /// How lists are changed.
    pub list_edits: ListEdits,
    /// How groups are named.
    pub groups: Groups,
    /// Which properties of oneself and of contacts the lists come with.
    pub properties: Properties,
    /// Whether a user who was added and not asked yet stands on a pending list of his own. Where he does not, a
    /// client finds him by his standing on the reverse list alone, and the allow or block list ends it.
    pub has_pending_list: bool,
    /// Whether a contact may be a telephone number alone, `tel:+15550100`.
    pub has_telephone_contacts: bool,
    /// Whether a client gives a contact a mobile number with `SBP PHM`, and finds it in its lists again.
    pub sets_contact_phones: bool,
    /// The error for an account that does not exist.
    pub unknown_account: ErrorCode,
    /// How many contacts a client of this version may have on its forward list before adding stops.
    pub forward_list_limit: usize,

    /// What a client's capabilities look like in `CHG`, `ILN` and `NLN`.
    pub capabilities: CapabilityForm,
    /// Whether a `CHG` without capabilities is answered with `0` in their place.
    pub fills_in_capabilities: bool,
    /// Whether presence carries an MSN object, and what stands for none.
    pub object: ObjectForm,
    /// How presence names a contact.
    pub presence_address: PresenceAddress,
    /// What a user tells of himself beside his status (`UUX`, `UBX`).
    pub personal_data: PersonalDataForm,
    /// Whether what is told of oneself follows every change of the status, and is told to oneself as well.
    pub repeats_personal_data: bool,
    /// Whether a user has places, each with a GUID: told with the sign-in, named on switchboards, listed in `UBX`.
    pub has_places: bool,

    /// Whether there are circles, for which a client shows a ticket of their own with `USR t SHA`.
    pub has_circles: bool,

    /// Which error numbers are followed by the length of a payload that tells more, even if there is none.
    pub errors_with_length: &'static [ErrorCode],
    /// How the server makes a client prove itself with `CHL`.
    pub challenge: Challenge,
    /// Whether `QNG` says in how many seconds the next `PNG` is expected.
    pub tells_ping_interval: bool,
    /// How configuration files reach a client.
    pub configuration: Configuration,

    /// How a client is told of mail when it signs in.
    pub mail: MailForm,

    /// What follows the cookie in `XFR SB` and `RNG`.
    pub switchboard_tail: SwitchboardTail,
    /// Capabilities in the roster lines of a switchboard, `IRO` and `JOI`.
    pub roster_capabilities: CapabilityForm,
    /// Whether messages may be data, ack letter `D`.
    pub has_data_messages: bool,
    /// Whether clients know nudges.
    pub has_nudges: bool,
    /// Whether a hidden user may open a chat.
    pub hidden_may_chat: bool,
    /// How a user gets what was said to him while he was away.
    pub offline_messages: OfflineMessages,
}

/// A way to sign in: the first argument of `USR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Package {
    /// `MD5`: a challenge, answered with an MD5 of it and the password.
    Md5,
    /// `TWN`, Tweener: a ticket from the Passport login server.
    Tweener,
    /// `SSO`, single sign-on: a ticket, and the proof of having the secret that came with it.
    SingleSignOn,
}

impl Package {
    /// Its word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Tweener => "TWN",
            Self::SingleSignOn => "SSO",
        }
    }
}

/// What `USR t OK address` tells besides the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The friendly name.
    pub name: bool,
    /// Whether the address is verified.
    pub verified: bool,
    /// Whether the account is restricted.
    pub restricted: bool,
}

/// What follows the address in `XFR t NS address`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referral {
    /// `0`
    Zero,
    /// `0` and the address of the server that refers
    ZeroAndOrigin,
    /// `U D`
    Letters,
}

/// Which fields the profile message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// The time of the sign-in alone.
    LoginTime,
    /// The Passport profile.
    Passport,
    /// And the client's address and port.
    WithAddress,
    /// And that the lists are in the form of the address book.
    Migrated,
    /// And that several places at once are possible.
    SeveralPlaces,
}

/// How lists travel at sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// Each list complete, one after another, every line with transaction id, version, index and total.
    PerList,
    /// One line per person with the sum of his list bits; the first line tells how many follow.
    PerPerson,
    /// The same with named fields, `N=` `F=` `C=`.
    Named,
    /// The same with the contact's network after the list bits.
    NamedWithNetwork,
    /// Not at all: the client has them from the address book and tells the server with `ADL`.
    AddressBook,
}

/// What tells a client whether its copy of the lists is still good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListVersion {
    /// A number that also stands in every reply and push that changes a list.
    Counter,
    /// Two points in time, one for lists and one for settings, in the answer to `SYN` alone.
    Timestamps,
    /// The address book's own points in time.
    AddressBook,
}

/// How lists are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListEdits {
    /// `ADD`, `REM` and `REA`, naming contacts by their address.
    Add,
    /// `ADC`, `REM` and `SBP`, naming forward contacts by GUID.
    Adc,
    /// By web services.
    AddressBook,
}

/// How groups are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// There are none.
    None,
    /// By number; everybody is in one, in group 0 if in no other. Who is left in none leaves the forward list.
    Numbered,
    /// By GUID; a contact may be in none.
    Guid,
    /// In the address book.
    AddressBook,
}

/// Which properties the lists come with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Properties {
    /// There are none.
    None,
    /// All, those without a value as well.
    All,
    /// Those that have a value.
    SetOnes,
    /// And the friendly name is one of them.
    SetOnesAndName,
    /// In the address book, but for the friendly name.
    AddressBook,
}

/// What capabilities look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapabilityForm {
    /// They are not told.
    None,
    /// A decimal number.
    Single,
    /// Two, with a colon between them.
    Pair,
}

/// Whether presence carries an MSN object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectForm {
    /// Never.
    None,
    /// If there is one; else the argument is left out.
    Omitted,
    /// Always; `0` stands for none.
    Zero,
}

/// How presence names a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresenceAddress {
    /// By his address.
    Plain,
    /// By his address, with his network in an argument of its own.
    WithNetwork,
    /// By network and address in one, `1:bob@example.net`.
    Prefixed,
}

impl PresenceAddress {
    /// Whether it tells on which network a contact is: elsewhere all are of this one.
    pub const fn has_network(self) -> bool {
        matches!(self, Self::WithNetwork | Self::Prefixed)
    }
}

/// Which elements the document has that a user tells of himself (later-versions reference, 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalDataForm {
    /// There is no such document.
    None,
    /// The personal message and what is playing.
    Message,
    /// And the GUID of the machine.
    Machine,
    /// Instead of the machine the places at which the user is; and a picture and a sound that go with the message.
    Places,
    /// And the scene behind it all.
    Scenes,
}

impl PersonalDataForm {
    /// Whether there is such a document.
    pub const fn is_told(self) -> bool {
        !matches!(self, Self::None)
    }

    /// Whether it has the GUID of the machine.
    pub const fn has_machine(self) -> bool {
        matches!(self, Self::Machine)
    }

    /// Whether it has places, and the picture and the sound that go with the message.
    pub const fn has_places(self) -> bool {
        matches!(self, Self::Places | Self::Scenes)
    }

    /// Whether it has the scene.
    pub const fn has_scenes(self) -> bool {
        matches!(self, Self::Scenes)
    }
}

/// How a client proves to be a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// It is never asked.
    None,
    /// MD5 of the challenge and the product's key.
    Md5,
    /// The computation that MSNP11 brought.
    LockAndKey,
}

/// How configuration files reach a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Configuration {
    /// Not at all.
    None,
    /// It asks with `GCF`.
    Requested,
    /// The server sends `GCF` unasked.
    Pushed,
}

/// How a client is told of mail when it signs in (notification-server reference, section 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailForm {
    /// By a content type that serves for new mail as well.
    One,
    /// By a content type of its own, with the counts in a field each.
    Counts,
    /// With the counts in an XML document, `Mail-Data`, which also tells of offline messages.
    Document,
}

/// What follows the cookie in `XFR SB` and `RNG`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchboardTail {
    /// Nothing.
    None,
    /// `U` and a domain.
    Domain,
    /// And whether a plain connection works.
    DomainAndFlag,
}

/// How messages for somebody who was away reach him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfflineMessages {
    /// Clients know nothing of them: in chats, into which the server invites him in the sender's name.
    BySwitchboard,
    /// He is told of them at sign-in, and his client fetches them from a web service.
    ByWebService,
}

impl Dialect {
    /// The dialect called `name` (`MSNP12`), in whatever letter case.
    pub fn named(name: &str) -> Option<&'static Self> {
        let digits = name.get(..4).filter(|word| word.eq_ignore_ascii_case("MSNP")).and(name.get(4..))?;
        // `parse` would take a sign or a zero in front.
        let number: u8 = digits.parse().ok().filter(|_| digits.starts_with(|c| matches!(c, '1'..='9')))?;
        Self::ALL.iter().find(|dialect| dialect.version.0 == number).copied()
    }

    /// Whether a client that says `verb` says something that this version has taken away, or that only a server says:
    /// the service closed the connection then. A word that no version up to this one knows was passed over.
    pub fn forbids(&self, verb: Verb) -> bool {
        let known = Self::ALL
            .iter()
            .take(self.index() + 1)
            .any(|dialect| dialect.from_client.contains(verb) || dialect.from_server.contains(verb));
        let of_the_switchboard =
            matches!(verb, Verb::ACK | Verb::ANS | Verb::BYE | Verb::CAL | Verb::IRO | Verb::JOI | Verb::NAK);
        !self.from_client.contains(verb) && (known || of_the_switchboard)
    }

    /// Where the dialect stands in [`Dialect::ALL`].
    pub fn index(&self) -> usize {
        Self::ALL.iter().position(|dialect| dialect == &self).unwrap_or(0)
    }
}

impl PartialEq for Dialect {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Eq for Dialect {}

#[cfg(test)]
mod grid;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_are_found_by_name() {
        assert_eq!(Dialect::named("msnp12"), Some(&MSNP12));
        for unknown in ["MSNP1", "MSNP17", "MSNP012", "MSNP", "CVR0", "MSNP+2", "Ä", ""] {
            assert_eq!(Dialect::named(unknown), None, "{unknown}");
        }
        for (index, dialect) in Dialect::ALL.iter().enumerate() {
            assert_eq!(dialect.index(), index);
        }
    }
}
