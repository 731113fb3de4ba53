//! The notification server's state machine, without sockets and on a clock of the test's own.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use msnp::dialect::{MSNP2, MSNP3, MSNP5, MSNP7, MSNP8, MSNP9, MSNP10, MSNP11, MSNP12, Package};
use msnp::flow::End;
use msnp::flow::dispatch::DispatchServer;
use msnp::flow::notification::{
    CHALLENGE_LIMIT, NotificationServer, SIGN_IN_LIMIT, SILENCE_LIMIT, Settings, Upgrades,
};
use msnp::types::{ErrorCode, Status, TrId};
use msnp::wire::{Direction, Framer, Verb};

struct Machine {
    flow: NotificationServer,
    now: Instant,
    began: Instant,
}

/// What a line came to, in words.
#[derive(Debug, PartialEq)]
enum Came {
    Answered,
    Asked(String),
    Ended(End),
}

impl Machine {
    fn new() -> Self {
        let settings = Settings {
            served: vec![&MSNP2, &MSNP3, &MSNP5, &MSNP7, &MSNP8, &MSNP9, &MSNP10, &MSNP11, &MSNP12],
            names_all_dialects: false,
            upgrades: Upgrades::default(),
            download_url: "http://download.example.com/a.exe".to_owned(),
            info_url: "http://www.example.com/".to_owned(),
        };
        let now = Instant::now();
        Self { flow: NotificationServer::new(Arc::new(settings), now), now, began: now }
    }

    /// A session of `version` whose client has signed in.
    fn signed_in(version: &str) -> Self {
        let mut machine = Self::new();
        machine.hear(&format!("VER 1 {version}"));
        let package = machine.flow.dialect().sign_in[0];
        machine.asks(&format!("USR 2 {} I alice@example.com", package.as_str()));
        let mut out = Vec::new();
        machine.flow.challenge(TrId::new(2), package, "ct=1", &mut out);
        machine.asks(&format!("USR 3 {} S proof", package.as_str()));
        machine.flow.welcome(TrId::new(3), &"alice@example.com".parse().unwrap(), "Alice", &mut out);
        machine
    }

    /// What a line (or a line and its payload) comes to, and what is said at once.
    fn hear(&mut self, line: &str) -> (Came, String) {
        let bytes = if line.contains('\n') { line.to_owned() } else { format!("{line}\r\n") };
        let (frame, _) = Framer::new(Direction::ToNotification).next(bytes.as_bytes()).unwrap().unwrap();
        let mut out = Vec::new();
        let came = match self.flow.receive(frame, self.now, &mut out) {
            Ok(None) => Came::Answered,
            Ok(Some(request)) => {
                let shown = format!("{request:?}");
                Came::Asked(shown.split(['(', ' ']).next().unwrap().to_owned())
            }
            Err(end) => Came::Ended(end),
        };
        (came, String::from_utf8(out).unwrap())
    }

