//! Circles over the address book service: every request that clients are known to send, and what it gets.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use msnp::soap::tree::{Element, Limits};
use msnp::types::CircleId;
use msnpd::circle::ticket::CircleTickets;
use msnpd::ticket::{LIFETIME, Mint, Purpose};

use crate::common::raw::Raw;
use crate::support::{ALICE, BOB, Bench, CAROL, Person, Reply, value};

/// The circle and the contact in the requests of the fixtures.
pub const CIRCLE: &str = "00000000-0000-0000-0009-00000000c1c1";
pub const CONTACT: &str = "6f1c9f3e-1111-4a2b-8c3d-0000000000c1";

/// What a contact's answer has of somebody, in the order in which clients have always had it.
struct Told<'a> {
    kind: &'a str,
    quick: &'a str,
    passport: &'a str,
    display: &'a str,
    cid: i64,
    network: &'a str,
    is_hidden: bool,
}

impl Told<'_> {
    fn contact(&self, id: &str) -> String {
        let Self { kind, quick, passport, display, cid, network, is_hidden } = self;
        let network = match network.is_empty() {
            true => String::new(),
            false => format!(
                "<NetworkInfoList><NetworkInfo><DomainId>1</DomainId><SourceId>WL</SourceId>{network}</NetworkInfo>\
                 </NetworkInfoList>"
            ),
        };
        let hidden = if *is_hidden { "<IsHidden>true</IsHidden>" } else { "" };
        format!(
            "<contactId>{id}</contactId><contactInfo><contactType>{kind}</contactType><quickName>{quick}</quickName>\
             <passportName>{passport}</passportName><IsPassportNameHidden>false</IsPassportNameHidden>\
             <displayName>{display}</displayName><puid>0</puid><CID>{cid}</CID>\
             <IsNotMobileVisible>false</IsNotMobileVisible><isMobileIMEnabled>false</isMobileIMEnabled>\
             <isMessengerUser>false</isMessengerUser><isFavorite>false</isFavorite><isSmtp>false</isSmtp>\
             <hasSpace>false</hasSpace><spotWatchState>NoDevice</spotWatchState>\
             <birthdate>0001-01-01T00:00:00</birthdate><primaryEmailType>ContactEmailPersonal</primaryEmailType>\
             <PrimaryLocation>ContactLocationPersonal</PrimaryLocation><PrimaryPhone>ContactPhonePersonal</PrimaryPhone>\
             <IsPrivate>false</IsPrivate><Gender>Unspecified</Gender><TimeZone>None</TimeZone>{network}{hidden}\
             </contactInfo><propertiesChanged/><fDeleted>false</fDeleted><lastChange>*</lastChange>"
        )
    }
}

/// Somebody in a circle's book.
fn member(who: &Person, id: &str, state: u32, role: u32) -> String {
    let network = network(who.email, who.email, state, role, "");
    let kind = if state == 3 { "Live" } else { "LivePending" };
    let (network, is_hidden) = (&*network, false);
    let (quick, passport, display) = (who.email, who.email, who.email);
    Told { kind, quick, passport, display, cid: cid(who), network, is_hidden }.contact(id)
}

fn network(tag: &str, name: &str, state: u32, role: u32, more: &str) -> String {
    format!(
        "<DomainTag>{tag}</DomainTag><DisplayName>{name}</DisplayName><RelationshipType>5</RelationshipType>\
         <RelationshipState>{state}</RelationshipState><RelationshipRole>{role}</RelationshipRole>\
         <NDRCount>0</NDRCount>{more}"
    )
}

/// The hidden contact that stands for a circle in somebody's book.
fn stand_in(circle: CircleId, state: u32, role: u32, inviter: &str) -> String {
    let network = network(&circle.to_string(), "Example group", state, role, inviter);
    Told {
        kind: "Circle",
        quick: "Example group",
        passport: &format!("{circle}@hotmail.com"),
        display: "Example group",
        cid: circle_cid(circle),
        network: &network,
        is_hidden: true,
    }
    .contact(&circle.to_string())
}

fn cid(who: &Person) -> i64 {
    who.id.cid().cast_signed()
}

fn circle_cid(circle: CircleId) -> i64 {
    (9 << 48 | circle.get()).cast_signed()
}

