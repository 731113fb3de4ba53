//! Offline messages, what roams, and the directory, from the client's side: requests are read as they were meant by the
//! server's side, which is the one that real clients' requests are tried on, and answers as the server's side meant them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at what they did not expect"
)]

use msnp::soap::oim::{self, Acknowledged, Content, Refusal, Sender, Store, to_mime};
use msnp::soap::rsi::{self, MailData, Notice};
use msnp::soap::storage::{
    AskHeaders, CreateDocument, FindDocuments, Found, Handle, Header, MAX_CHUNK, NAMESPACE_2008, Photo,
    Profile, Reply, Request, ResourceId, Stream, StreamType, Target,
};
use msnp::soap::tree::{Element, Limits};
use msnp::soap::{InvalidAnswer, Refused, directory, storage};
use msnp::types::{Guid, OwnedSecret};
use proptest::prelude::*;

const CID: u64 = 0x1234_5678_90ab_cdef;

fn ticket() -> OwnedSecret {
    OwnedSecret::new("t=EwExampleTicketForAlice0001&p=")
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/fixtures/{name}.xml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What is in the body, and in the headers with these names, as it stands there.
fn says(document: &str, headers: &[&str]) -> Vec<String> {
    fn list(element: &Element, depth: usize, lines: &mut Vec<String>) {
        let mut attributes: Vec<_> = element.attributes().collect();
        attributes.sort_unstable();
        let (name, space) = (element.name(), element.namespace().unwrap_or_default());
        lines.push(format!("{:depth$}{{{space}}}{name} {attributes:?} {:?}", "", element.text()));
        element.children().iter().for_each(|child| list(child, depth + 1, lines));
    }
    let root = Element::parse(document.as_bytes(), Limits::SMALL).unwrap();
    let mut lines = Vec::new();
    for name in headers {
        list(root.find(&["Header", name]).unwrap(), 0, &mut lines);
    }
    root.child("Body").unwrap().children().iter().for_each(|child| list(child, 0, &mut lines));
    lines
}

#[test]
fn a_message_is_sent_as_official_clients_send_it() {
    let store = Store::parse(fixture("oim/Store2").as_bytes()).unwrap();
    let sender = Sender {
        name: "Alice",
        dialect: "MSNP15",
        build: "8.1.0178",
        product_id: "PROD0090YUAUV{2B",
        lock_key: "869e67737fd6f5f83aac4bab126ae95d",
    };
    let written = store.to_xml(&sender);
    let headers = ["From", "To", "Ticket", "Sequence"];
    assert_eq!(says(&written, &headers), says(&fixture("oim/Store2"), &headers));
    assert_eq!(Store::parse(written.as_bytes()), Ok(store));
    let run: Guid = "6f1c9f3e-4444-4a2b-8c3d-0000000000aa".parse().unwrap();
    let mime = to_mime(run, 1, "Hello, read this later");
    let (head, body) = mime.split_once("\r\n\r\n").unwrap();
    for line in head.lines() {
        assert!(fixture("oim/Store2").contains(line), "{line}");
    }
    assert_eq!(body, "SGVsbG8sIHJlYWQgdGhpcyBsYXRlcg==\r\n");
}

#[test]
fn messages_are_fetched_as_official_clients_fetch_them() {
    for name in ["GetMetadata", "GetMessage", "DeleteMessages"] {
        let fixture = fixture(&format!("oim/{name}"));
        let mut call = rsi::Call::parse(fixture.as_bytes()).unwrap();
        assert_eq!(call.request.action(), format!("{}/{name}", rsi::NAMESPACE));
        for whole in ["EwExampleTicketForAlice0001", "t=EwExampleTicketForAlice0001&p="] {
            call.ticket = Some(OwnedSecret::new(whole));
            assert_eq!(says(&call.to_xml(), &["PassportCookie"]), says(&fixture, &["PassportCookie"]));
        }
    }
}

#[test]
fn what_is_answered_about_messages_is_read() {
    let acknowledged = Acknowledged { message_number: 7 };
    assert_eq!(Acknowledged::parse(acknowledged.to_xml().as_bytes()), Ok(acknowledged));
    let notice = Notice {
        id: Guid([7; 16]),
        sent: 1_770_091_506,
        size: 950,
        from: "bob@example.com".to_owned(),
        name: "Bob <3".to_owned(),
    };
    // As many as may wait.
    let data = MailData { mail: Some((1, 0)), notices: vec![notice; rsi::MAX_IDS] };
    let mime = "Subject: x\n\n<a>&]]>".to_owned();
    for (request, reply) in [
        (rsi::Request::GetMetadata, rsi::Reply::GetMetadata(data)),
        (rsi::Request::GetMessage(Guid([7; 16])), rsi::Reply::GetMessage(mime)),
        (rsi::Request::DeleteMessages(vec![Guid([7; 16])]), rsi::Reply::DeleteMessages),
    ] {
        assert_eq!(rsi::Reply::parse(reply.to_xml().as_bytes(), &request), Ok(reply));
    }
    let other = rsi::Reply::DeleteMessages.to_xml();
    assert_eq!(
        rsi::Reply::parse(other.as_bytes(), &rsi::Request::GetMetadata),
        Err(Refused::Unreadable(InvalidAnswer::AnotherOperation))
    );
}

#[test]
fn why_a_message_is_not_taken_is_told_apart() {
    let challenge = "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1";
    let failed = Refusal::AuthenticationFailed { challenge: Some(challenge.into()), lock_key: None };
    for (fault, refusal) in [
        (oim::Fault::AuthenticationFailed { challenge }, failed.clone()),
        (oim::Fault::InvalidContent, Refusal::InvalidContent),
        (oim::Fault::SenderThrottleLimitExceeded, Refusal::SenderThrottleLimitExceeded),
        (oim::Fault::SystemUnavailable, Refusal::SystemUnavailable),
    ] {
        let xml = fault.to_xml();
        assert_eq!(Acknowledged::parse(xml.as_bytes()), Err(Refused::Fault(refusal.clone())));
        let fetched = rsi::Reply::parse(xml.as_bytes(), &rsi::Request::GetMetadata);
        assert_eq!(fetched, Err(Refused::Fault(refusal)));
    }
    let locked = oim::Fault::AuthenticationFailed { challenge }
        .to_xml()
        .replace("TweenerChallenge", "LockKeyChallenge");
    assert_eq!(
        Acknowledged::parse(locked.as_bytes()),
        Err(Refused::Fault(Refusal::AuthenticationFailed {
            challenge: None,
            lock_key: Some(challenge.into())
        }))
    );
    let Err(Refused::Fault(other)) = Acknowledged::parse(oim::Fault::Unavailable.to_xml().as_bytes()) else {
        panic!()
    };
    assert_eq!(other.to_string(), "the service refuses: Try again later (Server)");
    let Refusal::Other(fault) = other else { panic!() };
    assert_eq!(&*fault.code, "Server");
}

const STORAGE: [&str; 10] = [
    "GetProfile",
    "UpdateProfile",
    "UpdateProfile.delete",
    "CreateProfile",
    "CreateDocument",
    "UpdateDocument",
    "CreateRelationships",
    "DeleteRelationships",
    "DeleteRelationships.byid",
    "FindDocuments",
];

#[test]
fn what_roams_is_asked_for_as_official_clients_ask() {
    for name in STORAGE {
        let fixture = fixture(&format!("around/{name}"));
        let request = storage::Call::parse(fixture.as_bytes()).unwrap().request.unwrap();
        let scenario = if name == "GetProfile" { "Initial" } else { "RoamingIdentityChanged" };
        let headers = AskHeaders {
            application: "Messenger Client 15",
            scenario: if fixture.contains("RoamingSeed") { "RoamingSeed" } else { scenario },
            ticket: &ticket(),
            cache_key: "1p1:exampleAffinity",
        };
        let written = request.to_xml(&headers);
        let call = storage::Call::parse(written.as_bytes()).unwrap();
        assert_eq!((call.ticket, &*call.namespace), (Some(ticket()), NAMESPACE_2008));
        assert_eq!(call.request, Ok(request), "{written}");
        // Whatever the order is.
        let sorted = |document: &str, names: &[&str]| {
            let mut lines = says(document, names);
            lines.sort_unstable();
            lines
        };
        let names = ["AffinityCacheHeader", "StorageApplicationHeader", "StorageUserHeader"];
        assert_eq!(sorted(&written, &names), sorted(&fixture, &names), "{name}");
        assert!(!format!("{headers:?}").contains("EwExample"));
    }
}

fn profile() -> Profile {
    let stream = |kind, url: &str| Stream {
        kind,
        mime_type: "image/png".into(),
        size: 1234,
        url: url.to_owned(),
        version: 2,
    };
    Profile {
        cid: CID,
        modified: 1_770_091_506,
        version: 7,
        name: " Alice <3".to_owned(),
        name_modified: 1_770_091_506,
        message: Some("out for lunch".to_owned()),
        message_modified: Some(1_770_091_506),
        photo: Some(Photo {
            item: 205,
            modified: 1_770_091_506,
            name: "tile".to_owned(),
            streams: vec![
                stream(StreamType::Static, "https://a/1?x&y"),
                stream(StreamType::Small, "https://a/2"),
            ],
            public_url: "http://a/1".to_owned(),
        }),
    }
}

fn storage_answers() -> Vec<(Request, Reply)> {
    let id = ResourceId { cid: CID, item: 205 };
    let request = |name: &str| {
        storage::Call::parse(fixture(&format!("around/{name}")).as_bytes()).unwrap().request.unwrap()
    };
    let bare = Profile { message: None, message_modified: None, photo: None, ..profile() };
    let found = vec![Found { id, name: "a<b".to_owned() }; 25];
    vec![
        (request("CreateDocument"), Reply::CreateDocument(id)),
        (request("CreateProfile"), Reply::CreateProfile(id)),
        (request("CreateRelationships"), Reply::CreateRelationships),
        (request("DeleteRelationships"), Reply::DeleteRelationships),
        (request("FindDocuments"), Reply::FindDocuments(found)),
        (request("GetProfile"), Reply::GetProfile(Box::new(profile()))),
        (request("GetProfile"), Reply::GetProfile(Box::new(bare))),
        (request("ShareItem"), Reply::ShareItem(id)),
        (request("UpdateDocument"), Reply::UpdateDocument),
        (request("UpdateProfile"), Reply::UpdateProfile),
    ]
}

#[test]
fn what_is_answered_about_what_roams_is_read() {
    for (request, reply) in storage_answers() {
        let header = Header { namespace: NAMESPACE_2008, cid: CID };
        let document = reply.to_xml(header);
        let read = Reply::parse(document.as_bytes(), &request);
        assert_eq!(read, Ok(("1p1:1234567890abcdef".to_owned(), reply)));
    }
    let header = Header { namespace: NAMESPACE_2008, cid: CID };
    let unnamed = Reply::GetProfile(Box::new(profile())).to_xml(header).replace("!106", "?106");
    let get = &storage_answers()[5].0;
    let unreadable = Err(Refused::Unreadable(InvalidAnswer::Value("ResourceID")));
    assert_eq!(Reply::parse(unnamed.as_bytes(), get), unreadable);
    let fault = storage::Fault::ItemDoesNotExist.to_xml();
    let Err(Refused::Fault(fault)) = Reply::parse(fault.as_bytes(), get) else { panic!() };
    assert_eq!(fault.error_code(), Some("ItemDoesNotExist"));
}

#[test]
fn the_directory_is_asked_and_answers() {
    use directory::{Attribute, Call, Person, Reply, Value, View};
    for name in ["Get", "GetMany"] {
        let fixture = fixture(&format!("around/Directory.{name}"));
        let request = Call::parse(fixture.as_bytes()).unwrap().request.unwrap();
        let headers = ["SOAPApplicationHeader", "SOAPUserHeader"];
        assert_eq!(says(&request.to_xml(&ticket(), "Initial"), &headers), says(&fixture, &headers));
        assert_eq!(request.action(), format!("http://profile.live.com/{name}"));
    }
    let person = |cid| Person {
        cid,
        attributes: vec![
            Attribute { name: "CID".into(), value: Value::Long(-3) },
            Attribute {
                name: "PublicProfile.DisplayName".into(),
                value: Value::Text(" Alice <3".to_owned()),
            },
        ],
    };
    let view = View("WLX.DC.CoreProfile".to_owned());
    for (request, reply) in [
        (directory::Request::Get(view.clone(), CID), Reply::Get(view.clone(), person(CID))),
        (
            directory::Request::GetMany(view.clone(), vec![CID, u64::MAX]),
            Reply::GetMany(view.clone(), vec![person(CID), person(u64::MAX)]),
        ),
        (directory::Request::GetMany(view.clone(), vec![CID]), Reply::GetMany(view.clone(), Vec::new())),
    ] {
        assert_eq!(Reply::parse(reply.to_xml().as_bytes(), &request), Ok(reply));
    }
    assert_eq!(person(1).text("publicprofile.displayname"), Some(" Alice <3"));
    let fault = directory::Fault::NoSuchProfile.to_xml();
    let Err(Refused::Fault(fault)) = Reply::parse(fault.as_bytes(), &directory::Request::Get(view, 1)) else {
        panic!()
    };
    assert_eq!(fault.error_code(), Some("Forbidden"));
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        (205..u32::MAX).prop_map(Target::Document),
        Just(Target::ExpressionProfile),
        Just(Target::Profile),
        Just(Target::UserTiles),
    ]
}

