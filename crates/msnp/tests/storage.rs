//! What roams: each request that clients are known to send, and answers as clients are known to take them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at what they did not expect"
)]

use msnp::soap::directory;
use msnp::soap::storage::{
    Call, CreateDocument, CreateProfile, CreateRelationships, DeleteRelationships, Fault, FindDocuments,
    Found, GetProfile, Handle, Header, Invalid, Photo, Profile, Relationship, Reply, Request, ResourceId,
    ShareItem, Stream, StreamType, Target, UpdateDocument, UpdateProfile,
};
use msnp::soap::tree::{Element, Limits};

const CID: u64 = 0x1234_5678_90ab_cdef;
const NAMESPACE: &str = "http://www.msn.com/webservices/storage/2008";
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nnot-a-real-image";

fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/fixtures/around/{name}.xml", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
}

fn read(document: &str) -> Result<Request, Invalid> {
    Call::parse(document.as_bytes()).and_then(|call| call.request)
}

fn id(item: u32) -> ResourceId {
    ResourceId { cid: CID, item }
}

fn handle(target: Target) -> Handle {
    Handle { cid: Some(CID), target }
}

#[test]
fn every_request_says_what_it_says() {
    let update = |message: &str| UpdateProfile {
        id: Some(id(106)),
        name: Some("Alice A.".to_owned()),
        message: Some(message.to_owned()),
    };
    let delete = |target| DeleteRelationships { source: handle(target), targets: vec![id(205)] };
    for (name, request) in [
        ("GetProfile", Request::GetProfile(GetProfile { handle: handle(Target::Profile) })),
        ("GetProfile.w10", Request::GetProfile(GetProfile { handle: handle(Target::Profile) })),
        ("UpdateProfile", Request::UpdateProfile(update("out for lunch"))),
        ("UpdateProfile.delete", Request::UpdateProfile(update(""))),
        ("CreateProfile", Request::CreateProfile(CreateProfile { message: Some(String::new()) })),
        (
            "CreateDocument",
            Request::CreateDocument(CreateDocument {
                parent: handle(Target::UserTiles),
                name: "Messenger_tile".to_owned(),
                picture: PICTURE.to_vec(),
            }),
        ),
        (
            "UpdateDocument",
            Request::UpdateDocument(UpdateDocument {
                id: id(205),
                name: None,
                picture: Some(PICTURE.to_vec()),
            }),
        ),
        (
            "CreateRelationships",
            Request::CreateRelationships(CreateRelationships {
                relationships: vec![Relationship {
                    source: id(118),
                    target: id(205),
                    name: "ProfilePhoto".to_owned(),
                }],
            }),
        ),
        ("DeleteRelationships", Request::DeleteRelationships(delete(Target::UserTiles))),
        ("DeleteRelationships.byid", Request::DeleteRelationships(delete(Target::ExpressionProfile))),
        (
            "FindDocuments",
            Request::FindDocuments(FindDocuments { handle: handle(Target::UserTiles), most: 25 }),
        ),
        ("ShareItem", Request::ShareItem(ShareItem { id: id(106) })),
    ] {
        let call = Call::parse(fixture(name).as_bytes()).unwrap();
        assert_eq!(call.request.as_ref(), Ok(&request), "{name}");
        assert_eq!(call.ticket.as_ref().unwrap().expose(), "t=EwExampleTicketForAlice0001&p=");
        let is_old = name.ends_with("w10");
        assert_eq!(
            &*call.namespace,
            if is_old { "http://www.msn.com/webservices/storage/w10" } else { NAMESPACE }
        );
        let shown = format!("{call:?}");
        assert!(!shown.contains("EwExample") && !shown.contains("137, 80, 78"), "{shown}");
    }
}

#[test]
fn what_is_no_request_is_told_apart() {
    let get = fixture("GetProfile");
    let create = fixture("CreateDocument");
    let delete = fixture("DeleteRelationships");
    let many = "<ObjectHandle><ResourceID>1!205</ResourceID></ObjectHandle>".repeat(64);
    for (document, why) in [
        ("<a/>".to_owned(), Invalid::Envelope),
        (get.replace("webservices/storage", "webservices/other"), Invalid::Envelope),
        (get.replace("storage/2008", &format!("storage/{}", "x".repeat(100))), Invalid::Envelope),
        (get.replace("GetProfile", "GetAll"), Invalid::UnknownOperation),
        (get.replace("profileHandle", "handle"), Invalid::Missing("profileHandle")),
        (get.replace("MyProfile", "../MyProfile"), Invalid::Handle),
        (create.replace("iVBORw0K", "iVBOR*0K"), Invalid::Data),
        (create.replace("Data>", "Date>"), Invalid::Missing("DocumentStream")),
        (create.replace("Messenger_tile", &"x".repeat(2049)), Invalid::TooLong("Name")),
        (delete.replace("<ObjectHandle>", "<Other>").replace("</ObjectHandle>", "</Other>"), {
            Invalid::Missing("ObjectHandle")
        }),
        (delete.replace("!205", "!x"), Invalid::Handle),
        (
            delete.replace("<targetHandles>", &format!("<targetHandles>{many}")),
            Invalid::TooMany("ObjectHandle"),
        ),
    ] {
        assert_eq!(read(&document), Err(why), "{document}");
        let fault = why.fault().to_xml();
        assert!(Element::parse(fault.as_bytes(), Limits::SMALL).is_ok(), "{fault}");
    }
}