/// How a book tells a circle.
fn inverse(circle: CircleId, role: &str, state: &str) -> String {
    format!(
        "<CircleInverseInfo><Content><Handle><Id>{circle}</Id></Handle><Info><Domain>1</Domain>\
         <HostedDomain>live.com</HostedDomain><Type>2</Type><MembershipAccess>0</MembershipAccess>\
         <IsPresenceEnabled>true</IsPresenceEnabled><RequestMembershipOption>2</RequestMembershipOption>\
         <DisplayName>Example group</DisplayName><ProfileLastUpdated>0001-01-01T00:00:00</ProfileLastUpdated><Changes/>\
         <CreateDate>*</CreateDate><LastChanged>*</LastChanged></Info></Content><PersonalInfo><MembershipInfo>\
         <CirclePersonalMembership><Role>{role}</Role><State>{state}</State></CirclePersonalMembership></MembershipInfo>\
         <Name>Example group</Name><IsNotMobileVisible>false</IsNotMobileVisible><IsFavorite>false</IsFavorite>\
         <IsFamily>false</IsFamily><Changes/></PersonalInfo><Deleted>false</Deleted></CircleInverseInfo>"
    )
}

impl Person {
    pub async fn make_circle(&self) -> CircleId {
        let made = self.fixture("CreateCircle", &[]).await.ok();
        made.text_of(&["CreateCircleResult", "Id"]).parse().unwrap()
    }

    /// A request of the fixtures about this circle.
    pub async fn about(&self, name: &str, circle: CircleId, instead: &[(&str, &str)]) -> Reply {
        let circle = circle.to_string();
        self.fixture(name, &[&[(CIRCLE, &*circle)], instead].concat()).await
    }

    /// Invites somebody, in both halves; gives what he is named by.
    pub async fn invite(&self, circle: CircleId, email: &str) -> String {
        let named = self.about("CreateContact.circle", circle, &[(BOB, email)]).await.ok();
        let contact = named.text_of(&["CreateContactResult", "contactId"]);
        self.about("ManageWLConnection.circleinvite", circle, &[(CONTACT, &contact)]).await.ok();
        contact
    }

    pub async fn accept(&self, circle: CircleId) {
        self.about("ManageWLConnection.circleaccept", circle, &[]).await.ok();
    }

    /// The book as clients from 2009 on read it, or what has changed in it.
    pub async fn paged(&self, since: Option<&str>) -> Element {
        let reply = match since {
            None => self.fixture("ABFindContactsPaged", &[]).await,
            Some(since) => {
                self.fixture("ABFindContactsPaged.deltas", &[("2026-02-03T04:05:06Z", since)]).await
            }
        };
        reply.ok().result().child("ABFindContactsPagedResult").unwrap().clone()
    }

    /// The circles that the book tells, with role and state, and whether they are gone.
    pub async fn circles(&self, since: Option<&str>) -> Vec<(String, String, String)> {
        let book = self.paged(since).await;
        let Some(circles) = book.find(&["CircleResult", "Circles"]) else { return Vec::new() };
        let told = |circle: &Element| {
            let membership =
                |name| value(circle, &["PersonalInfo", "MembershipInfo", "CirclePersonalMembership", name]);
            assert_eq!(value(circle, &["Deleted"]) == "true", membership("State") == "Left");
            (value(circle, &["Content", "Handle", "Id"]), membership("Role"), membership("State"))
        };
        circles.children().iter().map(told).collect()
    }

    /// The contacts that the book tells, but its owner, with whether they are gone.
    pub async fn told(&self, since: Option<&str>) -> Vec<(String, bool)> {
        let book = self.paged(since).await;
        let contacts = book.child("Contacts").unwrap().children().iter();
        let others = contacts.filter(|contact| value(contact, &["contactInfo", "contactType"]) != "Me");
        others
            .map(|contact| (value(contact, &["contactId"]), value(contact, &["fDeleted"]) == "true"))
            .collect()
    }

    pub async fn changed(&self) -> String {
        value(&self.paged(None).await, &["Ab", "lastChange"])
    }
}

pub fn told(circle: CircleId, role: &str, state: &str) -> Vec<(String, String, String)> {
    vec![(circle.to_string(), role.to_owned(), state.to_owned())]
}

