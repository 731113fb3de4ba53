//! Offline messages, from end to end.

use msnp::soap::oim::Refusal;
use msnp::types::Guid;
use msnp_client::web::{Error, Letter, OfflineMessages};

use crate::support::{ALICE, BOB, Bench};

#[tokio::test]
async fn what_is_said_to_somebody_who_is_away_waits_for_him() {
    let bench = Bench::new().await;
    let alice = OfflineMessages::new(&bench.web, &bench.tickets(ALICE).await);
    let bob = OfflineMessages::new(&bench.web, &bench.tickets(BOB).await);
    assert!(bob.waiting().await.unwrap().notices.is_empty());
    let run = Guid([7; 16]);
    let said = ["Read this later", "Größe: 1 < 2 & 3\nzweite Zeile"];
    for (number, text) in (1..).zip(said) {
        alice.send(&Letter { to: BOB, my_name: "Alice & co", text, run, number }).await.unwrap();
    }
    let data = bob.waiting().await.unwrap();
    assert_eq!(data.notices.len(), 2);
    let mut messages = Vec::new();
    for notice in &data.notices {
        assert_eq!(
            (notice.from.as_str(), notice.name.as_str()),
            (ALICE, ALICE),
            "what she is called, the server knows better"
        );
        assert!(notice.sent > 1_700_000_000 && notice.size > 0);
        messages.push(bob.fetch(notice.id).await.unwrap());
    }
    messages.sort_by_key(|message| (message.run, message.number));
    for ((number, text), message) in (1..).zip(said).zip(&messages) {
        assert_eq!((message.from.as_str(), message.to.as_str()), (ALICE, BOB));
        assert_eq!((message.run, message.number), (run, number));
        assert_eq!(String::from_utf8_lossy(&message.text), text);
        assert!(message.sent > 1_700_000_000);
    }
    let ids: Vec<Guid> = messages.iter().map(|message| message.id).collect();
    bob.delete(&ids[..1]).await.unwrap();
    let left = bob.waiting().await.unwrap().notices;
    assert_eq!(left.iter().map(|notice| notice.id).collect::<Vec<_>>(), ids[1..]);
    bob.delete(&ids[1..]).await.unwrap();
    bob.delete(&[]).await.unwrap();
    assert!(bob.waiting().await.unwrap().notices.is_empty());
    assert!(matches!(bob.fetch(ids[0]).await, Err(Error::Messages(Refusal::Other(_)))));
    bench.running.stop().await;
}

#[tokio::test]
async fn what_nobody_can_get_is_refused() {
    let bench = Bench::new().await;
    let alice = OfflineMessages::new(&bench.web, &bench.tickets(ALICE).await);
    let letter = |to, text| Letter { to, my_name: "", text, run: Guid([7; 16]), number: 1 };
    for (letter, refusal) in [
        (letter("nobody@example.com", "hi"), Refusal::SystemUnavailable),
        (letter(BOB, " "), Refusal::InvalidContent),
        (letter(BOB, &"x".repeat(5000)), Refusal::InvalidContent),
    ] {
        match alice.send(&letter).await {
            Err(Error::Messages(why)) => assert_eq!(why, refusal),
            other => panic!("{other:?}"),
        }
    }
    bench.running.stop().await;
}
