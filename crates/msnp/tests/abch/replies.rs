//! Answers, as the reference shows them.

use msnp::soap::abch::types::{
    Ab, AbInfo, Annotation, CircleInverseInfo, CircleRole, CircleState, Contact, ContactInfo, ContactPhone,
    ContactType, Group, GroupInfo, Listed, MemberKind, MembershipId, NetworkInfo, OWN_BOOK, PhoneType, Role,
    ServiceType,
};
use msnp::soap::abch::{
    AddressBook, CircleResult, ErrorCode, Fault, Membership, Memberships, Operation, Owner, Reply, Service,
    ServiceHeader, Timestamp,
};
use msnp::types::Guid;

use super::{assert_same_xml, bob, friends, guid};

pub(super) fn at() -> Timestamp {
    Timestamp::read("2026-02-03T04:05:06.7Z").unwrap()
}

pub(super) fn created() -> Timestamp {
    Timestamp::read("2026-01-01T00:00:00Z").unwrap()
}

pub(super) fn header() -> ServiceHeader {
    ServiceHeader {
        cache_key: "12r1:opaque".to_owned(),
        cache_key_changed: true,
        preferred_host_name: "contacts.example.com".to_owned(),
        session_id: guid("6f1c9f3e-9999-4a2b-8c3d-000000000001"),
    }
}

/// An answer with `body` in it.
fn answer(body: &str) -> String {
    format!(
        "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><soap:Header>\
         <ServiceHeader xmlns='http://www.msn.com/webservices/AddressBook'><Version>15.01.1408.0000</Version>\
         <CacheKey>12r1:opaque</CacheKey><CacheKeyChanged>true</CacheKeyChanged>\
         <PreferredHostName>contacts.example.com</PreferredHostName>\
         <SessionId>6f1c9f3e-9999-4a2b-8c3d-000000000001</SessionId></ServiceHeader></soap:Header>\
         <soap:Body>{}</soap:Body></soap:Envelope>",
        body.replace("ns:AB", "http://www.msn.com/webservices/AddressBook")
    )
}

pub(super) fn buddy() -> Contact {
    Contact {
        id: bob(),
        info: ContactInfo {
            phones: vec![ContactPhone {
                kind: PhoneType::Mobile,
                number: Some("+15550100".to_owned()),
                is_messenger_enabled: Some(false),
            }],
            annotations: vec![Annotation::new(Annotation::NICK_NAME, "Bobby")],
            group_ids: vec![friends()],
            quick_name: Some("Bob".to_owned()),
            passport_name: Some("bob@example.com".to_owned()),
            display_name: Some("Bob".to_owned()),
            cid: Some(-987_654_321_012_345_678),
            is_messenger_user: Some(true),
            ..ContactInfo::default()
        },
        last_change: at(),
        deleted: false,
    }
}

pub(super) fn group() -> Group {
    Group {
        id: friends(),
        info: GroupInfo {
            annotations: vec![Annotation::new(Annotation::DISPLAY, "1")],
            name: Some("Friends".to_owned()),
            ..GroupInfo::default()
        },
        last_change: at(),
        deleted: false,
    }
}

pub(super) fn ab() -> Ab {
    Ab {
        id: OWN_BOOK,
        info: AbInfo {
            owner_cid: 1_311_768_467_294_899_695,
            owner_email: "alice@example.com".to_owned(),
            is_circle: false,
        },
        last_change: at(),
        dynamic_item_last_changed: None,
        created: created(),
    }
}

const GROUP: &str = "<Group><groupId>6f1c9f3e-2222-4a2b-8c3d-0000000000f1</groupId><groupInfo><annotations><Annotation>\
    <Name>MSN.IM.Display</Name><Value>1</Value></Annotation></annotations>\
    <groupType>c8529ce2-6ead-434d-881f-341e17db3ff8</groupType><name>Friends</name>\
    <IsNotMobileVisible>false</IsNotMobileVisible><IsPrivate>false</IsPrivate><IsFavorite>false</IsFavorite></groupInfo>\
    <propertiesChanged/><fDeleted>false</fDeleted><lastChange>2026-02-03T04:05:06.7000000Z</lastChange></Group>";

