//! Circles on the notification server, over TCP: with circles that the test puts into the store itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::raw::Raw;
use common::{Running, add_accounts};
use msnp::types::CircleId;
use msnpd::account::AccountId;
use msnpd::store::CircleRole;
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use tempfile::TempDir;

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";
const CAROL: &str = "carol@example.com";
const DESK: &str = "5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10";
const SOFA: &str = "c2d4e6f8-1a3b-4c5d-8e7f-90a1b2c3d4e5";

struct Club {
    running: Running,
    circle: CircleId,
    ids: Vec<AccountId>,
    dir: TempDir,
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

impl Club {
    /// A circle that all three are in.
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ids = add_accounts(dir.path(), &[ALICE, BOB, CAROL]).await;
        let running = Running::start(dir.path()).await;
        let store = &running.server.store;
        let circle = store.create_circle(ids[0], "Book club".to_owned()).await.unwrap().circle;
        for (email, id) in [(BOB, ids[1]), (CAROL, ids[2])] {
            let (_, guid) = store.name_for_circle(ids[0], circle, email.parse().unwrap()).await.unwrap();
            store.invite_to_circle(ids[0], circle, guid, CircleRole::Member, None).await.unwrap();
            store.answer_circle(id, circle, true).await.unwrap();
        }
        Self { running, circle, ids, dir }
    }

    async fn sign_in(&self, who: usize, machine: &str) -> Raw {
        let mint = Mint::open(self.dir.path()).unwrap();
        let ticket = mint.issue(self.ids[who], 1, Purpose::SingleSignOn, now(), LIFETIME);
        let text = ticket.text().expose().to_owned();
        let secret = mint.secret_of(&text).unwrap();
        let email = [ALICE, BOB, CAROL][who];
        Raw::sign_in_at(self.running.addresses.msnp, "MSNP18", email, (&text, &secret), machine).await
    }

    fn ticket(&self, who: usize) -> String {
        let tickets = self.running.server.circle_tickets.as_ref().unwrap();
        STANDARD.encode(tickets.issue(self.ids[who], &[self.circle], now()).unwrap())
    }

    fn list(&self, lists: u8) -> String {
        format!("<ml l=\"1\"><d n=\"live.com\"><c n=\"{}\" l=\"{lists}\" t=\"9\"/></d></ml>", self.circle)
    }

    /// Signs in, and comes to the circle and into its chat.
    async fn come(&self, who: usize, machine: &str) -> Raw {
        let mut raw = self.sign_in(who, machine).await;
        raw.ask("CHG", "NLN 1:32").await;
        let shown = raw.ask("USR", &format!("SHA A {}", self.ticket(who))).await;
        assert!(shown.contains(" OK "), "{shown}");
        let answer = ask(&mut raw, "ADL", &self.list(3)).await;
        assert!(answer.ends_with(" OK"), "{answer}");
        let answer = ask(&mut raw, "PUT", &self.join([ALICE, BOB, CAROL][who], machine)).await;
        assert!(answer.ends_with(" OK 0"), "{answer}");
        raw.settle().await;
        raw.heard.clear();
        raw
    }

    fn join(&self, email: &str, machine: &str) -> String {
        let body = format!("<circle><roster><id>IM</id><user><id>1:{email}</id></user></roster></circle>");
        format!(
            "Routing: 1.0\r\nTo: 9:{}\r\nFrom: 1:{email};epid={{{machine}}}\r\n\r\nReliability: 1.0\r\nStream: 0\r\n\
             Segment: 0\r\nFlags: ACK\r\n\r\nPublication: 1.0\r\nUri: /circle\r\nContent-Type: application/circles+xml\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.circle.address(),
            body.len()
        )
    }

    fn text(&self, email: &str, machine: &str, text: &str) -> String {
        format!(
            "Routing: 1.0\r\nTo: 9:{};path=IM\r\nFrom: 1:{email};epid={{{machine}}}\r\n\r\nReliability: 1.0\r\n\
             Stream: 0\r\nSegment: 1\r\n\r\nMessaging: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\
             Content-Length: {}\r\nMessage-Type: Text\r\n\r\n{text}",
            self.circle.address(),
            text.len()
        )
    }
}

