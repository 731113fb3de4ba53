//! What is refused, and that nothing of it is kept.

use image::ImageFormat;
use msnpd::ticket::Purpose;

use crate::common::xml;
use crate::support::{Bench, drawn, fault, number};

#[tokio::test]
async fn profiles_are_for_their_owners() {
    let b = Bench::new().await;
    let profile = |ticket: &str| b.fixture("GetProfile", ticket);
    let good = profile(&b.good());
    assert!(b.service.server.store.disable(b.bob).await.unwrap());
    for (request, code) in [
        (good.replace(&number(b.alice), &number(b.bob)), "AccessDenied"),
        (profile(""), "PassportAuthFail"),
        (profile("t=x&p="), "PassportAuthFail"),
        (profile(&b.ticket(b.alice, 2, Purpose::Web)), "PassportAuthFail"),
        (profile(&b.ticket(b.bob, 1, Purpose::Web)), "PassportAuthFail"),
        (profile(&b.ticket(b.alice, 1, Purpose::SingleSignOn)), "PassportAuthFail"),
        ("<a/>".to_owned(), "InvalidObjectHandle"),
        ("<!DOCTYPE a><a/>".to_owned(), "InvalidObjectHandle"),
        (good.replace("storage/2008", "something/2008"), "InvalidObjectHandle"),
        (good.replace("GetProfile", "GetEverything"), "AccessDenied"),
        (good.replace("MyProfile", "/../../etc/passwd"), "InvalidObjectHandle"),
        (good.replace("MyProfile", "/UserTiles"), "InvalidObjectHandle"),
        (good.replace(&number(b.alice), "99999999999999999999"), "InvalidObjectHandle"),
    ] {
        let (status, reply) = b.store(&request).await;
        assert_eq!(status, 500, "{request}");
        xml::assert_same(reply, &fault(code));
    }
    b.service.server.store.close().await;
    let (status, reply) = b.store(&good).await;
    assert_eq!(status, 500);
    xml::assert_same(reply, &fault("InternalError"));
    b.service.stop().await;
}

#[tokio::test]
async fn what_is_no_picture_is_not_taken() {
    let b = Bench::new().await;
    let request = b.fixture("CreateDocument", &b.good());
    let png = drawn(96, 96, [1, 2, 3], ImageFormat::Png);
    let mut bomb = drawn(1, 1, [0, 0, 0], ImageFormat::Bmp);
    bomb[18..26].copy_from_slice(&[0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f]);
    for (what, request) in [
        ("as the reference has it", request.clone()),
        ("broken base64", request.replace("iVBORw0KGgpub3Q", "iVBORw0*GgpubNQ")),
        ("none", request.replace("iVBORw0KGgpub3QtYS1yZWFsLWltYWdl", "")),
        ("half of one", b.with_picture("CreateDocument", &png[..png.len() / 2])),
        ("a page", b.with_picture("CreateDocument", b"<html><script>alert(1)</script></html>")),
        ("too wide", b.with_picture("CreateDocument", &drawn(5000, 1, [0, 0, 0], ImageFormat::Png))),
        ("a bomb", b.with_picture("CreateDocument", &bomb)),
        ("too long", b.with_picture("CreateDocument", &vec![0; 420 * 1024])),
        ("far too long", b.with_picture("CreateDocument", &vec![0; 4 << 20])),
        ("a long name", request.replace("Messenger_tile", &"x".repeat(100_000))),
    ] {
        let (status, reply) = b.store(&request).await;
        assert_eq!(status, 500, "{what}");
        xml::assert_same(reply, &fault("AccessDenied"));
    }
    assert!(b.service.server.store.documents(b.alice, 25).await.unwrap().is_empty());
    // One that is there stays as it is.
    b.ask_with(&b.with_picture("CreateDocument", &png)).await;
    let before = b.service.server.store.documents(b.alice, 25).await.unwrap();
    let (status, reply) = b.store(&b.fixture("UpdateDocument", &b.good())).await;
    assert_eq!(status, 500);
    xml::assert_same(reply, &fault("AccessDenied"));
    assert_eq!(b.service.server.store.documents(b.alice, 25).await.unwrap(), before);
    b.service.stop().await;
}

#[tokio::test]
async fn texts_that_are_too_long_change_nothing() {
    let b = Bench::new().await;
    let request = b.fixture("UpdateProfile", &b.good());
    let before = b.service.server.store.profile(b.alice).await.unwrap();
    for (short, long) in [
        ("out for lunch", "x".repeat(1025)),
        ("out for lunch", "x".repeat(100_000)),
        ("Alice A.", "x".repeat(1500)),
        ("Alice A.", "ä".repeat(20_000)),
    ] {
        let (status, reply) = b.store(&request.replace(short, &long)).await;
        assert_eq!(status, 500, "{short}");
        xml::assert_same(reply, &fault("AccessDenied"));
        assert_eq!(b.service.server.store.profile(b.alice).await.unwrap(), before);
    }
    let things = |count: usize| {
        let one = "<ObjectHandle><ResourceID>1!205</ResourceID></ObjectHandle>".repeat(count);
        let request = b.fixture("DeleteRelationships", &b.good());
        request.replace("<targetHandles>", &format!("<targetHandles>{one}"))
    };
    let (_, reply) = b.store(&things(500)).await;
    xml::assert_same(reply, &fault("AccessDenied"));
    let nodes = things(5000);
    let (_, reply) = b.store(&nodes).await;
    xml::assert_same(reply, &fault("InvalidObjectHandle"));
    b.service.stop().await;
}

#[tokio::test]
async fn names_are_not_changed_without_end() {
    let b = Bench::new().await;
    let request = b.fixture("UpdateProfile", &b.good());
    let mut refused = 0;
    for number in 0..20 {
        let (status, reply) = b.store(&request.replace("Alice A.", &format!("Alice {number}"))).await;
        if status != 200 {
            xml::assert_same(reply, &fault("AccessDenied"));
            refused += 1;
        }
    }
    assert!((10..20).contains(&refused), "{refused}");
    b.service.stop().await;
}

#[tokio::test]
async fn pictures_by_the_dozen_take_each_others_place() {
    let b = Bench::new().await;
    let most = usize::try_from(msnpd::store::MAX_DOCUMENTS).unwrap();
    b.ask_with(&b.with_picture("CreateDocument", &drawn(8, 8, [0, 0, 0], ImageFormat::Png))).await;
    b.ask("CreateRelationships").await;
    // As many as clients would never send, without their manners.
    let picture = msnpd::store::Picture { full: vec![1], small: vec![2] };
    for number in 0..1000 {
        let name = number.to_string();
        b.service.server.store.create_document(b.alice, name, picture.clone()).await.unwrap();
    }
    let documents = b.service.server.store.documents(b.alice, 2000).await.unwrap();
    assert_eq!(documents.len(), most);
    assert!(documents.iter().any(|document| document.number == 205), "the one that is shown stays");
    assert!(documents.iter().any(|document| document.name == "999"), "and the newest");
    assert!(b.profile().await.child("Photo").is_some());
    b.service.stop().await;
}

#[tokio::test]
async fn addresses_of_pictures_lead_nowhere_else() {
    let b = Bench::new().await;
    for path in [
        "/storage/usertile/00000000000000000000000000000000/static",
        "/storage/usertile/../../../../etc/passwd",
        "/storage/usertile/%2e%2e/%2e%2e/static",
        "/storage/usertile/' OR 1=1/static",
        "/storage/usertile//static",
        "/storage/usertile",
    ] {
        let status = b.get(path).await.status;
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
    b.service.stop().await;
}
