//! What nobody should send, and names that nobody should have.

use msnp::soap::abch::types::{
    Ab, AbInfo, Annotation, Contact, ContactInfo, Group, GroupInfo, Listed, MemberKind, MembershipId,
    OWN_BOOK, Role, ServiceType,
};
use msnp::soap::abch::{
    AddressBook, ErrorCode, Fault, Invalid, MAX_CONTACTS, MAX_GROUP_NAME, MAX_TEXT, Membership, Memberships,
    NAMESPACE, Operation, Owner, Reply, Request, Service, ServiceHeader, Timestamp,
};
use msnp::soap::envelope::InvalidEnvelope;
use msnp::soap::tree::{Element, Limits, Malformed};
use proptest::prelude::*;

use super::{asking, bob, friends, read};

const BEGIN: &str = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body>";

fn refused(document: &str) -> Invalid {
    read(document.as_bytes()).unwrap_err()
}

#[test]
fn what_is_no_request_gets_a_fault_that_says_so() {
    let bomb = "<!DOCTYPE x [<!ENTITY a '&b;&b;'><!ENTITY b 'bbbb'>]><x>&a;</x>";
    for (document, why) in [
        ("", InvalidEnvelope::Malformed(Malformed::Syntax)),
        ("<html>", InvalidEnvelope::Malformed(Malformed::Syntax)),
        (bomb, InvalidEnvelope::Malformed(Malformed::DocType)),
        ("<Envelope/>", InvalidEnvelope::NoEnvelope),
        (&format!("{BEGIN}</Body></Envelope>"), InvalidEnvelope::EmptyBody),
        (&format!("{BEGIN}<ABFindAll xmlns='urn:other'/></Body></Envelope>"), InvalidEnvelope::Namespace),
        (&format!("{BEGIN}<ABFindAll xmlns=''/></Body></Envelope>"), InvalidEnvelope::Namespace),
    ] {
        let invalid = refused(document);
        assert_eq!(invalid, Invalid::Envelope(why), "{document}");
        let fault = parse(&invalid.fault(None, "host"));
        let code = fault.find(&["Body", "Fault", "faultcode"]).unwrap().text();
        assert!(matches!(code, "soap:Client" | "soap:VersionMismatch"), "{code}");
    }
}

