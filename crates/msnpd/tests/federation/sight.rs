//! Who sees whom across networks.

use msnp::dialect::{MSNP13, MSNP14, MSNP16, MSNP18};
use msnp::types::{Privacy, Status};
use msnpd::directory::Said;
use msnpd::federation::{NotTaken, Presence};

use crate::stage::*;

#[tokio::test]
async fn whom_one_wants_to_see_is_asked_for_once_and_left_in_the_end() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP14, &[YOLANDA, "zoe@other.example"]).await;
    let say = |presence| yahoo.gate().show(&email(YOLANDA), &email(ALICE), presence);
    assert_eq!(say(online("Yolanda")), Err(NotTaken::Unasked), "she is in no address book");
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned(), ZOE.to_owned()]).await;
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;

    say(online("Yolanda Y")).unwrap();
    assert_eq!(alice.lines(), ["ILN 5 NLN yolanda@yahoo.com 32 Yolanda%20Y 0 0"]);
    say(Some(Presence { status: Status::Away, name: String::new() })).unwrap();
    assert_eq!(alice.lines(), ["NLN AWY yolanda@yahoo.com 32 yolanda@yahoo.com 0 0"]);
    say(Some(Presence { status: Status::Away, name: String::new() })).unwrap();
    assert_eq!(alice.lines(), [""; 0], "that is no news");
    say(Some(Presence { status: Status::Hidden, name: String::new() })).unwrap();
    assert_eq!(alice.lines(), ["FLN yolanda@yahoo.com 32 0"]);
    say(Some(Presence { status: Status::Online, name: "x".repeat(388) })).unwrap();
    assert_eq!(
        alice.lines(),
        ["NLN NLN yolanda@yahoo.com 32 yolanda@yahoo.com 0 0"],
        "no line holds that name"
    );

    // Another client signs in beside or instead: nobody is asked again, and it is told what is known.
    let mut second = stage.sign_in(stage.alice, &MSNP18).await;
    second.say_lists(&[YOLANDA], 1, Said::Has, 4);
    alice.sign_out();
    second.show(Status::Online, 5);
    assert_eq!(second.lines(), ["NLN NLN 32:yolanda@yahoo.com yolanda@yahoo.com 0:0 0"]);
    say(None).unwrap();
    assert_eq!(second.lines(), ["FLN 32:yolanda@yahoo.com 0:0"]);

    second.say_lists(&[YOLANDA], 1, Said::HasNot, 6);
    yahoo.hears(&["unwatch alice@example.com yolanda@yahoo.com"]).await;
    assert_eq!(say(online("Yolanda")), Err(NotTaken::Unasked));
    second.say_lists(&[YOLANDA], 1, Said::Has, 7);
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;
    second.sign_out();
    yahoo.hears(&["unwatch alice@example.com yolanda@yahoo.com"]).await;
}

#[tokio::test]
async fn an_answer_that_takes_long_is_no_answer_any_more() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned()]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP16, &[YOLANDA]).await;
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;
    pass(std::time::Duration::from_secs(11)).await;
    yahoo.gate().show(&email(YOLANDA), &email(ALICE), online("Yolanda")).unwrap();
    assert_eq!(alice.lines(), ["NLN NLN yolanda@yahoo.com 32 Yolanda 0:0 0"], "she has come");
}

#[tokio::test]
async fn that_nobody_is_there_is_an_answer() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned()]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP14, &[YOLANDA]).await;
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;
    let gate = yahoo.gate();
    gate.show(&email(YOLANDA), &email(ALICE), None).unwrap();
    assert_eq!(alice.lines(), [""; 0]);
    gate.show(&email(YOLANDA), &email(ALICE), online("Yolanda")).unwrap();
    assert_eq!(alice.lines(), ["NLN NLN yolanda@yahoo.com 32 Yolanda 0 0"]);
}

