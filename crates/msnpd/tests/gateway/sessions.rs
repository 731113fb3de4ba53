//! Sessions as clients hold them.

use super::support::{ALICE, Stage, Tunnel, message};

#[tokio::test]
async fn several_commands_in_one_request() {
    let stage = Stage::set().await;
    let hello = format!(
        "VER 1 MSNP12 CVR0\r\nCVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5.0311 msmsgs {ALICE}\r\nUSR 3 TWN I {ALICE}\r\n"
    );
    let tunnel = Tunnel::open(stage.http(), "NS", &hello).await;
    let verbs: Vec<&str> = tunnel.heard.lines().map(|line| &line[..5]).collect();
    assert_eq!(verbs, ["VER 1", "CVR 2", "USR 3"], "{}", tunnel.heard);
}

#[tokio::test]
async fn a_session_may_be_opened_with_nothing_to_say() {
    let stage = Stage::set().await;
    let mut tunnel = Tunnel::open(stage.http(), "NS", "").await;
    assert_eq!(tunnel.heard, "");
    tunnel.poll().await;
    assert_eq!(tunnel.heard, "");
    tunnel.say("VER 1 MSNP9 CVR0\r\n").await;
    assert_eq!(tunnel.heard, "VER 1 MSNP9\r\n");
}

#[tokio::test]
async fn a_command_and_its_payload_may_come_in_pieces() {
    let stage = Stage::set().await;
    let (mut alice, mut bob) = (stage.alice().await, stage.bob().await);
    let (mut chat, mut other) = stage.chat(&mut alice, &mut bob).await;
    let whole = format!("{}{}", message(3, "Tea at four?"), message(4, "And bring the Hatter."));
    for piece in [&whole[..2], &whole[2..20], &whole[20..100], &whole[100..]] {
        chat.say(piece).await;
        assert_eq!(chat.heard, "");
    }
    for text in ["Tea at four?", "And bring the Hatter."] {
        other.until(|line| line.starts_with("MSG ")).await;
        assert!(String::from_utf8_lossy(&other.payload).ends_with(text));
    }
}

/// What Bob does Alice hears with her next poll, and what she says in a chat he hears at once.
#[tokio::test]
async fn presence_and_a_chat() {
    let stage = Stage::set().await;
    let (mut alice, mut bob) = (stage.alice().await, stage.bob().await);
    bob.ask("ADD", "AL alice@example.com Alice").await;
    bob.ask("ADD", "FL alice@example.com Alice").await;
    alice.until("NLN NLN bob@example.com ").await;
    bob.ask("CHG", "BSY 0").await;
    alice.poll().await;
    assert!(alice.heard.contains("NLN BSY bob@example.com "), "{}", alice.heard);
    let (mut chat, mut other) = stage.chat(&mut alice, &mut bob).await;
    other.say(message(1, "Hello Alice")).await;
    chat.until("Hello Alice").await;
    chat.say(&message(3, "Hello Bob")).await;
    other.until(|line| line.starts_with("MSG ")).await;
    assert!(String::from_utf8_lossy(&other.payload).ends_with("Hello Bob"));
}

/// Clients are told addresses as on the Messenger port, and name one when they open a session. Whatever it is, they talk to this
/// server: nobody listens on the port that the bait names, and nobody is asked for the other's.
#[tokio::test]
async fn the_way_leads_here_whatever_address_is_named() {
    let stage = Stage::set().await;
    let mut alice = stage.alice().await;
    alice.say("XFR 9 SB\r\n").await;
    let msnp = stage.service.addresses.msnp;
    assert!(alice.heard.starts_with(&format!("XFR 9 SB {msnp} CKI ")), "{}", alice.heard);
    let bait = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    for ip in [bait.local_addr().unwrap().to_string(), "192.0.2.255:25".to_owned(), String::new()] {
        let tunnel = Tunnel::open_at(stage.http(), "NS", &ip, "VER 1 MSNP9 CVR0\r\n").await;
        assert_eq!(tunnel.heard, "VER 1 MSNP9\r\n");
    }
    let asked = tokio::time::timeout(std::time::Duration::ZERO, bait.accept()).await;
    assert!(asked.is_err(), "somebody was asked: {asked:?}");
}

/// A client that asks now and then takes a long time for much: what does not fit waits where it comes from.
#[tokio::test]
async fn what_is_too_long_for_one_answer_comes_in_several() {
    const COUNT: u32 = 200;
    let stage = Stage::set().await;
    let (mut alice, mut bob) = (stage.alice().await, stage.bob().await);
    let (mut chat, mut other) = stage.chat(&mut alice, &mut bob).await;
    let talking = tokio::spawn(async move {
        for number in 1..=COUNT {
            let text = format!("{number}:{}", "x".repeat(1500));
            other.say(message(number, &text)).await;
        }
        other
    });
    chat.all.clear();
    let mut longest = 0;
    while !chat.all.contains(&format!("\r\n\r\n{COUNT}:")) {
        let reply = chat.http.asked(&chat.waits(20), "").await;
        longest = longest.max(reply.body.len());
        chat.take(reply);
    }
    assert!(longest <= 64 << 10, "{longest}");
    let mut at = 0;
    for number in 1..=COUNT {
        at += chat.all[at..].find(&format!("\r\n\r\n{number}:")).expect("in order");
    }
    assert_eq!(chat.all.matches("MSG bob@example.com ").count(), COUNT as usize);
    let _other = talking.await.unwrap();
    assert!(chat.all.len() > 4 * longest);
}
