//! Kept by one client and fetched by another.

use msnpd::store::Kept;

use crate::support::{ALICE, BOB, Bench, CAROL, RUN, Store};

#[tokio::test]
async fn what_is_stored_is_fetched_and_stays_until_it_is_deleted() {
    let bench = Bench::new().await;
    let message = Store {
        from: "Alice@Example.com",
        to: BOB,
        ticket: &bench.ticket(ALICE),
        number: 3,
        ..Store::saying("Hello ☕, read this later")
    };
    let answer = bench.store(&message).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.head.contains("\r\nConnection: close"), "{answer:?}");
    let xml = answer.xml();
    let range = xml.find(&["Header", "SequenceAcknowledgment", "AcknowledgmentRange"]).unwrap();
    assert_eq!((range.attribute("Upper"), range.attribute("Lower")), (Some("3"), Some("3")));
    assert_eq!(answer.text(&["StoreResponse", "PointsConsumed"]), "0");

    let waiting = bench.waiting(BOB).await;
    assert_eq!(waiting.len(), 1);
    let (id, from) = &waiting[0];
    assert_eq!(from, ALICE);
    let answer = bench.message(BOB, id).await;
    let mime = answer.text(&["GetMessageResponse", "GetMessageResult"]).replace("\r\n", "\n");
    for line in [
        &format!("From: =?utf-8?B?{}?= <{ALICE}>", base64(ALICE)),
        &format!("To: {BOB}"),
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: base64",
        "X-OIM-Message-Type: OfflineMessage",
        &format!("X-OIM-Run-Id: {{{RUN}}}"),
        "X-OIM-Sequence-Num: 3",
    ] {
        assert!(mime.lines().any(|found| found == line), "{line} in {mime}");
    }
    for start in ["Date: ", "X-OriginalArrivalTime: ", "Message-ID: <"] {
        assert!(mime.lines().any(|found| found.starts_with(start)), "{start} in {mime}");
    }
    // It may be fetched again until it is deleted.
    for _ in 0..2 {
        assert_eq!(bench.text(BOB, id).await, "Hello ☕, read this later");
    }
    assert_eq!(bench.delete(BOB, &[id]).await.status, 200);
    assert_eq!(bench.waiting(BOB).await, []);
    assert_eq!(bench.message(BOB, id).await.fault(), "soap:Client");
    assert_eq!(bench.delete(BOB, &[id]).await.status, 200, "it is not there, as was wanted");
    bench.service.stop().await;
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[tokio::test]
async fn nobody_sees_or_deletes_what_is_for_somebody_else() {
    let bench = Bench::new().await;
    bench.say(ALICE, BOB, "for Bob", 1).await;
    let (id, _) = bench.waiting(BOB).await.remove(0);
    assert_eq!(bench.waiting(CAROL).await, []);
    assert_eq!(bench.message(CAROL, &id).await.fault(), "soap:Client");
    assert_eq!(bench.delete(CAROL, &[&id]).await.status, 200);
    assert_eq!(bench.message(ALICE, &id).await.fault(), "soap:Client", "nor does who said it");
    assert_eq!(bench.text(BOB, &id).await, "for Bob");
    bench.service.stop().await;
}

#[tokio::test]
async fn what_is_said_while_it_is_fetched_is_not_lost() {
    let bench = Bench::new().await;
    for number in 1..=5 {
        bench.say(ALICE, BOB, &format!("number {number}"), number).await;
    }
    let waiting = bench.waiting(BOB).await;
    let ids: Vec<&str> = waiting.iter().map(|(id, _)| id.as_str()).collect();
    bench.say(CAROL, BOB, "one more", 1).await;
    for (number, id) in (1..).zip(&ids) {
        assert_eq!(
            bench.text(BOB, id).await,
            format!("number {number}"),
            "in the order in which it was said"
        );
    }
    assert_eq!(bench.delete(BOB, &ids).await.status, 200);
    let waiting = bench.waiting(BOB).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(bench.text(BOB, &waiting[0].0).await, "one more");
    bench.service.stop().await;
}