proptest! {
    #[test]
    fn a_handle_names_what_is_meant(cid in 1_u64.., is_own: bool, target in target()) {
        let is_own = is_own && !matches!(target, Target::Document(_));
        let handle = Handle { cid: (!is_own).then_some(cid), target };
        let request = Request::FindDocuments(FindDocuments { handle, most: MAX_CHUNK });
        let ticket = ticket();
        let headers = AskHeaders { application: "", scenario: "", ticket: &ticket, cache_key: "" };
        let written = request.to_xml(&headers);
        prop_assert_eq!(storage::Call::parse(written.as_bytes()).unwrap().request, Ok(request));
    }

    #[test]
    fn a_picture_arrives_as_it_was(picture in prop::collection::vec(any::<u8>(), 1..500), name in "[!-~ä]{0,20}") {
        let parent = Handle::own(Target::UserTiles);
        let request = Request::CreateDocument(CreateDocument { parent, name, picture });
        let ticket = ticket();
        let headers = AskHeaders { application: "", scenario: "", ticket: &ticket, cache_key: "" };
        let written = request.to_xml(&headers);
        prop_assert_eq!(storage::Call::parse(written.as_bytes()).unwrap().request, Ok(request));
    }

    #[test]
    fn a_message_arrives_as_it_was(text in "[!-~ä€😀\n]{1,300}", run: [u8; 16], number in 1_u32..) {
        prop_assume!(!text.trim().is_empty());
        let store = Store {
            from: "alice@example.com".to_owned(),
            to: "bob@example.com".to_owned(),
            ticket: Some(ticket()),
            message_number: number,
            message_type: "text".to_owned(),
            content: to_mime(Guid(run), number, &text),
        };
        let sender = Sender { name: "Ä <&>", dialect: "MSNP15", build: "8.1", product_id: "P", lock_key: "" };
        let read = Store::parse(store.to_xml(&sender).as_bytes()).unwrap();
        let content = Content::read(&read.content).unwrap();
        prop_assert_eq!((content.run, content.number), (Some(Guid(run)), Some(number)));
        prop_assert!(content.payload.ends_with(text.as_bytes()));
        prop_assert_eq!((read.ticket, read.message_number), (store.ticket, number));
    }

    #[test]
    fn no_answer_makes_a_client_fall(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        at in any::<prop::sample::Index>(),
        byte: u8,
    ) {
        let header = Header { namespace: NAMESPACE_2008, cid: CID };
        for (request, reply) in storage_answers() {
            let mut document = reply.to_xml(header).into_bytes();
            let at = at.index(document.len());
            document[at] = byte;
            for document in [&document, &bytes] {
                let _ = Reply::parse(document, &request);
                let _ = Acknowledged::parse(document);
                let _ = rsi::Reply::parse(document, &rsi::Request::GetMetadata);
                let _ = MailData::read_line(&String::from_utf8_lossy(document));
            }
        }
    }
}
