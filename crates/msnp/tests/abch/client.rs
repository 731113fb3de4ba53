//! The client's side: requests that it writes, and answers that it reads.

use msnp::soap::abch::types::{
    AbHandle, Annotation, CircleInverseInfo, CircleRole, CircleState, Contact, ContactEmail, ContactInfo,
    ContactPhone, ContactRef, ContactType, ContactWebSite, EmailType, Handle, Member, MemberState,
    MembershipId, MessengerMemberInfo, OWN_BOOK, PhoneType, Role, WebSiteType, Whom,
};
use msnp::soap::abch::{
    AbContactAdd, AbContactUpdate, AddressBook, ApplicationHeader, CircleResult, ContactChange,
    CreateContact, ErrorCode, Fault, Headers, MemberChange, Operation, Reply, Request,
};
use msnp::soap::{InvalidAnswer, Refused};
use msnp::types::OwnedSecret;
use proptest::prelude::*;

use super::replies::{ab, at, buddy, created, group, header, listed};
use super::{assert_same_xml, bob, fixture, friends, read};

fn names() -> Vec<String> {
    let fixtures = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/abch")).unwrap();
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path();
    fixtures.map(|entry| name(entry).file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_request_that_is_written_is_read_as_it_was_meant() {
    for name in names() {
        let (headers, request) = fixture(&name);
        let written = request.to_xml(&headers);
        assert_eq!(read(written.as_bytes()).unwrap(), (headers, request), "{name}: {written}");
    }
}

#[test]
fn requests_are_written_as_official_clients_write_them() {
    for name in [
        "ABContactAdd",
        "ABContactAdd.phone",
        "ABContactAdd.yahoo",
        "ABContactDelete",
        "ABContactUpdate.messengeruser",
        "ABFindByContacts",
        "ABFindContactsPaged",
        "ABGroupContactAdd",
        "ABGroupContactDelete",
        "ABGroupDelete",
        "ABGroupUpdate",
        "AddMember",
        "AddMember.circle",
        "AddMember.email",
        "AddMember.phone",
        "AddMember.profileexpression",
        "AddMember.reverse",
        "BreakConnection",
        "CreateCircle",
        "CreateContact",
        "CreateContact.circle",
        "DeleteContact",
        "DeleteMember",
        "FindFriendsInCommon",
        "FindMembershipByRole",
        "ManageWLConnection",
        "ManageWLConnection.circleaccept",
        "ManageWLConnection.circleinvite",
    ] {
        let path = format!("{}/tests/fixtures/abch/{name}.xml", env!("CARGO_MANIFEST_DIR"));
        let (headers, request) = fixture(name);
        assert_same_xml(&request.to_xml(&headers), &std::fs::read_to_string(path).unwrap());
    }
    assert_eq!(
        Operation::FindMembership.action(),
        "http://www.msn.com/webservices/AddressBook/FindMembership"
    );
}

#[test]
fn headers_show_no_ticket() {
    let headers = Headers {
        application: ApplicationHeader {
            application_id: "A".to_owned(),
            partner_scenario: "Initial".to_owned(),
            cache_key: "12r1:<key>".to_owned(),
        },
        ticket: Some(OwnedSecret::new("t=EwSecret&p=")),
    };
    let request = fixture("ABFindAll").1;
    assert_eq!(read(request.to_xml(&headers).as_bytes()).unwrap().0, headers);
    assert!(!format!("{headers:?}{request:?}").contains("EwSecret"));
}

#[test]
fn refusals_say_what_to_go_on_with() {
    let conflict = Fault {
        conflict: Some(bob()),
        ..Fault::new(ErrorCode::ContactAlreadyExists, Operation::AbContactAdd)
    };
    let Err(Refused::Fault(refusal)) =
        Reply::parse(conflict.to_xml("host").as_bytes(), Operation::AbContactAdd)
    else {
        panic!()
    };
    assert_eq!((refusal.error, refusal.conflict), (Some(ErrorCode::ContactAlreadyExists), Some(bob())));
    assert_eq!(
        refusal.to_string(),
        "the address book refuses: Contact Already Exists (ContactAlreadyExists)"
    );
    for error in ErrorCode::ALL {
        let fault = Fault::new(*error, Operation::AbFindAll).to_xml("host");
        for fault in [fault.clone(), fault.replace("errorcode", "other")] {
            let Err(Refused::Fault(refusal)) = Reply::parse(fault.as_bytes(), Operation::AbFindAll) else {
                panic!("{fault}")
            };
            // Three are known by other means too.
            let others =
                [ErrorCode::PassportAuthFail, ErrorCode::AbDoesNotExist, ErrorCode::FullSyncRequired];
            let is_known = fault.contains("errorcode") || others.contains(error);
            assert_eq!(refusal.error, is_known.then_some(*error), "{fault}");
        }
    }
}

#[test]
fn what_is_refused_without_a_fault_is_refused() {
    let done = Reply::ManageWlConnection(Box::new(buddy())).to_xml(&header());
    let result = "<ManageWLConnectionResult>";
    let none = done.replace(result, &format!("{result}<clientErrorData/>"));
    assert!(Reply::parse(none.as_bytes(), Operation::ManageWlConnection).is_ok());
    let refused =
        done.replace(result, &format!("{result}<clientErrorData>\n Not a member\n</clientErrorData>"));
    let Err(Refused::Fault(refusal)) = Reply::parse(refused.as_bytes(), Operation::ManageWlConnection) else {
        panic!()
    };
    assert_eq!(refusal.error, None);
    assert_eq!(refusal.to_string(), "the service refuses: Not a member (clientErrorData)");
}

#[test]
fn what_is_no_answer_is_told_apart() {
    let done = Reply::Done(Operation::AddMember).to_xml(&header());
    assert_eq!(
        Reply::parse(done.as_bytes(), Operation::DeleteMember),
        Err(Refused::Unreadable(InvalidAnswer::AnotherOperation))
    );
    let added = Reply::AbContactAdd(bob()).to_xml(&header());
    for (from, to, why) in [
        ("<guid>6f1c9f3e", "<guid>x", InvalidAnswer::Value("guid")),
        ("guid>", "id>", InvalidAnswer::Missing("guid")),
        ("ABContactAddResult", "Other", InvalidAnswer::Missing("the result")),
    ] {
        let changed = added.replace(from, to);
        assert_ne!(changed, added);
        assert_eq!(
            Reply::parse(changed.as_bytes(), Operation::AbContactAdd),
            Err(Refused::Unreadable(why)),
            "{changed}"
        );
    }
}

/// An answer to every operation.
fn all() -> Vec<Reply> {
    let gone = Contact { deleted: true, id: friends(), ..buddy() };
    let circle = |created, deleted| CircleInverseInfo {
        id: "00000000-0000-0000-0009-00000000c1c1".parse().unwrap(),
        name: "Readers & friends".to_owned(),
        created,
        last_changed: at(),
        role: CircleRole::AssistantAdmin,
        state: CircleState::Accepted,
        deleted,
    };
    let circles = Some(CircleResult {
        circles: vec![circle(None, false), circle(Some(created()), true)],
        ticket: Some("<SignedTicket/>".to_owned()),
    });
    let book =
        AddressBook { groups: Some(vec![group()]), contacts: vec![buddy(), gone], circles, ab: Some(ab()) };
    let lists = listed(MembershipId::Number(11));
    let mut all = vec![
        Reply::AbAdd(bob()),
        Reply::AbContactAdd(bob()),
        Reply::AbFindAll(AddressBook { circles: None, ..book.clone() }),
        Reply::AbFindByContacts(AddressBook { groups: None, circles: None, ..book.clone() }),
        Reply::AbFindContactsPaged(book),
        Reply::AbGroupAdd(friends()),
        Reply::AbGroupContactAdd(bob()),
        Reply::AddService(3),
        Reply::CreateCircle(bob()),
        Reply::CreateContact(Box::new(buddy())),
        Reply::FindFriendsInCommon,
        Reply::FindMembership(lists),
        Reply::FindMembershipByRole(listed(MembershipId::Contact(bob()))),
        Reply::ManageWlConnection(Box::new(buddy())),
    ];
    let answered: Vec<Operation> = all.iter().map(Reply::operation).collect();
    let others = Operation::ALL.iter().filter(|operation| !answered.contains(operation));
    all.extend(others.map(|operation| Reply::Done(*operation)));
    all
}

#[test]
fn every_answer_is_read_as_it_was_meant() {
    for reply in all() {
        let written = reply.to_xml(&header());
        let (told, read) = Reply::parse(written.as_bytes(), reply.operation()).unwrap();
        assert_eq!(told, header());
        // What a contact is not known to be is written too, so that nothing but the text is the same.
        assert_eq!(read.to_xml(&header()), written);
        match (&read, &reply) {
            (Reply::AbFindContactsPaged(read), Reply::AbFindContactsPaged(reply)) => {
                assert_eq!((&read.circles, &read.ab), (&reply.circles, &reply.ab));
                let named = |book: &AddressBook| book.contacts[0].info.display_name.clone();
                assert_eq!(named(read), named(reply));
                assert!(read.contacts[1].deleted);
            }
            (Reply::FindMembership(_), _) | (Reply::FindMembershipByRole(_), _) => assert_eq!(read, reply),
            _ => {}
        }
    }
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[ a-zé<&>\"]{0,8}[^ \\t\\r\\n\\p{C}]")
}

fn flag() -> impl Strategy<Value = Option<bool>> {
    any::<Option<bool>>()
}

fn annotations() -> impl Strategy<Value = Vec<Annotation>> {
    prop::collection::vec(("[A-Z.a-z]{1,20}", "[ -~é]{0,20}"), 0..3)
        .prop_map(|all| all.into_iter().map(|(name, value)| Annotation::new(name, value)).collect())
}

prop_compose! {
    fn info()(
        (display_name, quick_name, comment, first_name) in (text(), text(), text(), text()),
        (email, number, url) in (text(), text(), text()),
        (is_messenger_user, is_favorite, is_hidden, enabled) in (flag(), flag(), flag(), flag()),
        annotations in annotations(),
        pending_annotations in annotations(),
        cid in any::<Option<i64>>(),
        capability in any::<Option<u32>>(),
    ) -> ContactInfo {
        ContactInfo {
            emails: vec![ContactEmail {
                kind: EmailType::Messenger2,
                email,
                is_messenger_enabled: enabled,
                capability,
            }],
            phones: vec![ContactPhone { kind: PhoneType::Mobile, number, is_messenger_enabled: enabled }],
            web_sites: url
                .map(|url| ContactWebSite { kind: WebSiteType::Personal, url })
                .into_iter()
                .collect(),
            annotations,
            contact_type: cid.map(|_| ContactType::LivePending),
            display_name: display_name.clone(),
            quick_name,
            comment,
            first_name,
            is_messenger_user,
            is_favorite,
            is_hidden,
            cid,
            messenger_member_info: is_hidden
                .map(|_| MessengerMemberInfo { pending_annotations, display_name }),
            ..ContactInfo::default()
        }
    }
}

fn whom() -> impl Strategy<Value = Option<Whom>> {
    let address = || "[a-z]{1,8}@[a-z]{1,8}[.][a-z]{2}";
    prop_oneof![
        Just(None),
        address().prop_map(|address| Some(Whom::Passport(address))),
        address().prop_map(|address| Some(Whom::Email(address))),
        "[+][0-9]{3,12}".prop_map(|number| Some(Whom::Phone(number))),
        Just(Some(Whom::Circle(super::circle()))),
        Just(Some(Whom::Everyone)),
        "[a-z]{1,8}[.]org".prop_map(|domain| Some(Whom::Domain(domain))),
    ]
}

proptest! {
    #[test]
    fn a_change_says_just_what_is_meant(info in info(), is_me: bool) {
        let contact = if is_me { ContactRef::Me } else { ContactRef::Id(bob()) };
        let request = Request::AbContactUpdate(AbContactUpdate {
            ab_id: OWN_BOOK,
            contacts: vec![ContactChange { contact, info }],
        });
        // Only the type says that one's own data are meant.
        if let Request::AbContactUpdate(AbContactUpdate { contacts, .. }) = &request {
            prop_assume!(!is_me || contacts[0].info.contact_type.is_none());
        }
        let written = request.to_xml(&Headers::default());
        prop_assert_eq!(read(written.as_bytes()).unwrap().1, request, "{}", written);
    }

    #[test]
    fn a_contact_is_added_with_just_what_is_said(info in info(), manages_allow_list: bool) {
        let add = Request::AbContactAdd(AbContactAdd {
            ab_id: OWN_BOOK,
            contacts: vec![info.clone(), info.clone()],
            manages_allow_list,
        });
        let create = Request::CreateContact(Box::new(CreateContact {
            book: AbHandle { id: friends(), cid: -3 },
            email: "bob@example.com".to_owned(),
            cid: 7,
            circle: Some(friends()),
            info,
        }));
        for request in [add, create] {
            let written = request.to_xml(&Headers::default());
            prop_assert_eq!(read(written.as_bytes()).unwrap().1, request, "{}", written);
        }
    }

    #[test]
    fn members_stay_on_their_lists(
        members in prop::collection::vec((0..3_usize, whom(), 1_u32..1 << 31, annotations(), text()), 1..6)
    ) {
        let members = members.into_iter().map(|(role, whom, number, annotations, display_name)| {
            let role = [Role::Allow, Role::Block, Role::Other("ProfileExpression".into())][role].clone();
            let id = (number % 2 == 0 || whom.is_none()).then_some(match number % 3 {
                0 => MembershipId::Contact(bob()),
                _ => MembershipId::Number(number),
            });
            (role, Member { id, whom, display_name, state: MemberState::Pending, annotations })
        });
        let request =
            Request::DeleteMember(MemberChange { service: Handle::messenger(), members: members.collect() });
        let written = request.to_xml(&Headers::default());
        prop_assert_eq!(read(written.as_bytes()).unwrap().1, request, "{}", written);
    }

    #[test]
    fn no_answer_makes_a_client_fall(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        cut in any::<prop::sample::Index>(),
        byte: u8,
    ) {
        for reply in all() {
            let _ = Reply::parse(&bytes, reply.operation());
            let mut document = reply.to_xml(&header()).into_bytes();
            let at = cut.index(document.len());
            document[at] = byte;
            let _ = Reply::parse(&document, reply.operation());
        }
    }
}
