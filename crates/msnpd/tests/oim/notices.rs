//! What clients that fetch messages are told of them, over the notification server.

use std::task::Poll;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use msnp::soap::tree::{Element, Limits};
use msnpd::http::Peer;

use crate::common::ANY_PORT;
use crate::common::raw::Raw;
use crate::support::{ALICE, BOB, Bench, CAROL, Store, messages};

/// The last notice that a client has heard: its content type and its mail data.
struct Notice {
    kind: String,
    data: String,
}

impl Notice {
    fn read(payload: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(payload).unwrap();
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let kind = field("Content-Type: ")?.split(';').next().unwrap().to_owned();
        Some(Self { kind, data: field("Mail-Data: ")?.to_owned() })
    }

    fn messages(&self) -> Vec<(String, String)> {
        messages(&Element::parse(self.data.as_bytes(), Limits::SMALL).unwrap())
    }
}

/// The next notice of mail.
async fn next(ns: &mut Raw) -> Notice {
    loop {
        let line = ns.line().await.expect("the connection stays");
        if line.starts_with("MSG Hotmail ")
            && let Some(notice) = Notice::read(&ns.payload)
        {
            return notice;
        }
    }
}

/// Notices of mail that have come when all that is on its way has arrived.
async fn rest(ns: &mut Raw) -> Vec<Notice> {
    ns.say("PNG\r\n").await;
    let mut notices = Vec::new();
    loop {
        let line = ns.line().await.expect("the connection stays");
        if line.starts_with("QNG") {
            return notices;
        }
        if line.starts_with("MSG Hotmail ") {
            notices.extend(Notice::read(&ns.payload));
        }
    }
}

const INITIAL: &str = "text/x-msmsgsinitialmdatanotification";
const NEWS: &str = "text/x-msmsgsoimnotification";

#[tokio::test]
async fn who_comes_is_told_what_waits() {
    let bench = Bench::new().await;
    let empty =
        "<MD><E><I>0</I><IU>0</IU><O>0</O><OU>0</OU></E><Q><QTM>409600</QTM><QNM>204800</QNM></Q></MD>";
    for dialect in ["MSNP13", "MSNP14", "MSNP15", "MSNP16", "MSNP18"] {
        let mut ns = bench.online(dialect, BOB).await;
        let notice = next(&mut ns).await;
        assert_eq!((notice.kind.as_str(), notice.data.as_str()), (INITIAL, empty), "{dialect}");
    }
    bench.say(ALICE, BOB, "one", 1).await;
    bench.say(CAROL, BOB, "two", 1).await;
    let waiting = bench.waiting(BOB).await;
    for (dialect, status) in [("MSNP13", "NLN"), ("MSNP15", "HDN"), ("MSNP18", "AWY")] {
        let mut ns = bench.with_status(dialect, BOB, status).await;
        let notice = next(&mut ns).await;
        assert_eq!(notice.kind, INITIAL);
        assert_eq!(notice.messages(), waiting, "{dialect}");
        assert!(rest(&mut ns).await.is_empty(), "told once");
        assert!(!ns.heard.iter().any(|line| line.starts_with("RNG ")), "and not called");
    }
    bench.service.stop().await;
}

#[tokio::test]
async fn who_is_there_is_told_when_something_comes() {
    let bench = Bench::new().await;
    for (dialect, status) in [("MSNP13", "NLN"), ("MSNP16", "HDN"), ("MSNP18", "NLN")] {
        let mut ns = bench.with_status(dialect, BOB, status).await;
        let initial = next(&mut ns).await.messages().len();
        bench.say(ALICE, BOB, "now", 1).await;
        let notice = next(&mut ns).await;
        assert_eq!(notice.kind, NEWS);
        assert!(!notice.data.contains("<E><I>") && !notice.data.contains("<Q>"), "{}", notice.data);
        assert!(notice.data.contains("<F>.!!OIM</F>"), "{}", notice.data);
        let waiting = bench.waiting(BOB).await;
        assert_eq!(waiting.len(), initial + 1);
        assert_eq!(notice.messages(), waiting[initial..], "only what is new");
        assert!(rest(&mut ns).await.is_empty());
    }
    bench.service.stop().await;
}