#[tokio::test]
async fn older_clients_are_told_of_nobody() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned()]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP13, &[YOLANDA]).await;
    let bob = stage.come_online(stage.bob, &MSNP14, &[YOLANDA]).await;
    stage.befriend(bob.id, BOB, &[YOLANDA.to_owned()]).await;
    yahoo.hears(&["watch bob@example.com yolanda@yahoo.com"]).await;
    let refused = yahoo.gate().show(&email(YOLANDA), &email(ALICE), online("Yolanda"));
    assert_eq!(refused, Err(NotTaken::Unasked));
    assert_eq!(alice.lines(), [""; 0]);
    let said = yahoo.gate().say(text(YOLANDA, ALICE, "hi")).await;
    assert_eq!(said, Err(msnpd::federation::NotSaid::NotOnline), "she could not be told");
}

#[tokio::test]
async fn who_is_watched_is_shown_as_he_wants_to_be() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    let (alice, yolanda) = (email(ALICE), email(YOLANDA));
    let shows = |status: &str| format!("show alice@example.com yolanda@yahoo.com {status}");
    let gate = yahoo.gate();
    gate.watch(&yolanda, &alice).unwrap();
    yahoo.hears(&[&shows("offline")]).await;
    let place = stage.come_online(stage.alice, &MSNP18, &[]).await;
    yahoo.hears(&[&shows("NLN")]).await;
    place.show(Status::Busy, 6);
    yahoo.hears(&[&shows("BSY")]).await;
    place.say_lists(&[YOLANDA], 4, Said::Has, 7);
    yahoo.hears(&[&shows("offline")]).await;
    place.say_lists(&[YOLANDA], 4, Said::HasNot, 8);
    yahoo.hears(&[&shows("BSY")]).await;
    stage.server.directory.take_privacy(place.id, place.endpoint.id, Privacy::BlockOthers);
    yahoo.hears(&[&shows("offline")]).await;
    place.say_lists(&[YOLANDA], 2, Said::Has, 9);
    yahoo.hears(&[&shows("BSY")]).await;
    stage.block(stage.alice, ALICE, YOLANDA).await;
    yahoo.hears(&[&shows("offline")]).await;

    // Who begins to watch again is told again; who has ended it is not.
    gate.watch(&yolanda, &alice).unwrap();
    yahoo.hears(&[&shows("offline")]).await;
    gate.unwatch(&yolanda, &alice).unwrap();
    place.sign_out();
    let _again = stage.come_online(stage.alice, &MSNP14, &[]).await;
    gate.watch(&email("zed@yahoo.com"), &alice).unwrap();
    yahoo.hears(&["show alice@example.com zed@yahoo.com NLN"]).await;
}

#[tokio::test]
async fn a_network_that_has_lost_everything_is_told_again() {
    let yahoo = Fake::new("yahoo.com", Manner::AtOnce);
    let stage = Stage::with(&[&yahoo]).await;
    stage.befriend(stage.alice, ALICE, &[YOLANDA.to_owned()]).await;
    let mut alice = stage.come_online(stage.alice, &MSNP14, &[YOLANDA]).await;
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;
    let gate = yahoo.gate();
    gate.show(&email(YOLANDA), &email(ALICE), online("Yolanda")).unwrap();
    gate.watch(&email(YOLANDA), &email(ALICE)).unwrap();
    yahoo.hears(&["show alice@example.com yolanda@yahoo.com NLN"]).await;
    alice.lines();
    gate.reset().unwrap();
    assert_eq!(alice.lines(), ["FLN yolanda@yahoo.com 32 0"]);
    yahoo.hears(&["watch alice@example.com yolanda@yahoo.com"]).await;
    gate.show(&email(YOLANDA), &email(ALICE), online("Yolanda")).unwrap();
    assert_eq!(alice.lines(), ["NLN NLN yolanda@yahoo.com 32 Yolanda 0 0"]);
    // Nobody watches her any more.
    alice.show(Status::Away, 6);
    gate.watch(&email("zed@yahoo.com"), &email(ALICE)).unwrap();
    yahoo.hears(&["show alice@example.com zed@yahoo.com AWY"]).await;
}
