//! What is not as it should be about circles, and what it gets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use msnp::types::CircleId;
use msnpd::store::{CircleRole, MAX_CIRCLES, Store};

use crate::circles::{CIRCLE, CONTACT, told};
use crate::support::{ALICE, BOB, Bench, CAROL, value};

const ZEROS: &str = "00000000-0000-0000-0000-000000000000";

/// Whoever leaves twice, leaves last, or is not in it.
#[tokio::test]
async fn who_is_not_in_a_circle_is_shown_nothing_and_can_do_nothing() {
    let b = Bench::new().await;
    let circle = b.alice.make_circle().await;
    let bob = b.alice.invite(circle, BOB).await;
    let nowhere: CircleId = CIRCLE.parse().unwrap();
    // The same words whether there is one or not; also to who is invited and has not answered.
    for person in [&b.bob, &b.carol] {
        let mut heard = Vec::new();
        for asked in [circle, nowhere] {
            for name in
                ["ABFindContactsPaged.circle", "CreateContact.circle", "ManageWLConnection.circleinvite"]
            {
                let reply = person.about(name, asked, &[]).await;
                let detail = reply.fault("Forbidden");
                heard.push(value(detail, &["additionalDetails", "originalExceptionErrorMessage"]));
                assert!(!reply.text.contains(ALICE) && !reply.text.contains("Example group"));
            }
        }
        heard.dedup();
        assert_eq!(heard, ["There is no such circle, or you are not in it."]);
    }
    for asked in [circle, nowhere] {
        b.carol.about("ManageWLConnection.circleaccept", asked, &[]).await.fault("ContactDoesNotExist");
        b.carol.about("BreakConnection.circle", asked, &[]).await.fault("MemberDoesNotExist");
        b.carol.about("AddMember.circle", asked, &[]).await.fault("MemberDoesNotExist");
    }
    assert!(b.carol.told(None).await.is_empty());
    assert_eq!(b.bob.circles(None).await.len(), 1);

    // With a role that is not enough.
    b.bob.accept(circle).await;
    let carol = b.alice.invite(circle, CAROL).await;
    for (name, instead) in [
        ("CreateContact.circle", vec![]),
        ("ManageWLConnection.circleinvite", vec![(CONTACT, &*carol)]),
        ("BreakConnection.circle", vec![(CONTACT, &*carol)]),
        (
            "ManageWLConnection.circleinvite",
            vec![(CONTACT, &*bob), ("<relationshipRole>3", "<relationshipRole>1")],
        ),
    ] {
        let reply = b.bob.about(name, circle, &instead).await;
        let words = value(reply.fault("Forbidden"), &["additionalDetails", "originalExceptionErrorMessage"]);
        assert!(words.contains("role"), "{name}: {words}");
    }
    // Nor does the last admin give his role away, but by leaving.
    let book = b.alice.about("ABFindContactsPaged.circle", circle, &[]).await.ok();
    let contacts = book.result().find(&["ABFindContactsPagedResult", "Contacts"]).unwrap();
    let alice = value(&contacts.children()[0], &["contactId"]);
    let resign = [(CONTACT, &*alice)];
    let reply = b.alice.about("ManageWLConnection.circleinvite", circle, &resign).await;
    let words = value(reply.fault("Forbidden"), &["additionalDetails", "originalExceptionErrorMessage"]);
    assert!(words.contains("admin"), "{words}");
    b.alice.about("BreakConnection.circle", circle, &[(CONTACT, &alice)]).await.ok();
    assert_eq!(b.bob.circles(None).await, told(circle, "Admin", "Accepted"));
    // Twice, not word by word the same, which would be the same answer again.
    let again = [(CONTACT, &*alice), ("<deleteContact>false", "<deleteContact>true")];
    b.alice.about("BreakConnection.circle", circle, &again).await.fault("MemberDoesNotExist");
    // By the name that one has in one's own book, and by the circle's there; with the last one the invitation goes.
    let before = b.carol.changed().await;
    let own = b.bob.id.contact_id().to_string();
    b.bob.about("BreakConnection.circle", circle, &[(CONTACT, &own)]).await.ok();
    assert_eq!(b.carol.circles(Some(&before)).await, told(circle, "Member", "Left"));
    b.carol.about("ManageWLConnection.circleaccept", circle, &[]).await.fault("ContactDoesNotExist");
    let circle = b.bob.make_circle().await;
    let (own_book, guid) = (format!("<ABId>{ZEROS}"), circle.to_string());
    let (asked, contact) = (format!("<ABId>{CIRCLE}"), format!("<contactId>{CONTACT}"));
    let leave = [(&*asked, &*own_book), (&*contact, &*format!("<contactId>{guid}"))];
    b.bob.fixture("BreakConnection.circle", &leave).await.ok().is("<BreakConnectionResponse/>");
    assert!(b.bob.circles(None).await.is_empty());
    assert!(b.running.server.store.circle(circle).await.unwrap().is_none());
}

