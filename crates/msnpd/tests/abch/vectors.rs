//! Each request as its clients write it, and its answer.

use crate::support::{ALICE, BOB, Bench, CAROL, Person, value};

/// The contact and the group in the fixtures.
const CONTACT: &str = "6f1c9f3e-1111-4a2b-8c3d-0000000000b0";
const GROUP: &str = "6f1c9f3e-2222-4a2b-8c3d-0000000000f1";

async fn group(who: &Person) -> String {
    who.fixture("ABGroupAdd", &[]).await.ok().text_of(&["ABGroupAddResult", "guid"])
}

fn cid(who: &Person) -> String {
    who.id.cid().cast_signed().to_string()
}

#[tokio::test]
async fn the_header_says_where_to_go_on() {
    let b = Bench::new().await;
    let reply = b.alice.fixture("FindMembership", &[]).await.ok();
    let header = reply.root.find(&["Header", "ServiceHeader"]).unwrap();
    let names: Vec<_> = header.children().iter().map(msnp::soap::tree::Element::name).collect();
    assert_eq!(names, ["Version", "CacheKey", "CacheKeyChanged", "PreferredHostName", "SessionId"]);
    assert_eq!(value(header, &["PreferredHostName"]), "contacts.example.com");
    assert_eq!(value(header, &["CacheKeyChanged"]), "true");
    let key = value(header, &["CacheKey"]);
    assert!(key.starts_with("12r1:"));
    let again = b
        .alice
        .fixture(
            "FindMembership.deltas",
            &[("12r1:AAAAexample", &key), ("<deltasOnly>true", "<deltasOnly>false")],
        )
        .await;
    assert_eq!(again.root.find(&["Header", "ServiceHeader", "CacheKeyChanged"]).unwrap().text(), "false");
}