/// What stands in the element of a contact.
const BUDDY: &str = "<contactId>6f1c9f3e-1111-4a2b-8c3d-0000000000b0</contactId><contactInfo>\
    <phones><ContactPhone><contactPhoneType>ContactPhoneMobile</contactPhoneType><number>+15550100</number>\
    <isMessengerEnabled>false</isMessengerEnabled><propertiesChanged/></ContactPhone></phones>\
    <annotations><Annotation><Name>AB.NickName</Name><Value>Bobby</Value></Annotation></annotations>\
    <groupIds><guid>6f1c9f3e-2222-4a2b-8c3d-0000000000f1</guid></groupIds>\
    <contactType>Regular</contactType><quickName>Bob</quickName><passportName>bob@example.com</passportName>\
    <IsPassportNameHidden>false</IsPassportNameHidden><displayName>Bob</displayName><puid>0</puid>\
    <CID>-987654321012345678</CID><IsNotMobileVisible>false</IsNotMobileVisible>\
    <isMobileIMEnabled>false</isMobileIMEnabled><isMessengerUser>true</isMessengerUser><isFavorite>false</isFavorite>\
    <isSmtp>false</isSmtp><hasSpace>false</hasSpace><spotWatchState>NoDevice</spotWatchState>\
    <birthdate>0001-01-01T00:00:00</birthdate><primaryEmailType>ContactEmailPersonal</primaryEmailType>\
    <PrimaryLocation>ContactLocationPersonal</PrimaryLocation><PrimaryPhone>ContactPhonePersonal</PrimaryPhone>\
    <IsPrivate>false</IsPrivate><Gender>Unspecified</Gender><TimeZone>None</TimeZone></contactInfo>\
    <propertiesChanged/><fDeleted>false</fDeleted><lastChange>2026-02-03T04:05:06.7000000Z</lastChange>";

/// What stands in the element of a book.
const AB: &str = "<abId>00000000-0000-0000-0000-000000000000</abId><abInfo><ownerPuid>0</ownerPuid>\
    <OwnerCID>1311768467294899695</OwnerCID><ownerEmail>alice@example.com</ownerEmail><fDefault>true</fDefault>\
    <joinedNamespace>false</joinedNamespace><IsBot>false</IsBot><IsParentManaged>false</IsParentManaged>\
    <SubscribeExternalPartner>false</SubscribeExternalPartner><NotifyExternalPartner>false</NotifyExternalPartner>\
    <AddressBookType>Individual</AddressBookType></abInfo><lastChange>2026-02-03T04:05:06.7000000Z</lastChange>\
    <DynamicItemLastChanged>0001-01-01T00:00:00</DynamicItemLastChanged>\
    <RecentActivityItemLastChanged>0001-01-01T00:00:00</RecentActivityItemLastChanged>\
    <createDate>2026-01-01T00:00:00.0000000Z</createDate><propertiesChanged/>";

/// A circle as every client is known to take it.
const CIRCLE: &str = "<Content><Handle><Id>00000000-0000-0000-0009-00000000c1c1</Id></Handle><Info><Domain>1</Domain>\
    <HostedDomain>live.com</HostedDomain><Type>2</Type><MembershipAccess>0</MembershipAccess>\
    <IsPresenceEnabled>true</IsPresenceEnabled><RequestMembershipOption>2</RequestMembershipOption>\
    <DisplayName>Readers &amp; friends</DisplayName><ProfileLastUpdated>0001-01-01T00:00:00</ProfileLastUpdated><Changes/>\
    <CreateDate>0001-01-01T00:00:00</CreateDate><LastChanged>2026-02-03T04:05:06.7000000Z</LastChanged></Info></Content>\
    <PersonalInfo><MembershipInfo><CirclePersonalMembership><Role>AssistantAdmin</Role><State>Accepted</State>\
    </CirclePersonalMembership></MembershipInfo><Name>Readers &amp; friends</Name>\
    <IsNotMobileVisible>false</IsNotMobileVisible><IsFavorite>false</IsFavorite><IsFamily>false</IsFamily><Changes/>\
    </PersonalInfo><Deleted>false</Deleted>";

