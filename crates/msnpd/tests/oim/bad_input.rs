//! What nobody should send, and what it gets.

use crate::support::{ALICE, BOB, Bench, CAROL, Store};

#[tokio::test]
async fn a_message_from_somebody_else_is_refused() {
    let bench = Bench::new().await;
    let (alice, carol) = (bench.ticket(ALICE), bench.ticket(CAROL));
    let expired = {
        use msnpd::ticket::{Mint, Purpose};
        let mint = Mint::open(bench.dir.path()).unwrap();
        let ticket = mint.issue(bench.id(ALICE), 1, Purpose::Web, 1000, std::time::Duration::from_secs(60));
        ticket.text().expose().to_owned()
    };
    for (from, ticket) in
        [(ALICE, &*carol), (CAROL, &*alice), (ALICE, ""), (ALICE, "t=forged&p="), (ALICE, &*expired)]
    {
        let message = Store { from, to: BOB, ticket, ..Store::saying("hi") };
        let answer = bench.store(&message).await;
        assert_eq!(answer.fault(), "q0:AuthenticationFailed", "{from} {ticket}");
        let xml = answer.xml();
        let detail = xml.find(&["Body", "Fault", "detail"]).unwrap();
        assert!(detail.child("TweenerChallenge").unwrap().text().contains("ct="));
        assert_eq!(detail.child("RequiredAuthPolicy").unwrap().text(), "MBI_SSL");
        assert!(!answer.body.contains(ticket.trim_matches('&')) || ticket.is_empty(), "it is not repeated");
    }
    for ticket in ["", "forged", &*expired] {
        assert_eq!(bench.rsi_with(ticket, "<GetMetadata/>").await.fault(), "q0:AuthenticationFailed");
    }
    assert_eq!(bench.waiting(BOB).await, []);
    bench.service.stop().await;
}

#[tokio::test]
async fn a_ticket_of_former_times_is_refused() {
    let bench = Bench::new().await;
    let ticket = bench.ticket(BOB);
    assert_eq!(bench.rsi_with(&ticket, "<GetMetadata/>").await.status, 200);
    assert!(bench.service.server.store.disable(bench.id(BOB)).await.unwrap());
    assert_eq!(bench.rsi_with(&ticket, "<GetMetadata/>").await.fault(), "q0:AuthenticationFailed");
    bench.service.stop().await;
}

#[tokio::test]
async fn what_can_not_be_kept_is_refused_by_name() {
    let bench = Bench::new().await;
    let ticket = bench.ticket(ALICE);
    let message = |to, content: &str| Store {
        from: ALICE,
        to,
        ticket: &ticket,
        number: 1,
        content: content.to_owned(),
    };
    let text = "Content-Type: text/plain; charset=UTF-8\r\n\r\nhi";
    let long = format!("{text}{}", "x".repeat(2000));
    for (to, content, fault) in [
        ("nobody@example.com", text, "q0:SystemUnavailable"),
        ("nobody", text, "q0:SystemUnavailable"),
        (ALICE, text, "q0:SystemUnavailable"),
        (BOB, "hello", "q0:InvalidContent"),
        (BOB, "", "q0:InvalidContent"),
        (BOB, "Content-Type: text/plain\r\n\r\n", "q0:InvalidContent"),
        (BOB, "Content-Type: text/html\r\n\r\nhi", "q0:InvalidContent"),
        (BOB, "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n%", "q0:InvalidContent"),
        (BOB, &long, "q0:InvalidContent"),
    ] {
        assert_eq!(bench.store(&message(to, content)).await.fault(), fault, "{to} {content}");
    }
    assert_eq!(bench.waiting(BOB).await, []);
    bench.service.stop().await;
}

