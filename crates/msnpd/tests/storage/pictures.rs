//! Pictures that roam, and can be had while their owner is away.

use image::{GenericImageView as _, ImageFormat};

use crate::common::xml;
use crate::support::{Bench, Said, answer, cid, drawn, number};

const RED: [u8; 3] = [200, 30, 30];
const BLUE: [u8; 3] = [30, 30, 200];

/// Where the profile says that the picture is, and its thumbnail.
fn addresses(profile: &xml::Element) -> Vec<String> {
    let streams = profile.find(&["Photo", "DocumentStreams"]).unwrap();
    let mut found: Vec<_> =
        streams.children().map(|stream| stream.child("PreAuthURL").unwrap().text()).collect();
    found.push(profile.child("StaticUserTilePublicURL").unwrap().text());
    found
}

/// The size of a picture that was answered, and the colour in its middle.
fn seen(said: &Said) -> ((u32, u32), [u8; 3]) {
    assert_eq!(said.status, 200, "{}", said.head);
    assert!(said.head.contains("\r\nContent-Type: image/png\r\n"), "{}", said.head);
    let picture = image::load_from_memory_with_format(&said.body, ImageFormat::Png).unwrap();
    let (width, height) = picture.dimensions();
    let [red, green, blue, _] = picture.get_pixel(width / 2, height / 2).0;
    ((width, height), [red, green, blue])
}

/// Whether a colour has come through a format that loses some of it.
fn is_like(colour: [u8; 3], other: [u8; 3]) -> bool {
    colour.iter().zip(other).all(|(a, b)| a.abs_diff(b) < 12)
}

#[tokio::test]
async fn a_picture_goes_up_and_comes_back() {
    let b = Bench::new().await;
    let cid = cid(b.alice);
    let (status, reply) =
        b.store(&b.with_picture("CreateDocument", &drawn(96, 96, RED, ImageFormat::Png))).await;
    assert_eq!(status, 200, "{reply}");
    let inside = format!(
        "<CreateDocumentResponse><CreateDocumentResult>{cid}!205</CreateDocumentResult></CreateDocumentResponse>"
    );
    xml::assert_same(reply, &answer(b.alice, "2008", &inside));
    // It is there, and not shown yet.
    assert!(b.profile().await.child("Photo").is_none());
    let (_, reply) = b.store(&b.fixture("FindDocuments", &b.good())).await;
    let inside = format!(
        "<FindDocumentsResponse><FindDocumentsResult><Document><ResourceID>{cid}!205</ResourceID>\
         <Name>Messenger_tile</Name></Document></FindDocumentsResult></FindDocumentsResponse>"
    );
    xml::assert_same(reply, &answer(b.alice, "2008", &inside));
    let (status, reply) = b.store(&b.fixture("CreateRelationships", &b.good())).await;
    assert_eq!(status, 200, "{reply}");
    xml::assert_same(reply, &answer(b.alice, "2008", "<CreateRelationshipsResponse/>"));

    let (status, reply) = b.store(&b.fixture("GetProfile", &b.good())).await;
    assert_eq!(status, 200, "{reply}");
    let stream = |kind: &str| {
        format!(
            "<DocumentStream xsi:type='PhotoStream'><DocumentStreamName>{kind}</DocumentStreamName>\
             <MimeType>image/png</MimeType><DataSize>*</DataSize><PreAuthURL>*</PreAuthURL><WriteMode>Overwrite</WriteMode>\
             <StreamVersion>1</StreamVersion><DocumentStreamType>{kind}</DocumentStreamType></DocumentStream>"
        )
    };
    let inside = format!(
        "<GetProfileResponse><GetProfileResult><ResourceID>{cid}!106</ResourceID><DateModified>*</DateModified>\
         <ExpressionProfile><ResourceID>{cid}!118</ResourceID><DateModified>*</DateModified><Version>*</Version>\
         <Photo><ItemType>Photo</ItemType><ResourceID>{cid}!205</ResourceID><DateModified>*</DateModified>\
         <Name>Messenger_tile</Name><DocumentStreams>{}{}</DocumentStreams></Photo>\
         <DisplayName>alice@example.com</DisplayName><DisplayNameLastModified>*</DisplayNameLastModified>\
         <StaticUserTilePublicURL>*</StaticUserTilePublicURL></ExpressionProfile></GetProfileResult></GetProfileResponse>",
        stream("UserTileStatic"),
        stream("UserTileSmall"),
    );
    xml::assert_same(&reply, &answer(b.alice, "2008", &inside));

    // Nobody is signed in, and the picture is there: without a ticket, or with what clients put behind the address.
    let profile = b.profile().await;
    let addresses = addresses(&profile);
    for (address, side) in addresses.iter().zip([96, 32, 96]) {
        for behind in ["", "?t=EwExample%3d"] {
            let (size, colour) = seen(&b.get(&format!("{address}{behind}")).await);
            assert_eq!((size, colour), ((side, side), RED), "{address}");
        }
    }
    let said = b.get(&addresses[0]).await;
    let size = profile.find(&["Photo", "DocumentStreams", "DocumentStream", "DataSize"]).unwrap();
    assert_eq!(size.text(), said.body.len().to_string());
    b.service.stop().await;
}