#[test]
fn address_books_in_containers_of_either_case() {
    let book =
        AddressBook { groups: Some(vec![group()]), contacts: vec![buddy()], circles: None, ab: Some(ab()) };
    assert_same_xml(
        &Reply::AbFindAll(book.clone()).to_xml(&header()),
        &answer(&format!(
            "<ABFindAllResponse xmlns='ns:AB'><ABFindAllResult><groups>{GROUP}</groups>\
             <contacts><Contact>{BUDDY}</Contact></contacts><ab>{AB}</ab></ABFindAllResult></ABFindAllResponse>"
        )),
    );
    let circle = CircleInverseInfo {
        id: "00000000-0000-0000-0009-00000000c1c1".parse().unwrap(),
        name: "Readers & friends".to_owned(),
        created: None,
        last_changed: at(),
        role: CircleRole::AssistantAdmin,
        state: CircleState::Accepted,
        deleted: false,
    };
    let circles = Some(CircleResult { circles: vec![circle], ticket: Some("<SignedTicket/>".to_owned()) });
    assert_same_xml(
        &Reply::AbFindContactsPaged(AddressBook { circles, ..book }).to_xml(&header()),
        &answer(&format!(
            "<ABFindContactsPagedResponse xmlns='ns:AB'><ABFindContactsPagedResult><Groups>{GROUP}</Groups>\
             <Contacts><Contact>{BUDDY}</Contact></Contacts>\
             <CircleResult><Circles><CircleInverseInfo>{CIRCLE}</CircleInverseInfo></Circles><CircleTicket>&lt;SignedTicket/&gt;</CircleTicket></CircleResult><Ab>{AB}</Ab>\
             </ABFindContactsPagedResult></ABFindContactsPagedResponse>"
        )),
    );
    let some = AddressBook { groups: None, contacts: vec![buddy()], circles: None, ab: Some(ab()) };
    assert_same_xml(
        &Reply::AbFindByContacts(some).to_xml(&header()),
        &answer(&format!(
            "<ABFindByContactsResponse xmlns='ns:AB'><ABFindByContactsResult>\
             <contacts><Contact>{BUDDY}</Contact></contacts><ab>{AB}</ab></ABFindByContactsResult>\
             </ABFindByContactsResponse>"
        )),
    );
}

#[test]
fn a_contact_that_is_no_more_is_little_but_an_id() {
    let gone = Contact { deleted: true, ..buddy() };
    let book = AddressBook { groups: None, contacts: vec![gone], circles: None, ab: None };
    assert_same_xml(
        &Reply::AbFindAll(book).to_xml(&header()),
        &answer(
            "<ABFindAllResponse xmlns='ns:AB'><ABFindAllResult><contacts><Contact>\
             <contactId>6f1c9f3e-1111-4a2b-8c3d-0000000000b0</contactId><contactInfo><contactType>Regular</contactType>\
             <passportName>bob@example.com</passportName></contactInfo><propertiesChanged/><fDeleted>true</fDeleted>\
             <lastChange>2026-02-03T04:05:06.7000000Z</lastChange></Contact></contacts></ABFindAllResult>\
             </ABFindAllResponse>",
        ),
    );
}

pub(super) fn listed(id: MembershipId) -> Memberships {
    let member = Listed {
        id,
        kind: MemberKind::Passport { address: "bob@example.com".to_owned(), cid: -987_654_321_012_345_678 },
        display_name: None,
        annotations: Vec::new(),
        last_changed: at(),
        joined: Some(created()),
        deleted: false,
    };
    let pending = Listed {
        id: MembershipId::Number(12),
        display_name: Some("Carol".to_owned()),
        kind: MemberKind::Email("carol@yahoo.example.com".to_owned()),
        annotations: vec![Annotation::new(Annotation::BUDDY_TYPE, "32:")],
        ..member.clone()
    };
    let list = |role, members| Membership { role, members, is_complete: true };
    Memberships {
        services: vec![Service {
            id: 1,
            service: ServiceType::Messenger,
            memberships: vec![
                list(Role::Allow, vec![member]),
                list(Role::Block, Vec::new()),
                list(Role::Pending, vec![pending]),
            ],
            last_change: at(),
        }],
        owner: Owner {
            cid: 1_311_768_467_294_899_695,
            passport_name: "alice@example.com".to_owned(),
            created: created(),
            last_change: at(),
        },
    }
}

