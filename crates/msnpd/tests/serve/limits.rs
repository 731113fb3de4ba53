//! How many connections are let in.

use msnp::wire::Direction;

use super::common::raw::{Raw, ticket};
use super::common::{ANY_PORT, Running, add_accounts};

/// A connection that is in: it is answered.
async fn newcomer(address: std::net::SocketAddr) -> Raw {
    let mut raw = Raw::connect(address, Direction::FromNotification).await;
    assert_eq!(raw.ask("VER", "MSNP8 CVR0").await, "VER 1 MSNP8");
    raw
}

/// One that is not is closed without a word.
async fn is_closed(address: std::net::SocketAddr) {
    let mut raw = Raw::connect(address, Direction::FromNotification).await;
    assert_eq!(raw.line().await, None);
}

#[tokio::test]
async fn who_has_signed_in_makes_room_for_newcomers() {
    let dir = tempfile::tempdir().unwrap();
    let ids = add_accounts(dir.path(), &["alice@example.com", "bob@example.com"]).await;
    let service = Running::start_with(dir.path(), |options| {
        options.limits.not_signed_in = 2;
        options.dispatch = Some(ANY_PORT);
    })
    .await;
    let (msnp, dispatch) = (service.addresses.msnp, service.addresses.dispatch.unwrap());
    let one = newcomer(msnp).await;
    let _other = newcomer(dispatch).await;
    // The two listeners share the limit.
    is_closed(msnp).await;
    is_closed(dispatch).await;
    drop(one);

    // A place is free as soon as the server has seen that somebody has gone, and once somebody has signed in.
    let alice = ticket(dir.path(), ids[0]);
    let mut alice = signs_in_once_there_is_room(msnp, "alice@example.com", &alice).await;
    let bob = ticket(dir.path(), ids[1]);
    let _bob = Raw::sign_in(msnp, "MSNP8", "bob@example.com", &bob).await;
    let _another = newcomer(msnp).await;
    is_closed(msnp).await;
    // Those who are in stay in.
    alice.settle().await;
}

async fn signs_in_once_there_is_room(address: std::net::SocketAddr, email: &str, ticket: &str) -> Raw {
    loop {
        if let Some(mut raw) = Raw::try_sign_in(address, email, ticket).await {
            raw.settle().await;
            return raw;
        }
    }
}

#[tokio::test]
async fn a_chat_is_no_newcomer() {
    let dir = tempfile::tempdir().unwrap();
    let ids = add_accounts(dir.path(), &["alice@example.com"]).await;
    let service = Running::start_with(dir.path(), |options| options.limits.not_signed_in = 1).await;
    let msnp = service.addresses.msnp;
    let mut alice = Raw::sign_in(msnp, "MSNP8", "alice@example.com", &ticket(dir.path(), ids[0])).await;
    alice.ask("CHG", "NLN 0").await;
    let answer = alice.ask("XFR", "SB").await;
    let cookie = answer.rsplit(' ').next().unwrap().to_owned();
    let mut chat = Raw::connect(msnp, Direction::FromSwitchboard).await;
    let opened = chat.ask("USR", &format!("alice@example.com {cookie}")).await;
    assert!(opened.starts_with("USR 1 OK"), "{opened}");
    newcomer(msnp).await;
}

#[tokio::test]
async fn an_address_has_its_share() {
    let dir = tempfile::tempdir().unwrap();
    let service = Running::start_with(dir.path(), |options| {
        options.limits.per_address = Some(2);
        options.dispatch = Some(ANY_PORT);
    })
    .await;
    let _one = newcomer(service.addresses.msnp).await;
    let _other = newcomer(service.addresses.dispatch.unwrap()).await;
    is_closed(service.addresses.msnp).await;
}

#[tokio::test]
async fn beyond_the_limit_connections_are_closed() {
    let dir = tempfile::tempdir().unwrap();
    let service = Running::start_with(dir.path(), |options| {
        options.limits.connections = 1;
        options.dispatch = Some(ANY_PORT);
    })
    .await;
    let _one = newcomer(service.addresses.msnp).await;
    is_closed(service.addresses.dispatch.unwrap()).await;
}

/// The last places are for chats: newcomers are told that the server is busy, and who is signed in feels nothing.
#[tokio::test]
async fn when_it_is_nearly_full_nobody_signs_in_and_chats_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let ids = add_accounts(dir.path(), &["alice@example.com", "bob@example.com"]).await;
    let service = Running::start_with(dir.path(), |options| options.limits.connections = 32).await;
    let msnp = service.addresses.msnp;
    let mut alice = Raw::sign_in(msnp, "MSNP8", "alice@example.com", &ticket(dir.path(), ids[0])).await;
    alice.ask("CHG", "NLN 0").await;
    let mut others = Vec::new();
    for _ in 0..29 {
        others.push(newcomer(msnp).await);
    }
    // The last two are for chats: one is Bob's, who may not have gone yet when another chat begins.
    let mut bob = newcomer(msnp).await;
    let refused = bob.ask("USR", "TWN I bob@example.com").await;
    assert_eq!(refused, "600 2");
    assert_eq!(bob.line().await, None);
    let answer = alice.ask("XFR", "SB").await;
    let cookie = answer.rsplit(' ').next().unwrap();
    let mut chat = Raw::connect(msnp, Direction::FromSwitchboard).await;
    let opened = chat.ask("USR", &format!("alice@example.com {cookie}")).await;
    assert!(opened.starts_with("USR 1 OK"), "{opened}");
    alice.settle().await;
}
