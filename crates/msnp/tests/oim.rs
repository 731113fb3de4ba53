//! Offline messages, sent and fetched: each request that clients are known to send, and answers as clients are known to
//! take them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at what they did not expect"
)]

use msnp::soap::envelope::InvalidEnvelope;
use msnp::soap::oim::{self, Acknowledged, Content, InvalidStore, Store};
use msnp::soap::rsi::{self, Call, InvalidCall, MAX_IDS, MailData, Notice, Reply, Request};
use msnp::soap::tree::{Element, Limits};
use msnp::types::Guid;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/oim/{name}.xml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn guid(text: &str) -> Guid {
    text.parse().unwrap()
}

fn parse(document: &str) -> Element {
    Element::parse(document.as_bytes(), Limits::SMALL).unwrap_or_else(|error| panic!("{error}: {document}"))
}

#[test]
fn a_message_is_read_whatever_the_operation_is_called() {
    for name in ["Store", "Store.locked", "Store2"] {
        let store = Store::parse(&fixture(name)).unwrap();
        assert_eq!((store.from.as_str(), store.to.as_str()), ("alice@example.com", "bob@example.com"));
        assert_eq!(store.ticket.as_ref().unwrap().expose(), "t=EwExampleTicketForAlice0001&p=");
        assert_eq!((store.message_number, store.message_type.as_str()), (1, "text"));
        let content = Content::read(&store.content).unwrap();
        assert_eq!(content.run, Some(guid("6f1c9f3e-4444-4a2b-8c3d-0000000000aa")));
        assert_eq!(content.number, Some(1));
        assert!(content.payload.ends_with(b"\r\n\r\nHello, read this later"));
        let shown = format!("{store:?}{content:?}");
        assert!(!shown.contains("EwExample") && !shown.contains("SGVsbG8"), "{shown}");
    }
}

#[test]
fn what_is_no_message_is_told_apart() {
    let body = |body: &str| {
        let document = format!(
            "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Header>\
             <From memberName='a@b.c' xmlns='{ns}'/><To memberName=' ' xmlns='{ns}'/></Header>\
             <Body>{body}</Body></Envelope>",
            ns = oim::NAMESPACE
        );
        Store::parse(document.as_bytes()).unwrap_err()
    };
    let content = format!("<Content xmlns='{}'>x</Content>", oim::NAMESPACE);
    assert_eq!(body(&content), InvalidStore::Missing("To"));
    assert_eq!(
        body("<Content xmlns='urn:x'>x</Content>"),
        InvalidStore::Envelope(InvalidEnvelope::Namespace)
    );
    assert_eq!(body(""), InvalidStore::Envelope(InvalidEnvelope::EmptyBody));
    assert_eq!(
        body(&format!("<Fetch xmlns='{}'/>", oim::NAMESPACE)),
        InvalidStore::UnknownOperation("Fetch".into())
    );
    assert!(Store::parse(b"<Envelope").is_err());
}

#[test]
fn an_acknowledgement_has_the_number_where_clients_look() {
    let root = parse(&Acknowledged { message_number: 7 }.to_xml());
    let acknowledgement = root.find(&["Header", "SequenceAcknowledgment"]).unwrap();
    assert_eq!(acknowledgement.namespace(), Some("http://schemas.xmlsoap.org/ws/2003/03/rm"));
    let identifier = acknowledgement.child("Identifier").unwrap();
    assert_eq!(identifier.namespace(), Some("http://schemas.xmlsoap.org/ws/2002/07/utility"));
    assert_eq!(identifier.text(), "http://messenger.msn.com");
    let range = acknowledgement.child("AcknowledgmentRange").unwrap();
    assert_eq!((range.attribute("Upper"), range.attribute("Lower")), (Some("7"), Some("7")));
    let response = root.find(&["Body", "StoreResponse"]).unwrap();
    assert_eq!(response.namespace(), Some(oim::NAMESPACE));
    assert_eq!(response.child("PointsConsumed").unwrap().text(), "0");
}

