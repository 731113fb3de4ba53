//! A contact of another network: added as the examples do it, seen and written to.

use std::sync::Arc;

use msnpd::federation::Loopback;
use tempfile::TempDir;

use crate::common::raw::{Raw, ticket};
use crate::common::{Running, add_accounts};
use crate::support::*;

/// As in the examples.
const YAHOO: &str = "carol@yahoo.example.com";

const TEXT: &str = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nhi";

#[tokio::test]
async fn who_is_added_is_seen_and_written_to() {
    let dir = TempDir::new().unwrap();
    add_accounts(dir.path(), &[ALICE, BOB, CAROL, YAHOO]).await;
    let running = Running::start_with(dir.path(), |options| {
        options.networks = vec![Arc::new(Loopback::new(vec!["yahoo.example.com".to_owned()]))];
    })
    .await;
    let address = running.addresses.msnp;
    let person = |id, email| Person::of(&running, dir.path(), id, email);
    let (alice, carol) = (person(1, ALICE), person(4, YAHOO));

    // Her client asks on which network he is, names him, and puts him into the address book.
    let mut a = Raw::sign_in(address, "MSNP14", ALICE, &alice.ticket).await;
    let asked = "<ml><d n=\"yahoo.example.com\"><c n=\"carol\"/></d></ml>";
    a.command_with("FQY", &format!("{}\r\n{asked}", asked.len())).await;
    a.until(|line| line.starts_with("FQY ")).await;
    let told = String::from_utf8(a.payload.clone()).unwrap();
    assert_eq!(told, "<ml><d n=\"yahoo.example.com\"><c n=\"carol\" t=\"32\"/></d></ml>");
    a.ask("CHG", "NLN 0").await;
    let named = "<ml><d n=\"yahoo.example.com\"><c n=\"carol\" l=\"3\" t=\"32\"/></d></ml>";
    a.command_with("ADL", &format!("{}\r\n{named}", named.len())).await;
    a.until(|line| line.starts_with("ADL ")).await;
    let mut c = Raw::sign_in(address, "MSNP15", YAHOO, &carol.ticket).await;
    c.ask("CHG", "BSY 0").await;
    alice.fixture("AddMember.email", &[]).await.ok();
    alice.fixture("ABContactAdd.yahoo", &[]).await.ok();
    let seen = a.until(|line| line.contains(YAHOO) && !line.starts_with("ADL")).await;
    assert!(seen.ends_with(&format!("BSY {YAHOO} 32 {YAHOO} 0 0")), "{seen}");

    // What is said reaches him, and his answer her, though he has nobody on his lists.
    a.command_with("UUM", &format!("{YAHOO} 32 1 {}\r\n{TEXT}", TEXT.len())).await;
    a.until(|line| line.starts_with("UUM ") && line.ends_with(" OK")).await;
    c.until(|line| line == format!("UBM {ALICE} 32 {YAHOO} 1 1 {}", TEXT.len())).await;
    assert_eq!(c.payload, TEXT.as_bytes());
    c.command_with("UUM", &format!("{ALICE} 32 1 {}\r\n{TEXT}", TEXT.len())).await;
    c.until(|line| line.starts_with("UUM ") && line.ends_with(" OK")).await;
    a.until(|line| line == format!("UBM {YAHOO} 32 {ALICE} 1 1 {}", TEXT.len())).await;

    // Blocked in the address book, he hears no more of her.
    let block = [("<MemberRole>Allow", "<MemberRole>Block")];
    alice.fixture("AddMember.email", &block).await.ok();
    c.command_with("UUM", &format!("{ALICE} 32 1 {}\r\n{TEXT}", TEXT.len())).await;
    c.until(|line| line.starts_with("217 ")).await;
    running.stop().await;
}

#[tokio::test]
async fn so_many_can_be_named() {
    let dir = TempDir::new().unwrap();
    let ids = add_accounts(dir.path(), &[ALICE]).await;
    let running = Running::start_with(dir.path(), |options| {
        options.networks = vec![Arc::new(Loopback::new(vec!["yahoo.example.com".to_owned()]))];
    })
    .await;
    let ticket = ticket(dir.path(), ids[0]);
    let mut a = Raw::sign_in(running.addresses.msnp, "MSNP14", ALICE, &ticket).await;
    let name = async |a: &mut Raw, from: usize, many: usize| {
        let named: String =
            (from..from + many).map(|n| format!("<c n=\"u{n}\" l=\"1\" t=\"32\"/>")).collect();
        let list = format!("<ml><d n=\"yahoo.example.com\">{named}</d></ml>");
        let trid = a.command_with("ADL", &format!("{}\r\n{list}", list.len())).await;
        let is_answer = |line: &str| line.split(' ').nth(1) == Some(&trid.to_string());
        a.until(is_answer).await.split(' ').next().unwrap().to_owned()
    };
    assert_eq!(name(&mut a, 0, 400).await, "ADL");
    assert_eq!(name(&mut a, 400, 400).await, "ADL");
    assert_eq!(name(&mut a, 800, 201).await, "210", "and nothing of it is taken");
    assert_eq!(name(&mut a, 800, 200).await, "ADL");
    assert_eq!(name(&mut a, 0, 400).await, "ADL", "they are known");
    assert_eq!(name(&mut a, 1000, 1).await, "210");
    running.stop().await;
}
