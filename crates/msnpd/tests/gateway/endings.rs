//! How sessions end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::Request;
use msnpd::accept::{Door, Limits};
use msnpd::gateway::Gateway;
use msnpd::http::{Asked, Peer};
use msnpd::tls;

use super::common::raw::Raw;
use super::support::{ALICE, Http, Stage, once};

/// Bob sees Alice, who is signed in through the gateway.
async fn alice_and_bob(stage: &Stage) -> (super::support::Tunnel, Raw) {
    let (alice, mut bob) = (stage.alice().await, stage.bob().await);
    bob.ask("ADD", "FL alice@example.com Alice").await;
    bob.until(|line| line.contains("NLN alice@example.com ")).await;
    (alice, bob)
}

async fn is_gone(bob: &mut Raw) {
    bob.until(|line| line == "FLN alice@example.com").await;
}

#[tokio::test]
async fn who_says_so_is_out() {
    let stage = Stage::set().await;
    let (mut alice, mut bob) = alice_and_bob(&stage).await;
    alice.say("OUT\r\n").await;
    assert!(alice.heard.ends_with("OUT\r\n") && alice.closed, "{}", alice.heard);
    is_gone(&mut bob).await;
    // Who has not heard it hears it again.
    alice.poll().await;
    assert!(alice.heard.is_empty() && alice.closed);
}

#[tokio::test]
async fn who_closes_his_session_is_out() {
    let stage = Stage::set().await;
    let (mut alice, mut bob) = alice_and_bob(&stage).await;
    // Even while something is under way.
    let mut waiting = Http::connect(stage.http()).await;
    waiting.ask(&alice.waits(60), "PN").await;
    let reply = once(stage.http(), &format!("Action=close&SessionID={}", alice.id), "").await;
    assert!(reply.status() == 200 && reply.closes(), "{reply:?}");
    alice.take(reply);
    is_gone(&mut bob).await;
}

/// The server's last words come with the next poll.
#[tokio::test]
async fn who_is_signed_in_elsewhere_is_told() {
    let stage = Stage::set().await;
    let (mut alice, _bob) = alice_and_bob(&stage).await;
    let _elsewhere = Raw::sign_in(stage.service.addresses.msnp, "MSNP9", ALICE, &stage.ticket(ALICE)).await;
    alice.until("OUT OTH\r\n").await;
    while !alice.closed {
        alice.poll().await;
    }
}

#[tokio::test]
async fn who_asks_in_time_hears_that_the_service_goes_down() {
    let stage = Stage::set().await;
    let mut alice = stage.alice().await;
    let stopping = tokio::spawn(stage.service.stop());
    alice.until("OUT SSD\r\n").await;
    while !alice.closed {
        alice.poll().await;
    }
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_protocol_error_ends_the_session_with_what_was_said_about_it() {
    let stage = Stage::set().await;
    let reply = once(stage.http(), "Action=open&Server=NS&IP=x", "VER 1 MSNP9 CVR0\r\nXYZ 2\r\n").await;
    assert!(reply.body.starts_with("VER 1 MSNP9\r\n") && reply.closes(), "{reply:?}");
    let reply = once(stage.http(), "Action=open&Server=SB&IP=x", "USR 1 alice@example.com 1.2.3\r\n").await;
    assert!(reply.body.starts_with("911 1\r\n") && reply.closes(), "{reply:?}");
}

/// A gateway without sockets, whose clock stands while something is done and jumps to the next deadline when nothing is.
struct Still {
    gateway: Gateway,
    stage: Stage,
}

impl Still {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let dir = tempfile::tempdir().unwrap();
        let names = tls::Names::with_public_hosts(None);
        let now = msnpd::clock::unix_now();
        let identities = tls::Policy::Modern.identities(dir.path(), &names, now).unwrap();
        let acceptor = tls::Acceptor::new(&identities).unwrap();
        let server = stage.service.server.clone();
        let gateway =
            Gateway::new(server.clone(), Door::new(Limits::default(), Arc::clone(&server), acceptor));
        Self { gateway, stage }
    }

    async fn ask(&self, query: &str, body: &str) -> (u16, String, String) {
        let at = |address: &str| address.parse::<SocketAddr>().unwrap();
        let peer = Peer { address: at("192.0.2.7:40000"), local: at("192.0.2.1:80"), tls: false };
        let request = Request::post(format!("/gateway/gateway.dll?{query}")).body(()).unwrap();
        let asked = Asked::new(request.into_parts().0, peer);
        let body = Bytes::copy_from_slice(body.as_bytes());
        let answer = self.gateway.answer(&asked, &body).await.into_response();
        let messenger =
            answer.headers().get("X-MSN-Messenger").map(|value| value.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, messenger.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap())
    }
}

fn id(messenger: &str) -> &str {
    messenger.strip_prefix("SessionID=").unwrap().split(';').next().unwrap()
}

#[tokio::test]
async fn a_session_that_nobody_asks_for_expires() {
    let still = Still::set().await;
    let mut bob = still.stage.bob().await;
    bob.ask("ADD", "FL alice@example.com Alice").await;
    let hello = still.stage.sign_in(ALICE) + "ADD 5 AL bob@example.com Bob\r\n";
    let (status, messenger, heard) = still.ask("Action=open&Server=NS&IP=x", &hello).await;
    assert!(status == 200 && heard.contains("ADD 5 AL "), "{heard}");
    bob.until(|line| line.contains(" NLN alice@example.com ")).await;

    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(59)).await;
    let (status, messenger, _) = still.ask(&format!("Action=poll&SessionID={}", id(&messenger)), "").await;
    assert_eq!(status, 200, "in time");
    tokio::time::advance(Duration::from_secs(59)).await;
    let (status, messenger, _) = still.ask(&format!("Action=poll&SessionID={}", id(&messenger)), "").await;
    assert_eq!(status, 200, "in time again");
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
    is_gone(&mut bob).await;
    let (_, messenger, _) = still.ask(&format!("Action=poll&SessionID={}", id(&messenger)), "").await;
    assert!(messenger.ends_with("Session=close"), "{messenger}");

    // And in the end it is forgotten.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(16)).await;
    tokio::task::yield_now().await;
    tokio::time::resume();
    let (status, ..) = still.ask(&format!("Action=poll&SessionID={}", id(&messenger)), "").await;
    assert_eq!(status, 400);
}