/// One client compares the code with its prefix as text.
#[test]
fn faults_have_the_prefix_that_is_compared() {
    let challenge = "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1";
    for (fault, code) in [
        (oim::Fault::AuthenticationFailed { challenge }.to_xml(), "q0:AuthenticationFailed"),
        (oim::Fault::InvalidContent.to_xml(), "q0:InvalidContent"),
        (oim::Fault::SenderThrottleLimitExceeded.to_xml(), "q0:SenderThrottleLimitExceeded"),
        (oim::Fault::SystemUnavailable.to_xml(), "q0:SystemUnavailable"),
        (oim::Fault::Malformed.to_xml(), "soap:Client"),
        (oim::Fault::Unavailable.to_xml(), "soap:Server"),
        (rsi::Fault::AuthenticationFailed { challenge }.to_xml(), "q0:AuthenticationFailed"),
        (rsi::Fault::Malformed.to_xml(), "soap:Client"),
        (rsi::Fault::Unavailable.to_xml(), "soap:Server"),
    ] {
        let root = parse(&fault);
        let told = root.find(&["Body", "Fault"]).unwrap();
        assert_eq!(told.child("faultcode").unwrap().text(), code);
        assert!(
            !code.starts_with("q0")
                || fault.contains(&format!("<faultcode xmlns:q0=\"{}\">", oim::NAMESPACE))
        );
        if code == "q0:AuthenticationFailed" {
            let detail = told.child("detail").unwrap();
            assert_eq!(detail.child("TweenerChallenge").unwrap().text(), challenge);
            assert_eq!(detail.child("TweenerChallenge").unwrap().namespace(), Some(oim::NAMESPACE));
            assert_eq!(detail.child("RequiredAuthPolicy").unwrap().text(), "MBI_SSL");
            assert_eq!(detail.child("LockKeyChallenge"), None, "nobody has to compute one");
        } else {
            assert_eq!(told.child("detail"), None);
        }
    }
}

#[test]
fn messages_are_asked_for() {
    let (one, other) =
        (guid("6f1c9f3e-5555-4a2b-8c3d-0000000000bb"), guid("6f1c9f3e-5555-4a2b-8c3d-0000000000bc"));
    for (name, request) in [
        ("GetMetadata", Request::GetMetadata),
        ("GetMessage", Request::GetMessage(one)),
        ("DeleteMessages", Request::DeleteMessages(vec![one, other])),
    ] {
        let call = Call::parse(&fixture(name)).unwrap();
        assert_eq!(call.request, request);
        assert_eq!(call.ticket.unwrap().expose(), "EwExampleTicketForAlice0001");
    }
}

#[test]
fn what_is_no_message_is_not_asked_for() {
    let ask = |operation: &str| {
        let document = format!(
            "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body xmlns='{}'>{operation}</Body></Envelope>",
            rsi::NAMESPACE
        );
        Call::parse(document.as_bytes()).map(|call| call.request)
    };
    let delete = |count| {
        let id = "<messageId>6f1c9f3e-5555-4a2b-8c3d-0000000000bb</messageId>".repeat(count);
        ask(&format!("<DeleteMessages><messageIds>{id}</messageIds></DeleteMessages>"))
    };
    assert!(delete(MAX_IDS).is_ok());
    for (asked, why) in [
        (delete(0), InvalidCall::MessageId),
        (delete(MAX_IDS + 1), InvalidCall::MessageId),
        (ask("<GetMessage/>"), InvalidCall::MessageId),
        (ask("<GetMessage><messageId>1</messageId></GetMessage>"), InvalidCall::MessageId),
        (ask("<EmptyTrash/>"), InvalidCall::UnknownOperation("EmptyTrash".into())),
        (ask("<GetMetadata xmlns='urn:x'/>"), InvalidCall::Envelope(InvalidEnvelope::Namespace)),
    ] {
        assert_eq!(asked, Err(why));
    }
}

#[test]
fn answers_are_in_their_namespace() {
    let notice = Notice {
        id: guid("6f1c9f3e-5555-4a2b-8c3d-0000000000bb"),
        sent: 1_770_091_506,
        size: 950,
        from: "bob@example.com".to_owned(),
        name: "Bob".to_owned(),
    };
    let root = parse(&Reply::GetMetadata(MailData { mail: Some((0, 0)), notices: vec![notice] }).to_xml());
    let data = root.find(&["Body", "GetMetadataResponse", "MD"]).unwrap();
    assert_eq!(data.namespace(), Some(rsi::NAMESPACE));
    assert_eq!(data.find(&["M", "I"]).unwrap().text(), "6F1C9F3E-5555-4A2B-8C3D-0000000000BB");

    let mime = "Subject: \r\n\r\n<a>&]]>\r\n".to_owned();
    let xml = Reply::GetMessage(mime.clone()).to_xml();
    assert!(!xml.contains("&#13;"), "XML has to make line feeds of the line ends");
    let root = parse(&xml);
    let result = root.find(&["Body", "GetMessageResponse", "GetMessageResult"]).unwrap();
    assert_eq!(result.text().replace("\r\n", "\n"), mime.trim().replace("\r\n", "\n"));
    assert!(parse(&Reply::DeleteMessages.to_xml()).find(&["Body", "DeleteMessagesResponse"]).is_some());
}