#[test]
fn an_unknown_operation_is_named() {
    let long = "x".repeat(500);
    for name in ["AddServiceVersion", &long] {
        let invalid = asking(&format!("<{name}/>")).unwrap_err();
        let fault = invalid.fault(None, "host");
        assert!(fault.contains(&name[..17.min(name.len())]), "{fault}");
        assert!(fault.len() < 1000);
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let contact = "<Contact><contactId>6f1c9f3e-1111-4a2b-8c3d-0000000000b0</contactId></Contact>";
    let delete = |count| {
        asking(&format!("<ABContactDelete><contacts>{}</contacts></ABContactDelete>", contact.repeat(count)))
    };
    assert!(delete(MAX_CONTACTS).is_ok());
    assert_eq!(delete(MAX_CONTACTS + 1), Err(Invalid::TooMany("Contact")));
    assert_eq!(delete(0), Err(Invalid::Missing("contactId")));

    let group = |length| {
        let name = "ä".repeat(length);
        asking(&format!(
            "<ABGroupAdd><groupInfo><GroupInfo><name>{name}</name></GroupInfo></groupInfo></ABGroupAdd>"
        ))
    };
    assert!(group(MAX_GROUP_NAME).is_ok());
    assert_eq!(group(0), Err(Invalid::Missing("name")));
    let invalid = group(MAX_GROUP_NAME + 1).unwrap_err();
    let fault = parse(&invalid.fault(Some(Operation::AbGroupAdd), "host"));
    let detail = fault.find(&["Body", "Fault", "detail"]).unwrap();
    assert_eq!(detail.child("errorcode").unwrap().text(), "BadArgumentLength");
    assert_eq!(detail.child("parameterFault").unwrap().text(), "GroupName");

    let name = "x".repeat(MAX_TEXT + 1);
    assert_eq!(
        asking(&format!(
            "<ABContactAdd><contacts><Contact><contactInfo><displayName>{name}</displayName></contactInfo></Contact>\
             </contacts></ABContactAdd>"
        )),
        Err(Invalid::TooLong("displayName"))
    );
}

#[test]
fn what_can_not_be_is_refused() {
    for (operation, why) in [
        ("<ABContactDelete/>", Invalid::Missing("contacts")),
        (
            "<ABContactDelete><contacts><Contact><contactId>1</contactId></Contact></contacts></ABContactDelete>",
            Invalid::Value("contactId"),
        ),
        ("<ABGroupDelete/>", Invalid::Missing("groupId")),
        ("<ABFindAll><abId>mine</abId></ABFindAll>", Invalid::Value("abId")),
        ("<ABFindAll><deltasOnly>perhaps</deltasOnly></ABFindAll>", Invalid::Value("deltasOnly")),
        ("<AddMember/>", Invalid::Missing("memberships")),
        (
            "<AddMember><memberships><Membership><MemberRole>Allow</MemberRole><Members><Member/></Members>\
             </Membership></memberships></AddMember>",
            Invalid::Missing("Member"),
        ),
        (
            "<DeleteMember><memberships><Membership><MemberRole>Allow</MemberRole><Members><Member>\
             <MembershipId>2147483648</MembershipId></Member></Members></Membership></memberships></DeleteMember>",
            Invalid::Value("MembershipId"),
        ),
    ] {
        assert_eq!(asking(operation), Err(why), "{operation}");
    }
    // A day that is no day is never: everything is told.
    assert!(matches!(
        asking("<ABFindAll><deltasOnly>true</deltasOnly><lastChange>yesterday</lastChange></ABFindAll>"),
        Ok(Request::AbFindAll(request)) if request.since == msnp::soap::abch::Since::Ever
    ));
}

fn parse(document: &str) -> Element {
    let limits = Limits { bytes: usize::MAX, depth: 32, nodes: usize::MAX };
    Element::parse(document.as_bytes(), limits).unwrap_or_else(|error| panic!("{error}: {document}"))
}

fn header(text: &str) -> ServiceHeader {
    ServiceHeader {
        cache_key: text.to_owned(),
        cache_key_changed: true,
        preferred_host_name: text.to_owned(),
        session_id: bob(),
    }
}

fn book(text: &str, contacts: usize) -> Reply {
    let last_change = Timestamp::from_unix(1);
    let contact = Contact {
        id: bob(),
        info: ContactInfo {
            annotations: vec![Annotation::new(text, text)],
            group_ids: vec![friends()],
            quick_name: Some(text.to_owned()),
            passport_name: Some(text.to_owned()),
            display_name: Some(text.to_owned()),
            comment: Some(text.to_owned()),
            birthdate: Some(text.to_owned()),
            ..ContactInfo::default()
        },
        last_change,
        deleted: false,
    };
    let group = Group {
        id: friends(),
        info: GroupInfo { name: Some(text.to_owned()), ..GroupInfo::default() },
        last_change,
        deleted: false,
    };
    let ab = Ab {
        id: OWN_BOOK,
        info: AbInfo { owner_cid: 1, owner_email: text.to_owned(), is_circle: false },
        last_change,
        dynamic_item_last_changed: None,
        created: last_change,
    };
    Reply::AbFindAll(AddressBook {
        groups: Some(vec![group]),
        contacts: vec![contact; contacts],
        circles: None,
        ab: Some(ab),
    })
}

fn lists(text: &str) -> Reply {
    let at = Timestamp::from_unix(1);
    let member = |kind| Listed {
        id: MembershipId::Number(1),
        kind,
        display_name: Some(text.to_owned()),
        annotations: vec![Annotation::new(text, text)],
        last_changed: at,
        joined: None,
        deleted: false,
    };
    let members = vec![
        member(MemberKind::Passport { address: text.to_owned(), cid: -1 }),
        member(MemberKind::Email(text.to_owned())),
        member(MemberKind::Phone(text.to_owned())),
    ];
    Reply::FindMembership(Memberships {
        services: vec![Service {
            id: 1,
            service: ServiceType::Messenger,
            memberships: vec![Membership { role: Role::Other(text.into()), members, is_complete: true }],
            last_change: at,
        }],
        owner: Owner { cid: 1, passport_name: text.to_owned(), created: at, last_change: at },
    })
}

/// What a reader gets who was told of a name: all of it that XML can carry.
fn carried(text: &str) -> String {
    let can = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(|&c| can(c)).collect()
}

proptest! {
    #[test]
    fn no_name_breaks_an_answer(
        text in prop_oneof![
            any::<String>(),
            "[\\x00-\\x20\u{7f}-\u{9f}\u{fffe}\u{ffff}<>&\"'\\]\u{1f600}é]{0,20}",
            Just("]]>".to_owned()),
            Just("</displayName><!--<![CDATA[".to_owned()),
        ]
    ) {
        let answer = parse(&book(&text, 1).to_xml(&header(&text)));
        let contact = answer
            .find(&["Body", "ABFindAllResponse", "ABFindAllResult", "contacts", "Contact", "contactInfo"])
            .unwrap();
        let carried = carried(&text);
        prop_assert_eq!(contact.child("comment").unwrap().text(), carried.trim());
        parse(&lists(&text).to_xml(&header(&text)));
        let fault = Fault {
            message: Some(&text),
            parameter: Some(&text),
            conflict: Some(bob()),
            ..Fault::new(ErrorCode::ContactAlreadyExists, Operation::AbContactAdd)
        };
        parse(&fault.to_xml(&text));
    }

    #[test]
    fn no_request_makes_it_panic(
        name in prop::sample::select(Operation::ALL.to_vec()),
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<contacts>", "</contacts>", "<Contact>", "</Contact>", "<contactInfo>", "</contactInfo>", "<contactId>",
            "</contactId>", "<memberships><Membership>", "</Membership></memberships>", "<Members><Member>",
            "</Member></Members>", "<MemberRole>", "</MemberRole>", "6f1c9f3e-1111-4a2b-8c3d-0000000000b0", "true",
            "<guid>", "</guid>", "<groupFilter><groupIds>", "</groupIds></groupFilter>", "<abHandle>", "</abHandle>",
        ]), 0..12)
    ) {
        let _ = asking(&format!("<{name}>{}</{name}>", pieces.concat()));
    }
}

