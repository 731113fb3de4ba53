//! Between the worlds: what is stored by web service is brought to clients that can't fetch, and what a chat keeps is
//! fetched by those that can.

use crate::common::raw::Raw;
use crate::support::{ALICE, BOB, Bench};

/// He is called in her name, and hears it in a chat.
#[tokio::test]
async fn the_courier_brings_what_was_stored() {
    let bench = Bench::new().await;
    for dialect in ["MSNP8", "MSNP11", "MSNP12"] {
        bench.say(ALICE, BOB, "one ☕", 1).await;
        bench.say(ALICE, BOB, "two", 2).await;
        let mut ns = bench.online(dialect, BOB).await;
        let invitation = ns.rung().await;
        assert_eq!(invitation.split(' ').nth(5), Some(ALICE));
        let mut sb = Raw::answer(&invitation, BOB).await;
        assert_eq!(sb.texts().await, ["one ☕", "two"], "{dialect}");
        // The answer to what is said comes after all that the courier does.
        sb.text("thanks").await;
        assert_eq!(bench.waiting(BOB).await, [], "{dialect}");
        ns.say("OUT\r\n").await;
        ns.until_closed().await;
    }
    bench.service.stop().await;
}

/// Who is there already is called at once, after who says it has his answer.
#[tokio::test]
async fn the_courier_brings_what_is_stored_while_he_is_there() {
    let bench = Bench::new().await;
    let mut ns = bench.online("MSNP12", BOB).await;
    bench.say(ALICE, BOB, "now", 1).await;
    let mut sb = Raw::answer(&ns.rung().await, BOB).await;
    assert_eq!(sb.texts().await, ["now"]);
    bench.service.stop().await;
}

/// A chat of two, of whom one leaves.
#[tokio::test]
async fn what_a_chat_keeps_is_fetched_by_those_who_can() {
    let bench = Bench::new().await;
    for dialect in ["MSNP13", "MSNP18"] {
        let mut alice = bench.online("MSNP12", ALICE).await;
        let mut bob = bench.online("MSNP12", BOB).await;
        let mut sb = alice.call(ALICE, BOB).await;
        let answered = Raw::answer(&bob.rung().await, BOB).await;
        sb.until(|line| line.starts_with("JOI ")).await;
        drop(answered);
        sb.until(|line| line.starts_with("BYE ")).await;
        bob.say("OUT\r\n").await;
        bob.until_closed().await;
        assert_eq!(sb.text("are you there?").await, Some(true));

        let mut bob = bench.online(dialect, BOB).await;
        bob.until(|line| line.starts_with("MSG Hotmail ")).await;
        let told = String::from_utf8(bob.payload.clone()).unwrap();
        let waiting = bench.waiting(BOB).await;
        assert_eq!(waiting.len(), 1);
        assert!(told.contains(&format!("<I>{}</I>", waiting[0].0)), "{dialect}: {told}");
        assert_eq!(bench.text(BOB, &waiting[0].0).await, "are you there?");
        assert_eq!(bench.delete(BOB, &[&waiting[0].0]).await.status, 200);
        bob.settle().await;
        assert!(!bob.heard.iter().any(|line| line.starts_with("RNG ")), "{dialect}: by one way alone");
        bob.say("OUT\r\n").await;
        bob.until_closed().await;
        alice.say("OUT\r\n").await;
        alice.until_closed().await;
    }
    bench.service.stop().await;
}

/// Fetched, but not deleted: it is still there for a client that can't fetch, and is then gone for both.
#[tokio::test]
async fn what_was_fetched_and_not_deleted_is_brought() {
    let bench = Bench::new().await;
    bench.say(ALICE, BOB, "once", 1).await;
    let (id, _) = bench.waiting(BOB).await.remove(0);
    assert_eq!(bench.text(BOB, &id).await, "once");
    let mut ns = bench.online("MSNP11", BOB).await;
    let mut sb = Raw::answer(&ns.rung().await, BOB).await;
    assert_eq!(sb.texts().await, ["once"]);
    sb.text("thanks").await;
    assert_eq!(bench.message(BOB, &id).await.fault(), "soap:Client");
    assert_eq!(bench.waiting(BOB).await, []);
    bench.service.stop().await;
}

#[tokio::test]
async fn a_message_survives_a_restart() {
    let bench = Bench::new().await;
    bench.say(ALICE, BOB, "later", 1).await;
    let Bench { dir, service, ids } = bench;
    service.stop().await;
    let service = crate::common::Running::start(dir.path()).await;
    let bench = Bench { dir, service, ids };
    let (id, _) = bench.waiting(BOB).await.remove(0);
    assert_eq!(bench.text(BOB, &id).await, "later");
    bench.service.stop().await;
}