/// Says a command with a payload and waits for its answer.
async fn ask(raw: &mut Raw, verb: &str, payload: &str) -> String {
    let trid = say(raw, verb, payload).await.to_string();
    let verb = verb.to_owned();
    raw.until(move |line| {
        let mut words = line.split(' ');
        let is_answer = words.next().is_some_and(|word| word == verb || word.parse::<u16>().is_ok());
        is_answer && words.next() == Some(&trid)
    })
    .await
}

async fn say(raw: &mut Raw, verb: &str, payload: &str) -> u32 {
    // The payload begins where the line ends.
    let line = format!("{}\r\n{payload}", payload.len());
    raw.command_with(verb, &line).await
}

/// The texts that have arrived.
async fn texts(raw: &mut Raw) -> Vec<String> {
    raw.say("PNG\r\n").await;
    let mut texts = Vec::new();
    while let Some(line) = raw.line().await {
        match line.split(' ').next() {
            Some("QNG") => break,
            Some("SDG") => {
                let payload = String::from_utf8(raw.payload.clone()).unwrap();
                texts.push(payload.rsplit_once("\r\n\r\n").unwrap().1.to_owned());
            }
            _ => {}
        }
    }
    texts
}

#[tokio::test]
async fn what_is_said_reaches_everybody_else_and_every_other_place() {
    let club = Club::new().await;
    let mut alice = club.come(0, DESK).await;
    let mut sofa = club.come(0, SOFA).await;
    let mut bob = club.come(1, DESK).await;
    let mut carol = club.come(2, DESK).await;
    let text = club.text(ALICE, DESK, "Hello circle");
    say(&mut alice, "SDG", &text).await;
    alice.settle().await;
    for other in [&mut sofa, &mut bob, &mut carol] {
        other.until(|line| line.starts_with("SDG 0 ")).await;
        assert_eq!(String::from_utf8_lossy(&other.payload), text);
        assert_eq!(texts(other).await, [""; 0]);
    }
    assert_eq!(texts(&mut alice).await, [""; 0]);
    club.running.stop().await;
}

#[tokio::test]
async fn nobody_speaks_for_another() {
    let club = Club::new().await;
    let mut alice = club.come(0, DESK).await;
    let mut bob = club.come(1, DESK).await;
    let good = club.text(BOB, DESK, "x");
    for (forged, code) in [
        (club.text(ALICE, DESK, "x"), "201"),
        (club.text(BOB, SOFA, "x"), "201"),
        (good.replace("From: 1:bob", "From: 32:bob"), "201"),
        (good.replace(&format!("{BOB};"), &format!("{BOB};via=9:{};", club.circle.address())), "201"),
        (good.replace("From: ", "From: 1:alice@example.com\r\nFrom: "), "201"),
        (good.replace("Reliability: 1.0", "Reliability: 1.0\r\nFrom: 1:alice@example.com"), "201"),
        (good.replace("Messaging: 1.0", "Publication: 1.0"), "201"),
        (good.replace("To: 9:", "To: 1:"), "201"),
        (good.replace("path=IM", "path=PE"), "201"),
        (good.replace("To: 9:00000000-0000-0000-0009-", "To: 9:00000000-0000-0000-0008-"), "933"),
        (good.replace(&club.circle.to_string(), "00000000-0000-0000-0009-000000000001"), "933"),
        (club.text(BOB, DESK, &"x".repeat(8193)), "800"),
        ("text".to_owned(), "201"),
        (String::new(), "201"),
    ] {
        let answer = ask(&mut bob, "SDG", &forged).await;
        assert!(answer.starts_with(code), "{answer}: {forged}");
    }
    for (forged, code) in [
        (club.join(ALICE, DESK), "201"),
        (club.join(BOB, DESK).replace("<id>1:bob", "<id>1:eve"), "201"),
        (club.join(BOB, DESK).replace("/circle\r\n", "/user\r\n"), "201"),
        (club.join(BOB, DESK).replace("<circle>", "<square>"), "201"),
    ] {
        let answer = ask(&mut bob, "PUT", &forged).await;
        assert!(answer.starts_with(code), "{answer}: {forged}");
    }
    assert_eq!(texts(&mut alice).await, [""; 0]);
    say(&mut bob, "SDG", &good).await;
    bob.settle().await;
    assert_eq!(texts(&mut alice).await, ["x"]);
    club.running.stop().await;
}