#[tokio::test]
async fn memberships() {
    let b = Bench::new().await;
    b.bob.add(ALICE).await;
    b.alice.add(CAROL).await;
    let reply = b.alice.fixture("FindMembership", &[]).await.ok();
    let (bob, carol, alice) = (cid(&b.bob), cid(&b.carol), cid(&b.alice));
    reply.is(&format!(
        "<FindMembershipResponse><FindMembershipResult><Services><Service><Memberships>\
         <Membership><MemberRole>Allow</MemberRole><Members>\
         <Member xsi:type='PassportMember'><MembershipId>25</MembershipId><Type>Passport</Type><State>Accepted</State>\
         <Deleted>false</Deleted><LastChanged>*</LastChanged><JoinedDate>*</JoinedDate>\
         <ExpirationDate>0001-01-01T00:00:00</ExpirationDate><Changes/><PassportName>{CAROL}</PassportName>\
         <IsPassportNameHidden>false</IsPassportNameHidden><PassportId>0</PassportId><CID>{carol}</CID>\
         <PassportChanges/><LookedupByCID>false</LookedupByCID></Member>\
         </Members><MembershipIsComplete>true</MembershipIsComplete></Membership>\
         <Membership><MemberRole>Block</MemberRole><Members/><MembershipIsComplete>true</MembershipIsComplete></Membership>\
         <Membership><MemberRole>Reverse</MemberRole><Members/><MembershipIsComplete>true</MembershipIsComplete></Membership>\
         <Membership><MemberRole>Pending</MemberRole><Members>\
         <Member xsi:type='PassportMember'><MembershipId>20</MembershipId><Type>Passport</Type>\
         <DisplayName>{BOB}</DisplayName><State>Accepted</State><Annotations><Annotation>\
         <Name>MSN.IM.InviteMessage</Name><Value>Hi, this is Alice</Value></Annotation></Annotations>\
         <Deleted>false</Deleted><LastChanged>*</LastChanged><JoinedDate>*</JoinedDate>\
         <ExpirationDate>0001-01-01T00:00:00</ExpirationDate><Changes/><PassportName>{BOB}</PassportName>\
         <IsPassportNameHidden>false</IsPassportNameHidden><PassportId>0</PassportId><CID>{bob}</CID>\
         <PassportChanges/><LookedupByCID>false</LookedupByCID></Member>\
         </Members><MembershipIsComplete>true</MembershipIsComplete></Membership></Memberships>\
         <Info><Handle><Id>1</Id><Type>Messenger</Type><ForeignId/></Handle><InverseRequired>false</InverseRequired>\
         <AuthorizationCriteria>Everyone</AuthorizationCriteria><IsBot>false</IsBot></Info><Changes/>\
         <LastChange>*</LastChange><Deleted>false</Deleted></Service></Services>\
         <OwnerNamespace><Info><Handle><Id>00000000-0000-0000-0000-000000000000</Id>\
         <IsPassportNameHidden>false</IsPassportNameHidden><CID>0</CID></Handle><CreatorPuid>0</CreatorPuid>\
         <CreatorCID>{alice}</CreatorCID><CreatorPassportName>{ALICE}</CreatorPassportName>\
         <CircleAttributes><IsPresenceEnabled>false</IsPresenceEnabled><Domain>WindowsLive</Domain></CircleAttributes>\
         <MessengerApplicationServiceCreated>false</MessengerApplicationServiceCreated></Info><Changes/>\
         <CreateDate>*</CreateDate><LastChange>*</LastChange></OwnerNamespace></FindMembershipResult>\
         </FindMembershipResponse>"
    ));
    let roles = b.alice.fixture("FindMembershipByRole", &[]).await.ok();
    let memberships =
        roles.result().find(&["FindMembershipByRoleResult", "Services", "Service", "Memberships"]).unwrap();
    let named: Vec<_> = memberships.children().iter().map(|m| value(m, &["MemberRole"])).collect();
    assert_eq!(named, ["Allow", "Block"]);

    // By its number alone, as one client ends the question.
    b.alice.fixture("DeleteMember.pending", &[(">7<", ">20<")]).await.ok().is("<DeleteMemberResponse/>");
    assert_eq!(b.alice.members("Reverse").await, [BOB]);
    b.alice.fixture("AddMember.reverse", &[]).await.fault("MemberAlreadyExists");
    b.alice.fixture("AddMember", &[]).await.ok().is("<AddMemberResponse/>");
    b.alice
        .fixture("AddMember", &[("PassportMember\" xmlns:xsi", "PassportMember\"  xmlns:xsi")])
        .await
        .fault("MemberAlreadyExists");
    b.alice.fixture("UpdateMember", &[]).await.ok().is("<UpdateMemberResponse/>");
    b.alice.fixture("AddMember.block", &[]).await.ok();
    assert_eq!(
        (b.alice.members("Allow").await, b.alice.members("Block").await),
        (vec![CAROL.to_owned()], vec![BOB.to_owned()])
    );
    b.alice.fixture("UpdateMember", &[]).await.fault("MemberDoesNotExist");
    b.alice.fixture("DeleteMember", &[]).await.fault("MemberDoesNotExist");
    b.alice.fixture("AddMember", &[(BOB, "nobody@example.com")]).await.fault("UserDoesNotExist");
    b.alice.fixture("AddMember", &[(BOB, "nobody")]).await.fault("BadEmailArgument");
    // The profile is opened to a role: taken, and nothing follows.
    b.alice.fixture("AddMember.profileexpression", &[]).await.ok().is("<AddMemberResponse/>");
    let service = b.alice.fixture("AddService", &[]).await.ok();
    service.is("<AddServiceResponse><AddServiceResult>6</AddServiceResult></AddServiceResponse>");
}

