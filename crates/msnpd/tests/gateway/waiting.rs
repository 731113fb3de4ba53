//! Polls that wait for news.

use std::time::{Duration, Instant};

use super::support::{Stage, message, once};

#[tokio::test]
async fn a_poll_is_answered_as_soon_as_there_is_something() {
    let stage = Stage::set().await;
    let (mut alice, mut bob) = (stage.alice().await, stage.bob().await);
    let (mut chat, mut other) = stage.chat(&mut alice, &mut bob).await;
    let began = Instant::now();
    chat.http.ask(&chat.waits(60), "").await;
    other.say(message(1, "news")).await;
    let reply = chat.http.reply().await;
    assert!(reply.body.contains("news"), "{reply:?}");
    assert!(began.elapsed() < Duration::from_secs(20));
    chat.take(reply);
}

#[tokio::test]
async fn a_poll_without_news_is_answered_when_its_time_is_up() {
    let stage = Stage::set().await;
    let mut alice = stage.alice().await;
    alice.poll().await;
    let began = Instant::now();
    let reply = alice.http.asked(&alice.waits(1), "").await;
    assert_eq!((reply.status(), reply.body.as_str()), (200, ""));
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_ne!(reply.id(), alice.id);
    // What is said in a poll is heard as anywhere, and answered at once.
    alice.take(reply);
    let reply = alice.http.asked(&alice.waits(60), "PNG\r\n").await;
    assert!(reply.body.starts_with("QNG"), "{reply:?}");
}

/// Of the connections of a listener only half may wait, or be kept. On others polls are answered at once.
#[tokio::test]
async fn so_many_wait_that_others_find_a_connection() {
    let stage = Stage::set_with(|options| options.web_limits.connections = 4).await;
    let mut alice = stage.alice().await;
    let mut another = stage.newcomer().await;
    alice.poll().await;
    another.poll().await;
    assert_eq!(alice.http.asked(&alice.polls(), "").await.header("Connection"), Some("Keep-Alive"));
    // The third is served, and not kept, however long it would wait.
    let reply = once(stage.http(), "Action=open&Server=NS&IP=x", "VER 1 MSNP9 CVR0\r\n").await;
    assert_eq!((reply.body.as_str(), reply.header("Connection")), ("VER 1 MSNP9\r\n", Some("close")));
    let began = Instant::now();
    let query = format!("Action=poll&Lifespan=60&SessionID={}", reply.id());
    let reply = once(stage.http(), &query, "").await;
    assert_eq!((reply.status(), reply.body.as_str()), (200, ""));
    assert!(began.elapsed() < Duration::from_secs(20));
    // Who goes makes room.
    drop(another);
    let mut reply = reply;
    while reply.header("Connection") != Some("Keep-Alive") {
        reply = once(stage.http(), &format!("SessionID={}", reply.id()), "").await;
    }
}
