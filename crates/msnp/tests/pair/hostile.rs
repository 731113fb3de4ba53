//! Servers that misbehave: each gets an error that says what it did, or is passed over, and nothing grows.

use std::sync::Arc;
use std::time::Instant;

use msnp::dialect::{Dialect, MSNP7, MSNP8, MSNP12, MSNP15, MSNP18};
use msnp::flow::client::notification::{CantProve, Credentials, Event, NotificationClient};
use msnp::flow::client::switchboard::SwitchboardClient;
use msnp::flow::client::{CantAsk, End, Settings};
use msnp::types::{List, OwnedSecret, Secret, Status};
use msnp::wire::{Direction, Framer};
use proptest::prelude::*;

struct Machine {
    client: NotificationClient,
    now: Instant,
    out: Vec<u8>,
}

impl Machine {
    fn new(offered: &[&'static Dialect]) -> Self {
        let mut settings = Settings::new("alice@example.com".parse().unwrap());
        settings.offered = offered.to_vec();
        let (now, mut out) = (Instant::now(), Vec::new());
        Self { client: NotificationClient::new(Arc::new(settings), now, &mut out), now, out }
    }

    fn signed_in(dialect: &'static Dialect) -> Self {
        let mut machine = Self::new(&[dialect]);
        let version = dialect.version;
        machine.hear(&format!("VER 1 {version}")).unwrap();
        machine.hear("CVR 2 1.0 1.0 1.0 http://a.example http://b.example").unwrap();
        let ticket = OwnedSecret::new("t=1&p=");
        let credentials = if dialect == &MSNP15 || dialect == &MSNP18 {
            machine.hear("USR 3 SSO S MBI_KEY_OLD bm9uY2U=").unwrap();
            Credentials::SingleSignOn { ticket: &ticket, secret: &[1; 24], iv: [2; 8] }
        } else {
            machine.hear("USR 3 TWN S ct=1").unwrap();
            Credentials::Ticket(&ticket)
        };
        machine.client.prove(credentials, &mut machine.out).unwrap();
        machine.hear("USR 4 OK alice@example.com Alice 1 0").unwrap();
        machine.out.clear();
        machine
    }

    fn hear(&mut self, line: &str) -> Result<Vec<String>, End> {
        let bytes = if line.contains('\n') { line.to_owned() } else { format!("{line}\r\n") };
        let (frame, _) = Framer::new(Direction::FromNotification).next(bytes.as_bytes()).unwrap().unwrap();
        let events = self.client.receive(frame, self.now, &mut self.out)?;
        Ok(events.map(|event: Event<'_>| format!("{event:?}")).collect())
    }

    fn ends(&mut self, line: &str) -> String {
        self.hear(line).expect_err(line).to_string()
    }
}

#[test]
fn who_misbehaves_while_one_signs_in_is_told_apart() {
    let opened = |lines: &[&str]| {
        let mut machine = Machine::new(&[&MSNP8, &MSNP7]);
        lines.iter().for_each(|line| drop(machine.hear(line).expect(line)));
        machine
    };
    let cvr = "CVR 2 1.0 1.0 1.0 http://a.example http://b.example";
    for (before, line, said) in [
        (&[][..], "VER 1 0", "the server speaks none of the versions offered"),
        (&[], "VER 1 CVR0", "the server speaks none of the versions offered"),
        (&[], "VER 1 MSNP18", "the server misbehaved: VER chooses a version that was not offered"),
        (&[], "VER 7 MSNP8", "the server misbehaved: VER is not expected now"),
        (&[], "VER MSNP8", "the server misbehaved: VER is malformed: its transaction id is malformed"),
        (&[], "USR 1 OK alice@example.com Alice 1 0", "the server misbehaved: USR is not expected now"),
        (&["VER 1 MSNP8"], "VER 1 MSNP8", "the server misbehaved: VER is not expected now"),
        (&["VER 1 MSNP8"], "INF 2 MD5", "the server misbehaved: INF is not expected now"),
        (&["VER 1 MSNP7"], "INF 2 CKI", "the server misbehaved: INF is malformed: its package is malformed"),
        (
            &["VER 1 MSNP8"],
            "710 2",
            "the server refused CVR with 710 (the locale or another argument of CVR is bad)",
        ),
        (
            &["VER 1 MSNP8", cvr],
            "USR 3 MD5 S 1.2",
            "the server misbehaved: USR is about another way to sign in than the one begun",
        ),
        (
            &["VER 1 MSNP8", cvr],
            "USR 3 OK alice@example.com Alice 1 0",
            "the server misbehaved: USR is not expected now",
        ),
        (&["VER 1 MSNP8", cvr], "911 3", "the server refused USR with 911 (wrong password, or a bad ticket)"),
        (
            &["VER 1 MSNP8", cvr],
            "XFR 3 SB 192.0.2.1:1 CKI 1",
            "the server misbehaved: XFR is not expected now",
        ),
        (
            &["VER 1 MSNP8", cvr, "USR 3 TWN S ct=1"],
            "USR 3 TWN S ct=2",
            "the server misbehaved: USR is not expected now",
        ),
        (&["VER 1 MSNP8"], "OUT SSD", "signed out by the server: the server shuts down"),
    ] {
        assert_eq!(opened(before).ends(line), said, "{line}");
    }
    let mut referred = opened(&["VER 1 MSNP8", cvr]);
    assert_eq!(
        referred.hear("XFR 3 NS 192.0.2.25:1863 0 192.0.2.1:1863").unwrap(),
        ["Referred(\"192.0.2.25:1863\")"]
    );
}

#[test]
fn only_what_was_demanded_is_proved_and_only_in_one_word() {
    let mut machine = Machine::new(&[&MSNP8]);
    let (mut out, ticket) = (Vec::new(), OwnedSecret::new("t=1\r\nOUT"));
    let early = machine.client.prove(Credentials::Password("x"), &mut out);
    assert_eq!(early, Err(CantProve::NotAsked));
    machine.hear("VER 1 MSNP8").unwrap();
    machine.hear("CVR 2 1.0 1.0 1.0 http://a.example http://b.example").unwrap();
    machine.hear("USR 3 TWN S ct=1").unwrap();
    assert_eq!(machine.client.prove(Credentials::Password("x"), &mut out), Err(CantProve::AnotherKind));
    assert_eq!(machine.client.prove(Credentials::Ticket(&ticket), &mut out), Err(CantProve::Unwritable));
    assert!(out.is_empty(), "a password is never said to who asks for a ticket");
    let early = machine.client.show(Status::Online, Default::default(), &mut out);
    assert_eq!(early, Err(CantAsk::NotNow(msnp::wire::Verb::CHG)));
}

#[test]
fn what_could_be_read_as_something_else_is_not_said() {
    let mut machine = Machine::signed_in(&MSNP12);
    let (client, out) = (&mut machine.client, &mut Vec::new());
    for bad in ["", "a b@example.com", "a@example.com\r\nOUT", "ä@example.com"] {
        assert!(client.add(List::Allow, bad, None, out).is_err(), "{bad:?}");
        assert!(client.send_data((bad, None), 1, b"", out).is_err(), "{bad:?}");
    }
    assert!(client.rename_self("", out).is_err());
    assert!(client.rename_self(&"ä".repeat(70), out).is_err());
    assert!(client.add_group(&"g".repeat(62), out).is_err());
    assert!(out.is_empty());
    client.rename_self("Alice\r\nOUT", out).unwrap();
    assert_eq!(String::from_utf8_lossy(out), "PRP 5 MFN Alice%0D%0AOUT\r\n");
}

#[test]
fn answers_to_what_nobody_asked_and_unsolicited_errors_change_nothing() {
    let mut machine = Machine::signed_in(&MSNP12);
    for line in ["UUX 99 0", "QRY 99", "SYN 99 1 1 4000000000 4000000000", "CVR 99 1.0 1.0 1.0 a b", "LST 7"]
    {
        let told = machine.hear(line).unwrap();
        assert!(told.iter().all(|told| told.starts_with("NotUnderstood")), "{line}: {told:?}");
    }
    for line in ["911 99", "500", "715 0"] {
        let told = machine.hear(line).unwrap();
        assert!(told[0].starts_with("Refused { trid: None, verb: None"), "{line}: {told:?}");
    }
    assert!(machine.hear("USR 9 OK eve@example.com Eve 1 0").unwrap().is_empty());
    assert!(machine.client.is_signed_in());
    assert!(machine.out.is_empty());
    // Lists that are announced and never come keep nobody waiting for memory.
    machine.client.synchronize(None, &mut machine.out).unwrap();
    machine.hear("SYN 5 1 1 18446744073709551615 18446744073709551615").unwrap();
    assert_eq!(machine.hear("QNG 0").unwrap(), [] as [String; 0]);
    assert!(machine.client.deadline() > machine.now);
}

#[test]
fn lists_without_counts_end_where_the_server_answers_the_next_thing() {
    let mut machine = Machine::signed_in(&MSNP12);
    machine.client.synchronize(None, &mut machine.out).unwrap();
    machine.hear("SYN 5 2005-04-23T18:57:44.8130000-07:00 2005-04-23T18:57:44.8130000-07:00").unwrap();
    assert!(machine.out.ends_with(b"PNG\r\n"));
    assert_eq!(machine.hear("LST N=bob@example.net F=Bob 4 1").unwrap().len(), 1);
    assert_eq!(machine.hear("QNG 50").unwrap(), ["ListsComplete"]);
    assert_eq!(machine.hear("QNG 50").unwrap(), [] as [String; 0]);
}

#[test]
fn a_switchboard_says_nothing_before_it_lets_one_in() {
    let chat = || {
        let mut out = Vec::new();
        SwitchboardClient::open(&MSNP12, ("alice@example.com", Secret("1.2.3")), Instant::now(), &mut out)
    };
    let hear = |chat: &mut SwitchboardClient, line: &str| {
        let bytes = format!("{line}\r\n");
        let (frame, _) = Framer::new(Direction::FromSwitchboard).next(bytes.as_bytes()).unwrap().unwrap();
        chat.receive(frame).map(|event| format!("{event:?}")).map_err(|end| end.to_string())
    };
    for (line, said) in [
        ("MSG bob@example.net Bob 0", "the server misbehaved: MSG is not expected now"),
        ("ANS 1 OK", "the server misbehaved: ANS is not expected now"),
        ("USR 2 OK alice@example.com Alice", "the server misbehaved: USR is not expected now"),
        ("USR 1 NO alice@example.com Alice", "the server misbehaved: USR is not expected now"),
        ("911 1", "the server refused USR with 911 (wrong password, or a bad ticket)"),
    ] {
        assert_eq!(hear(&mut chat(), line), Err(said.to_owned()), "{line}");
    }
    let mut inside = chat();
    hear(&mut inside, "USR 1 OK alice@example.com Alice").unwrap();
    assert_eq!(hear(&mut inside, "ACK 9").unwrap(), "None");
    assert!(hear(&mut inside, "JOI bob@example.net Bob x").unwrap().contains("NotUnderstood"));
    assert!(inside.call("two words", &mut Vec::new()).is_err());
    assert!(inside.say(msnp::command::msg::Ack::Always, &[0; 1665], &mut Vec::new()).is_err());
}

proptest! {
    #[test]
    fn any_line_is_survived(
        version in 0usize..4,
        verb in prop::sample::select(msnp::wire::Verb::ALL),
        rest in "[ -~]{0,60}",
        payload in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let dialect = [&MSNP8, &MSNP12, &MSNP15, &MSNP18][version];
        let mut machine = Machine::signed_in(dialect);
        let _ = machine.client.synchronize(None, &mut Vec::new());
        let mut bytes = format!("{} {rest} {}\r\n", verb.0, payload.len()).into_bytes();
        bytes.extend_from_slice(&payload);
        if let Ok(Some((frame, _))) = Framer::new(Direction::FromNotification).next(&bytes) {
            let now = machine.now;
            if let Ok(events) = machine.client.receive(frame, now, &mut machine.out) {
                events.for_each(drop);
            }
        }
    }
}
