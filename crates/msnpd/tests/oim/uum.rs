//! `UUM`: what clients of MSNP18 say to people who are away.

use crate::common::raw::Raw;
use crate::support::{ALICE, BOB, Bench};

const TEXT: &str = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nDest-Agent: client\r\n\
     X-MMS-IM-Format: FN=Segoe%20UI; EF=; CO=0; CS=0; PF=0\r\n\r\nread this later";

/// Says a command with a payload, and waits for its answer without the transaction id.
async fn uum(ns: &mut Raw, args: &str, payload: &str) -> String {
    ns.say(format!("UUM 77 {args} {}\r\n{payload}", payload.len())).await;
    let answer = ns
        .until(|line| {
            let mut words = line.split(' ');
            words.next().is_some_and(|word| word == "UUM" || word.parse::<u16>().is_ok())
                && words.next() == Some("77")
        })
        .await;
    answer.replacen(" 77", "", 1)
}

#[tokio::test]
async fn text_is_kept() {
    let bench = Bench::new().await;
    for dialect in ["MSNP14", "MSNP15", "MSNP16", "MSNP18"] {
        let mut alice = bench.online(dialect, ALICE).await;
        assert_eq!(uum(&mut alice, &format!("{BOB} 1 1"), TEXT).await, "UUM OK", "{dialect}");
        // One client writes no header that asks for it.
        let plain = TEXT.replace("Dest-Agent: client\r\n", "").replace("later", "too");
        assert_eq!(uum(&mut alice, "BOB@example.com 1 1", &plain).await, "UUM OK", "{dialect}");
        let waiting = bench.waiting(BOB).await;
        assert_eq!(waiting.len(), 2, "{dialect}");
        let ids: Vec<&str> = waiting.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(bench.text(BOB, ids[0]).await, "read this later");
        assert_eq!(bench.text(BOB, ids[1]).await, "read this too");
        let mime = bench.message(BOB, ids[1]).await.text(&["GetMessageResponse", "GetMessageResult"]);
        assert!(mime.contains("X-OIM-Sequence-Num: 2"), "{mime}");
        bench.delete(BOB, &ids).await;
    }
    bench.service.stop().await;
}

/// Whoever is there is told of it, as if he had been away; what asks for keeping it is left out.
#[tokio::test]
async fn who_is_there_gets_it_in_his_own_way() {
    let bench = Bench::new().await;
    let mut alice = bench.online("MSNP18", ALICE).await;
    let mut bob = bench.online("MSNP18", BOB).await;
    bob.until(|line| line.starts_with("MSG Hotmail ")).await;
    assert_eq!(uum(&mut alice, &format!("{BOB} 1 1"), TEXT).await, "UUM OK");
    bob.until(|line| line.starts_with("MSG Hotmail ")).await;
    let told = String::from_utf8(bob.payload.clone()).unwrap();
    assert!(told.contains("text/x-msmsgsoimnotification"), "{told}");
    bob.say("OUT\r\n").await;
    bob.until_closed().await;

    let mut bob = bench.online("MSNP12", BOB).await;
    let mut sb = Raw::answer(&bob.rung().await, BOB).await;
    sb.until(|line| line.starts_with("MSG ")).await;
    let said = String::from_utf8(sb.payload.clone()).unwrap();
    assert!(!said.contains("Dest-Agent") && said.contains("X-MMS-IM-Format"), "{said}");
    assert!(said.ends_with(" UTC] read this later"), "{said}");
    bench.service.stop().await;
}

#[tokio::test]
async fn typing_and_nudges_are_answered_and_forgotten() {
    let bench = Bench::new().await;
    let mut alice = bench.online("MSNP15", ALICE).await;
    let typing =
        format!("MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: {ALICE}\r\n\r\n\r\n");
    let nudge = "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n";
    assert_eq!(uum(&mut alice, &format!("{BOB} 1 2"), &typing).await, "UUM OK");
    assert_eq!(uum(&mut alice, &format!("{BOB} 1 3"), nudge).await, "UUM OK");
    assert_eq!(bench.waiting(BOB).await, []);
    bench.service.stop().await;
}

#[tokio::test]
async fn what_can_not_be_is_refused_by_number() {
    let bench = Bench::new().await;
    let mut alice = bench.online("MSNP18", ALICE).await;
    let long = format!("{TEXT}{}", "x".repeat(1700));
    for (args, payload, answer) in [
        // With the length of a payload that tells more, which some clients take from every such line.
        ("yolanda@yahoo.com 32 1", TEXT, "204 0"),
        ("tel:+15550100 4 1", TEXT, "204 0"),
        ("nobody@example.com 1 1", TEXT, "217"),
        ("nobody 1 1", TEXT, "217"),
        ("alice@example.com 1 1", TEXT, "217"),
        ("bob@example.com 1 9", TEXT, "201"),
        ("bob@example.com x 1", TEXT, "201"),
        ("bob@example.com 1 1", "hello", "201"),
        ("bob@example.com 1 1", &long, "285"),
    ] {
        assert_eq!(uum(&mut alice, args, payload).await, answer, "{args}");
    }
    assert_eq!(bench.waiting(BOB).await, []);
    alice.settle().await;
    bench.service.stop().await;
}

#[tokio::test]
async fn too_much_is_refused() {
    let bench = Bench::new().await;
    let mut alice = bench.online("MSNP18", ALICE).await;
    let mut refused = 0;
    for _ in 0..70 {
        match uum(&mut alice, &format!("{BOB} 1 1"), TEXT).await.as_str() {
            "UUM OK" => {}
            "800" => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!((1..=10).contains(&refused), "{refused}");
    bench.service.stop().await;
}