fn membership(operation: &str, id: &str) -> String {
    let dates = "<State>Accepted</State>ANNOTATIONS<Deleted>false</Deleted>\
        <LastChanged>2026-02-03T04:05:06.7000000Z</LastChanged><JoinedDate>2026-01-01T00:00:00.0000000Z</JoinedDate>\
        <ExpirationDate>0001-01-01T00:00:00</ExpirationDate><Changes/>";
    let annotations =
        "<Annotations><Annotation><Name>MSN.IM.BuddyType</Name><Value>32:</Value></Annotation></Annotations>";
    answer(&format!(
        "<{operation}Response xmlns='ns:AB'><{operation}Result><Services><Service><Memberships>\
         <Membership><MemberRole>Allow</MemberRole><Members><Member xsi:type='PassportMember'>\
         <MembershipId>{id}</MembershipId><Type>Passport</Type>{}\
         <PassportName>bob@example.com</PassportName><IsPassportNameHidden>false</IsPassportNameHidden>\
         <PassportId>0</PassportId><CID>-987654321012345678</CID><PassportChanges/><LookedupByCID>false</LookedupByCID>\
         </Member></Members><MembershipIsComplete>true</MembershipIsComplete></Membership>\
         <Membership><MemberRole>Block</MemberRole><Members/><MembershipIsComplete>true</MembershipIsComplete>\
         </Membership><Membership><MemberRole>Pending</MemberRole><Members><Member xsi:type='EmailMember'>\
         <MembershipId>12</MembershipId><Type>Email</Type><DisplayName>Carol</DisplayName>{}\
         <Email>carol@yahoo.example.com</Email></Member></Members><MembershipIsComplete>true</MembershipIsComplete>\
         </Membership></Memberships><Info><Handle><Id>1</Id><Type>Messenger</Type><ForeignId/></Handle>\
         <InverseRequired>false</InverseRequired><AuthorizationCriteria>Everyone</AuthorizationCriteria>\
         <IsBot>false</IsBot></Info><Changes/><LastChange>2026-02-03T04:05:06.7000000Z</LastChange>\
         <Deleted>false</Deleted></Service></Services><OwnerNamespace><Info><Handle>\
         <Id>00000000-0000-0000-0000-000000000000</Id><IsPassportNameHidden>false</IsPassportNameHidden><CID>0</CID>\
         </Handle><CreatorPuid>0</CreatorPuid><CreatorCID>1311768467294899695</CreatorCID>\
         <CreatorPassportName>alice@example.com</CreatorPassportName><CircleAttributes>\
         <IsPresenceEnabled>false</IsPresenceEnabled><Domain>WindowsLive</Domain></CircleAttributes>\
         <MessengerApplicationServiceCreated>false</MessengerApplicationServiceCreated></Info><Changes/>\
         <CreateDate>2026-01-01T00:00:00.0000000Z</CreateDate><LastChange>2026-02-03T04:05:06.7000000Z</LastChange>\
         </OwnerNamespace></{operation}Result></{operation}Response>",
        dates.replace("ANNOTATIONS", ""),
        dates.replace("ANNOTATIONS", annotations),
    ))
}

#[test]
fn lists_with_either_kind_of_id() {
    let number = listed(MembershipId::Number(11));
    assert_same_xml(
        &Reply::FindMembership(number.clone()).to_xml(&header()),
        &membership("FindMembership", "11"),
    );
    assert_same_xml(
        &Reply::FindMembershipByRole(number).to_xml(&header()),
        &membership("FindMembershipByRole", "11"),
    );
    assert_same_xml(
        &Reply::FindMembership(listed(MembershipId::Contact(bob()))).to_xml(&header()),
        &membership("FindMembership", "Allow/6f1c9f3e-1111-4a2b-8c3d-0000000000b0"),
    );
}

#[test]
fn ids_and_nothing() {
    const ID: Guid = Guid([0x11; 16]);
    let id = "11111111-1111-1111-1111-111111111111";
    for (reply, body) in [
        (Reply::AbContactAdd(ID), format!("<ABContactAddResult><guid>{id}</guid></ABContactAddResult>")),
        (Reply::AbGroupAdd(ID), format!("<ABGroupAddResult><guid>{id}</guid></ABGroupAddResult>")),
        (
            Reply::AbGroupContactAdd(ID),
            format!("<ABGroupContactAddResult><guid>{id}</guid></ABGroupContactAddResult>"),
        ),
        (Reply::AbAdd(ID), format!("<ABAddResult>{id}</ABAddResult>")),
        (Reply::AddService(3), "<AddServiceResult>3</AddServiceResult>".to_owned()),
        (Reply::CreateCircle(ID), format!("<CreateCircleResult><Id>{id}</Id></CreateCircleResult>")),
        (
            Reply::FindFriendsInCommon,
            "<FindFriendsInCommonResult><MatchedList/><UnmatchedList/><MatchedCount>0</MatchedCount>\
             <UnmatchedCount>0</UnmatchedCount></FindFriendsInCommonResult>"
                .to_owned(),
        ),
        (Reply::Done(Operation::AddMember), String::new()),
        (Reply::Done(Operation::AbContactUpdate), String::new()),
    ] {
        let operation = reply.operation();
        assert_same_xml(
            &reply.to_xml(&header()),
            &answer(&format!("<{operation}Response xmlns='ns:AB'>{body}</{operation}Response>")),
        );
    }
}