#[tokio::test]
async fn what_is_no_request_gets_a_fault() {
    let bench = Bench::new().await;
    let good = Store { from: ALICE, to: BOB, ticket: &bench.ticket(ALICE), ..Store::saying("hi") }.to_xml();
    let namespace = msnp::soap::oim::NAMESPACE;
    let bomb = "<!DOCTYPE x [<!ENTITY a '&b;&b;'><!ENTITY b 'bbbb'>]><x>&a;</x>";
    let deep = "<a>".repeat(1000);
    for body in [
        "",
        "not XML",
        "<a/>",
        bomb,
        &deep,
        &good.replace(namespace, "urn:other"),
        &good.replace("http://schemas.xmlsoap.org/soap/envelope/", "urn:other"),
        &good
            .replace("MessageType", "Nothing")
            .replace("Content ", "Nothing ")
            .replace("/Content", "/Nothing"),
        &good.replace(BOB, ""),
        &good[..good.len() / 2],
    ] {
        for path in ["/OimWS/oim.asmx", "/rsi/rsi.asmx"] {
            let fault = bench.post(path, body).await.fault();
            assert!(matches!(&*fault, "soap:Client" | "soap:VersionMismatch"), "{path} {fault} {body}");
        }
    }
    for operation in [
        "<EmptyTrash/>",
        "<GetMessage/>",
        "<GetMessage><messageId>1</messageId></GetMessage>",
        "<DeleteMessages><messageIds/></DeleteMessages>",
    ] {
        assert_eq!(bench.rsi(BOB, operation).await.fault(), "soap:Client", "{operation}");
    }
    assert!(bench.rsi(BOB, "<EmptyTrash/>").await.body.contains("There is no operation EmptyTrash"));
    assert_eq!(bench.waiting(BOB).await, []);
    assert_eq!(bench.post("/OimWS/oim.asmx", &good).await.status, 200, "the one they were made of");
    bench.service.stop().await;
}

#[tokio::test]
async fn bodies_that_are_too_long_or_compressed_are_refused() {
    let bench = Bench::new().await;
    let good = Store { from: ALICE, to: BOB, ticket: &bench.ticket(ALICE), ..Store::saying("hi") }.to_xml();
    for path in ["/OimWS/oim.asmx", "/rsi/rsi.asmx"] {
        let long = format!("{good}{}", " ".repeat(100_000));
        let answer = bench.post(path, &long).await;
        assert_eq!(answer.status, 413, "{answer:?}");
        assert_eq!(answer.xml().find(&["Body", "Fault", "faultcode"]).unwrap().text(), "soap:Client");
        let answer = bench.post_with(path, "Content-Encoding: gzip\r\n", good.as_bytes()).await;
        assert_eq!(answer.status, 415, "{answer:?}");
        assert_eq!(answer.xml().find(&["Body", "Fault", "faultcode"]).unwrap().text(), "soap:Client");
    }
    assert_eq!(bench.waiting(BOB).await, []);
    bench.service.stop().await;
}

/// Some make 60 at once; more have to wait.
#[tokio::test]
async fn who_writes_too_fast_is_told_so() {
    let bench = Bench::new().await;
    let ticket = bench.ticket(ALICE);
    let mut faults = Vec::new();
    for number in 1..=70 {
        let message = Store { from: ALICE, to: BOB, ticket: &ticket, number, ..Store::saying("x") };
        let answer = bench.store(&message).await;
        if answer.status != 200 {
            faults.push(answer.fault());
        }
    }
    assert!((1..=10).contains(&faults.len()), "{faults:?}");
    assert!(faults.iter().all(|fault| fault == "q0:SenderThrottleLimitExceeded"), "{faults:?}");
    bench.service.stop().await;
}

#[tokio::test]
async fn where_nothing_is_kept_nothing_can_be_sent() {
    let dir = tempfile::TempDir::new().unwrap();
    let ids = crate::common::add_accounts(dir.path(), &[ALICE, BOB, CAROL]).await;
    let service =
        crate::common::Running::start_with(dir.path(), |options| options.offline_messages = None).await;
    let bench = Bench { dir, service, ids };
    let message = Store { from: ALICE, to: BOB, ticket: &bench.ticket(ALICE), ..Store::saying("hi") };
    assert_eq!(bench.store(&message).await.fault(), "q0:SystemUnavailable");
    let mut ns = bench.online("MSNP15", BOB).await;
    ns.settle().await;
    assert_eq!(ns.heard.iter().filter(|line| line.starts_with("MSG ")).count(), 1, "the profile alone");
    bench.service.stop().await;
}
