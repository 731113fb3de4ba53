//! Each request that clients are known to send, read.

use msnp::soap::abch::types::{
    AbHandle, Annotation, ContactEmail, ContactInfo, ContactPhone, ContactRef, ContactType, EmailType,
    GroupInfo, Handle, Member, MemberState, MembershipId, MessengerMemberInfo, OWN_BOOK, PhoneType, Role,
    ServiceType, Whom,
};
use msnp::soap::abch::{
    AbAdd, AbContactAdd, AbContactDelete, AbContactUpdate, AbFindAll, AbFindByContacts, AbFindContactsPaged,
    AbGroupAdd, AbGroupContactAdd, AbGroupContactDelete, AbGroupDelete, AbGroupUpdate, AddService,
    BreakConnection, ConnectionAction, ContactChange, ContactSpec, CreateCircle, CreateContact,
    DeleteContact, DynamicItems, ExtendedContent, FindFriendsInCommon, FindMembership, FindMembershipByRole,
    GroupChange, Invalid, ManageWlConnection, MemberChange, Operation, Request, Since, Timestamp,
};

use super::{asking, bob, circle, fixture, friends};

fn request(name: &str) -> Request {
    fixture(name).1
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn noted() -> Since {
    Since::Change(Timestamp::read("2026-02-03T04:05:06.7Z").unwrap())
}

fn own(info: &ContactInfo) -> ContactInfo {
    info.clone()
}

#[test]
fn headers_say_who_asks_and_why() {
    let (headers, _) = fixture("FindMembership");
    assert_eq!(headers.application.application_id, "996CDE1E-AA53-4477-B943-2BE802EA6166");
    assert_eq!(headers.application.partner_scenario, "Initial");
    assert_eq!(headers.application.cache_key, "");
    assert_eq!(headers.ticket.as_ref().unwrap().expose(), "t=EwExampleTicketForAlice0001&p=");
    assert!(!format!("{headers:?}").contains("EwExample"));
}

/// Every operation has a fixture, and every fixture is of the operation that its name says.
#[test]
fn every_operation_is_known() {
    let mut seen = std::collections::BTreeSet::new();
    for file in std::fs::read_dir(format!("{}/tests/fixtures/abch", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let (name, _) = name.rsplit_once('.').unwrap();
        let operation = request(name).operation();
        assert_eq!(operation.as_str(), name.split('.').next().unwrap());
        seen.insert(operation);
    }
    assert_eq!(seen.len(), Operation::ALL.len());
}

#[test]
fn find_membership() {
    use ServiceType::{Invitation, Messenger, Profile, SocialNetwork, Space};
    assert_eq!(
        request("FindMembership"),
        Request::FindMembership(FindMembership {
            services: vec![Messenger, Invitation, SocialNetwork, Space, Profile],
            since: Since::Ever,
        })
    );
    assert_eq!(
        request("FindMembership.deltas"),
        Request::FindMembership(FindMembership { services: vec![Messenger], since: noted() })
    );
    assert_eq!(
        request("FindMembershipByRole"),
        Request::FindMembershipByRole(FindMembershipByRole {
            services: vec![Messenger],
            roles: vec![Role::Allow, Role::Block],
        })
    );
}

fn messenger() -> Handle {
    Handle { id: 0, service: ServiceType::Messenger, foreign_id: String::new() }
}

fn member(whom: Whom) -> Member {
    Member {
        id: None,
        whom: Some(whom),
        display_name: None,
        state: MemberState::Accepted,
        annotations: Vec::new(),
    }
}

fn change(role: Role, member: Member) -> MemberChange {
    MemberChange { service: messenger(), members: vec![(role, member)] }
}

#[test]
fn members_of_every_kind() {
    let bob = || member(Whom::Passport("bob@example.com".to_owned()));
    for (name, role) in
        [("AddMember", Role::Allow), ("AddMember.block", Role::Block), ("AddMember.reverse", Role::Reverse)]
    {
        assert_eq!(request(name), Request::AddMember(change(role, bob())), "{name}");
    }
    assert_eq!(request("DeleteMember"), Request::DeleteMember(change(Role::Allow, bob())));
    assert_eq!(request("UpdateMember"), Request::UpdateMember(change(Role::Allow, bob())));
    let by_number = Member { id: Some(MembershipId::Number(7)), whom: None, ..bob() };
    assert_eq!(request("DeleteMember.pending"), Request::DeleteMember(change(Role::Pending, by_number)));
    let carol = Member {
        annotations: vec![Annotation::new("MSN.IM.BuddyType", "32:")],
        ..member(Whom::Email("carol@yahoo.example.com".to_owned()))
    };
    assert_eq!(request("AddMember.email"), Request::AddMember(change(Role::Allow, carol)));
    let phone = member(Whom::Phone("+15550100".to_owned()));
    assert_eq!(request("AddMember.phone"), Request::AddMember(change(Role::Allow, phone)));
    let group = member(Whom::Circle(circle()));
    assert_eq!(request("AddMember.circle"), Request::AddMember(change(Role::Block, group)));
    assert_eq!(
        request("AddMember.profileexpression"),
        Request::AddMember(MemberChange {
            service: Handle { id: 0, service: ServiceType::Profile, foreign_id: "MyProfile".to_owned() },
            members: vec![(
                Role::Other("ProfileExpression".into()),
                member(Whom::Role { id: Role::Allow, service: "Messenger".into() })
            )],
        })
    );
}

/// In other order, case and layout, without what is not needed, and by the id that one client makes of ours.
#[test]
fn members_are_read_kindly() {
    let asked = asking(
        "<x:deletemember xmlns:x='http://www.msn.com/webservices/AddressBook'><x:Unknown/><x:memberships>\
         <x:Membership><x:Members><x:member><x:PassportName>\n  bob@example.com\n</x:PassportName></x:member>\
         <x:member><x:MembershipId>Allow/6F1C9F3E-1111-4A2B-8C3D-0000000000B0</x:MembershipId></x:member></x:Members>\
         <x:MemberRole> allow </x:MemberRole></x:Membership></x:memberships></x:deletemember>",
    );
    let by_contact = Member { id: Some(MembershipId::Contact(bob())), whom: None, ..member(Whom::Everyone) };
    let members =
        vec![(Role::Allow, member(Whom::Passport("bob@example.com".to_owned()))), (Role::Allow, by_contact)];
    assert_eq!(asked, Ok(Request::DeleteMember(MemberChange { service: messenger(), members })));
}

#[test]
fn add_service_and_book() {
    assert_eq!(
        request("AddService"),
        Request::AddService(AddService {
            handle: Handle { service: ServiceType::ImAvailability, ..messenger() },
            inverse_required: true,
        })
    );
    assert_eq!(
        request("ABAdd"),
        Request::AbAdd(AbAdd {
            name: String::new(),
            owner_email: "alice@example.com".to_owned(),
            is_default: true
        })
    );
}

#[test]
fn address_books() {
    assert_eq!(request("ABFindAll"), Request::AbFindAll(AbFindAll { ab_id: OWN_BOOK, since: Since::Ever }));
    assert_eq!(
        request("ABFindAll.deltas"),
        Request::AbFindAll(AbFindAll { ab_id: OWN_BOOK, since: noted() })
    );
    assert_eq!(
        request("ABFindByContacts"),
        Request::AbFindByContacts(AbFindByContacts { ab_id: OWN_BOOK, contacts: vec![bob()] })
    );
    let all = ExtendedContent { ab: true, all_groups: true, circle_result: true };
    let paged = AbFindContactsPaged {
        book: AbHandle::OWN,
        since: Since::Ever,
        include_hidden: true,
        include_shell: false,
        extended_content: all,
    };
    assert_eq!(request("ABFindContactsPaged"), Request::AbFindContactsPaged(paged.clone()));
    assert_eq!(
        request("ABFindContactsPaged.pidgin"),
        Request::AbFindContactsPaged(AbFindContactsPaged { include_shell: true, ..paged.clone() })
    );
    let at = Timestamp::read("2026-02-03T04:05:06Z").unwrap();
    assert_eq!(
        request("ABFindContactsPaged.deltas"),
        Request::AbFindContactsPaged(AbFindContactsPaged {
            since: Since::Change(at),
            include_shell: true,
            ..paged.clone()
        })
    );
    let circle_book = Request::AbFindContactsPaged(AbFindContactsPaged {
        book: AbHandle { id: circle(), cid: 0 },
        extended_content: ExtendedContent { ab: true, ..ExtendedContent::default() },
        ..paged
    });
    assert_eq!(circle_book.book(), circle());
    assert_eq!(request("ABFindContactsPaged.circle"), circle_book);
}

#[test]
fn contacts_are_added() {
    let add = |info, manages_allow_list| {
        Request::AbContactAdd(AbContactAdd { ab_id: OWN_BOOK, contacts: vec![info], manages_allow_list })
    };
    let invited = ContactInfo {
        contact_type: Some(ContactType::LivePending),
        passport_name: some("bob@example.com"),
        is_messenger_user: Some(true),
        messenger_member_info: Some(MessengerMemberInfo {
            pending_annotations: vec![Annotation::new("MSN.IM.InviteMessage", "Hi, this is Alice")],
            display_name: some("Alice"),
        }),
        ..ContactInfo::default()
    };
    assert_eq!(request("ABContactAdd"), add(own(&invited), true));
    let phone = ContactInfo {
        phones: vec![ContactPhone {
            kind: PhoneType::Mobile,
            number: some("+15550100"),
            is_messenger_enabled: Some(true),
        }],
        contact_type: Some(ContactType::Regular),
        quick_name: some("Dave mobile"),
        is_smtp: Some(false),
        ..ContactInfo::default()
    };
    assert_eq!(request("ABContactAdd.phone"), add(phone, false));
    let yahoo = ContactInfo {
        emails: vec![ContactEmail {
            kind: EmailType::Messenger2,
            email: some("carol@yahoo.example.com"),
            is_messenger_enabled: Some(true),
            capability: Some(32),
        }],
        contact_type: Some(ContactType::Regular),
        ..ContactInfo::default()
    };
    assert_eq!(request("ABContactAdd.yahoo"), add(yahoo, true));
}

fn changed(name: &str) -> ContactChange {
    match request(name) {
        Request::AbContactUpdate(AbContactUpdate { ab_id: OWN_BOOK, mut contacts })
            if contacts.len() == 1 =>
        {
            contacts.remove(0)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn contacts_are_changed() {
    assert_eq!(
        changed("ABContactUpdate"),
        ContactChange {
            contact: ContactRef::Id(bob()),
            info: ContactInfo {
                annotations: vec![Annotation::new("AB.NickName", "Bobby")],
                display_name: some("Bob B."),
                ..ContactInfo::default()
            },
        }
    );
    assert_eq!(
        changed("ABContactUpdate.me"),
        ContactChange {
            contact: ContactRef::Me,
            info: ContactInfo {
                annotations: vec![
                    Annotation::new(Annotation::MOBILE, "0"),
                    Annotation::new(Annotation::PROMPT, "1"),
                    Annotation::new(Annotation::PRIVACY, "2"),
                ],
                display_name: some("Alice A."),
                ..ContactInfo::default()
            },
        }
    );
    assert_eq!(
        changed("ABContactUpdate.messengeruser"),
        ContactChange {
            contact: ContactRef::Id(bob()),
            info: ContactInfo { is_messenger_user: Some(true), ..ContactInfo::default() },
        }
    );
}

fn update(contact: &str) -> Result<ContactInfo, Invalid> {
    let id = "<contactId>6f1c9f3e-1111-4a2b-8c3d-0000000000b0</contactId>";
    let asked =
        format!("<ABContactUpdate><contacts><Contact>{id}{contact}</Contact></contacts></ABContactUpdate>");
    asking(&asked).map(|request| match request {
        Request::AbContactUpdate(mut update) => update.contacts.remove(0).info,
        other => panic!("{other:?}"),
    })
}

#[test]
fn only_what_is_listed_is_changed() {
    let info = "<contactInfo><displayName>B</displayName><firstName/><comment>x</comment><isFavorite>1</isFavorite>\
                <phones><ContactPhone><contactPhoneType>ContactPhoneMobile</contactPhoneType><number>1</number>\
                <isMessengerEnabled>true</isMessengerEnabled><propertiesChanged>Number</propertiesChanged>\
                </ContactPhone></phones><groupIds><guid>6f1c9f3e-2222-4a2b-8c3d-0000000000f1</guid></groupIds>\
                </contactInfo>";
    let listing =
        |list: &str| update(&format!("{info}<propertiesChanged>{list}</propertiesChanged>")).unwrap();
    assert_eq!(listing(""), ContactInfo::default());
    assert_eq!(listing("Colour"), ContactInfo::default());
    // What is empty goes, and so does what is listed but not said.
    assert_eq!(
        listing("contactfirstname ContactLastName HasSpace"),
        ContactInfo {
            first_name: some(""),
            last_name: some(""),
            has_space: Some(false),
            ..ContactInfo::default()
        }
    );
    let phone = ContactPhone { kind: PhoneType::Mobile, number: some("1"), is_messenger_enabled: None };
    assert_eq!(
        listing("ContactPhone"),
        ContactInfo { phones: vec![phone.clone()], ..ContactInfo::default() }
    );
    // Who lists nothing means all he says, but groups have operations of their own.
    assert_eq!(
        update(info).unwrap(),
        ContactInfo {
            phones: vec![phone],
            display_name: some("B"),
            first_name: some(""),
            comment: some("x"),
            is_favorite: Some(true),
            ..ContactInfo::default()
        }
    );
}

/// One client changes contacts before it knows their ids.
#[test]
fn a_contact_without_an_id_is_nobody() {
    for id in ["", "<contactId/>", "<contactId> </contactId>"] {
        let asked = format!(
            "<ABContactUpdate><contacts><Contact>{id}<contactInfo><displayName>B</displayName></contactInfo>\
             <propertiesChanged>DisplayName</propertiesChanged></Contact></contacts></ABContactUpdate>"
        );
        let error = asking(&asked).unwrap_err();
        assert_eq!(error, Invalid::Missing("contactId"));
        let fault = error.fault(Some(Operation::AbContactUpdate), "host");
        assert!(fault.contains(">ContactDoesNotExist<"), "{fault}");
    }
}

#[test]
fn contacts_are_removed() {
    assert_eq!(
        request("ABContactDelete"),
        Request::AbContactDelete(AbContactDelete { ab_id: OWN_BOOK, contacts: vec![bob()] })
    );
    assert_eq!(request("DeleteContact"), Request::DeleteContact(DeleteContact { contact: bob() }));
}

#[test]
fn groups() {
    let (ab_id, groups) = (OWN_BOOK, vec![friends()]);
    assert_eq!(
        request("ABGroupAdd"),
        Request::AbGroupAdd(AbGroupAdd {
            ab_id,
            info: GroupInfo {
                annotations: vec![Annotation::new(Annotation::DISPLAY, "1")],
                name: some("Friends & family"),
                is_favorite: None,
                is_messenger: Some(false),
            },
            rename_on_conflict: false,
        })
    );
    assert_eq!(
        request("ABGroupUpdate"),
        Request::AbGroupUpdate(AbGroupUpdate {
            ab_id,
            groups: vec![GroupChange {
                id: friends(),
                info: GroupInfo { name: some("Renamed"), ..GroupInfo::default() }
            }],
        })
    );
    assert_eq!(
        request("ABGroupDelete"),
        Request::AbGroupDelete(AbGroupDelete { ab_id, groups: groups.clone() })
    );
    assert_eq!(
        request("ABGroupContactDelete"),
        Request::AbGroupContactDelete(AbGroupContactDelete {
            ab_id,
            groups: groups.clone(),
            contacts: vec![bob()]
        })
    );
    assert_eq!(
        request("ABGroupContactAdd"),
        Request::AbGroupContactAdd(AbGroupContactAdd {
            ab_id,
            groups: groups.clone(),
            contacts: vec![ContactSpec::Id(bob())],
            manages_allow_list: false,
        })
    );
    let new = ContactInfo {
        contact_type: Some(ContactType::LivePending),
        passport_name: some("bob@example.com"),
        is_messenger_user: Some(true),
        ..ContactInfo::default()
    };
    assert_eq!(
        request("ABGroupContactAdd.newcontact"),
        Request::AbGroupContactAdd(AbGroupContactAdd {
            ab_id,
            groups,
            contacts: vec![ContactSpec::New(new)],
            manages_allow_list: true,
        })
    );
}

#[test]
fn connections() {
    let invite = |text| vec![Annotation::new(Annotation::INVITE_MESSAGE, text)];
    let circle_book = AbHandle { id: circle(), cid: 0 };
    let created = CreateContact {
        book: AbHandle::OWN,
        email: "bob@example.com".to_owned(),
        cid: 0,
        circle: None,
        info: ContactInfo::default(),
    };
    assert_eq!(request("CreateContact"), Request::CreateContact(Box::new(created.clone())));
    assert_eq!(
        request("CreateContact.circle"),
        Request::CreateContact(Box::new(CreateContact {
            book: circle_book,
            circle: Some(circle()),
            ..created
        }))
    );
    let managed = ManageWlConnection {
        book: AbHandle::OWN,
        contact: bob(),
        connection: true,
        presence: true,
        action: ConnectionAction::Request,
        relationship_type: 3,
        relationship_role: 0,
        annotations: invite("Hi, this is Alice"),
    };
    assert_eq!(request("ManageWLConnection"), Request::ManageWlConnection(managed.clone()));
    let in_circle = ManageWlConnection {
        contact: circle(),
        presence: false,
        relationship_type: 5,
        annotations: Vec::new(),
        ..managed
    };
    assert_eq!(request("ManageWLConnection.circleaccept"), Request::ManageWlConnection(in_circle.clone()));
    assert_eq!(
        request("ManageWLConnection.circleinvite"),
        Request::ManageWlConnection(ManageWlConnection {
            book: circle_book,
            contact: super::guid("6f1c9f3e-1111-4a2b-8c3d-0000000000c1"),
            relationship_role: 3,
            annotations: invite("Join us"),
            ..in_circle
        })
    );
    let broken =
        BreakConnection { book: AbHandle::OWN, contact: bob(), delete_contact: true, block_contact: false };
    assert_eq!(request("BreakConnection"), Request::BreakConnection(broken.clone()));
    assert_eq!(
        request("BreakConnection.circle"),
        Request::BreakConnection(BreakConnection {
            book: circle_book,
            contact: super::guid("6f1c9f3e-1111-4a2b-8c3d-0000000000c1"),
            delete_contact: false,
            ..broken
        })
    );
}

#[test]
fn what_is_left() {
    let items = DynamicItems { ab_id: OWN_BOOK, passport_names: vec!["bob@example.com".to_owned()] };
    assert_eq!(request("UpdateDynamicItem"), Request::UpdateDynamicItem(items.clone()));
    assert_eq!(request("AddDynamicItem"), Request::AddDynamicItem(items));
    assert_eq!(
        request("FindFriendsInCommon"),
        Request::FindFriendsInCommon(FindFriendsInCommon {
            target: AbHandle { id: OWN_BOOK, cid: 1_311_768_467_294_899_695 },
            max_results: 20,
        })
    );
    assert_eq!(
        request("CreateCircle"),
        Request::CreateCircle(CreateCircle {
            display_name: "Example group".to_owned(),
            caller_name: "Alice".to_owned()
        })
    );
}