#[tokio::test]
async fn whoever_is_taken_out_is_out_at_once() {
    let club = Club::new().await;
    let mut alice = club.come(0, DESK).await;
    let mut bob = club.come(1, DESK).await;
    alice.settle().await;
    alice.heard.clear();
    let server = &club.running.server;
    let edited = server.store.leave_circle(club.ids[1], club.circle).await.unwrap();
    server.circle_changed(&edited, None);
    alice.settle().await;
    let seen: Vec<_> = alice.heard.iter().filter(|line| !line.starts_with("NOT")).cloned().collect();
    assert!(seen[0].starts_with("NFY DEL "), "{seen:?}");
    assert_eq!(seen[1], format!("FLN 1:{BOB};via=9:{} 0:0", club.circle.address()));
    let answer = ask(&mut bob, "SDG", &club.text(BOB, DESK, "still here")).await;
    assert!(answer.starts_with("933"), "{answer}");
    assert!(ask(&mut bob, "PUT", &club.join(BOB, DESK)).await.starts_with("933"));
    assert!(bob.heard.contains(&format!("FLN 1:{BOB};via=9:{} 0:0", club.circle.address())));
    say(&mut alice, "SDG", &club.text(ALICE, DESK, "he is gone")).await;
    assert_eq!(texts(&mut bob).await, [""; 0]);
    assert_eq!(texts(&mut alice).await, [""; 0]);
    // Who says later that he has it on his lists is told that he is not in it; while he signs in it is passed over.
    assert!(ask(&mut bob, "ADL", &club.list(3)).await.ends_with(" OK"));
    assert!(ask(&mut bob, "ADL", &club.list(3).replace(" l=\"1\"", "")).await.starts_with("933"));
    assert!(ask(&mut bob, "PUT", &club.join(BOB, DESK)).await.starts_with("933"));
    club.running.stop().await;
}

#[tokio::test]
async fn what_was_not_shown_is_not_taken() {
    let club = Club::new().await;
    let mut bob = club.sign_in(1, DESK).await;
    bob.ask("CHG", "NLN 1:32").await;
    assert!(ask(&mut bob, "ADL", &club.list(3)).await.starts_with("933"));
    for bad in ["AAAA", &club.ticket(0), "%00", ""] {
        let answer = bob.ask("USR", &format!("SHA A {bad}")).await;
        assert!(answer.starts_with(if bad.is_empty() { "201" } else { "911" }), "{bad}: {answer}");
    }
    assert!(ask(&mut bob, "SDG", &club.text(BOB, DESK, "x")).await.starts_with("933"));
    assert!(bob.ask("USR", &format!("SHA A {}", club.ticket(1))).await.contains(" OK "));
    // Shown, and not there yet.
    assert!(ask(&mut bob, "SDG", &club.text(BOB, DESK, "x")).await.starts_with("933"));
    let mixed =
        club.list(3).replace("</ml>", "<d n=\"example.com\"><c n=\"alice\" l=\"3\" t=\"1\"/></d></ml>");
    assert!(ask(&mut bob, "ADL", &mixed).await.starts_with("241"));
    club.running.stop().await;
}

#[tokio::test]
async fn who_hides_is_not_seen_until_he_speaks() {
    let club = Club::new().await;
    let mut alice = club.come(0, DESK).await;
    let mut bob = club.sign_in(1, DESK).await;
    bob.ask("CHG", "HDN 1:32").await;
    bob.ask("USR", &format!("SHA A {}", club.ticket(1))).await;
    ask(&mut bob, "ADL", &club.list(3)).await;
    ask(&mut bob, "PUT", &club.join(BOB, DESK)).await;
    bob.settle().await;
    let own = format!("NLN NLN 1:{BOB};via=9:{} {BOB} 0:0 0", club.circle.address());
    assert!(bob.heard.contains(&own), "{:?}", bob.heard);
    alice.settle().await;
    assert_eq!(alice.heard.iter().filter(|line| !line.starts_with("QNG")).count(), 0, "{:?}", alice.heard);
    say(&mut alice, "SDG", &club.text(ALICE, DESK, "anybody?")).await;
    alice.settle().await;
    assert_eq!(texts(&mut bob).await, ["anybody?"]);
    say(&mut bob, "SDG", &club.text(BOB, DESK, "I am")).await;
    bob.settle().await;
    alice.heard.clear();
    assert_eq!(texts(&mut alice).await, ["I am"]);
    assert!(alice.heard[0].starts_with("NFY PUT"), "{:?}", alice.heard);
    assert!(alice.heard[1].starts_with("SDG 0 "), "{:?}", alice.heard);
    // Now he shows himself as well, and goes.
    bob.ask("CHG", "BSY 1:32").await;
    alice.settle().await;
    let shown = format!("NLN BSY 1:{BOB};via=9:{} {BOB} 1:32 0", club.circle.address());
    assert!(alice.heard.contains(&shown), "{:?}", alice.heard);
    alice.heard.clear();
    bob.say("OUT\r\n").await;
    bob.until_closed().await;
    alice.until(|line| line.starts_with("FLN ")).await;
    assert!(alice.heard[0].starts_with("NFY DEL"), "{:?}", alice.heard);
    club.running.stop().await;
}