#[tokio::test]
async fn members_of_other_networks() {
    let b = Bench::new().await;
    b.alice.fixture("AddMember.email", &[]).await.ok();
    b.alice.fixture("AddMember.phone", &[]).await.ok();
    let reply = b.alice.fixture("FindMembership", &[]).await.ok();
    let allow = reply
        .result()
        .find(&["FindMembershipResult", "Services", "Service", "Memberships", "Membership", "Members"])
        .unwrap();
    let [email, phone] = allow.children() else { panic!("{}", reply.text) };
    assert_eq!(
        (email.attribute("type"), value(email, &["Email"])),
        (Some("EmailMember"), "carol@yahoo.example.com".to_owned())
    );
    assert_eq!(value(email, &["Annotations", "Annotation", "Value"]), "32:");
    assert_eq!(
        (phone.attribute("type"), value(phone, &["PhoneNumber"])),
        (Some("PhoneMember"), "+15550100".to_owned())
    );
    let (one, other): (u32, u32) =
        (value(email, &["MembershipId"]).parse().unwrap(), value(phone, &["MembershipId"]).parse().unwrap());
    assert!(one != other && one < 1 << 31 && other < 1 << 31);
}

#[tokio::test]
async fn the_whole_book() {
    let b = Bench::new().await;
    let contact = b.alice.add(BOB).await;
    let group = group(&b.alice).await;
    let into = [(CONTACT, &*contact), (GROUP, &*group)];
    let joined = b.alice.fixture("ABGroupContactAdd", &into).await.ok();
    joined.is(&format!("<ABGroupContactAddResponse><ABGroupContactAddResult><guid>{contact}</guid></ABGroupContactAddResult></ABGroupContactAddResponse>"));
    b.alice.fixture("ABContactUpdate", &[(CONTACT, &contact)]).await.ok().is("<ABContactUpdateResponse/>");
    b.alice.fixture("ABContactUpdate.me", &[]).await.ok().is("<ABContactUpdateResponse/>");
    let phone = "<ABContactUpdate><abId/><contacts><Contact><contactId>#</contactId><contactInfo><phones><ContactPhone>\
        <contactPhoneType>ContactPhoneMobile</contactPhoneType><number>+15550100</number></ContactPhone></phones>\
        <comment>line 1\nline 2 &lt;&amp;&gt;</comment></contactInfo>\
        <propertiesChanged>ContactPhone Comment</propertiesChanged></Contact></contacts></ABContactUpdate>";
    b.alice.ask(&phone.replace('#', &contact)).await.ok();
    let rest = "<IsNotMobileVisible>false</IsNotMobileVisible><isMobileIMEnabled>false</isMobileIMEnabled>\
        <isMessengerUser>#</isMessengerUser><isFavorite>false</isFavorite><isSmtp>false</isSmtp>\
        <hasSpace>false</hasSpace><spotWatchState>NoDevice</spotWatchState><birthdate>0001-01-01T00:00:00</birthdate>\
        <primaryEmailType>ContactEmailPersonal</primaryEmailType><PrimaryLocation>ContactLocationPersonal</PrimaryLocation>\
        <PrimaryPhone>ContactPhonePersonal</PrimaryPhone><IsPrivate>false</IsPrivate><Gender>Unspecified</Gender>\
        <TimeZone>None</TimeZone></contactInfo><propertiesChanged/><fDeleted>false</fDeleted><lastChange>*</lastChange>\
        </Contact>";
    let (alice, bob, me) = (cid(&b.alice), cid(&b.bob), b.alice.id.contact_id());
    let groups = format!(
        "<Group><groupId>{group}</groupId><groupInfo><annotations><Annotation><Name>MSN.IM.Display</Name><Value>1</Value>\
         </Annotation></annotations><groupType>c8529ce2-6ead-434d-881f-341e17db3ff8</groupType>\
         <name>Friends &amp; family</name><IsNotMobileVisible>false</IsNotMobileVisible><IsPrivate>false</IsPrivate>\
         <IsFavorite>false</IsFavorite></groupInfo><propertiesChanged/><fDeleted>false</fDeleted>\
         <lastChange>*</lastChange></Group>"
    );
    let annotation = |name: &str, value: &str| {
        format!("<Annotation><Name>{name}</Name><Value>{value}</Value></Annotation>")
    };
    let own = format!(
        "<Contact><contactId>{me}</contactId><contactInfo><annotations>{}{}{}</annotations>\
         <contactType>Me</contactType><quickName>Alice A.</quickName><passportName>{ALICE}</passportName>\
         <IsPassportNameHidden>false</IsPassportNameHidden><displayName>Alice A.</displayName><puid>0</puid><CID>{alice}</CID>{}",
        annotation("MSN.IM.MBEA", "0"),
        annotation("MSN.IM.GTC", "1"),
        annotation("MSN.IM.BLP", "2"),
        rest.replace('#', "false")
    );
    let buddy = format!(
        "<Contact><contactId>{contact}</contactId><contactInfo><phones><ContactPhone>\
         <contactPhoneType>ContactPhoneMobile</contactPhoneType><number>+15550100</number>\
         <isMessengerEnabled>false</isMessengerEnabled><propertiesChanged/></ContactPhone></phones>\
         <annotations>{}</annotations><groupIds><guid>{group}</guid></groupIds><contactType>Regular</contactType>\
         <quickName>Bob B.</quickName><passportName>{BOB}</passportName><IsPassportNameHidden>false</IsPassportNameHidden>\
         <displayName>Bob B.</displayName><puid>0</puid><CID>{bob}</CID><comment>line 1\nline 2 &lt;&amp;&gt;</comment>{}",
        annotation("AB.NickName", "Bobby"),
        rest.replace('#', "true")
    );
    let ab = format!(
        "<abId>00000000-0000-0000-0000-000000000000</abId><abInfo><ownerPuid>0</ownerPuid><OwnerCID>{alice}</OwnerCID>\
         <ownerEmail>{ALICE}</ownerEmail><fDefault>true</fDefault><joinedNamespace>false</joinedNamespace><IsBot>false</IsBot>\
         <IsParentManaged>false</IsParentManaged><SubscribeExternalPartner>false</SubscribeExternalPartner>\
         <NotifyExternalPartner>false</NotifyExternalPartner><AddressBookType>Individual</AddressBookType></abInfo>\
         <lastChange>*</lastChange><DynamicItemLastChanged>0001-01-01T00:00:00</DynamicItemLastChanged>\
         <RecentActivityItemLastChanged>0001-01-01T00:00:00</RecentActivityItemLastChanged><createDate>*</createDate>\
         <propertiesChanged/>"
    );
    let all = b.alice.fixture("ABFindAll", &[]).await.ok();
    all.is(&format!(
        "<ABFindAllResponse><ABFindAllResult><groups>{groups}</groups><contacts>{own}{buddy}</contacts><ab>{ab}</ab>\
         </ABFindAllResult></ABFindAllResponse>"
    ));
    // Never does the book seem to be made later than it was changed.
    assert!(
        all.text_of(&["ABFindAllResult", "ab", "createDate"])
            < all.text_of(&["ABFindAllResult", "ab", "lastChange"])
    );
    for fixture in ["ABFindContactsPaged", "ABFindContactsPaged.pidgin"] {
        b.alice.fixture(fixture, &[]).await.ok().is(&format!(
            "<ABFindContactsPagedResponse><ABFindContactsPagedResult><Groups>{groups}</Groups>\
             <Contacts>{own}{buddy}</Contacts><Ab>{ab}</Ab></ABFindContactsPagedResult></ABFindContactsPagedResponse>"
        ));
    }
    b.alice.fixture("ABFindByContacts", &[(CONTACT, &contact)]).await.ok().is(&format!(
        "<ABFindByContactsResponse><ABFindByContactsResult><contacts>{buddy}</contacts><ab>{ab}</ab></ABFindByContactsResult>\
         </ABFindByContactsResponse>"
    ));
}

