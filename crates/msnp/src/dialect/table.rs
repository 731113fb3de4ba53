//! The table itself. Read from top to bottom it is the protocol's change log.

use super::{
    CapabilityForm, Challenge, Configuration, Dialect, Groups, ListEdits, ListForm, ListVersion, MailForm,
    ObjectForm, OfflineMessages, Package, PersonalDataForm, PresenceAddress, Profile, Properties, Referral,
    SwitchboardTail, Verbs, Welcome,
};
use crate::types::ErrorCode;
use crate::version::Version;
use crate::wire::Verb;

/// MSN Messenger 1.0, July 1999.
pub const MSNP2: Dialect = Dialect {
    version: Version(2),
    from_client: Verbs::NONE.and(&[
        Verb::VER,
        Verb::INF,
        Verb::CVR,
        Verb::USR,
        Verb::XFR,
        Verb::OUT,
        Verb::PNG,
        Verb::SYN,
        Verb::LST,
        Verb::GTC,
        Verb::BLP,
        Verb::ADD,
        Verb::REM,
        Verb::REA,
        Verb::CHG,
        Verb::URL,
        Verb::FND,
        Verb::SND,
    ]),
    from_server: Verbs::NONE.and(&[
        Verb::VER,
        Verb::INF,
        Verb::CVR,
        Verb::USR,
        Verb::XFR,
        Verb::OUT,
        Verb::QNG,
        Verb::SYN,
        Verb::LST,
        Verb::GTC,
        Verb::BLP,
        Verb::ADD,
        Verb::REM,
        Verb::REA,
        Verb::CHG,
        Verb::ILN,
        Verb::NLN,
        Verb::FLN,
        Verb::RNG,
        Verb::MSG,
        Verb::URL,
        Verb::FND,
        Verb::SND,
    ]),
    sign_in: &[Package::Md5],
    welcome: Welcome { name: true, verified: false, restricted: false },
    // The 1.0 client wants the zero that one source dates to MSNP3.
    referral: Referral::Zero,
    profile: Profile::LoginTime,
    announces_sbs: false,
    knows_when_to_return: false,
    echoes_out: true,
    lists: ListForm::PerList,
    list_version: ListVersion::Counter,
    list_edits: ListEdits::Add,
    groups: Groups::None,
    properties: Properties::None,
    has_pending_list: false,
    has_telephone_contacts: false,
    sets_contact_phones: false,
    unknown_account: ErrorCode::INVALID_USER,
    forward_list_limit: 600,
    capabilities: CapabilityForm::None,
    fills_in_capabilities: false,
    object: ObjectForm::None,
    presence_address: PresenceAddress::Plain,
    personal_data: PersonalDataForm::None,
    repeats_personal_data: false,
    has_places: false,
    has_circles: false,
    errors_with_length: &[],
    challenge: Challenge::None,
    tells_ping_interval: false,
    configuration: Configuration::None,
    mail: MailForm::One,
    switchboard_tail: SwitchboardTail::None,
    roster_capabilities: CapabilityForm::None,
    has_data_messages: false,
    has_nudges: false,
    hidden_may_chat: false,
    offline_messages: OfflineMessages::BySwitchboard,
};

/// MSN Messenger 2.0, November 1999; MSN TV.
pub const MSNP3: Dialect = Dialect {
    version: Version(3),
    from_client: MSNP2.from_client.and(&[Verb::IMS]),
    from_server: MSNP2.from_server.and(&[Verb::IMS]),
    profile: Profile::Passport,
    mail: MailForm::Counts,
    ..MSNP2
};

/// MSN Messenger 2.1 and 2.2, March 2000: the client's id in `CVR` and `SND`.
pub const MSNP4: Dialect = Dialect { version: Version(4), ..MSNP3 };

/// MSN Messenger 3.0, August 2000: properties, alerts, paging.
pub const MSNP5: Dialect = Dialect {
    version: Version(5),
    from_client: MSNP4.from_client.and(&[Verb::PRP, Verb::PAG, Verb::SDC]),
    from_server: MSNP4.from_server.and(&[Verb::PRP, Verb::BPR, Verb::NOT, Verb::SDC]),
    properties: Properties::All,
    ..MSNP4
};

