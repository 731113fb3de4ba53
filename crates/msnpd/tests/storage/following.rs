//! What roams and is seen by others at once.

use crate::common::raw::{Raw, ticket};
use crate::support::Bench;
use msnp::types::{Email, List};
use msnpd::store::Limits;

#[tokio::test]
async fn a_name_that_roams_is_seen_by_those_who_watch() {
    let b = Bench::new().await;
    let store = &b.service.server.store;
    let alice: Email = "alice@example.com".parse().unwrap();
    let bob: Email = "bob@example.com".parse().unwrap();
    store.add_contact(b.bob, &alice, None, None, Limits::CLASSIC).await.unwrap();
    store.add_to_list(b.alice, List::Allow, &bob, false, Limits::CLASSIC).await.unwrap();
    let at = b.service.addresses.msnp;
    let mut bobs = Raw::sign_in(at, "MSNP8", bob.as_str(), &ticket(b.dir.path(), b.bob)).await;
    bobs.ask("SYN", "0").await;
    bobs.ask("CHG", "NLN 0").await;
    let mut hers = Raw::sign_in(at, "MSNP11", alice.as_str(), &ticket(b.dir.path(), b.alice)).await;
    hers.ask("CHG", "BSY 0").await;
    bobs.until(|line| line.starts_with("NLN BSY alice@example.com ")).await;
    b.ask("UpdateProfile").await;
    let told = bobs.until(|line| line.starts_with("NLN BSY alice@example.com ")).await;
    assert!(told.starts_with("NLN BSY alice@example.com Alice%20A. "), "{told}");
    // And whoever comes later is shown the same.
    let mut late = Raw::sign_in(at, "MSNP8", bob.as_str(), &ticket(b.dir.path(), b.bob)).await;
    late.ask("SYN", "0").await;
    late.command("CHG", "NLN 0").await;
    let told = late.until(|line| line.starts_with("ILN ")).await;
    assert!(told.contains(" BSY alice@example.com Alice%20A. "), "{told}");
    b.service.stop().await;
}