#[tokio::test]
async fn contacts_come_and_go() {
    let b = Bench::new().await;
    let added = b.alice.fixture("ABContactAdd", &[]).await.ok();
    added.is("<ABContactAddResponse><ABContactAddResult><guid>*</guid></ABContactAddResult></ABContactAddResponse>");
    let contact = added.text_of(&["ABContactAddResult", "guid"]);
    assert_eq!(b.alice.members("Allow").await, [BOB], "some clients don't say so otherwise");
    // Again, with another body, or it would be the same request.
    let again = b.alice.fixture("ABContactAdd", &[("Hi, this is Alice", "Hi")]).await;
    let conflict = again.fault("ContactAlreadyExists").find(&["additionalDetails", "conflictObjectId"]);
    assert_eq!(conflict.unwrap().text(), contact);
    b.alice.fixture("ABContactAdd", &[(BOB, "nobody@example.com")]).await.fault("InvalidPassportUser");
    b.alice.fixture("ABContactAdd", &[(BOB, "nobody")]).await.fault("BadEmailArgument");

    let not = [("<isMessengerUser>true", "<isMessengerUser>false"), (CONTACT, &*contact)];
    b.alice.fixture("ABContactUpdate.messengeruser", &not).await.ok();
    let [kept] = &*b.alice.contacts().await else { panic!() };
    assert_eq!(value(kept, &["contactInfo", "isMessengerUser"]), "false");
    let again = b.alice.fixture("ABContactAdd", &[]).await;
    assert_eq!(
        again.fault("ContactAlreadyExists").find(&["additionalDetails", "conflictObjectId"]).unwrap().text(),
        contact
    );
    b.alice.fixture("ABContactUpdate.messengeruser", &[(CONTACT, &contact)]).await.ok();
    assert_eq!(value(&b.alice.contacts().await[0], &["contactInfo", "isMessengerUser"]), "true");

    b.alice.fixture("ABContactDelete", &[(CONTACT, &contact)]).await.ok().is("<ABContactDeleteResponse/>");
    assert!(b.alice.contacts().await.is_empty());
    assert_eq!(b.alice.members("Allow").await, [BOB], "other lists are not touched");
    b.alice.fixture("DeleteContact", &[(CONTACT, &contact)]).await.fault("ContactDoesNotExist");
    b.alice.fixture("ABContactUpdate", &[(CONTACT, &contact)]).await.fault("ContactDoesNotExist");
    // One client does not know the id yet; it is told, and its connection is not broken.
    b.alice.fixture("ABContactUpdate", &[(CONTACT, "")]).await.fault("ContactDoesNotExist");
    let contact = b.alice.add(CAROL).await;
    b.alice.fixture("DeleteContact", &[(CONTACT, &contact)]).await.ok().is("<DeleteContactResponse/>");
    assert!(b.alice.contacts().await.is_empty());
    let book = b.alice.fixture("ABAdd", &[]).await;
    book.fault("ABAlreadyExists");
}