    fn asks(&mut self, line: &str) -> String {
        match self.hear(line) {
            (Came::Asked(request), said) if said.is_empty() => request,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn says(&mut self, line: &str) -> String {
        match self.hear(line) {
            (Came::Answered, said) => said,
            other => panic!("{line}: {other:?}"),
        }
    }

    /// Why the session ends, and what is said before.
    fn ends(&mut self, line: &str) -> (End, String) {
        match self.hear(line) {
            (Came::Ended(end), said) => (end, said),
            other => panic!("{line}: {other:?}"),
        }
    }
}

#[test]
fn a_sign_in_goes_step_by_step() {
    let mut machine = Machine::new();
    assert_eq!(machine.says("VER 1 MSNP12 MSNP11 MSNP10 CVR0"), "VER 1 MSNP12\r\n");
    assert_eq!(
        machine.says("CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5.0299 msmsgs alice@example.com"),
        "CVR 2 7.5.0299 7.5.0299 7.5.0299 http://download.example.com/a.exe http://www.example.com/\r\n"
    );
    assert_eq!(machine.asks("USR 3 TWN I alice@example.com"), "Identify");
    let mut out = Vec::new();
    machine.flow.challenge(TrId::new(3), Package::Tweener, "ct=1,id=507", &mut out);
    assert_eq!(machine.asks("USR 4 TWN S t=ticket&p="), "SignIn");
    machine.flow.welcome(TrId::new(4), &"alice@example.com".parse().unwrap(), "Alice L", &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "USR 3 TWN S ct=1,id=507\r\nUSR 4 OK alice@example.com 1 0\r\nSBS 0 null\r\n"
    );
    assert_eq!(machine.asks("SYN 5 0 0"), "Syn");
}

#[test]
fn before_passport_one_asks_how_to_sign_in() {
    let mut machine = Machine::new();
    assert_eq!(machine.says("VER 4 MSNP2 CVR0"), "VER 4 MSNP2\r\n");
    assert_eq!(machine.says("INF 5"), "INF 5 MD5\r\n");
    assert_eq!(machine.asks("USR 6 MD5 I alice@example.com"), "Identify");
    let mut out = Vec::new();
    machine.flow.challenge(TrId::new(6), Package::Md5, "1104537600.204817", &mut out);
    assert_eq!(machine.asks("USR 7 MD5 S eec685f755a858954448bb887c696019"), "SignIn");
    machine.flow.welcome(TrId::new(7), &"alice@example.com".parse().unwrap(), "Alice L", &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "USR 6 MD5 S 1104537600.204817\r\nUSR 7 OK alice@example.com Alice%20L\r\n"
    );
    assert_eq!(machine.ends("INF 8"), (End::Refused(ErrorCode::NOT_EXPECTED), "715 8\r\n".to_owned()));
    let mut fresh = Machine::new();
    assert_eq!(fresh.ends("INF 1").1, "715 1\r\n");
    let mut clear = Machine::new();
    clear.says("VER 1 MSNP2");
    assert_eq!(clear.ends("USR 2 CTP I alice@example.com").1, "911 2\r\n");
}

#[test]
fn who_has_no_dialect_may_ask_for_the_recommended_version() {
    const ASKED: &str = "CVQ 2 0x0409 winnt 5.0 i386 MSMSGS 3.0.0283 ";
    const TOLD: &str =
        "CVQ 2 3.0.0283 3.0.0283 3.0.0283 http://download.example.com/a.exe http://www.example.com/\r\n";
    let only_recommended = |offer: &str| {
        let mut machine = Machine::new();
        assert_eq!(machine.says(offer), "VER 1 CVR0\r\n");
        machine
    };
    assert_eq!(only_recommended("VER 1 CVR0").ends(ASKED), (End::Recommended, TOLD.to_owned()));
    let mut other = only_recommended("VER 1 MSNP99 cvr0");
    assert_eq!(other.ends("PNG 2"), (End::Refused(ErrorCode::NOT_EXPECTED), "715 2\r\n".to_owned()));
    assert_eq!(only_recommended("VER 1 CVR0").ends("OUT"), (End::SignedOut, "OUT\r\n".to_owned()));
    let mut dialect = Machine::new();
    assert_eq!(dialect.says("VER 1 CVR0 MSNP7"), "VER 1 MSNP7\r\n");
    assert_eq!(dialect.ends(ASKED).0, End::NotForClients(Verb::CVQ));
}

#[test]
fn all_dialects_in_common_may_be_told() {
    let settings = Arc::new(Settings {
        served: vec![&MSNP2, &MSNP5, &MSNP7, &MSNP8],
        names_all_dialects: true,
        upgrades: Upgrades::default(),
        download_url: String::new(),
        info_url: String::new(),
    });
    let now = Instant::now();
    let mut machine = Machine { flow: NotificationServer::new(settings, now), now, began: now };
    let told = machine.says("VER 1 MSNP7 MSNP6 MSNP5 MSNP4 CVR0");
    assert_eq!(told, "VER 1 MSNP7 MSNP5 CVR0\r\n");
    assert_eq!(machine.flow.dialect(), &MSNP7, "the first counts");
}

#[test]
fn a_dispatch_server_answers_what_comes_before_the_referral() {
    let settings = Arc::new(Settings {
        served: vec![&MSNP2, &MSNP8],
        names_all_dialects: false,
        upgrades: Upgrades::default(),
        download_url: "http://download.example.com/a.exe".to_owned(),
        info_url: "http://www.example.com/".to_owned(),
    });
    let hear = |lines: &[&str]| {
        let mut flow = DispatchServer::new(settings.clone(), Instant::now());
        let (mut out, mut end) = (Vec::new(), None);
        for line in lines {
            let bytes = format!("{line}\r\n");
            let (frame, _) = Framer::new(Direction::Opening).next(bytes.as_bytes()).unwrap().unwrap();
            end = flow.receive(frame, "192.0.2.25:1863", "192.0.2.1:1863", &mut out).err();
        }
        (end, String::from_utf8(out).unwrap())
    };
    assert_eq!(
        hear(&["VER 1 MSNP2 CVR0", "INF 2", "USR 3 MD5 I alice@example.com"]),
        (Some(End::Referred), "VER 1 MSNP2\r\nINF 2 MD5\r\nXFR 3 NS 192.0.2.25:1863 0\r\n".to_owned())
    );
    assert_eq!(hear(&["VER 1 MSNP8", "INF 2"]).0, Some(End::NotNow(Verb::INF)));
    let (end, said) = hear(&["VER 1 CVR0", "CVQ 2 0x0409 win 4.10 i386 MSMSGS 1.0.0863"]);
    assert_eq!(end, Some(End::Recommended));
    assert!(said.starts_with("VER 1 CVR0\r\nCVQ 2 1.0.0863 "), "{said}");
}

#[test]
fn who_takes_no_invitations_opens_no_chat_either() {
    let mut machine = Machine::signed_in("MSNP3");
    machine.flow.status_changed(Status::Away);
    assert_eq!(machine.asks("IMS 5 OFF"), "Ims");
    assert_eq!(machine.says("XFR 6 SB"), "913 6\r\n");
    assert_eq!(machine.says("IMS 7 MAYBE"), "715 7\r\n");
    assert_eq!(machine.says("XFR 8 SB"), "913 8\r\n");
    assert_eq!(machine.asks("IMS 9 ON"), "Ims");
    assert_eq!(machine.asks("XFR 10 SB"), "Xfr");
    assert_eq!(Machine::signed_in("MSNP2").asks("IMS 5 OFF"), "Unknown");
    assert_eq!(Machine::signed_in("MSNP9").ends("IMS 5 OFF").0, End::NotForClients(Verb::IMS));
}

#[test]
fn lists_may_be_asked_for_until_msnp8() {
    assert_eq!(Machine::signed_in("MSNP2").asks("LST 11 BL"), "Lst");
    assert_eq!(Machine::signed_in("MSNP8").asks("LSG 11"), "Lsg");
    assert_eq!(Machine::signed_in("MSNP2").asks("LSG 11"), "Unknown");
    assert_eq!(Machine::signed_in("MSNP7").says("LST 11 XL"), "201 11\r\n");
}

#[test]
fn what_comes_too_early_or_too_late_is_refused() {
    let mut fresh = Machine::new();
    assert_eq!(fresh.ends("CVR 1 0x0409"), (End::Refused(ErrorCode::NOT_EXPECTED), "715 1\r\n".to_owned()));
    let mut opened = Machine::new();
    opened.says("VER 1 MSNP8");
    assert_eq!(opened.ends("SYN 2 0"), (End::Refused(ErrorCode::NOT_LOGGED_IN), "302 2\r\n".to_owned()));
    for line in ["VER 1 MSNP1 FOO", "VER 1"] {
        assert_eq!(Machine::new().ends(line), (End::NoDialect, "VER 1 0\r\n".to_owned()));
    }
    let mut machine = Machine::signed_in("MSNP8");
    assert_eq!(machine.says("USR 9 TWN I alice@example.com"), "207 9\r\n");
    assert_eq!(machine.ends("VER 9 MSNP8"), (End::Refused(ErrorCode::NOT_EXPECTED), "715 9\r\n".to_owned()));
}

#[test]
fn a_way_to_sign_in_of_another_version_is_refused() {
    for package in ["MD5", "SSO", "CKI", "CTP", "twn"] {
        let mut machine = Machine::new();
        machine.says("VER 1 MSNP8");
        let (end, said) = machine.ends(&format!("USR 2 {package} I alice@example.com"));
        assert_eq!((end, said.as_str()), (End::Refused(ErrorCode::AUTHENTICATION_FAILED), "911 2\r\n"));
    }
    let mut machine = Machine::new();
    machine.says("VER 1 MSNP8");
    assert_eq!(machine.ends("USR 2 TWN S t=ticket&p=").0, End::Refused(ErrorCode::NOT_EXPECTED));
}

#[test]
fn commands_of_other_versions_and_of_the_server_end_the_session() {
    for (version, line) in [
        ("MSNP10", "ADD 7 AL bob@example.net bob@example.net"),
        ("MSNP8", "INF 7"),
        ("MSNP9", "LST 7 FL"),
        ("MSNP12", "JOI bob@example.net Bob"),
        ("MSNP12", "NLN NLN bob@example.net Bob 0"),
        ("MSNP12", "RNG 1 x CKI y a@b.cd z"),
        ("MSNP12", "MSG 7 U 0"),
    ] {
        let (end, said) = Machine::signed_in(version).ends(line);
        let verb = Verb::new(line.get(..3).unwrap()).unwrap();
        assert_eq!((end, said.as_str()), (End::NotForClients(verb), ""), "{version} {line}");
    }
    assert_eq!(Machine::signed_in("MSNP12").says("PAG 7 bob@example.net 0"), "715 7\r\n");
    assert_eq!(Machine::signed_in("MSNP12").asks("XYZ 7 whatever"), "Unknown");
    assert_eq!(Machine::signed_in("MSNP12").asks("LKP 7 tel:+15550100"), "Lkp");
}

#[test]
fn malformed_arguments_get_the_number_or_the_end_that_the_reference_names() {
    let mut machine = Machine::signed_in("MSNP12");
    assert_eq!(machine.says("CHG 7 FLN"), "201 7\r\n");
    assert_eq!(machine.says("ADC 7 XL N=bob@example.net"), "201 7\r\n");
    assert_eq!(machine.says("XFR 7 NS"), "201 7\r\n");
    for line in ["GTC 7 X", "BLP 7 XL", "CHG x NLN", "SYN -1 0 0", "ADC 99999999999 FL N=a@b.cd"] {
        let (end, said) = Machine::signed_in("MSNP12").ends(line);
        assert!(matches!(end, End::Malformed { .. }) && said.is_empty(), "{line}: {end:?} {said}");
    }
}

#[test]
fn what_goes_out_by_mail_or_telephone_has_ends_of_its_own() {
    let (end, said) = Machine::signed_in("MSNP12").ends("SDC 7 dave@example.net 0");
    assert_eq!((end, said.as_str()), (End::Refused(ErrorCode::FAIL), "503 7\r\n"));
    assert_eq!(Machine::signed_in("MSNP12").says("SND 7"), "201 7\r\n");
    assert_eq!(Machine::signed_in("MSNP12").says("PGD 7 0"), "201 7\r\n");
    let (end, said) = Machine::signed_in("MSNP12").ends("PGD 7 bob@example.net phone 0");
    assert!(matches!(end, End::Malformed { .. }) && said.is_empty(), "{end:?} {said}");
    assert_eq!(Machine::signed_in("MSNP12").asks("SND 7 dave@example.net"), "Snd");
    assert_eq!(Machine::signed_in("MSNP12").asks("PGD 7 bob@example.net 3 0"), "Pgd");
    assert_eq!(Machine::signed_in("MSNP8").asks("PAG 7 bob@example.net 0"), "Pag");
}

#[test]
fn chats_are_for_those_who_show_a_status() {
    let mut machine = Machine::signed_in("MSNP11");
    assert_eq!(machine.says("XFR 7 SB"), "913 7\r\n");
    machine.flow.status_changed(Status::Hidden);
    assert_eq!(machine.says("XFR 8 SB"), "913 8\r\n");
    machine.flow.status_changed(Status::Away);
    assert_eq!(machine.asks("XFR 9 SB"), "Xfr");
}

#[test]
fn pings_are_answered_as_each_version_expects() {
    assert_eq!(Machine::signed_in("MSNP8").says("PNG"), "QNG\r\n");
    assert_eq!(Machine::signed_in("MSNP9").says("PNG"), "QNG 60\r\n");
}

#[test]
fn signing_out_is_echoed() {
    assert_eq!(Machine::signed_in("MSNP12").ends("OUT"), (End::SignedOut, "OUT\r\n".to_owned()));
}

#[test]
fn every_well_formed_answer_to_a_challenge_is_acknowledged() {
    let mut machine = Machine::signed_in("MSNP11");
    let unasked = "QRY 7 PROD0090YUAUV{2B 32\r\n00000000000000000000000000000000";
    assert_eq!(machine.hear(unasked), (Came::Asked("Qry".to_owned()), "QRY 7\r\n".to_owned()));
    assert!(matches!(machine.ends("QRY 8 PROD 5\r\n12345").0, End::Malformed { .. }));
}

#[test]
fn an_enforced_challenge_is_enforced() {
    let challenged = |enforced: bool| {
        let mut machine = Machine::signed_in("MSNP11");
        let mut out = Vec::new();
        machine.flow.ask_challenge("31415926535897932384".to_owned(), enforced, machine.now, &mut out);
        assert_eq!(out, b"CHL 0 31415926535897932384\r\n");
        machine
    };
    let right = "QRY 7 PROD0090YUAUV{2B 32\r\n2f5f91179323d5e12e293cea426147c5";
    let wrong = "QRY 7 PROD0090YUAUV{2B 32\r\n2f5f91179323d5612e293cea426147c5";
    assert_eq!(challenged(true).hear(right).1, "QRY 7\r\n");
    assert_eq!(challenged(false).hear(wrong).1, "QRY 7\r\n");
    let (end, said) = challenged(true).ends(wrong);
    assert_eq!((end, said.as_str()), (End::Refused(ErrorCode::LOCKANDKEY_FAILED), "540 7\r\n"));

    let mut silent = challenged(true);
    assert_eq!(silent.flow.deadline(), Some(silent.now + CHALLENGE_LIMIT));
    let mut out = Vec::new();
    assert!(matches!(silent.flow.expired(&mut out), End::TimedOut(_)));
    assert_eq!(out, b"OUT\r\n");

    // A client that asks for a challenge itself is never cut off.
    let mut asking = Machine::signed_in("MSNP12");
    assert_eq!(asking.asks("CHL 9"), "Chl");
    asking.flow.give_challenge(TrId::new(9), "1".repeat(20), asking.now, &mut Vec::new());
    assert!(matches!(asking.hear(wrong).0, Came::Asked(_)));
}

#[test]
fn deadlines_are_those_of_the_reference() {
    let mut machine = Machine::new();
    assert_eq!(machine.flow.deadline(), Some(machine.began + SIGN_IN_LIMIT));
    machine.says("VER 1 MSNP9");
    machine.now += Duration::from_secs(200);
    machine.says("PNG");
    assert_eq!(machine.flow.deadline(), Some(machine.began + SIGN_IN_LIMIT), "nothing said puts it off");

    // Signed in: none, until a client that is told how often to ping has pinged once.
    let mut machine = Machine::signed_in("MSNP9");
    assert_eq!(machine.flow.deadline(), None);
    machine.says("PNG");
    assert_eq!(machine.flow.deadline(), Some(machine.now + SILENCE_LIMIT));
    machine.now += Duration::from_secs(30);
    machine.asks("URL 7 INBOX");
    assert_eq!(machine.flow.deadline(), Some(machine.now + SILENCE_LIMIT));
    let mut old = Machine::signed_in("MSNP8");
    old.says("PNG");
    assert_eq!(old.flow.deadline(), None);
    old.asks("URL 7 INBOX");
    assert_eq!(old.flow.deadline(), None, "clients of MSNP2-8 may be silent for minutes");
}

#[test]
fn a_challenge_that_is_not_enforced_cuts_nobody_off() {
    let mut machine = Machine::signed_in("MSNP11");
    machine.says("PNG");
    machine.flow.ask_challenge("1".repeat(20), false, machine.now, &mut Vec::new());
    machine.now += Duration::from_secs(100);
    machine.says("PNG");
    assert_eq!(machine.flow.deadline(), Some(machine.now + SILENCE_LIMIT));
    let mut out = Vec::new();
    machine.flow.expired(&mut out);
    assert!(out.is_empty());
}

#[test]
fn words_of_later_versions_are_passed_over() {
    assert_eq!(Machine::signed_in("MSNP8").asks("GSB 7"), "Unknown");
    assert_eq!(Machine::signed_in("MSNP9").asks("ADC 7 AL N=bob@example.net"), "Unknown");
    assert_eq!(Machine::signed_in("MSNP12").asks("FQY 7 0"), "Unknown");
    assert_eq!(Machine::signed_in("MSNP12").says("FND 7 fname=Bob"), "502 7\r\n");
}