/// He gets the same answer, whether he is heard or not.
#[tokio::test]
async fn who_is_blocked_learns_nothing() {
    let bench = Bench::new().await;
    bench.say(ALICE, BOB, "before", 1).await;
    bench.block(BOB, ALICE, true).await;
    assert_eq!(bench.waiting(BOB).await, [], "what he said before waits until he is heard again");
    let ticket = bench.ticket(ALICE);
    let said = |to| {
        let message = Store { from: ALICE, to, ticket: &ticket, ..Store::saying("x") };
        let bench = &bench;
        async move { bench.store(&message).await.body }
    };
    assert_eq!(said(BOB).await, said(CAROL).await);
    bench.block(BOB, ALICE, false).await;
    let waiting = bench.waiting(BOB).await;
    assert_eq!(waiting.len(), 1, "what he said while he was blocked is nowhere");
    assert_eq!(bench.text(BOB, &waiting[0].0).await, "before");
    bench.service.stop().await;
}

#[tokio::test]
async fn what_a_chat_keeps_is_fetched_as_well() {
    let bench = Bench::new().await;
    let message = msnpd::store::NewMessage {
        receiver: bench.id(BOB),
        sender: bench.id(ALICE),
        sender_name: "Alice in wonderland".to_owned(),
        run: msnp::types::Guid([7; 16]),
        number: 1,
        payload: b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=Arial\r\n\r\nhi\r\n\r\nho"
            .to_vec(),
    };
    let kept =
        bench.service.server.store.keep_message(message, std::time::Duration::from_secs(60)).await.unwrap();
    assert_eq!(kept, Kept::Waiting);
    let (id, _) = bench.waiting(BOB).await.remove(0);
    assert_eq!(bench.text(BOB, &id).await, "hi\r\n\r\nho");
    bench.service.stop().await;
}

#[tokio::test]
async fn every_ticket_of_the_account_is_good() {
    use msnpd::ticket::Purpose;
    let bench = Bench::new().await;
    for (purpose, is_good) in [
        (Purpose::Web, true),
        (Purpose::Tweener, true),
        (Purpose::SingleSignOn, false),
        (Purpose::Page, false),
        (Purpose::Broker, false),
    ] {
        let ticket = crate::support::web_ticket(bench.dir.path(), bench.id(BOB), purpose);
        for form in [ticket.clone(), format!("t={ticket}")] {
            let answer = bench.rsi_with(&form, "<GetMetadata/>").await;
            assert_eq!(answer.status == 200, is_good, "{purpose:?} {answer:?}");
        }
    }
    bench.service.stop().await;
}

/// The requests as clients are known to write them, with tickets that are good here.
#[tokio::test]
async fn requests_of_real_clients_are_answered() {
    let bench = Bench::new().await;
    let fixture = |name: &str, ticket: &str| {
        let path = format!("{}/../msnp/tests/fixtures/oim/{name}.xml", env!("CARGO_MANIFEST_DIR"));
        let ticket = ticket.strip_prefix("t=").and_then(|ticket| ticket.strip_suffix("&p=")).unwrap();
        std::fs::read_to_string(path).unwrap().replace("EwExampleTicketForAlice0001", ticket)
    };
    for name in ["Store", "Store.locked", "Store2"] {
        let answer = bench.post("/OimWS/oim.asmx", &fixture(name, &bench.ticket(ALICE))).await;
        assert_eq!(answer.text(&["StoreResponse", "PointsConsumed"]), "0", "{name}");
    }
    let bobs = bench.ticket(BOB);
    let answer = bench.post("/rsi/rsi.asmx", &fixture("GetMetadata", &bobs)).await;
    let xml = answer.xml();
    let waiting = crate::support::messages(xml.find(&["Body", "GetMetadataResponse", "MD"]).unwrap());
    assert_eq!(waiting.len(), 3);
    let named = |name| {
        let request = fixture(name, &bobs).replace("6F1C9F3E-5555-4A2B-8C3D-0000000000BB", &waiting[0].0);
        request.replace("6F1C9F3E-5555-4A2B-8C3D-0000000000BC", &waiting[1].0)
    };
    let answer = bench.post("/rsi/rsi.asmx", &named("GetMessage")).await;
    let mime = answer.text(&["GetMessageResponse", "GetMessageResult"]);
    assert_eq!(crate::support::said(&mime), "Hello, read this later");
    let answer = bench.post("/rsi/rsi.asmx", &named("DeleteMessages")).await;
    assert_eq!(answer.text(&["DeleteMessagesResponse"]), "");
    assert_eq!(bench.waiting(BOB).await, waiting[2..]);
    bench.service.stop().await;
}