#[tokio::test]
async fn contacts_of_other_networks() {
    let b = Bench::new().await;
    b.alice.fixture("ABContactAdd.yahoo", &[]).await.ok();
    b.alice.fixture("ABContactAdd.phone", &[]).await.ok();
    let plain = "<ABContactAdd><abId/><contacts><Contact><contactInfo><emails><ContactEmail>\
        <contactEmailType>ContactEmailPersonal</contactEmailType><email>Aunt@Example.org</email></ContactEmail></emails>\
        <contactType>Regular</contactType><quickName>Aunt</quickName><firstName>Ann</firstName></contactInfo></Contact>\
        </contacts></ABContactAdd>";
    b.alice.ask(plain).await.ok();
    let contacts = b.alice.contacts().await;
    let named = |name: &str| {
        let is_it = |c: &&msnp::soap::tree::Element| value(c, &["contactInfo", "displayName"]) == name;
        contacts.iter().find(is_it).unwrap().child("contactInfo").unwrap()
    };
    let yahoo = named("carol@yahoo.example.com");
    assert_eq!(value(yahoo, &["passportName"]), "");
    assert_eq!(value(yahoo, &["emails", "ContactEmail", "contactEmailType"]), "Messenger2");
    assert_eq!(value(yahoo, &["emails", "ContactEmail", "Capability"]), "32");
    assert_eq!(value(yahoo, &["emails", "ContactEmail", "isMessengerEnabled"]), "true");
    let phone = named("Dave mobile");
    assert_eq!(value(phone, &["phones", "ContactPhone", "number"]), "+15550100");
    assert_eq!(value(phone, &["phones", "ContactPhone", "isMessengerEnabled"]), "true");
    let aunt = named("Aunt");
    assert_eq!(
        (value(aunt, &["isMessengerUser"]), value(aunt, &["firstName"])),
        ("false".to_owned(), "Ann".to_owned())
    );
    assert_eq!(value(aunt, &["emails", "ContactEmail", "email"]), "Aunt@Example.org");
}