/// Many of them come while he does: each is told once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_comes_while_something_does_is_told_once() {
    let bench = Bench::new().await;
    for round in 0..8 {
        let coming = async {
            let mut ns = bench.online("MSNP15", BOB).await;
            let first = next(&mut ns).await;
            assert_eq!(first.kind, INITIAL);
            (ns, first.messages())
        };
        let saying = async {
            for number in 1..=4 {
                bench.say(ALICE, BOB, "x", number).await;
            }
        };
        let ((mut ns, mut told), ()) = tokio::join!(coming, saying);
        let waiting = bench.waiting(BOB).await;
        while told.len() < waiting.len() {
            told.extend(next(&mut ns).await.messages());
        }
        assert!(rest(&mut ns).await.is_empty());
        told.sort();
        let mut expected = waiting.clone();
        expected.sort();
        assert_eq!(told, expected, "round {round}");
        let ids: Vec<&str> = waiting.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(bench.delete(BOB, &ids).await.status, 200);
    }
    bench.service.stop().await;
}

#[tokio::test]
async fn much_is_asked_for_by_web_service() {
    let bench = Bench::new().await;
    for number in 1..=12 {
        bench.say(ALICE, BOB, "x", number).await;
    }
    let mut ns = bench.online("MSNP15", BOB).await;
    assert_eq!(next(&mut ns).await.data, "too-large");
    assert_eq!(bench.waiting(BOB).await.len(), 12);
    bench.service.stop().await;
}

/// What a person can be made to hear by lifting a block is what had come before it.
#[tokio::test]
async fn who_lets_somebody_speak_is_told_what_he_had_said() {
    let bench = Bench::new().await;
    bench.say(ALICE, BOB, "before", 1).await;
    bench.block(BOB, ALICE, true).await;
    let mut ns = bench.online("MSNP13", BOB).await;
    assert_eq!(next(&mut ns).await.messages(), []);
    bench.say(ALICE, BOB, "meanwhile", 2).await;
    assert!(rest(&mut ns).await.is_empty());
    bench.block(BOB, ALICE, false).await;
    // Whatever comes next brings it along.
    bench.say(CAROL, BOB, "after", 1).await;
    let told = next(&mut ns).await.messages();
    assert_eq!(told, bench.waiting(BOB).await);
    assert_eq!(told.len(), 2);
    bench.service.stop().await;
}

/// Whom a client blocks for as long as it is signed in.
#[tokio::test]
async fn what_a_session_blocks_waits_until_it_does_not() {
    let bench = Bench::new().await;
    let mut ns = bench.online("MSNP15", BOB).await;
    assert_eq!(next(&mut ns).await.messages(), []);
    let alice = "<ml><d n=\"example.com\"><c n=\"alice\" l=\"4\" t=\"1\"/></d></ml>";
    ns.say(format!("ADL 50 {}\r\n{alice}", alice.len())).await;
    ns.until(|line| line == "ADL 50 OK").await;
    bench.say(ALICE, BOB, "blocked", 1).await;
    bench.say(CAROL, BOB, "heard", 1).await;
    let waiting = bench.waiting(BOB).await;
    assert_eq!(waiting.len(), 2, "the store knows nothing of it");
    assert_eq!(next(&mut ns).await.messages(), waiting[1..]);
    ns.say(format!("RML 51 {}\r\n{alice}", alice.len())).await;
    assert_eq!(next(&mut ns).await.messages(), waiting[..1]);
    bench.service.stop().await;
}

/// His connection has broken once the request was read, and nobody waits for the answer.
#[tokio::test]
async fn what_comes_is_told_though_its_sender_has_gone() {
    let bench = Bench::new().await;
    let mut ns = bench.online("MSNP15", BOB).await;
    assert_eq!(next(&mut ns).await.kind, INITIAL);
    let message = Store { from: ALICE, to: BOB, ticket: &bench.ticket(ALICE), ..Store::saying("hi") };
    let request = Request::post("/OimWS/oim.asmx").body(Full::<Bytes>::from(message.to_xml())).unwrap();
    let peer = Peer { address: ANY_PORT, local: ANY_PORT, tls: false };
    let web = bench.web();
    let mut answering = Box::pin(web.answer(peer, request));
    let begun = std::future::poll_fn(|cx| Poll::Ready(answering.as_mut().poll(cx))).await;
    assert!(begun.is_pending());
    drop(answering);
    let notice = next(&mut ns).await;
    assert_eq!((notice.kind.as_str(), notice.messages().len()), (NEWS, 1));
    assert_eq!(notice.messages(), bench.waiting(BOB).await);
    bench.service.stop().await;
}