#[test]
fn a_connection_is_told_with_the_contact() {
    let contact = Contact {
        info: ContactInfo {
            contact_type: Some(ContactType::LivePending),
            networks: vec![NetworkInfo {
                domain_id: 1,
                source_id: Some("WL".to_owned()),
                relationship_type: 3,
                relationship_state: 1,
                ..NetworkInfo::default()
            }],
            ..buddy().info
        },
        ..buddy()
    };
    let body = BUDDY.replace(">Regular<", ">LivePending<").replace(
        "</TimeZone>",
        "</TimeZone><NetworkInfoList><NetworkInfo><DomainId>1</DomainId><SourceId>WL</SourceId>\
         <RelationshipType>3</RelationshipType><RelationshipState>1</RelationshipState>\
         <RelationshipRole>0</RelationshipRole><NDRCount>0</NDRCount></NetworkInfo></NetworkInfoList>",
    );
    for (reply, operation) in [
        (Reply::CreateContact(Box::new(contact.clone())), "CreateContact"),
        (Reply::ManageWlConnection(Box::new(contact)), "ManageWLConnection"),
    ] {
        assert_same_xml(
            &reply.to_xml(&header()),
            &answer(&format!(
                "<{operation}Response xmlns='ns:AB'><{operation}Result>{body}</{operation}Result></{operation}Response>"
            )),
        );
    }
}

/// Two clients compare qualified names as text.
#[test]
fn prefixes_are_the_classic_ones() {
    let xml = Reply::Done(Operation::AddMember).to_xml(&header());
    assert!(
        xml.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\""),
        "{xml}"
    );
    assert!(
        xml.ends_with(
            "<soap:Body><AddMemberResponse xmlns=\"http://www.msn.com/webservices/AddressBook\"/></soap:Body></soap:Envelope>"
        ),
        "{xml}"
    );
}

#[test]
fn a_fault_names_what_is_in_the_way() {
    let fault = Fault {
        conflict: Some(bob()),
        ..Fault::new(ErrorCode::ContactAlreadyExists, Operation::AbContactAdd)
    };
    assert_same_xml(
        &fault.to_xml("HOST01"),
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault>\
         <faultcode>soap:Client</faultcode><faultstring>Contact Already Exists</faultstring>\
         <faultactor>http://www.msn.com/webservices/AddressBook/ABContactAdd</faultactor><detail>\
         <errorcode xmlns='http://www.msn.com/webservices/AddressBook'>ContactAlreadyExists</errorcode>\
         <errorstring xmlns='http://www.msn.com/webservices/AddressBook'>Contact Already Exists</errorstring>\
         <machineName xmlns='http://www.msn.com/webservices/AddressBook'>HOST01</machineName>\
         <additionalDetails><originalExceptionErrorMessage>Contact Already Exists</originalExceptionErrorMessage>\
         <conflictObjectId>6f1c9f3e-1111-4a2b-8c3d-0000000000b0</conflictObjectId></additionalDetails>\
         </detail></s:Fault></s:Body></s:Envelope>",
    );
    for (error, words) in [
        (ErrorCode::AbDoesNotExist, "Address Book Does Not Exist"),
        (ErrorCode::FullSyncRequired, "Full sync required"),
        (ErrorCode::FullSyncRequired, "Need to do full sync"),
    ] {
        let fault = Fault::new(error, Operation::AbFindAll).to_xml("HOST01");
        let (_, told) = fault.split_once("<faultstring>").unwrap();
        assert!(told.split_once('<').unwrap().0.contains(words), "{fault}");
    }
}
