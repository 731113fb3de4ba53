//! Names and messages that roam.

use crate::common::xml;
use crate::support::{Bench, answer, cid};

fn text(profile: &xml::Element, name: &str) -> Option<String> {
    profile.child(name).map(xml::Element::text)
}

#[tokio::test]
async fn everybody_has_a_profile_with_a_name_and_no_picture() {
    let b = Bench::new().await;
    for (name, version) in [("GetProfile", "2008"), ("GetProfile.w10", "w10")] {
        let (status, reply) = b.store(&b.fixture(name, &b.good())).await;
        assert_eq!(status, 200, "{reply}");
        let cid = cid(b.alice);
        let inside = format!(
            "<GetProfileResponse><GetProfileResult><ResourceID>{cid}!106</ResourceID><DateModified>*</DateModified>\
             <ExpressionProfile><ResourceID>{cid}!118</ResourceID><DateModified>*</DateModified><Version>1</Version>\
             <DisplayName>alice@example.com</DisplayName><DisplayNameLastModified>*</DisplayNameLastModified>\
             </ExpressionProfile></GetProfileResult></GetProfileResponse>"
        );
        xml::assert_same(reply, &answer(b.alice, version, &inside));
    }
    b.service.stop().await;
}

#[tokio::test]
async fn what_is_set_at_one_place_is_found_at_another() {
    let b = Bench::new().await;
    let (status, reply) = b.store(&b.fixture("UpdateProfile", &b.good())).await;
    assert_eq!(status, 200, "{reply}");
    xml::assert_same(reply, &answer(b.alice, "2008", "<UpdateProfileResponse/>"));
    let (status, reply) = b.store(&b.fixture("GetProfile.w10", &b.good())).await;
    assert_eq!(status, 200, "{reply}");
    let cid = cid(b.alice);
    let inside = format!(
        "<GetProfileResponse><GetProfileResult><ResourceID>{cid}!106</ResourceID><DateModified>*</DateModified>\
         <ExpressionProfile><ResourceID>{cid}!118</ResourceID><DateModified>*</DateModified><Version>2</Version>\
         <PersonalStatus>out for lunch</PersonalStatus><PersonalStatusLastModified>*</PersonalStatusLastModified>\
         <DisplayName>Alice A.</DisplayName><DisplayNameLastModified>*</DisplayNameLastModified>\
         </ExpressionProfile></GetProfileResult></GetProfileResponse>"
    );
    xml::assert_same(reply, &answer(b.alice, "w10", &inside));
    // The name is the account's, wherever it is asked for.
    assert_eq!(b.service.server.store.account(b.alice).await.unwrap().unwrap().name, "Alice A.");
    // And what is set over the notification server is what roams.
    b.service.server.store.set_name(b.alice, "Alice B.").await.unwrap();
    assert_eq!(text(&b.profile().await, "DisplayName").as_deref(), Some("Alice B."));
    // A message that is taken away is gone, and that it was is known.
    b.ask("UpdateProfile.delete").await;
    let profile = b.profile().await;
    assert_eq!(text(&profile, "PersonalStatus").as_deref(), None);
    assert!(profile.child("PersonalStatusLastModified").is_some());
    assert_eq!(text(&profile, "DisplayName").as_deref(), Some("Alice A."));
    b.service.stop().await;
}

#[tokio::test]
async fn a_profile_outlives_the_server() {
    let b = Bench::new().await;
    b.ask("UpdateProfile").await;
    let Bench { dir, service, alice, bob } = b;
    service.stop().await;
    let service = crate::common::Running::start(dir.path()).await;
    let b = Bench { dir, service, alice, bob };
    let profile = b.profile().await;
    assert_eq!(text(&profile, "PersonalStatus").as_deref(), Some("out for lunch"));
    b.service.stop().await;
}

#[tokio::test]
async fn a_message_is_kept_as_it_was_written() {
    let b = Bench::new().await;
    for message in ["a &lt;b&gt; &amp; \"c\"", "ä 中 \u{1f600}", "x"] {
        let update = b.fixture("UpdateProfile", &b.good()).replace("out for lunch", message);
        b.ask_with(&update).await;
        let plain = message.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        assert_eq!(text(&b.profile().await, "PersonalStatus").as_deref(), Some(&*plain));
    }
    // One that begins with a profile of its own keeps what is there already.
    let seed = b.fixture("CreateProfile", &b.good());
    let seed = seed.replace("<PersonalStatus/>", "<PersonalStatus>mine</PersonalStatus>");
    b.ask_with(&seed).await;
    assert_eq!(text(&b.profile().await, "PersonalStatus").as_deref(), Some("x"));
    b.service.stop().await;
}

#[tokio::test]
async fn a_client_that_begins_anew_finds_what_it_asks_for() {
    let b = Bench::new().await;
    let cid = cid(b.alice);
    for (name, inside) in [
        (
            "CreateProfile",
            format!(
                "<CreateProfileResponse><CreateProfileResult>{cid}!106</CreateProfileResult></CreateProfileResponse>"
            ),
        ),
        (
            "ShareItem",
            format!("<ShareItemResponse><ShareItemResult>{cid}!106</ShareItemResult></ShareItemResponse>"),
        ),
        (
            "FindDocuments",
            "<FindDocumentsResponse><FindDocumentsResult></FindDocumentsResult></FindDocumentsResponse>"
                .to_owned(),
        ),
        // What is not there is taken out of nothing.
        ("DeleteRelationships", "<DeleteRelationshipsResponse/>".to_owned()),
        ("DeleteRelationships.byid", "<DeleteRelationshipsResponse/>".to_owned()),
    ] {
        let (status, reply) = b.store(&b.fixture(name, &b.good())).await;
        assert_eq!(status, 200, "{name}: {reply}");
        xml::assert_same(reply, &answer(b.alice, "2008", &inside));
    }
    b.service.stop().await;
}
