//! Networks that flood, lie, and say what nobody can hear.

use std::time::Duration;

use msnp::dialect::{MSNP14, MSNP18};
use msnp::types::{Lists, Status};
use msnpd::federation::{MAX_NAMED, MAX_WATCHERS, Message, NotSaid, NotTaken, Presence, Said};
use msnpd::outbox::Outbox;

use crate::stage::*;

#[tokio::test]
async fn a_flood_of_presence_is_told_in_a_few_lines_and_ends_with_the_last_word() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned()]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP14, &[YOLANDA]).await;
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;
    tokio::time::pause();
    for n in 0..100_000 {
        let status = if n % 2 == 0 { Status::Online } else { Status::Busy };
        let presence = Some(Presence { status, name: format!("Yolanda {n}") });
        yahoo.gate().show(&email(YOLANDA), &email(ALICE), presence).unwrap();
    }
    let lines = alice.lines();
    assert_eq!(lines.len(), 20, "{lines:?}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(alice.lines(), ["NLN BSY yolanda@yahoo.com 32 Yolanda%2099999 0 0"]);
}

#[tokio::test]
async fn a_reader_who_takes_nothing_loses_presence_and_not_his_connection() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned()]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP18, &[YOLANDA]).await;
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;
    // Messages fill it until no more are taken.
    let long = "x".repeat(1600);
    let mut said = 0;
    while yahoo.gate().say(text(YOLANDA, ALICE, &long)).await.is_ok() {
        said += 1;
        assert!(said <= 2 * Outbox::HIGH_MARK / long.len(), "somebody has to end it");
    }
    assert!(said > 10 && alice.endpoint.outbox.is_open());
    yahoo.gate().show(&email(YOLANDA), &email(ALICE), online("Yolanda")).unwrap();
    let lines = alice.lines();
    assert_eq!(lines.len(), said, "presence is not among them");
    pass(Duration::from_secs(3)).await;
    assert_eq!(alice.lines(), ["NLN NLN 32:yolanda@yahoo.com Yolanda 0:0 0"]);
    assert_eq!(yahoo.gate().say(text(YOLANDA, ALICE, "hi")).await, Ok(()));
}

#[tokio::test]
async fn nobody_speaks_for_addresses_that_are_not_his() {
    let (yahoo, liar) = (Fake::new("yahoo.com", Manner::AtOnce), Fake::new("other.example", Manner::AtOnce));
    let stage = Stage::with(&[&yahoo, &liar]).await;
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned()]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP14, &[YOLANDA]).await;
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;
    for theirs in [YOLANDA, BOB, ALICE, "anna@nowhere.example"] {
        let (ours, theirs_email) = (email(ALICE), email(theirs));
        assert_eq!(liar.gate().show(&theirs_email, &ours, online("x")), Err(NotTaken::NotYours), "{theirs}");
        assert_eq!(liar.gate().watch(&theirs_email, &ours), Err(NotTaken::NotYours), "{theirs}");
        assert_eq!(liar.gate().unwatch(&theirs_email, &ours), Err(NotTaken::NotYours), "{theirs}");
        assert_eq!(liar.gate().say(text(theirs, ALICE, "hi")).await, Err(NotSaid::Unroutable), "{theirs}");
    }
    assert_eq!(liar.gate().show(&email(ZOE), &email(ALICE), online("x")), Err(NotTaken::Unasked));
    assert_eq!(alice.lines(), [""; 0]);
    assert_eq!(liar.heard(), [""; 0]);
}

#[tokio::test]
async fn only_what_clients_can_show_is_heard() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP14, &[]).await;
    let say = async |said| yahoo.gate().say(Message { from: email(YOLANDA), to: email(ALICE), said }).await;
    let text = |payload: &str| Said::Text(payload.as_bytes().to_vec().into());
    assert_eq!(say(text(&"x".repeat(1665))).await, Err(NotSaid::TooLong));
    assert_eq!(say(text("hi")).await, Err(NotSaid::Refused));
    assert_eq!(say(text("Content-Type: text/x-msmsgsprofile\r\n\r\n")).await, Err(NotSaid::Refused));
    assert_eq!(alice.lines(), [""; 0]);
    for said in [text("Content-Type: text/plain\r\n\r\nhi"), Said::Typing, Said::Nudge] {
        assert_eq!(say(said).await, Ok(()));
    }
    let said = |kind, length| format!("UBM {YOLANDA} 32 {ALICE} 1 {kind} {length}");
    assert_eq!(alice.lines(), [said(1, 30), said(2, 90), said(3, 69)]);
    // Nobody can tell who is away from who blocks and from who does not exist.
    stage.block(stage.alice, ALICE, YOLANDA).await;
    for to in [ALICE, BOB, "nobody@example.com"] {
        let said = Message { from: email(YOLANDA), to: email(to), said: Said::Nudge };
        assert_eq!(yahoo.gate().say(said).await, Err(NotSaid::NotOnline), "{to}");
    }
    assert_eq!(alice.lines(), [""; 0]);
}

#[tokio::test]
async fn so_many_may_watch_and_be_named() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    let ours = email(ALICE);
    let theirs = |n| email(&format!("user{n}@yahoo.com"));
    assert!((0..MAX_WATCHERS).all(|n| yahoo.gate().watch(&theirs(n), &ours).is_ok()));
    assert_eq!(yahoo.gate().watch(&theirs(MAX_WATCHERS), &ours), Err(NotTaken::TooMany));
    yahoo.gate().watch(&theirs(0), &ours).unwrap();
    yahoo.gate().unwatch(&theirs(0), &ours).unwrap();
    yahoo.gate().watch(&theirs(MAX_WATCHERS), &ours).unwrap();

    let alice = stage.sign_in(stage.alice, &MSNP14).await;
    let named = |range: std::ops::Range<usize>| -> Vec<_> {
        range.map(|n| (theirs(n), Lists::from_bits(1))).collect()
    };
    let has_room = |said: &[_]| stage.server.federation.has_room(&ours, alice.endpoint.id, said);
    assert!(has_room(&named(0..MAX_NAMED)) && !has_room(&named(0..MAX_NAMED + 1)));
    let names: Vec<_> = (0..MAX_NAMED).map(|n| theirs(n).to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    alice.say_lists(&names, 1, msnpd::directory::Said::Has, 1);
    assert!(has_room(&named(0..MAX_NAMED)) && !has_room(&named(MAX_NAMED..MAX_NAMED + 1)));
}