#[tokio::test]
async fn every_kind_that_clients_send_becomes_a_png() {
    let b = Bench::new().await;
    b.ask_with(&b.with_picture("CreateDocument", &drawn(96, 96, BLUE, ImageFormat::Png))).await;
    b.ask("CreateRelationships").await;
    for (format, size) in [(ImageFormat::Jpeg, 96), (ImageFormat::Gif, 64), (ImageFormat::Bmp, 48)] {
        let before = addresses(&b.profile().await);
        let (status, reply) =
            b.store(&b.with_picture("UpdateDocument", &drawn(size, size, RED, format))).await;
        assert_eq!(status, 200, "{format:?}: {reply}");
        xml::assert_same(reply, &answer(b.alice, "2008", "<UpdateDocumentResponse/>"));
        let after = addresses(&b.profile().await);
        let ((width, _), colour) = seen(&b.get(&after[0]).await);
        assert!(width == size && is_like(colour, RED), "{format:?}: {width}, {colour:?}");
        // The picture that was there is had from nowhere any more.
        assert_eq!(b.get(&before[0]).await.status, 404, "{format:?}");
    }
    let version = b.profile().await;
    let version = version.find(&["Photo", "DocumentStreams", "DocumentStream", "StreamVersion"]).unwrap();
    assert_eq!(version.text(), "4");
    b.service.stop().await;
}

#[tokio::test]
async fn a_picture_is_changed_as_clients_change_it() {
    let b = Bench::new().await;
    b.ask_with(&b.with_picture("CreateDocument", &drawn(96, 96, RED, ImageFormat::Png))).await;
    b.ask("CreateRelationships").await;
    let old = addresses(&b.profile().await);
    // The steps of the web-services reference, 19.2.
    b.ask("DeleteRelationships").await;
    assert!(b.profile().await.child("Photo").is_some(), "it is shown still");
    b.ask("DeleteRelationships.byid").await;
    assert!(b.profile().await.child("Photo").is_none());
    for address in &old {
        assert_eq!(b.get(address).await.status, 404, "{address}");
    }
    b.ask_with(&b.with_picture("CreateDocument", &drawn(96, 96, BLUE, ImageFormat::Png))).await;
    let show = b.fixture("CreateRelationships", &b.good()).replace("!205", "!206");
    b.ask_with(&show).await;
    let new = addresses(&b.profile().await);
    assert_eq!(seen(&b.get(&new[0]).await), ((96, 96), BLUE));
    // Removed from what is kept, and shown still: the picture is not lost.
    let remove = b.fixture("DeleteRelationships", &b.good()).replace("!205", "!206");
    b.ask_with(&remove).await;
    b.ask_with(&show).await;
    assert_eq!(seen(&b.get(&new[0]).await).1, BLUE);
    b.service.stop().await;
}

#[tokio::test]
async fn the_same_request_twice_within_seconds_is_one() {
    let b = Bench::new().await;
    let request = b.with_picture("CreateDocument", &drawn(96, 96, RED, ImageFormat::Png));
    let (first, second) = (b.store(&request).await, b.store(&request).await);
    assert_eq!(first, second);
    assert_eq!(b.service.server.store.documents(b.alice, 25).await.unwrap().len(), 1);
    b.service.stop().await;
}

#[tokio::test]
async fn nobody_gets_at_the_pictures_of_another() {
    let b = Bench::new().await;
    b.ask_with(&b.with_picture("CreateDocument", &drawn(96, 96, RED, ImageFormat::Png))).await;
    b.ask("CreateRelationships").await;
    let bobs = b.ticket(b.bob, 1, msnpd::ticket::Purpose::Web);
    for name in [
        "GetProfile",
        "UpdateProfile",
        "CreateDocument",
        "UpdateDocument",
        "CreateRelationships",
        "DeleteRelationships",
        "DeleteRelationships.byid",
        "FindDocuments",
        "ShareItem",
    ] {
        let (status, reply) = b.store(&b.fixture(name, &bobs)).await;
        assert_eq!(status, 500, "{name}");
        xml::assert_same(reply, &crate::support::fault("AccessDenied"));
    }
    // Nor does he show hers as his own.
    let mixed = b.fixture("CreateRelationships", &bobs);
    let mixed = mixed.replacen(&cid(b.alice), &cid(b.bob), 1);
    let (status, reply) = b.store(&mixed).await;
    assert_eq!(status, 500);
    xml::assert_same(reply, &crate::support::fault("AccessDenied"));
    // And a number of hers is none of his.
    let his = b.fixture("CreateRelationships", &bobs).replace(&cid(b.alice), &cid(b.bob));
    let (_, reply) = b.store(&his).await;
    xml::assert_same(reply, &crate::support::fault("ItemDoesNotExist"));
    let found = b.fixture("FindDocuments", &bobs).replace(&number(b.alice), &number(b.bob));
    assert_eq!(b.ask_with(&found).await.child("FindDocumentsResult").unwrap().children().count(), 0);
    // All is as it was.
    let addresses = addresses(&b.profile().await);
    assert_eq!(seen(&b.get(&addresses[0]).await).1, RED);
    // An account that is disabled shows nothing.
    assert!(b.service.server.store.disable(b.alice).await.unwrap());
    assert_eq!(b.get(&addresses[0]).await.status, 404);
    b.service.stop().await;
}