#[tokio::test]
async fn groups() {
    let b = Bench::new().await;
    let group = group(&b.alice).await;
    let again = b.alice.fixture("ABGroupAdd", &[("Friends", "FRIENDS")]).await;
    let conflict = again.fault("GroupAlreadyExists").find(&["additionalDetails", "conflictObjectId"]);
    assert_eq!(conflict.unwrap().text(), group);
    let long = b.alice.fixture("ABGroupAdd", &[("Friends", &"x".repeat(61))]).await;
    assert_eq!(long.fault("BadArgumentLength").child("parameterFault").unwrap().text(), "GroupName");
    let other = b
        .alice
        .fixture("ABGroupAdd", &[("<fRenameOnMsgrConflict>false", "<fRenameOnMsgrConflict>true")])
        .await
        .ok();
    let other = other.text_of(&["ABGroupAddResult", "guid"]);
    b.alice.fixture("ABGroupUpdate", &[(GROUP, &group)]).await.ok().is("<ABGroupUpdateResponse/>");
    b.alice.fixture("ABGroupUpdate", &[(GROUP, &other)]).await.fault("GroupAlreadyExists");
    b.alice.fixture("ABGroupUpdate", &[]).await.fault("GroupDoesNotExist");
    let names = async || {
        let reply = b.alice.fixture("ABFindAll", &[]).await.ok();
        let groups = reply.result().find(&["ABFindAllResult", "groups"]).unwrap();
        groups.children().iter().map(|group| value(group, &["groupInfo", "name"])).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Renamed", "Friends & family 2"]);

    // Somebody new in a group, as one client adds people.
    let new = b.alice.fixture("ABGroupContactAdd.newcontact", &[(GROUP, &group)]).await.ok();
    let contact = new.text_of(&["ABGroupContactAddResult", "guid"]);
    let groups_of = async || {
        let [contact] = &*b.alice.contacts().await else { panic!() };
        contact
            .find(&["contactInfo", "groupIds"])
            .map(|ids| ids.children().iter().map(|id| id.text().to_owned()).collect())
    };
    assert_eq!(groups_of().await, Some(vec![group.clone()]));
    assert_eq!(b.alice.members("Allow").await, [BOB]);
    let both = [(CONTACT, &*contact), (GROUP, &*group)];
    b.alice.fixture("ABGroupContactDelete", &both).await.ok().is("<ABGroupContactDeleteResponse/>");
    assert_eq!(groups_of().await, None);
    b.alice.fixture("ABGroupContactAdd", &both).await.ok();
    b.alice.fixture("ABGroupContactAdd", &[(CONTACT, &contact)]).await.fault("GroupDoesNotExist");
    b.alice.fixture("ABGroupContactAdd", &[(GROUP, &group)]).await.fault("ContactDoesNotExist");
    b.alice.fixture("ABGroupDelete", &[(GROUP, &group)]).await.ok().is("<ABGroupDeleteResponse/>");
    assert_eq!((groups_of().await, names().await), (None, vec!["Friends & family 2".to_owned()]));
    b.alice.fixture("ABGroupDelete", &[(GROUP, "not a guid")]).await.fault("GroupDoesNotExist");
}

#[tokio::test]
async fn connections() {
    let b = Bench::new().await;
    let created = b.alice.fixture("CreateContact", &[]).await.ok();
    let result = created.result().child("CreateContactResult").unwrap();
    let contact = value(result, &["contactId"]);
    assert_eq!(value(result, &["contactInfo", "contactType"]), "LivePending");
    assert_eq!(value(result, &["contactInfo", "isMessengerUser"]), "false");
    assert!(b.bob.members("Pending").await.is_empty(), "he knows nothing of it yet");
    let asked = b.alice.fixture("ManageWLConnection", &[(CONTACT, &contact)]).await.ok();
    let result = asked.result().child("ManageWLConnectionResult").unwrap();
    let network = result.find(&["contactInfo", "NetworkInfoList", "NetworkInfo"]).unwrap();
    let what = ["DomainId", "RelationshipType", "RelationshipState", "RelationshipRole"]
        .map(|name| value(network, &[name]));
    assert_eq!(what, ["1", "3", "1", "0"]);
    assert_eq!(value(result, &["contactInfo", "isMessengerUser"]), "true");
    assert_eq!(
        (b.bob.members("Pending").await, b.alice.members("Allow").await),
        (vec![ALICE.to_owned()], vec![BOB.to_owned()])
    );

    // He answers, and then it is another answer to her.
    let theirs = b.bob.fixture("CreateContact", &[(BOB, ALICE)]).await.ok();
    let theirs = theirs.text_of(&["CreateContactResult", "contactId"]);
    let accepted = b.bob.fixture("ManageWLConnection", &[(CONTACT, &theirs)]).await.ok();
    let state =
        ["ManageWLConnectionResult", "contactInfo", "NetworkInfoList", "NetworkInfo", "RelationshipState"];
    assert_eq!(accepted.text_of(&state), "3");
    assert_eq!(
        (b.bob.members("Pending").await, b.bob.members("Reverse").await),
        (Vec::new(), vec![ALICE.to_owned()])
    );

    b.bob.fixture("BreakConnection", &[(CONTACT, &theirs)]).await.ok().is("<BreakConnectionResponse/>");
    assert!(b.bob.contacts().await.is_empty());
    assert!(b.alice.members("Reverse").await.is_empty());
    let again = b
        .alice
        .fixture("CreateContact", &[("<Puid>0</Puid><Cid>0</Cid><CircleId>", "<Puid>0</Puid><CircleId>")])
        .await;
    again.fault("ContactAlreadyExists");
    b.alice.fixture("CreateContact", &[(BOB, "nobody@example.com")]).await.fault("InvalidPassportUser");
    b.alice.fixture("ManageWLConnection", &[]).await.fault("ContactDoesNotExist");
    let decline = [(CONTACT, &*contact), ("<action>1", "<action>2")];
    b.alice.fixture("ManageWLConnection", &decline).await.ok();
    assert_eq!(
        (b.alice.members("Block").await, b.alice.members("Allow").await.len()),
        (vec![BOB.to_owned()], 0)
    );
}

#[tokio::test]
async fn what_is_not_kept_is_taken() {
    let b = Bench::new().await;
    b.alice.fixture("UpdateDynamicItem", &[]).await.ok().is("<UpdateDynamicItemResponse/>");
    b.alice.fixture("AddDynamicItem", &[]).await.ok().is("<AddDynamicItemResponse/>");
    b.alice.fixture("FindFriendsInCommon", &[]).await.ok().is(
        "<FindFriendsInCommonResponse><FindFriendsInCommonResult><MatchedList/><UnmatchedList/>\
         <MatchedCount>0</MatchedCount><UnmatchedCount>0</UnmatchedCount></FindFriendsInCommonResult>\
         </FindFriendsInCommonResponse>",
    );
}

/// What has changed since the last answer, and nothing else.
#[tokio::test]
async fn deltas() {
    const SINCE: &str = "2026-02-03T04:05:06.7000000Z";
    let b = Bench::new().await;
    let contact = b.alice.add(BOB).await;
    let all = b.alice.fixture("ABFindAll", &[]).await.ok();
    let lists = b.alice.fixture("FindMembership", &[]).await.ok();
    let book_changed = all.text_of(&["ABFindAllResult", "ab", "lastChange"]);
    let service = ["FindMembershipResult", "Services", "Service"];
    let lists_changed = lists.text_of(&[&service[..], &["LastChange"]].concat());
    let nothing = b.alice.fixture("ABFindAll.deltas", &[(SINCE, &book_changed)]).await.ok();
    assert!(nothing.result().find(&["ABFindAllResult", "contacts"]).unwrap().children().is_empty());
    assert_eq!(nothing.text_of(&["ABFindAllResult", "ab", "lastChange"]), book_changed);

    b.alice.fixture("ABContactDelete", &[(CONTACT, &contact)]).await.ok();
    let other = b.alice.add(CAROL).await;
    b.alice.fixture("DeleteMember", &[]).await.ok();
    for (fixture, result, contacts) in [
        ("ABFindAll.deltas", "ABFindAllResult", "contacts"),
        ("ABFindContactsPaged.deltas", "ABFindContactsPagedResult", "Contacts"),
    ] {
        let since = if fixture.contains("Paged") { "2026-02-03T04:05:06Z" } else { SINCE };
        let changes = b.alice.fixture(fixture, &[(since, &book_changed)]).await.ok();
        let changes = changes.result().find(&[result, contacts]).unwrap();
        let told: Vec<_> =
            changes.children().iter().map(|c| (value(c, &["contactId"]), value(c, &["fDeleted"]))).collect();
        assert_eq!(told, [(other.clone(), "false".to_owned()), (contact.clone(), "true".to_owned())]);
    }
    let changes = b.alice.fixture("FindMembership.deltas", &[(SINCE, &lists_changed)]).await.ok();
    let service = changes.result().find(&service).unwrap();
    let [allow] = service.child("Memberships").unwrap().children() else { panic!("{}", changes.text) };
    assert_eq!(value(allow, &["MembershipIsComplete"]), "false");
    let told: Vec<_> = allow
        .child("Members")
        .unwrap()
        .children()
        .iter()
        .map(|m| (value(m, &["PassportName"]), value(m, &["Deleted"])))
        .collect();
    assert_eq!(told, [(CAROL.to_owned(), "false".to_owned()), (BOB.to_owned(), "true".to_owned())]);
    assert!(value(service, &["LastChange"]) > lists_changed);

    // Never is never, and of what was before all this, or is still to come, nothing is known.
    let never = "0001-01-01T00:00:00.0000000-08:00";
    assert_eq!(
        b.alice
            .fixture("ABFindAll.deltas", &[(SINCE, never)])
            .await
            .ok()
            .result()
            .find(&["ABFindAllResult", "contacts"])
            .unwrap()
            .children()
            .len(),
        2
    );
    for stale in ["2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
        for (fixture, since) in [
            ("ABFindAll.deltas", SINCE),
            ("FindMembership.deltas", SINCE),
            ("ABFindContactsPaged.deltas", "2026-02-03T04:05:06Z"),
        ] {
            let reply = b.alice.fixture(fixture, &[(since, stale)]).await;
            reply.fault("FullSyncRequired");
            let text = reply.text_of(&["faultstring"]);
            assert!(text.contains("Full sync required") && text.contains("Need to do full sync"), "{text}");
        }
    }
}