#[tokio::test]
async fn what_one_place_has_blocked_is_blocked_at_all() {
    let club = Club::new().await;
    let mut alice = club.come(0, DESK).await;
    let mut bob = club.come(1, DESK).await;
    let mut sofa = club.come(1, SOFA).await;
    alice.settle().await;
    alice.heard.clear();
    let list = |lists| club.list(lists).replace(" l=\"1\"", "");
    assert!(ask(&mut bob, "RML", &list(2)).await.ends_with(" OK"));
    sofa.settle().await;
    alice.settle().await;
    assert!(
        alice.heard.iter().all(|line| line.starts_with("QNG")),
        "the other place is there: {:?}",
        alice.heard
    );
    assert!(ask(&mut bob, "ADL", &list(4)).await.ends_with(" OK"));
    let gone = format!("FLN 1:{BOB};via=9:{} 0:0", club.circle.address());
    alice.settle().await;
    sofa.settle().await;
    assert!(alice.heard.contains(&gone) && sofa.heard.contains(&gone), "{:?} {:?}", alice.heard, sofa.heard);
    assert!(ask(&mut sofa, "SDG", &club.text(BOB, SOFA, "x")).await.starts_with("933"));
    sofa.heard.clear();
    assert!(ask(&mut bob, "RML", &list(4)).await.ends_with(" OK"));
    sofa.settle().await;
    let own = format!("NLN NLN 1:{BOB};via=9:{} {BOB} 0:0 0", club.circle.address());
    assert!(sofa.heard.contains(&own), "{:?}", sofa.heard);
    // Back on both lists, it is told that the circle is there, as at the beginning.
    assert!(ask(&mut bob, "ADL", &list(2)).await.ends_with(" OK"));
    bob.settle().await;
    assert!(bob.heard.iter().filter(|line| **line == own).count() >= 1);
    club.running.stop().await;
}

#[tokio::test]
async fn an_admin_gives_it_another_name_and_nobody_else() {
    let club = Club::new().await;
    let mut alice = club.come(0, DESK).await;
    let mut bob = club.come(1, DESK).await;
    let named = |email, name: &str| {
        let body = format!(
            "<circle><props><presence dtype=\"xml\"><Data><MFN>{name}</MFN></Data></presence></props></circle>"
        );
        let join = club.join(email, DESK);
        format!("{}\r\n\r\n{body}", join.rsplit_once("\r\n\r\n").unwrap().0)
    };
    assert!(ask(&mut bob, "PUT", &named(BOB, "Bob's")).await.starts_with("933"));
    assert!(ask(&mut alice, "PUT", &named(ALICE, "")).await.starts_with("201"));
    assert!(ask(&mut alice, "PUT", &named(ALICE, "Films &amp; more")).await.ends_with(" OK 0"));
    bob.until(|line| line.starts_with("NFY PUT")).await;
    let told = String::from_utf8(bob.payload.clone()).unwrap();
    assert!(told.contains("<MFN>Films &amp; more</MFN>") && told.contains("NotifType: Partial"), "{told}");
    let stored = club.running.server.store.circle(club.circle).await.unwrap().unwrap();
    assert_eq!(stored.name, "Films & more");
    club.running.stop().await;
}
