//! The examples, run against msnpd.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::duplicate_mod,
    clippy::print_stderr,
    dead_code,
    missing_docs,
    unreachable_pub
)]

#[path = "../examples/echo_bot.rs"]
mod echo_bot;
#[path = "all_versions/person.rs"]
mod person;
#[path = "../examples/send.rs"]
mod send;
#[path = "../examples/send_file.rs"]
mod send_file;
#[path = "all_versions/service.rs"]
mod service;
#[path = "../examples/watch.rs"]
mod watch;
#[path = "../examples/whois.rs"]
mod whois;

use std::io;

use msnp_client::Event;
use tokio::sync::mpsc;

use person::Person;
use service::{ALICE, BOB, CAROL, Running};

/// What is written, line by line.
struct Lines(mpsc::UnboundedSender<String>);

impl io::Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let sent = self.0.send(String::from_utf8_lossy(text).into_owned());
        sent.map(|()| text.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_does_what_it_says() {
    let service = Running::start().await;
    let mut alice = Person::sign_in(service.client(ALICE)).await;
    let bot = tokio::spawn(echo_bot::run(service.client(BOB)));
    alice.client.add_contact(BOB).await.unwrap();
    alice.is_added_by(BOB).await;
    let chat = alice.client.converse(BOB).await.unwrap();
    chat.say("echo?").await.unwrap();
    assert_eq!(alice.reads("echo?").await, chat);
    chat.nudge().await.unwrap();
    alice.until("a nudge", |event| matches!(event, Event::Nudge { .. }).then_some(())).await;

    send::run(service.client(CAROL), ALICE, "from a shell").await.unwrap();
    alice.reads("from a shell").await;
    let (from, to) = (service.dir.path().join("notes.txt"), service.dir.path().join("taken.txt"));
    tokio::fs::write(&from, vec![7; 50_000]).await.unwrap();
    let (lines, mut written) = mpsc::unbounded_channel();
    let (carol, gift) = (service.client(CAROL), from.clone());
    let sending = tokio::spawn(async move { send_file::run(carol, ALICE, &gift, &mut Lines(lines)).await });
    let offered = alice
        .until("an offer", |event| match event {
            Event::FileOffered(offered) => Some(offered.clone()),
            _ => None,
        })
        .await;
    offered.accept(&to).await.unwrap().finished().await.unwrap();
    sending.await.unwrap().unwrap();
    assert_eq!(tokio::fs::read(&to).await.unwrap(), tokio::fs::read(&from).await.unwrap());
    assert!(written.recv().await.is_some());

    alice.leaves().await;
    send::run(service.client(CAROL), ALICE, "for later").await.unwrap();
    let mut alice = Person::sign_in(service.client(ALICE)).await;
    alice
        .until("a message", |event| match event {
            Event::OfflineMessage(message) => (message.text == "for later").then_some(()),
            _ => None,
        })
        .await;

    let carol = Person::sign_in(service.client(CAROL)).await;
    carol.client.add_contact(ALICE).await.unwrap();
    alice.is_added_by(CAROL).await;
    alice.client.unblock(CAROL).await.unwrap();
    carol.leaves().await;
    let (lines, mut written) = mpsc::unbounded_channel();
    let carol = service.client(CAROL);
    let watching = tokio::spawn(async move { watch::run(carol, false, &mut Lines(lines)).await });
    let mut seen = String::new();
    let says = async |seen: &mut String, written: &mut mpsc::UnboundedReceiver<String>, what: &str| {
        while !seen.contains(what) {
            let more = tokio::time::timeout(person::PATIENCE, written.recv()).await;
            seen.push_str(&more.unwrap_or_else(|_| panic!("{what:?} in {seen:?}")).unwrap());
        }
    };
    says(&mut seen, &mut written, "<alice@example.com> is NLN\n").await;
    alice.client.set_personal_message("tea").await.unwrap();
    says(&mut seen, &mut written, "<alice@example.com>: tea\n").await;
    watching.abort();
    let _ = watching.await;

    let mut card = Vec::new();
    whois::run(service.client(CAROL), ALICE, &mut card).await.unwrap();
    let card = String::from_utf8(card).unwrap();
    for line in ["status    NLN\n", "message   tea\n", "lists     FL AL\n"] {
        assert!(card.contains(line), "{line:?} in {card}");
    }
    let unknown = whois::run(service.client(CAROL), "nobody@example.com", &mut Vec::new()).await;
    assert!(unknown.unwrap_err().to_string().contains("none of your lists"));

    let (lines, mut written) = mpsc::unbounded_channel();
    let carol = service.client(CAROL);
    let watching = tokio::spawn(async move { watch::run(carol, true, &mut Lines(lines)).await });
    let mut seen = String::new();
    says(&mut seen, &mut written, r#""message":"tea""#).await;
    alice.leaves().await;
    says(&mut seen, &mut written, r#""status":null}"#).await;
    let is_json = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    assert!(seen.lines().all(is_json), "{seen}");
    watching.abort();
    service.stop().await;
    bot.abort();
}
