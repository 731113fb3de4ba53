//! How many sessions there may be, and how much may be said.

use super::common::raw::Raw;
use super::support::{ALICE, Stage, Tunnel, once};
use msnp::wire::Direction;

const OPEN: &str = "Action=open&Server=NS&IP=x";
const HELLO: &str = "VER 1 MSNP9 CVR0\r\n";

/// A session takes up a place of its client's address, as a connection does, until it is over.
#[tokio::test]
async fn sessions_and_connections_share_the_places_of_an_address() {
    let stage = Stage::set_with(|options| options.limits.per_address = Some(2)).await;
    let mut session = Tunnel::open(stage.http(), "NS", HELLO).await;
    let mut connection = Raw::connect(stage.service.addresses.msnp, Direction::FromNotification).await;
    connection.ask("VER", "MSNP9 CVR0").await;
    assert_eq!(once(stage.http(), OPEN, HELLO).await.status(), 503);
    let mut closed = Raw::connect(stage.service.addresses.msnp, Direction::FromNotification).await;
    assert_eq!(closed.line().await, None);
    // Those who are in are heard.
    session.poll().await;
    session.say("OUT\r\n").await;
    assert!(session.closed);
    assert_eq!(once(stage.http(), OPEN, HELLO).await.status(), 200, "a place is free at once");
}

#[tokio::test]
async fn who_has_signed_in_makes_room_for_newcomers() {
    let stage = Stage::set_with(|options| options.limits.not_signed_in = 1).await;
    let mut alice = Tunnel::open(stage.http(), "NS", HELLO).await;
    assert_eq!(once(stage.http(), OPEN, HELLO).await.status(), 503);
    let ticket = stage.ticket(ALICE);
    alice.say(&format!("USR 2 TWN I {ALICE}\r\nUSR 3 TWN S {ticket}\r\n")).await;
    assert!(alice.heard.contains("USR 3 OK "), "{}", alice.heard);
    assert_eq!(once(stage.http(), OPEN, HELLO).await.status(), 200);
}

#[tokio::test]
async fn too_much_in_one_request_is_not_heard() {
    let stage = Stage::set().await;
    let mut alice = stage.alice().await;
    let long = "PNG\r\n".repeat((128 << 10) / 5 + 1);
    assert_eq!(once(stage.http(), &alice.says(), &long).await.status(), 413);
    // Nothing of it was said.
    alice.say("CHG 20 BSY 0\r\n").await;
    assert!(!alice.heard.contains("QNG") && alice.heard.contains("CHG 20 BSY"), "{}", alice.heard);
    // What just fits is heard, and answered in as many answers as it takes.
    let many = "PNG\r\n".repeat((128 << 10) / 5);
    let mut count = 0;
    let reply = alice.http.asked(&alice.says(), &many).await;
    alice.take(reply);
    loop {
        assert!(alice.heard.len() <= 64 << 10);
        count += alice.heard.matches("QNG").count();
        if alice.heard.is_empty() {
            break;
        }
        alice.poll().await;
    }
    assert_eq!(count, many.len() / 5);
}