/// Every request about circles, in the order in which clients send them.
#[tokio::test]
async fn a_circle_from_its_beginning_to_its_end() {
    let b = Bench::new().await;
    assert!(b.alice.paged(None).await.child("CircleResult").is_none());
    let made = b.alice.fixture("CreateCircle", &[]).await.ok();
    made.is(
        "<CreateCircleResponse><CreateCircleResult><Id>*</Id></CreateCircleResult></CreateCircleResponse>",
    );
    let circle: CircleId = made.text_of(&["CreateCircleResult", "Id"]).parse().unwrap();
    let address = circle.address();

    // Its book: the maker, and the circle as the owner.
    let own = b.alice.about("ABFindContactsPaged.circle", circle, &[]).await.ok();
    let contacts = own.result().find(&["ABFindContactsPagedResult", "Contacts"]).unwrap();
    let alice = value(&contacts.children()[0], &["contactId"]);
    let me = Told {
        kind: "Me",
        quick: &circle.to_string(),
        passport: &address,
        display: &address,
        cid: circle_cid(circle),
        network: "",
        is_hidden: false,
    };
    let book = |members: &str| {
        format!(
            "<ABFindContactsPagedResponse><ABFindContactsPagedResult><Contacts>{members}<Contact>{}</Contact></Contacts>\
             <Ab><abId>{circle}</abId><abInfo><ownerPuid>0</ownerPuid><OwnerCID>{}</OwnerCID>\
             <ownerEmail>{address}</ownerEmail><fDefault>false</fDefault><joinedNamespace>false</joinedNamespace>\
             <IsBot>false</IsBot><IsParentManaged>false</IsParentManaged>\
             <SubscribeExternalPartner>false</SubscribeExternalPartner>\
             <NotifyExternalPartner>false</NotifyExternalPartner><AddressBookType>Group</AddressBookType></abInfo>\
             <lastChange>*</lastChange><DynamicItemLastChanged>0001-01-01T00:00:00</DynamicItemLastChanged>\
             <RecentActivityItemLastChanged>0001-01-01T00:00:00</RecentActivityItemLastChanged>\
             <createDate>*</createDate><propertiesChanged/></Ab></ABFindContactsPagedResult>\
             </ABFindContactsPagedResponse>",
            me.contact(&circle.to_string()),
            circle_cid(circle),
        )
    };
    let admin = format!("<Contact>{}</Contact>", member(&b.alice, &alice, 3, 1));
    own.is(&book(&admin));

    // Somebody is invited.
    let named = b.alice.about("CreateContact.circle", circle, &[]).await.ok();
    let contact = named.text_of(&["CreateContactResult", "contactId"]);
    let bob = Told {
        kind: "LivePending",
        quick: BOB,
        passport: BOB,
        display: BOB,
        cid: cid(&b.bob),
        network: "",
        is_hidden: false,
    };
    named.is(&format!(
        "<CreateContactResponse><CreateContactResult>{}</CreateContactResult></CreateContactResponse>",
        bob.contact(&contact)
    ));
    assert!(b.bob.circles(None).await.is_empty(), "he knows nothing of it yet");
    let invited = b.alice.about("ManageWLConnection.circleinvite", circle, &[(CONTACT, &contact)]).await.ok();
    invited.is(&format!(
        "<ManageWLConnectionResponse><ManageWLConnectionResult>{}</ManageWLConnectionResult></ManageWLConnectionResponse>",
        member(&b.bob, &contact, 1, 3)
    ));

    // What he has of it, before his answer and after.
    let inviter = format!(
        "<InviterMessage>Join us</InviterMessage><InviterCID>{}</InviterCID><InviterName>{ALICE}</InviterName>\
         <InviterEmail>{ALICE}</InviterEmail>",
        cid(&b.alice)
    );
    let theirs = b.bob.fixture("ABFindContactsPaged", &[]).await.ok();
    let result = theirs.result().child("ABFindContactsPagedResult").unwrap();
    assert!(result.find(&["CircleResult", "CircleTicket"]).is_none(), "{}", theirs.text);
    theirs.says("Contacts", 1, &format!("<Contact>{}</Contact>", stand_in(circle, 1, 4, &inviter)));
    theirs.says(
        "CircleResult",
        0,
        &format!("<Circles>{}</Circles>", inverse(circle, "StatePendingOutbound", "WaitingResponse")),
    );
    let accepted = b.bob.about("ManageWLConnection.circleaccept", circle, &[]).await.ok();
    accepted.is(&format!(
        "<ManageWLConnectionResponse><ManageWLConnectionResult>{}</ManageWLConnectionResult></ManageWLConnectionResponse>",
        stand_in(circle, 3, 3, &inviter)
    ));
    let theirs = b.bob.fixture("ABFindContactsPaged", &[]).await.ok();
    theirs.says("CircleResult", 0, &format!("<Circles>{}</Circles>", inverse(circle, "Member", "Accepted")));
    let ticket =
        value(theirs.result().child("ABFindContactsPagedResult").unwrap(), &["CircleResult", "CircleTicket"]);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let tickets = CircleTickets::open(b.dir.path()).unwrap();
    let claims = tickets.check(&STANDARD.encode(&ticket), b.bob.id, now).unwrap();
    assert_eq!((claims.cid, claims.circles), (cid(&b.bob), vec![circle]));
    assert!(tickets.check(&STANDARD.encode(&ticket), b.alice.id, now).is_none());
    let both = format!("{admin}<Contact>{}</Contact>", member(&b.bob, &contact, 3, 3));
    for reader in [&b.alice, &b.bob] {
        reader.about("ABFindContactsPaged.circle", circle, &[]).await.ok().is(&book(&both));
    }
    // Older clients know nothing of all this.
    for name in ["ABFindAll", "ABFindByContacts"] {
        let text = b.bob.fixture(name, &[]).await.ok().text;
        assert!(!text.contains("Circle") && !text.contains("-0009-"), "{name}: {text}");
    }

    // He blocks it, and no more.
    assert!(b.bob.blocked().await.is_empty());
    b.bob.about("AddMember.circle", circle, &[]).await.ok().is("<AddMemberResponse/>");
    let [blocked] = &b.bob.blocked().await[..] else { panic!("one is blocked") };
    assert_eq!(
        (blocked.attribute("type"), value(blocked, &["Type"]), value(blocked, &["CircleId"])),
        (Some("CircleMember"), "Circle".to_owned(), circle.to_string())
    );
    let number: u32 = value(blocked, &["MembershipId"]).parse().unwrap();
    assert!((1..1 << 31).contains(&number));
    let again = b.bob.about("AddMember.circle", circle, &[("<Id>0</Id>", "<Id>1</Id>")]).await;
    again.fault("MemberAlreadyExists");
    let lists = b.bob.fixture("FindMembership", &[]).await.ok();
    let service = ["FindMembershipResult", "Services", "Service"];
    let since = lists.text_of(&[&service[..], &["LastChange"]].concat());
    b.bob.ask(&unblock(number)).await.ok();
    assert!(b.bob.blocked().await.is_empty());
    let changes =
        b.bob.fixture("FindMembership.deltas", &[("2026-02-03T04:05:06.7000000Z", &since)]).await.ok();
    let role = changes.result().find(&[&service[..], &["Memberships", "Membership"]].concat()).unwrap();
    assert_eq!(value(role, &["MemberRole"]), "Block");
    let [gone] = role.child("Members").unwrap().children() else { panic!("{}", changes.text) };
    assert_eq!(
        (value(gone, &["CircleId"]), value(gone, &["Deleted"])),
        (circle.to_string(), "true".to_owned())
    );

    // And leaves.
    let left = b.bob.about("BreakConnection.circle", circle, &[(CONTACT, &contact)]).await.ok();
    left.is("<BreakConnectionResponse/>");
    assert_eq!((b.bob.circles(None).await, b.bob.told(None).await), (vec![], vec![]));
    b.alice.about("ABFindContactsPaged.circle", circle, &[]).await.ok().is(&book(&admin));
}