#[tokio::test]
async fn what_can_not_be_meant_is_refused() {
    let b = Bench::new().await;
    let circle = b.alice.make_circle().await;
    let guid = circle.to_string();
    for (name, parameter) in [("", None), ("   ", None), (&*"x".repeat(257), Some("DisplayName"))] {
        let reply = b.alice.fixture("CreateCircle", &[("Example group", name)]).await;
        match parameter {
            Some(name) => assert_eq!(value(reply.fault("BadArgumentLength"), &["parameterFault"]), name),
            None => reply.plain_fault(500, "DisplayName is missing"),
        }
    }
    // Ids that are none, or not a circle's, or another one's than the book's.
    for id in ["not a guid", "00000000-0000-0000-0009-00000000c1c", "00000000-0000-0000-0009-00000000c1cg"] {
        let reply = b.alice.fixture("ABFindContactsPaged.circle", &[(CIRCLE, id)]).await;
        reply.plain_fault(500, "ABId");
    }
    let other = "6f1c9f3e-1111-4a2b-8c3d-0000000000b0";
    b.alice.fixture("ABFindContactsPaged.circle", &[(CIRCLE, other)]).await.fault("Forbidden");
    b.alice.fixture("CreateContact.circle", &[(CIRCLE, other)]).await.fault("Forbidden");
    let handle = format!("<CircleId>{CIRCLE}");
    let mixed =
        b.alice.about("CreateContact.circle", circle, &[(&*format!("<CircleId>{guid}"), &handle)]).await;
    mixed.plain_fault(500, "CircleId");
    b.alice.fixture("AddMember.circle", &[(CIRCLE, other)]).await.plain_fault(500, "CircleId");
    // Operations that a circle's book has not.
    for name in ["ABContactDelete", "ABGroupDelete", "ABContactUpdate", "ABFindAll"] {
        let own = format!("<abId>{ZEROS}");
        b.alice.fixture(name, &[(&own, &format!("<abId>{guid}"))]).await.fault("Forbidden");
    }
    // Whom there is not, and who is there.
    let nobody = [(BOB, "nobody@example.com")];
    b.alice.about("CreateContact.circle", circle, &nobody).await.fault("InvalidPassportUser");
    b.alice.about("CreateContact.circle", circle, &[(BOB, "nobody")]).await.fault("BadEmailArgument");
    b.alice.about("ManageWLConnection.circleinvite", circle, &[]).await.fault("ContactDoesNotExist");
    b.alice.about("BreakConnection.circle", circle, &[]).await.fault("ContactDoesNotExist");
    let bob = b.alice.invite(circle, BOB).await;
    let reply = b.alice.about("CreateContact.circle", circle, &[]).await;
    let conflict = reply.fault("ContactAlreadyExists");
    assert_eq!(value(conflict, &["additionalDetails", "conflictObjectId"]), bob);
    b.bob.accept(circle).await;
    let again = [("<connection>true", "<connection>1")];
    b.bob.about("ManageWLConnection.circleaccept", circle, &again).await.fault("MemberAlreadyExists");
    // Roles and kinds of relationships that there are not.
    for (was, is, words) in [
        ("<relationshipRole>3", "<relationshipRole>4", "relationshipRole"),
        ("<relationshipRole>3", "<relationshipRole>9", "relationshipRole"),
        ("<relationshipRole>3", "<relationshipRole>-1", "relationshipRole"),
        ("<relationshipType>5", "<relationshipType>3", "relationshipType"),
        ("<action>1", "<action>3", "action"),
    ] {
        let instead = [(CONTACT, &*bob), (was, is)];
        b.alice.about("ManageWLConnection.circleinvite", circle, &instead).await.plain_fault(500, words);
    }
    let decline = [(CONTACT, &*bob), ("<action>1", "<action>2")];
    b.alice.about("ManageWLConnection.circleinvite", circle, &decline).await.fault("Forbidden");
    let nothing = [(CIRCLE, ZEROS)];
    b.alice.fixture("ManageWLConnection.circleaccept", &nothing).await.fault("ContactDoesNotExist");
    let long = "x".repeat(4000);
    let carol = b.alice.about("CreateContact.circle", circle, &[(BOB, CAROL)]).await.ok();
    let carol = carol.text_of(&["CreateContactResult", "contactId"]);
    let message = [(CONTACT, &*carol), ("Join us", &*long)];
    let reply = b.alice.about("ManageWLConnection.circleinvite", circle, &message).await;
    assert_eq!(value(reply.fault("BadArgumentLength"), &["parameterFault"]), "InviteMessage");
    assert!(b.carol.circles(None).await.is_empty());
}

/// An account that is in as many circles as it may be, and is invited by more people than anybody.
#[tokio::test]
async fn thousands_of_invitations_end_somewhere() {
    let b = Bench::new().await;
    let store = &b.running.server.store;
    let mut circles = Vec::new();
    for _ in 0..MAX_CIRCLES {
        circles.push(store.create_circle(b.alice.id, "Example group".to_owned()).await.unwrap().circle);
    }
    b.alice.fixture("CreateCircle", &[]).await.fault("RequestLimitReached");
    let invite = async |store: &Store, circle| {
        let bob = BOB.parse().unwrap();
        let (_, guid) = store.name_for_circle(b.alice.id, circle, bob).await.unwrap();
        store.invite_to_circle(b.alice.id, circle, guid, CircleRole::Member, None).await
    };
    for circle in &circles {
        invite(store, *circle).await.unwrap();
    }
    let circle = store.create_circle(b.carol.id, "Carol's".to_owned()).await.unwrap().circle;
    for circle in &circles {
        store.answer_circle(b.bob.id, *circle, true).await.unwrap();
    }
    b.carol.invite(circle, BOB).await;
    b.bob.about("ManageWLConnection.circleaccept", circle, &[]).await.fault("RequestLimitReached");
    // All of them are told, and their ticket fits on a line.
    assert_eq!(b.bob.circles(None).await.len(), MAX_CIRCLES + 1);
    let ticket = value(&b.bob.paged(None).await, &["CircleResult", "CircleTicket"]);
    assert!(STANDARD.encode(ticket).len() < 8000);
    b.bob.about("BreakConnection.circle", circles[0], &[(CONTACT, &circles[0].to_string())]).await.ok();
    b.bob.accept(circle).await;
}