/// An address book of 1000 takes ten times as long as one of 100, not a hundred times. Counted by what is written,
/// which is all the work there is: each contact has as many bytes, however many came before.
#[test]
fn a_long_address_book_is_written_in_one_go() {
    let length = |contacts| book("x", contacts).to_xml(&header("x")).len();
    assert_eq!(length(1000) - length(999), length(2) - length(1));
    assert_eq!(
        parse(&book("x", 1000).to_xml(&header("x")))
            .find(&["Body", "ABFindAllResponse", "ABFindAllResult", "contacts"])
            .unwrap()
            .children()
            .len(),
        1000
    );
}

#[test]
fn a_void_ticket_is_told_in_both_ways_that_clients_know() {
    let fault = Fault::new(ErrorCode::PassportAuthFail, Operation::AbFindAll).to_xml("host");
    assert!(
        fault.contains(
            "<faultcode xmlns:q0=\"http://schemas.microsoft.com/passport/IDS\">q0:BadContextToken</faultcode>"
        ),
        "{fault}"
    );
    let root = parse(&fault);
    let detail = root.find(&["Body", "Fault", "detail"]).unwrap();
    assert_eq!(detail.child("errorcode").unwrap().text(), "PassportAuthFail");
    assert_eq!(detail.child("errorcode").unwrap().namespace(), Some(NAMESPACE));
}