/// MSN Messenger 3.6: challenges.
pub const MSNP6: Dialect = Dialect {
    version: Version(6),
    from_client: MSNP5.from_client.and(&[Verb::CHL, Verb::QRY]),
    from_server: MSNP5.from_server.and(&[Verb::CHL, Verb::QRY, Verb::IPG]),
    welcome: Welcome { verified: true, ..MSNP5.welcome },
    challenge: Challenge::Md5,
    ..MSNP5
};

/// MSN Messenger 4.5, 2002: groups.
pub const MSNP7: Dialect = Dialect {
    version: Version(7),
    from_client: MSNP6.from_client.and(&[Verb::LSG, Verb::ADG, Verb::RMG, Verb::REG]),
    from_server: MSNP6.from_server.and(&[Verb::LSG, Verb::ADG, Verb::RMG, Verb::REG]),
    referral: Referral::ZeroAndOrigin,
    groups: Groups::Numbered,
    ..MSNP6
};

/// MSN Messenger 5.0, February 2003; Windows Messenger 4.7 to 5.1; MSN TV 2: Passport.
pub const MSNP8: Dialect = Dialect {
    version: Version(8),
    from_client: MSNP7.from_client.but(&[Verb::INF, Verb::FND]),
    from_server: MSNP7.from_server.but(&[Verb::INF, Verb::FND]),
    sign_in: &[Package::Tweener],
    welcome: Welcome { restricted: true, ..MSNP7.welcome },
    profile: Profile::WithAddress,
    lists: ListForm::PerPerson,
    properties: Properties::SetOnes,
    capabilities: CapabilityForm::Single,
    fills_in_capabilities: true,
    ..MSNP7
};

/// MSN Messenger 6.0, July 2003: MSN objects and data messages.
pub const MSNP9: Dialect = Dialect {
    version: Version(9),
    from_client: MSNP8.from_client.but(&[Verb::LST, Verb::LSG, Verb::PAG, Verb::IMS]).and(&[Verb::PGD]),
    from_server: MSNP8.from_server.but(&[Verb::IMS]),
    object: ObjectForm::Omitted,
    tells_ping_interval: true,
    has_data_messages: true,
    ..MSNP8
};

/// MSN Messenger 6.1, late 2003: contacts and groups have GUIDs, the lists are those of the address book.
pub const MSNP10: Dialect = Dialect {
    version: Version(10),
    from_client: MSNP9.from_client.but(&[Verb::ADD, Verb::REA]).and(&[Verb::ADC, Verb::SBP]),
    from_server: MSNP9.from_server.but(&[Verb::ADD, Verb::REA]).and(&[Verb::ADC, Verb::SBP]),
    welcome: Welcome { name: false, ..MSNP9.welcome },
    profile: Profile::Migrated,
    lists: ListForm::Named,
    list_version: ListVersion::Timestamps,
    list_edits: ListEdits::Adc,
    groups: Groups::Guid,
    properties: Properties::SetOnesAndName,
    has_pending_list: true,
    unknown_account: ErrorCode::INVALID_USERNAME,
    ..MSNP9
};

/// MSN Messenger 7.0, April 2005: personal messages and a new challenge.
///
/// Its official clients could fetch offline messages from the web services already. Others that speak MSNP11 and 12 can't,
/// and nobody is to get them by two ways, so chats have to do.
pub const MSNP11: Dialect = Dialect {
    version: Version(11),
    from_client: MSNP10.from_client.and(&[Verb::UUX, Verb::GCF, Verb::GSB]),
    from_server: MSNP10.from_server.and(&[Verb::UUX, Verb::UBX, Verb::GCF, Verb::SBS]),
    announces_sbs: true,
    knows_when_to_return: true,
    has_telephone_contacts: true,
    has_nudges: true,
    sets_contact_phones: true,
    personal_data: PersonalDataForm::Message,
    challenge: Challenge::LockAndKey,
    configuration: Configuration::Requested,
    mail: MailForm::Document,
    ..MSNP10
};

/// MSN Messenger 7.5, August 2005: contacts of other networks.
pub const MSNP12: Dialect = Dialect {
    version: Version(12),
    from_client: MSNP11.from_client.and(&[Verb::LKP]),
    lists: ListForm::NamedWithNetwork,
    fills_in_capabilities: false,
    roster_capabilities: CapabilityForm::Single,
    ..MSNP11
};