/// The request that takes a member of the block list away by his number.
fn unblock(number: u32) -> String {
    format!(
        "<DeleteMember><serviceHandle><Id>0</Id><Type>Messenger</Type><ForeignId/></serviceHandle><memberships><Membership>\
         <MemberRole>Block</MemberRole><Members><Member><MembershipId>{number}</MembershipId></Member></Members>\
         </Membership></memberships></DeleteMember>"
    )
}

impl Person {
    /// Who is on the block list.
    async fn blocked(&self) -> Vec<Element> {
        let reply = self.fixture("FindMembership", &[]).await.ok();
        let path = ["FindMembershipResult", "Services", "Service", "Memberships"];
        let memberships = reply.result().find(&path).unwrap().children();
        let block = memberships.iter().find(|one| value(one, &["MemberRole"]) == "Block").unwrap();
        block.child("Members").unwrap().children().to_vec()
    }
}

impl Reply {
    /// Compares what stands in a container of a book, from the child `at` on, as far as `expected` goes.
    #[track_caller]
    fn says(&self, container: &str, at: usize, expected: &str) {
        use crate::common::xml;
        let namespace = msnp::soap::abch::NAMESPACE;
        let expected = xml::parse(format!("<r xmlns=\"{namespace}\">{expected}</r>"));
        let root = xml::parse(&self.text);
        let inside = |element: &xml::Element, name: &str| {
            element.children().find(|child| child.name().local() == name).cloned().unwrap()
        };
        let mut found = inside(&root, "Body");
        for name in ["ABFindContactsPagedResponse", "ABFindContactsPagedResult", container] {
            found = inside(&found, name);
        }
        let mut children = found.children().skip(at);
        for wanted in expected.children() {
            if let Err(difference) = xml::compare(children.next().unwrap(), wanted, "") {
                panic!("{difference}\n\nin\n\n{}", self.text);
            }
        }
    }
}

