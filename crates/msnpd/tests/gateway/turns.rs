//! Requests that come twice, late, or beside each other.

use std::net::Ipv4Addr;

use super::support::{Http, Stage, message, once};

/// The texts that are heard in a chat before the last one.
async fn texts(other: &mut super::common::raw::Raw, last: &str) -> Vec<String> {
    let mut texts = Vec::new();
    loop {
        other.until(|line| line.starts_with("MSG ")).await;
        let text = String::from_utf8_lossy(&other.payload).rsplit("\r\n").next().unwrap().to_owned();
        if text == last {
            return texts;
        }
        texts.push(text);
    }
}

#[tokio::test]
async fn the_same_request_twice_has_the_same_answer_and_acts_once() {
    let stage = Stage::set().await;
    let (mut alice, mut bob) = (stage.alice().await, stage.bob().await);
    let (mut chat, mut other) = stage.chat(&mut alice, &mut bob).await;
    let (says, body) = (chat.says(), message(3, "once").replace(" N ", " A "));
    let first = once(stage.http(), &says, &body).await;
    assert!(first.status() == 200 && first.body == "ACK 3\r\n", "{first:?}");
    for _ in 0..2 {
        let again = once(stage.http(), &says, &body).await;
        assert_eq!(again, first);
    }
    // Under the old id nothing else is said.
    assert_eq!(once(stage.http(), &says, &message(4, "forged")).await.status(), 400);
    chat.take(first);
    chat.say(&message(5, "last")).await;
    assert_eq!(texts(&mut other, "last").await, ["once"]);
    // Now that the new id was used the answer has arrived, and the old one is nobody's.
    assert_eq!(once(stage.http(), &says, &body).await.status(), 400);
}

#[tokio::test]
async fn the_id_is_another_one_in_each_answer() {
    let stage = Stage::set().await;
    let mut alice = stage.alice().await;
    let mut ids = vec![alice.id.clone()];
    for _ in 0..3 {
        alice.poll().await;
        assert!(!ids.contains(&alice.id));
        ids.push(alice.id.clone());
    }
    let heads: Vec<&str> = ids.iter().map(|id| id.split_once('.').unwrap().0).collect();
    assert!(heads.iter().all(|head| *head == heads[0]), "{ids:?}");
}

/// A client gives up a poll to say something, and does not know whether the poll was answered meanwhile.
#[tokio::test]
async fn what_a_poll_brought_and_was_lost_comes_with_the_next_answer() {
    let stage = Stage::set().await;
    let (mut alice, mut bob) = (stage.alice().await, stage.bob().await);
    let (mut chat, mut other) = stage.chat(&mut alice, &mut bob).await;
    let lost = chat.waits(20);
    other.say(message(1, "lost and found")).await;
    assert!(once(stage.http(), &lost, "").await.body.contains("lost and found"));
    chat.say(&message(3, "heard").replace(" N ", " A ")).await;
    let (found, then) = (chat.heard.find("lost and found").unwrap(), chat.heard.find("ACK 3").unwrap());
    assert!(found < then, "{}", chat.heard);
    chat.poll().await;
    assert_eq!(chat.heard, "");
    other.until(|line| line.starts_with("MSG ")).await;
}

/// A poll waits, and its client, or a proxy before it, asks again on another connection.
#[tokio::test]
async fn a_poll_that_waits_is_replaced() {
    let stage = Stage::set().await;
    let mut alice = stage.alice().await;
    let id = alice.id.clone();
    let mut waiting = Http::connect(stage.http()).await;
    waiting.ask(&alice.waits(60), "").await;
    // Whether it is there already or not: the other's turn comes, and only once.
    let mut second = Http::connect(stage.http()).await;
    second.ask(&alice.waits(60), "").await;
    let reply = tokio::select! {
        reply = waiting.reply() => reply,
        reply = second.reply() => { second = waiting; reply }
    };
    // Nothing was said, and its id is good for another time.
    assert_eq!((reply.status(), reply.body.as_str(), reply.id()), (200, "", id));
    alice.say("PNG\r\n").await;
    assert!(alice.heard.starts_with("QNG"), "{}", alice.heard);
    assert_eq!(second.reply().await.body, "");
}

#[tokio::test]
async fn beside_a_command_nothing_else_is_heard() {
    let stage = Stage::set().await;
    let mut alice = stage.alice().await;
    // Words that are not whole keep the command under way for as long as its poll may take.
    let waits = alice.waits(60);
    let mut first = Http::connect(stage.http()).await;
    first.ask(&waits, "PN").await;
    let refused = loop {
        // Until the first has come, this poll is it.
        let mut other = Http::connect(stage.http()).await;
        let reply = other.asked(&alice.polls(), "").await;
        if reply.status() != 200 {
            break reply;
        }
        alice.take(reply);
        first = Http::connect(stage.http()).await;
        first.ask(&alice.waits(60), "PN").await;
    };
    assert_eq!(refused.status(), 400);
    assert_eq!(once(stage.http(), &alice.says(), "OUT\r\n").await.status(), 400);
    // The same again takes its place: who sees his connection break says it once more. It is not said again.
    let mut again = Http::connect(stage.http()).await;
    again.ask(&alice.waits(1), "PN").await;
    assert_eq!(first.reply().await.body, "");
    alice.take(again.reply().await);
    alice.say("G\r\n").await;
    assert!(alice.heard.starts_with("QNG"), "{}", alice.heard);
}

/// The client goes away while its request is under way, which is done all the same, and comes back for the answer.
#[tokio::test]
async fn who_goes_away_has_said_what_he_has_said() {
    let stage = Stage::set().await;
    let (mut alice, mut bob) = (stage.alice().await, stage.bob().await);
    let (mut chat, mut other) = stage.chat(&mut alice, &mut bob).await;
    let (waits, body) = (chat.waits(60), message(3, "gone"));
    let mut gone = Http::connect(stage.http()).await;
    gone.ask(&waits, &body).await;
    other.until(|line| line.starts_with("MSG ")).await;
    drop(gone);
    other.say(message(1, "still there?")).await;
    let reply = once(stage.http(), &waits, &body).await;
    assert!(reply.body.contains("still there?"), "{reply:?}");
    chat.take(reply);
    chat.say(&message(4, "last")).await;
    assert_eq!(texts(&mut other, "last").await, [""; 0]);
}

#[tokio::test]
async fn a_session_is_its_clients_alone() {
    let stage = Stage::set().await;
    let mut alice = stage.alice().await;
    let (polls, head) = (alice.polls(), alice.id.split_once('.').unwrap().0.to_owned());
    // From another address, with the right id.
    let mut other = Http::connect_from(stage.http(), Ipv4Addr::new(127, 0, 0, 2).into()).await;
    assert_eq!(other.asked(&polls, "").await.status(), 400);
    // From the right one, with another id.
    for id in [format!("{head}.1"), format!("1.{}", alice.id), "1.1".to_owned()] {
        for query in [
            format!("SessionID={id}"),
            format!("Action=poll&Lifespan=60&SessionID={id}"),
            format!("Action=close&SessionID={id}"),
        ] {
            assert_eq!(once(stage.http(), &query, "OUT\r\n").await.status(), 400, "{query}");
        }
    }
    alice.say("PNG\r\n").await;
    assert!(alice.heard.starts_with("QNG"));
}
