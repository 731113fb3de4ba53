//! Networks that answer late or never, on a clock that stands still while anybody has something to do.

use std::time::Duration;

use msnp::dialect::MSNP14;
use msnpd::federation::{FIND_LIMIT, MAX_CALLS, NotSaid, RETRY, SAY_LIMIT, TELL_LIMIT};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::stage::*;

const WATCH: &str = "watch alice@example.com yolanda@yahoo.com";

#[tokio::test]
async fn one_that_never_answers_is_waited_for_so_long_and_no_longer() {
    let yahoo = Fake::new("yahoo.com", Manner::Never);
    let other = Fake::new("other.example", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo, &other]).await;
    let federation = &stage.server.federation;
    tokio::time::pause();
    let began = Instant::now();
    assert_eq!(federation.say(text(ALICE, YOLANDA, "hi")).await, Err(NotSaid::Failed));
    assert_eq!(began.elapsed().as_secs(), SAY_LIMIT.as_secs());

    // Whoever asks about several networks is told what the others know.
    let began = Instant::now();
    let search =
        federation.find(&email(ALICE), &[email(YOLANDA), email(ZOE), email("nobody@other.example")]).await;
    assert_eq!(began.elapsed().as_secs(), FIND_LIMIT.as_secs());
    assert!(search.is_incomplete && search.found.len() == 1 && search.found.contains_key(&email(ZOE)));
    let began = Instant::now();
    assert_eq!(federation.say(text(ALICE, ZOE, "hi")).await, Ok(()));
    assert_eq!(began.elapsed(), Duration::ZERO, "the other network answers at once");
}

#[tokio::test]
async fn so_many_wait_for_a_network_and_no_more() {
    let yahoo = Fake::new("yahoo.com", Manner::Never);
    let stage = Stage::with(&[&yahoo]).await;
    tokio::time::pause();
    let began = Instant::now();
    let mut waiting = JoinSet::new();
    for _ in 0..MAX_CALLS {
        let server = stage.server.clone();
        waiting.spawn(async move { server.federation.say(text(ALICE, YOLANDA, "hi")).await });
    }
    while yahoo.heard().is_empty() {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    assert_eq!(stage.server.federation.say(text(BOB, YOLANDA, "hi")).await, Err(NotSaid::Failed));
    assert!(stage.server.federation.find(&email(BOB), &[email(YOLANDA)]).await.is_incomplete);
    assert_eq!(began.elapsed(), Duration::ZERO);
    // Their places are free again.
    assert!(waiting.join_all().await.iter().all(|said| *said == Err(NotSaid::Failed)));
    *yahoo.manner.lock() = Manner::AtOnce;
    assert_eq!(stage.server.federation.say(text(BOB, YOLANDA, "hi")).await, Ok(()));
}

#[tokio::test]
async fn one_that_answers_late_is_waited_for() {
    let late = Duration::from_secs(4);
    let yahoo = Fake::new("yahoo.com", Manner::After(late));
    let stage = Stage::with(&[&yahoo]).await;
    tokio::time::pause();
    let began = Instant::now();
    assert_eq!(stage.server.federation.say(text(ALICE, YOLANDA, "hi")).await, Ok(()));
    assert_eq!(began.elapsed().as_secs(), late.as_secs());
    let search = stage.server.federation.find(&email(ALICE), &[email(YOLANDA)]).await;
    assert!(!search.is_incomplete && search.found.len() == 1);
    *yahoo.manner.lock() = Manner::After(SAY_LIMIT * 2);
    assert_eq!(stage.server.federation.say(text(ALICE, YOLANDA, "hi")).await, Err(NotSaid::Failed));
}

#[tokio::test]
async fn one_that_does_not_hear_is_told_again_and_keeps_nobody() {
    let yahoo = Fake::new("yahoo.com", Manner::Never);
    let other = Fake::new("other.example", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo, &other]).await;
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned(), ZOE.to_owned()]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP14, &[YOLANDA, ZOE]).await;
    yahoo.hears(&[WATCH]).await;
    other.hears(&["watch alice@example.com zoe@other.example"]).await;
    other.gate().show(&email(ZOE), &email(ALICE), online("Zoe")).unwrap();
    assert_eq!(alice.lines(), ["ILN 5 NLN zoe@other.example 32 Zoe 0 0"]);
    // It may have heard all the same.
    yahoo.gate().show(&email(YOLANDA), &email(ALICE), online("Yolanda")).unwrap();
    assert_eq!(alice.lines(), ["ILN 5 NLN yolanda@yahoo.com 32 Yolanda 0 0"]);
    tokio::time::pause();
    let began = Instant::now();
    yahoo.hears(&[WATCH]).await;
    assert!(began.elapsed() + Duration::from_secs(1) >= TELL_LIMIT + RETRY, "it is left alone for a while");
    *yahoo.manner.lock() = Manner::Fails;
    yahoo.hears(&[WATCH]).await;
    *yahoo.manner.lock() = Manner::AtOnce;
    yahoo.hears(&[WATCH]).await;
    alice.sign_out();
    yahoo.hears(&["unwatch alice@example.com yolanda@yahoo.com"]).await;
}

#[tokio::test]
async fn one_with_a_fault_fails_alone() {
    let yahoo = Fake::new("yahoo.com", Manner::Panics);
    let stage = Stage::with(&[&yahoo]).await;
    assert_eq!(stage.server.federation.say(text(ALICE, YOLANDA, "hi")).await, Err(NotSaid::Failed));
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned()]).await;
    let alice = stage.come_online(stage.alice, &MSNP14, &[YOLANDA]).await;
    yahoo.hears(&["say alice@example.com yolanda@yahoo.com", WATCH]).await;
    *yahoo.manner.lock() = Manner::AtOnce;
    tokio::time::pause();
    yahoo.hears(&[WATCH]).await;
    alice.sign_out();
    yahoo.hears(&["unwatch alice@example.com yolanda@yahoo.com"]).await;
}