/// Whoever asks what has changed is told that and no more, in his own book and in the circle's.
#[tokio::test]
async fn changes_of_circles_are_told() {
    let b = Bench::new().await;
    let (alice, bob) = (b.alice.changed().await, b.bob.changed().await);
    let circle = b.alice.make_circle().await;
    let guid = circle.to_string();
    assert_eq!(b.alice.circles(Some(&alice)).await, told(circle, "Admin", "Accepted"));
    assert_eq!(b.alice.told(Some(&alice)).await, [(guid.clone(), false)]);
    let alice = b.alice.changed().await;
    let nothing = b.alice.paged(Some(&alice)).await;
    assert!(nothing.child("Contacts").unwrap().children().is_empty());
    assert!(nothing.find(&["CircleResult", "Circles"]).is_none());
    assert!(nothing.find(&["CircleResult", "CircleTicket"]).is_some());

    let contact = b.alice.invite(circle, BOB).await;
    assert_eq!(b.bob.circles(Some(&bob)).await, told(circle, "StatePendingOutbound", "WaitingResponse"));
    assert_eq!(b.alice.circles(Some(&alice)).await, told(circle, "Admin", "Accepted"));
    let bob = b.bob.changed().await;
    let decline = [("<action>1", "<action>2")];
    let declined = b.bob.about("ManageWLConnection.circleaccept", circle, &decline).await.ok();
    let network = ["ManageWLConnectionResult", "contactInfo", "NetworkInfoList", "NetworkInfo"];
    assert_eq!(declined.text_of(&[&network[..], &["RelationshipState"]].concat()), "4");
    assert_eq!(b.bob.circles(Some(&bob)).await, told(circle, "Member", "Left"));
    assert_eq!(b.bob.told(Some(&bob)).await, [(guid.clone(), true)]);
    assert!(b.bob.circles(None).await.is_empty() && b.bob.told(None).await.is_empty());
    // Those that know nothing of circles are not told of one that is gone.
    let deltas = b.bob.fixture("ABFindAll.deltas", &[("2026-02-03T04:05:06.7000000Z", &bob)]).await.ok();
    assert!(deltas.result().find(&["ABFindAllResult", "contacts"]).unwrap().children().is_empty());

    // The circle's own book counts its own changes.
    let carol = b.alice.invite(circle, CAROL).await;
    b.carol.accept(circle).await;
    let book = b.alice.about("ABFindContactsPaged.circle", circle, &[]).await.ok();
    let changed = book.text_of(&["ABFindContactsPagedResult", "Ab", "lastChange"]);
    let since = async |since: &str| {
        let filter = format!("<DeltasOnly>true</DeltasOnly><LastChanged>{since}</LastChanged>");
        let deltas = [("<DeltasOnly>false</DeltasOnly>", &*filter)];
        b.carol.about("ABFindContactsPaged.circle", circle, &deltas).await
    };
    let told = |reply: Reply| -> Vec<(String, String)> {
        let contacts = reply.result().find(&["ABFindContactsPagedResult", "Contacts"]).unwrap().clone();
        let told = |contact: &Element| (value(contact, &["contactId"]), value(contact, &["fDeleted"]));
        contacts.children().iter().map(told).collect()
    };
    assert!(told(since(&changed).await.ok()).is_empty());
    b.alice.invite(circle, BOB).await;
    assert_eq!(told(since(&changed).await.ok()), [(contact.clone(), "false".to_owned())]);
    let now = b.alice.about("ABFindContactsPaged.circle", circle, &[]).await.ok();
    let changed = now.text_of(&["ABFindContactsPagedResult", "Ab", "lastChange"]);
    b.alice.about("BreakConnection.circle", circle, &[(CONTACT, &contact)]).await.ok();
    assert_eq!(told(since(&changed).await.ok()), [(contact, "true".to_owned())]);
    for stale in ["2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
        since(stale).await.fault("FullSyncRequired");
    }
    let raise = [(CONTACT, &*carol), ("<relationshipRole>3", "<relationshipRole>2")];
    let raised = b.alice.about("ManageWLConnection.circleinvite", circle, &raise).await.ok();
    assert_eq!(raised.text_of(&[&network[..], &["RelationshipRole"]].concat()), "2");
    let carol = b.carol.circles(None).await;
    assert_eq!(carol, [(guid, "AssistantAdmin".to_owned(), "Accepted".to_owned())]);
}

