//! Things that happen at the same time: whatever the order, both sides end with the true state.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::net::SocketAddr;

use common::Running;
use common::raw::{self, Raw};
use tokio::sync::Barrier;

const ROUNDS: usize = 40;

/// What `viewer` has last heard of `other`'s presence.
fn last_seen(viewer: &Raw, other: &str) -> Option<String> {
    let mut seen = None;
    for line in &viewer.heard {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["ILN", _, status, handle, ..] | ["NLN", status, handle, ..] if *handle == other => {
                seen = Some((*status).to_owned());
            }
            ["FLN", handle, ..] if *handle == other => seen = None,
            _ => {}
        }
    }
    seen
}

/// Signs in, shows a status, adds the other, changes the status again, all while the other does the same.
async fn take_part(
    address: SocketAddr,
    dialect: &str,
    (me, ticket): (&str, &str),
    other: &str,
    start: &Barrier,
    add: bool,
    last: &str,
) -> Raw {
    start.wait().await;
    let mut raw = Raw::sign_in(address, dialect, me, ticket).await;
    raw.command("CHG", "AWY 0").await;
    if add {
        raw.command("ADC", &format!("FL N={other} F={other}")).await;
        raw.command("ADC", &format!("AL N={other}")).await;
    }
    raw.command("CHG", "BSY 0").await;
    raw.ask("CHG", &format!("{last} 0")).await;
    raw
}

/// A session answers a ping when it has done with what was said before, so after one each nothing more is begun, and
/// after another each everything that was begun has arrived.
async fn settle_both(a: &mut Raw, b: &mut Raw) {
    tokio::join!(a.settle(), b.settle());
    tokio::join!(a.settle(), b.settle());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_sign_in_and_change_at_once_see_each_other_as_they_are() {
    let (alice, bob) = ("alice@example.com", "bob@example.net");
    let dir = common::with_accounts(&[]).await;
    let ids = common::add_accounts(dir.path(), &[alice, bob]).await;
    let tickets = [raw::ticket(dir.path(), ids[0]), raw::ticket(dir.path(), ids[1])];
    let service = Running::start(dir.path()).await;
    let at = service.addresses.msnp;
    for round in 0..ROUNDS {
        let start = Barrier::new(2);
        let status = ["NLN", "PHN", "LUN", "HDN"];
        let (alices, bobs) = (status[round % 4], status[round / 4 % 4]);
        // In the first round each adds the other; later they only sign in and change.
        let add = round == 0;
        let (mut a, mut b) = tokio::join!(
            take_part(at, "MSNP11", (alice, &tickets[0]), bob, &start, add, alices),
            take_part(at, "MSNP12", (bob, &tickets[1]), alice, &start, add, bobs),
        );
        settle_both(&mut a, &mut b).await;
        let shown = |status: &str| (status != "HDN").then(|| status.to_owned());
        assert_eq!(last_seen(&a, bob), shown(bobs), "round {round}: Alice heard {:#?}", a.heard);
        assert_eq!(last_seen(&b, alice), shown(alices), "round {round}: Bob heard {:#?}", b.heard);

        // They leave one after the other, in turns; who stays sees the other go.
        let (mut stays, goes, gone) = if round % 2 == 0 { (a, b, bob) } else { (b, a, alice) };
        let was_seen = last_seen(&stays, gone).is_some();
        drop(goes);
        if was_seen {
            stays.until(|line| line == format!("FLN {gone}")).await;
        }
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn adding_and_removing_that_cross_leave_both_sides_alike() {
    let (alice, bob) = ("alice@example.com", "bob@example.net");
    let dir = common::with_accounts(&[]).await;
    let ids = common::add_accounts(dir.path(), &[alice, bob]).await;
    let tickets = [raw::ticket(dir.path(), ids[0]), raw::ticket(dir.path(), ids[1])];
    let service = Running::start(dir.path()).await;
    let at = service.addresses.msnp;
    let mut a = Raw::sign_in(at, "MSNP9", alice, &tickets[0]).await;
    let mut b = Raw::sign_in(at, "MSNP8", bob, &tickets[1]).await;
    for raw in [&mut a, &mut b] {
        raw.ask("SYN", "0").await;
        raw.ask("CHG", "NLN 0").await;
    }
    // Few enough to stay within what a client may ask in quick succession.
    for _ in 0..ROUNDS / 2 {
        let edit = async |raw: &mut Raw, other: &str| {
            for (verb, args) in [
                ("ADD", format!("FL {other} {other} 0")),
                ("ADD", format!("BL {other} {other}")),
                ("REM", format!("BL {other}")),
                ("REM", format!("FL {other}")),
                ("ADD", format!("FL {other} {other} 0")),
                ("CHG", "BSY 0".to_owned()),
                ("CHG", "NLN 0".to_owned()),
            ] {
                let answer = raw.ask(verb, &args).await;
                assert!(answer.starts_with(verb), "{answer}");
            }
        };
        tokio::join!(edit(&mut a, bob), edit(&mut b, alice));
        settle_both(&mut a, &mut b).await;
        assert_eq!(last_seen(&a, bob).as_deref(), Some("NLN"), "Alice heard {:#?}", a.heard);
        assert_eq!(last_seen(&b, alice).as_deref(), Some("NLN"), "Bob heard {:#?}", b.heard);
        // Pushes don't tell: who was blocked when he added has not been heard.
        for (raw, other) in [(&mut a, bob), (&mut b, alice)] {
            raw.ask("SYN", "0").await;
            raw.settle().await;
            let start = format!("LST {other} {other} ");
            let row = raw.heard.iter().rev().find_map(|line| line.strip_prefix(&start)).unwrap();
            let lists: u8 = row.split(' ').next().unwrap().parse().unwrap();
            assert_eq!(lists, 1 + 8, "forward and reverse");
        }
        tokio::join!(async { a.ask("REM", &format!("FL {bob}")).await }, async {
            b.ask("REM", &format!("FL {alice}")).await
        });
        for raw in [&mut a, &mut b] {
            raw.settle().await;
            raw.heard.clear();
        }
    }
    service.stop().await;
}