#[test]
fn answers_are_in_the_namespace_of_the_request() {
    let reply = |reply: Reply| reply.to_xml(Header { namespace: NAMESPACE, cid: CID });
    let body = |reply: &str| reply.split_once("<soap:Body>").unwrap().1.to_owned();
    for (said, expected) in [
        (Reply::UpdateProfile, format!("<UpdateProfileResponse xmlns=\"{NAMESPACE}\"/>")),
        (
            Reply::CreateDocument(id(205)),
            format!(
                "<CreateDocumentResponse xmlns=\"{NAMESPACE}\"><CreateDocumentResult>1234567890abcdef!205\
                 </CreateDocumentResult></CreateDocumentResponse>"
            ),
        ),
        (
            Reply::FindDocuments(vec![Found { id: id(205), name: "a<b".to_owned() }]),
            format!(
                "<FindDocumentsResponse xmlns=\"{NAMESPACE}\"><FindDocumentsResult><Document>\
                 <ResourceID>1234567890abcdef!205</ResourceID><Name>a&lt;b</Name></Document></FindDocumentsResult>\
                 </FindDocumentsResponse>"
            ),
        ),
    ] {
        assert_eq!(body(&reply(said)), format!("{expected}</soap:Body></soap:Envelope>"));
    }
    let header = reply(Reply::UpdateDocument);
    assert!(header.contains(&format!(
        "<AffinityCacheHeader xmlns=\"{NAMESPACE}\"><CacheKey>1p1:1234567890abcdef</CacheKey></AffinityCacheHeader>"
    )));
}

#[test]
fn a_profile_says_what_there_is_and_nothing_else() {
    let stream = |kind, url: &str| Stream {
        kind,
        mime_type: "image/png".into(),
        size: 1234,
        url: url.to_owned(),
        version: 2,
    };
    let mut profile = Profile {
        cid: CID,
        modified: 1_770_091_506,
        version: 7,
        name: "Alice".to_owned(),
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
    };
    let written = |profile: &Profile| {
        let reply = Reply::GetProfile(Box::new(profile.clone()));
        let document = reply.to_xml(Header { namespace: NAMESPACE, cid: CID });
        let body = document.split_once("<ExpressionProfile>").unwrap().1;
        body.split_once("</ExpressionProfile>").unwrap().0.to_owned()
    };
    let when = "2026-02-03T04:05:06Z";
    let streams: String = [("UserTileStatic", "https://a/1?x&amp;y"), ("UserTileSmall", "https://a/2")]
        .map(|(kind, url)| {
            format!(
                "<DocumentStream xsi:type=\"PhotoStream\"><DocumentStreamName>{kind}</DocumentStreamName>\
                 <MimeType>image/png</MimeType><DataSize>1234</DataSize><PreAuthURL>{url}</PreAuthURL>\
                 <WriteMode>Overwrite</WriteMode><StreamVersion>2</StreamVersion>\
                 <DocumentStreamType>{kind}</DocumentStreamType></DocumentStream>"
            )
        })
        .concat();
    let head = format!(
        "<ResourceID>1234567890abcdef!118</ResourceID><DateModified>{when}</DateModified><Version>7</Version>"
    );
    let name =
        format!("<DisplayName>Alice</DisplayName><DisplayNameLastModified>{when}</DisplayNameLastModified>");
    assert_eq!(
        written(&profile),
        format!(
            "{head}<Photo><ItemType>Photo</ItemType><ResourceID>1234567890abcdef!205</ResourceID>\
             <DateModified>{when}</DateModified><Name>tile</Name><DocumentStreams>{streams}</DocumentStreams></Photo>\
             <PersonalStatus>out for lunch</PersonalStatus>\
             <PersonalStatusLastModified>{when}</PersonalStatusLastModified>{name}\
             <StaticUserTilePublicURL>http://a/1</StaticUserTilePublicURL>"
        )
    );
    (profile.photo, profile.message, profile.message_modified) = (None, None, None);
    assert_eq!(written(&profile), format!("{head}{name}"));
}

#[test]
fn faults_have_their_code_where_clients_look() {
    for (fault, code) in [
        (Fault::AccessDenied, "AccessDenied"),
        (Fault::ItemDoesNotExist, "ItemDoesNotExist"),
        (Fault::InvalidObjectHandle, "InvalidObjectHandle"),
        (Fault::PassportAuthFail, "PassportAuthFail"),
        (Fault::BadPicture("no"), "AccessDenied"),
        (Fault::Busy, "InternalError"),
    ] {
        let document = fault.to_xml();
        let root = Element::parse(document.as_bytes(), Limits::SMALL).unwrap();
        let found = root.find(&["Body", "Fault", "detail", "errorcode"]).unwrap();
        assert_eq!(found.text(), code);
        assert_eq!(found.namespace(), Some("http://www.msn.com/webservices/storage/v1"));
    }
    // By which some clients find that there is no profile.
    assert!(Fault::ItemDoesNotExist.to_xml().contains("does not exist"));
}

#[test]
fn the_directory_is_asked_by_number() {
    use directory::{Call, Request, View};
    let read = |name: &str| Call::parse(fixture(name).as_bytes()).unwrap();
    let view = View("WLX.DC.CoreProfile".to_owned());
    assert_eq!(read("Directory.Get").request, Ok(Request::Get(view.clone(), CID)));
    assert_eq!(read("Directory.GetMany").request, Ok(Request::GetMany(view, vec![CID])));
    assert_eq!(read("Directory.Set").request, Ok(Request::Set));
    assert_eq!(read("Directory.Get").ticket.unwrap().expose(), "t=EwExampleTicketForAlice0001&p=");
}