/// Whoever reads the book is told that a circle has changed, wherever he is, but where he has changed it himself.
#[tokio::test]
async fn who_it_concerns_is_told_to_read_his_book() {
    let b = Bench::new().await;
    let mut alice = place(&b, &b.alice, "MSNP18").await;
    let mut bob = place(&b, &b.bob, "MSNP18").await;
    let mut carol = place(&b, &b.carol, "MSNP15").await;
    let circle = b.alice.make_circle().await;
    alice.settle().await;
    assert!(!alice.heard.iter().any(|line| line.starts_with("NOT ")), "{:?}", alice.heard);
    let contact = b.alice.invite(circle, BOB).await;
    b.alice.invite(circle, CAROL).await;
    assert_eq!(news(&mut bob).await, circle.to_string());
    b.bob.accept(circle).await;
    assert_eq!(news(&mut alice).await, circle.to_string());
    b.alice.about("BreakConnection.circle", circle, &[(CONTACT, &contact)]).await.ok();
    assert_eq!(news(&mut bob).await, circle.to_string());
    // Older clients know no circles.
    carol.settle().await;
    assert!(!carol.heard.iter().any(|line| line.starts_with("NOT ")), "{:?}", carol.heard);
}

/// A place of somebody who reads his lists over the web service.
async fn place(b: &Bench, who: &Person, dialect: &str) -> Raw {
    let mint = Mint::open(b.dir.path()).unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let ticket = mint.issue(who.id, 1, Purpose::SingleSignOn, now, LIFETIME).text().expose().to_owned();
    let secret = mint.secret_of(&ticket).unwrap();
    let machine = "00000000-0000-4000-8000-000000000001";
    let msnp = b.running.addresses.msnp;
    let mut raw = Raw::sign_in_at(msnp, dialect, who.email, (&ticket, &secret), machine).await;
    raw.ask("CHG", if dialect == "MSNP18" { "NLN 0:0" } else { "NLN 0" }).await;
    raw.settle().await;
    raw.heard.clear();
    raw
}

/// The circle of the next notification.
async fn news(raw: &mut Raw) -> String {
    raw.until(|line| line.starts_with("NOT ")).await;
    let document = Element::parse(&raw.payload, Limits::SMALL).unwrap();
    let body = value(&document, &["MSG", "BODY"]);
    let body = Element::parse(body.as_bytes(), Limits::SMALL).unwrap();
    assert_eq!(value(&body, &["Service"]), "ABCHInternal");
    value(&body, &["CircleId"])
}