/// Windows Live Messenger 8.0 betas, 2006: the lists come from the address book.
pub const MSNP13: Dialect = Dialect {
    version: Version(13),
    from_client: MSNP12
        .from_client
        .but(&[Verb::SYN, Verb::ADC, Verb::REM, Verb::SBP, Verb::ADG, Verb::RMG, Verb::REG, Verb::GTC])
        .and(&[Verb::ADL, Verb::RML, Verb::UUN]),
    from_server: MSNP12
        .from_server
        .but(&[
            Verb::SYN,
            Verb::LST,
            Verb::LSG,
            Verb::BPR,
            Verb::ADC,
            Verb::REM,
            Verb::SBP,
            Verb::ADG,
            Verb::RMG,
            Verb::REG,
            Verb::GTC,
        ])
        .and(&[Verb::ADL, Verb::RML, Verb::UUN, Verb::UBN, Verb::RFS]),
    referral: Referral::Letters,
    echoes_out: false,
    lists: ListForm::AddressBook,
    list_version: ListVersion::AddressBook,
    list_edits: ListEdits::AddressBook,
    groups: Groups::AddressBook,
    properties: Properties::AddressBook,
    sets_contact_phones: false,
    forward_list_limit: 1000,
    errors_with_length: &[
        ErrorCode::INVALID_FEDERATED_USER,
        ErrorCode::UNROUTABLE_USER,
        ErrorCode::INVALID_USER,
        ErrorCode::LIST_FULL,
        ErrorCode::UNKNOWN_KEITAI_DOMAIN,
        ErrorCode::INVALID_XML_DATA,
        ErrorCode::FEDERATED_SERVER_ERROR,
        ErrorCode::UUM_ERROR,
        ErrorCode::PPLATFORM_SERVER,
        ErrorCode::INVALID_CIRCLE_MEMBERSHIP,
    ],
    object: ObjectForm::Zero,
    personal_data: PersonalDataForm::Machine,
    configuration: Configuration::Pushed,
    switchboard_tail: SwitchboardTail::Domain,
    hidden_may_chat: true,
    offline_messages: OfflineMessages::ByWebService,
    ..MSNP12
};

/// Windows Live Messenger 8.0, June 2006: Yahoo! contacts.
pub const MSNP14: Dialect = Dialect {
    version: Version(14),
    from_client: MSNP13.from_client.and(&[Verb::FQY, Verb::UUM]),
    from_server: MSNP13.from_server.and(&[Verb::FQY, Verb::UUM, Verb::UBM]),
    presence_address: PresenceAddress::WithNetwork,
    switchboard_tail: SwitchboardTail::DomainAndFlag,
    ..MSNP13
};

/// Windows Live Messenger 8.1 and 8.5, 2006 and 2007: single sign-on.
pub const MSNP15: Dialect = Dialect {
    version: Version(15),
    // Messenger for Mac 8 goes on with Tweener.
    sign_in: &[Package::SingleSignOn, Package::Tweener],
    ..MSNP14
};

/// Windows Live Messenger 9.0 beta, 2007: several places at once.
pub const MSNP16: Dialect = Dialect {
    version: Version(16),
    profile: Profile::SeveralPlaces,
    capabilities: CapabilityForm::Pair,
    personal_data: PersonalDataForm::Places,
    repeats_personal_data: true,
    has_places: true,
    roster_capabilities: CapabilityForm::Pair,
    ..MSNP15
};

/// Windows Live Messenger 2009: circles.
pub const MSNP18: Dialect = Dialect {
    version: Version(18),
    from_client: MSNP16.from_client.and(&[Verb::PUT, Verb::DEL, Verb::SDG, Verb::VAS]),
    from_server: MSNP16.from_server.but(&[Verb::ILN]).and(&[Verb::PUT, Verb::DEL, Verb::NFY, Verb::SDG]),
    presence_address: PresenceAddress::Prefixed,
    personal_data: PersonalDataForm::Scenes,
    has_circles: true,
    ..MSNP16
};

impl Dialect {
    /// Every dialect of the table, the oldest first.
    pub const ALL: &'static [&'static Self] = &[
        &MSNP2, &MSNP3, &MSNP4, &MSNP5, &MSNP6, &MSNP7, &MSNP8, &MSNP9, &MSNP10, &MSNP11, &MSNP12, &MSNP13,
        &MSNP14, &MSNP15, &MSNP16, &MSNP18,
    ];
}
