//! Recordings: that they hold what was said and nothing secret, and that they can be held again with a fresh server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;
#[path = "common/sdk.rs"]
mod sdk;

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use common::raw::Raw;
use common::{PASSWORD, Running};
use msnp::auth::md5;
use msnp::wire::Direction;
use msnp_script::recording::{Privacy, Recording, script};
use msnp_script::{Cast, Login, Script, Tcp, Trust, Versions};
use msnp11_sdk::{Event, MsnpStatus, PersonalMessage, PlainText, Switchboard};
use msnpd::password::Hasher;
use msnpd::password::legacy::LegacyKey;
use msnpd::store::{NewAccount, Store, Wish};
use sdk::{PATIENCE, User, done, hear};
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// An hour from now.
fn later() -> u64 {
    msnpd::clock::unix_now() + 3600
}

/// A server with these accounts, each with a password and a name, all of them recorded.
async fn recorded(players: &[(Login, Option<String>, bool)]) -> (TempDir, Running) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).await.unwrap();
    let (hasher, mut hashes) = (Hasher::new(1), HashMap::new());
    for (Login { address, password }, name, md5) in players {
        if !hashes.contains_key(password) {
            hashes.insert(password.clone(), hasher.hash(password).await.unwrap());
        }
        let (password_hash, name) = (hashes[password].clone(), name.clone());
        let sealed_password = md5.then(|| LegacyKey::load_or_create(dir.path()).unwrap().sealing(password));
        let email: msnp::types::Email = address.parse().unwrap();
        let new = NewAccount { email: email.clone(), name, password_hash, sealed_password };
        store.add_account(new).await.unwrap();
        store.want_recording(&Wish { account: email, until: later() }).await.unwrap();
    }
    store.close().await;
    let service = Running::start(dir.path()).await;
    (dir, service)
}

/// All recordings in a data directory. One that is being written may end in the middle of a letter.
fn recordings(dir: &Path) -> Vec<String> {
    let files = fs::read_dir(dir.join("recordings")).unwrap();
    let text = |path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    files.map(|file| text(file.unwrap().path())).collect()
}

fn convert(dir: &Path, privacy: Privacy) -> String {
    let parsed: Vec<Recording> =
        recordings(dir).iter().map(|text| Recording::parse("recording", text).unwrap()).collect();
    script(&parsed, privacy).unwrap()
}

/// Holds a conversation with a fresh server that records everybody in it.
async fn hold(text: &str) -> TempDir {
    let parsed = Script::parse("recording", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    hold_script(&parsed, parsed.runs().next().unwrap(), text).await
}

async fn hold_script(script: &Script, versions: Versions, text: &str) -> TempDir {
    let cast = Cast::as_written(script);
    let players: Vec<_> = cast
        .players(script)
        .map(|(login, account)| (login.clone(), account.name.clone(), account.md5))
        .collect();
    let (dir, service) = recorded(&players).await;
    converse(&service, script, versions, text).await;
    service.stop().await;
    dir
}

async fn converse(service: &Running, script: &Script, versions: Versions, text: &str) {
    let target = Tcp::new(
        service.addresses.msnp.to_string(),
        &format!("http://{}", service.addresses.http),
        Trust::new(None).unwrap(),
    );
    let held = msnp_script::run(script, versions, &Cast::as_written(script), &target.unwrap()).await;
    if let Err(failure) = held {
        panic!("{failure}\n\n{text}");
    }
}

/// What clients say and hear in a script, without pings, ends and what comes of these: scripts settle by pings, and hang up
/// in any order. Sorted, since people speak at the same time.
fn core(script: &str) -> Vec<&str> {
    let is_other = |line: &str| {
        ["PNG", "QNG", "FLN", "BYE", "OUT"].iter().any(|verb| line.contains(&format!(" {verb}")))
            || line.starts_with('#')
            || line.is_empty()
            || !line.contains(['>', '<', '|'])
    };
    let mut lines: Vec<&str> = script.lines().filter(|line| !is_other(line)).collect();
    lines.sort_unstable();
    lines
}

/// A conversation that we have written is recorded, held again, recorded once more, and is then the same.
async fn comes_back(file: &str) {
    let original = Script::load(&Path::new("../../tests/scripts").join(file)).unwrap();
    let runs: Vec<Versions> = original.runs().collect();
    for (run, privacy) in
        [(0, Privacy::Kept), (runs.len() / 2, Privacy::Masked), (runs.len() - 1, Privacy::Masked)]
    {
        let first = hold_script(&original, runs[run], file).await;
        let once = convert(first.path(), privacy);
        assert_eq!(once.matches("# Not done again").count(), 0, "{once}");
        let again = convert(hold(&once).await.path(), privacy);
        assert_eq!(core(&again), core(&once), "{file} {}: once\n{once}\nagain\n{again}", runs[run]);
    }
}

macro_rules! come_back {
    ($($name:ident: $file:literal,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            comes_back($file).await;
        })*
    };
}

// Those with most in them.
come_back! {
    chat_acks: "chat-acks.txt",
    chat_three: "chat-three.txt",
    elsewhere: "elsewhere.txt",
    groups: "groups.txt",
    list_replies: "list-replies.txt",
    mixed: "mixed.txt",
    pending: "pending.txt",
    presence: "presence.txt",
    sign_in_refused: "sign-in-refused.txt",
    syn: "syn.txt",
    this_and_that: "this-and-that.txt",
}

fn listen(switchboard: Arc<Switchboard>) -> (Arc<Switchboard>, UnboundedReceiver<Event>) {
    let (heard, events) = unbounded_channel();
    switchboard.add_event_handler_closure(move |event| {
        let _ = heard.send(event);
        async {}
    });
    (switchboard, events)
}

const ALICE: &str = "alice.liddell@christchurch.example";
const ALICE_SHORT: &str = "alice@example.com";
const BOB: &str = "bob@example.net";
const WORDS: &str = "Hi Bob, ça va?";

/// Whether the owner of a picture has heard that it was fetched, and knows that his thanks have arrived.
fn has_taken_the_last_of_a_picture(recording: &str) -> bool {
    let mut lines = recording.lines().skip_while(|line| !line.contains("BYE MSNMSGR:alice"));
    recording.contains(" < CAL ") && lines.any(|line| line.contains(" < ACK "))
}

/// Two people add each other, talk, fetch a picture, and go. Recorded in `dir`.
async fn meet(service: &Running, dir: &Path) {
    let (alice, mut bob) = (User::sign_in(service, ALICE).await, User::sign_in(service, BOB).await);
    done(alice.client.set_presence(MsnpStatus::Online)).await;
    done(bob.client.set_presence(MsnpStatus::Online)).await;
    alice.add(BOB).await;
    let events = &mut bob.events;
    hear(events, "having been added", |event| matches!(event, Event::AddedBy { .. }).then_some(())).await;
    bob.add(ALICE).await;
    let message = PersonalMessage { psm: "tea & <biscuits>".to_owned(), current_media: String::new() };
    done(alice.client.set_personal_message(&message)).await;
    done(alice.client.set_display_name("Alice 100% läuft")).await;
    done(alice.client.create_group("Book Club")).await;
    // In one piece: where several wait to be read, the crate loops for ever over a line that its buffer cuts.
    done(alice.client.set_display_picture(vec![7; 1000])).await;
    done(alice.client.set_presence(MsnpStatus::Online)).await;
    let object = hear(&mut bob.events, "Alice's picture", |event| match event {
        Event::PresenceUpdate { presence, .. } => presence.msn_object_string,
        _ => None,
    })
    .await;

    let (alices, mut alice_hears) = listen(Arc::new(done(alice.client.create_session(BOB)).await));
    let (bobs, mut bob_hears) = hear(&mut bob.events, "the invitation", |event| match event {
        Event::SessionAnswered(switchboard) => Some(listen(switchboard)),
        _ => None,
    })
    .await;
    let joined = |event| matches!(event, Event::ParticipantInSwitchboard { .. }).then_some(());
    hear(&mut alice_hears, "Bob joining", joined).await;
    let text = PlainText {
        bold: false,
        italic: false,
        underline: false,
        strikethrough: false,
        color: "000000".to_owned(),
        text: WORDS.to_owned(),
    };
    done(alices.send_text_message(&text)).await;
    let heard = |event| match event {
        Event::TextMessage { message, .. } => Some(message.text),
        _ => None,
    };
    assert_eq!(hear(&mut bob_hears, "text", heard).await, WORDS);
    let request = bobs.request_contact_display_picture(ALICE, &object);
    timeout(PATIENCE, request).await.expect("the transfer in time").unwrap();
    // Whether what is under way to somebody who goes is acknowledged or not is chance, and chance can't be held again.
    timeout(PATIENCE, async {
        while !recordings(dir).iter().any(|recording| has_taken_the_last_of_a_picture(recording)) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the last of the picture's messages taken");
    done(bobs.disconnect()).await;
    let left = |event| matches!(event, Event::ParticipantLeftSwitchboard { .. }).then_some(());
    hear(&mut alice_hears, "Bob leaving", left).await;
    done(alice.client.disconnect()).await;
    let gone = |event| matches!(event, Event::ContactOffline { .. }).then_some(());
    hear(&mut bob.events, "Alice going", gone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_of_real_clients_becomes_a_test() {
    let player =
        |address: &str| (Login { address: address.to_owned(), password: PASSWORD.to_owned() }, None, false);
    let (dir, service) = recorded(&[player(ALICE), player(BOB)]).await;
    meet(&service, dir.path()).await;
    service.stop().await;

    let script = convert(dir.path(), Privacy::Masked);
    assert!(script.contains("versions MSNP11\n"), "{script}");
    assert!(script.contains(WORDS), "{script}");
    for private in ["liddell", "christchurch", "example.net", "Book", "100%25"] {
        assert!(!script.to_lowercase().contains(&private.to_lowercase()), "{private}: {script}");
    }
    assert!(!script.contains("# Not done again") && !script.contains("# What this belongs to"), "{script}");
    let again = convert(hold(&script).await.path(), Privacy::Masked);
    // What is on its way to somebody who goes may reach him or not.
    let said = |script| core(script).into_iter().filter(|line| line.contains(" >>> ")).collect::<Vec<_>>();
    assert_eq!(said(&again), said(&script));

    // With their own addresses, too.
    let script = convert(dir.path(), Privacy::Kept);
    assert!(script.contains(&format!("account {ALICE} ")), "{script}");
    hold(&script).await;
}

/// What clients of real people know already: who is on their lists, in groups, with names and numbers, and who waits.
const BEFORE: &str = r#"# Before
versions MSNP11
account alice@example.com password "wonderland"
account bob@example.net password "wonderland"
account carol@example.com password "wonderland" name "Carol C"
account dave@example.com password "wonderland"
account erin@example.com password "wonderland"
include common.part
        bob does befriend other=alice@example.com
        carol does befriend other=alice@example.com
        dave does befriend other=alice@example.com
        carol does sign-in
        carol >>> PRP 5 PHM 555
        carol <<< PRP 5 PHM 555
        carol does sign-out
        alice does sign-in
        alice >>> SYN 5 0 0
        alice <<< SYN 5 {time:*} {time:*} 3 0
        alice <<< GTC A
        alice <<< BLP AL
        alice <<< PRP MFN alice@example.com
        alice <<~ LST N=bob@example.net F=bob@example.net 16
        alice <<~ LST N=carol@example.com F=Carol%20C 16
        alice <<~ LST N=dave@example.com F=dave@example.com 16
        alice >>> BLP 6 BL
        alice <<< BLP 6 BL
        alice >>> PRP 7 PHH 1%20555
        alice <<< PRP 7 PHH 1%20555
        alice >>> ADG 8 Friends
        alice <<< ADG 8 Friends {guid:friends}
        alice >>> ADC 9 FL N=bob@example.net F=Bobby
        alice <<< ADC 9 FL N=bob@example.net F=Bobby C={guid:bob}
        alice >>> ADC 10 FL C={guid:bob} {guid:friends}
        alice <<< ADC 10 FL C={guid:bob} {guid:friends}
        alice >>> ADC 11 AL N=bob@example.net
        alice <<< ADC 11 AL N=bob@example.net
        alice >>> ADC 12 RL N=bob@example.net
        alice <<< ADC 12 RL N=bob@example.net
        alice >>> REM 13 PL bob@example.net
        alice <<< REM 13 PL bob@example.net
        alice >>> ADC 14 BL N=erin@example.com
        alice <<< ADC 14 BL N=erin@example.com
        alice >>> ADC 15 BL N=carol@example.com
        alice <<< ADC 15 BL N=carol@example.com
        alice >>> ADC 16 RL N=carol@example.com
        alice <<< ADC 16 RL N=carol@example.com
        alice >>> REM 17 PL carol@example.com
        alice <<< REM 17 PL carol@example.com
        alice >>> ADC 18 FL N=carol@example.com F=Carol%20C
        alice <<< ADC 18 FL N=carol@example.com F=Carol%20C C={guid:carol}
        alice <<< BPR carol@example.com PHM 555
"#;

/// What is recorded. In between, somebody comes who is not.
const RECORDED: &str = r#"# Recorded
versions MSNP9 MSNP11 MSNP12
account alice@example.com password "wonderland"
account bob@example.net password "wonderland"
account dave@example.com password "wonderland"
include common.part
        alice does sign-in
[9]     alice >>> SYN 5 0
[11+]   alice >>> SYN 5 0 0
[9]     alice <<< SYN 5 {**}
[11+]   alice <<< SYN 5 {**}
        alice <<< GTC A
        alice <<< BLP BL
[11+]   alice <<< PRP MFN alice@example.com
        alice <<< PRP PHH 1%20555
[9]     alice <<< LSG 0 Other%20Contacts 0
[9]     alice <<< LSG 1 Friends 0
[11+]   alice <<< LSG Friends {guid:friends}
        alice <<~ LST {**}carol@example.com{**}
        alice <<+ BPR PHM 555
        alice <<~ LST {**}bob@example.net{**}
        alice <<~ LST {**}dave@example.com{**}
        alice <<~ LST {**}erin@example.com{**}
        alice >>> CHG 6 NLN 0
        alice <<< CHG 6 NLN 0
        bob does sign-in
        bob >>> CHG 6 NLN 0
        bob <<< CHG 6 NLN 0
        bob <<< ILN 6 NLN alice@example.com alice@example.com 0
[11+]   bob <<< UBX alice@example.com #
         |<Data><PSM></PSM><CurrentMedia></CurrentMedia></Data>\
        alice <<< NLN NLN bob@example.net bob@example.net 0
[11+]   alice <<< UBX bob@example.net #
         |<Data><PSM></PSM><CurrentMedia></CurrentMedia></Data>\
        dave does sign-in
        dave >>> CHG 6 NLN 0
        dave <<< CHG 6 NLN 0
[11+]   alice >>> ADC 7 AL N=dave@example.com
[11+]   alice <<< ADC 7 AL N=dave@example.com
[9]     alice >>> ADD 7 AL dave@example.com dave@example.com
[9]     alice <<< ADD 7 AL {number:*} dave@example.com dave@example.com
        dave <<< NLN NLN alice@example.com alice@example.com 0
[11+]   dave <<< UBX alice@example.com #
         |<Data><PSM></PSM><CurrentMedia></CurrentMedia></Data>\
[9]     dave <<< BPR {number:*} alice@example.com PHH 1%20555
[11+]   dave <<< BPR alice@example.com PHH 1%20555
        bob does sign-out
        alice <<< FLN bob@example.net
        alice does sign-out
        dave <<< FLN alice@example.com
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_before_are_made_again() {
    let scripts = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::write(scripts.path().join(name), text).unwrap();
        Script::load(&scripts.path().join(name)).unwrap()
    };
    fs::copy("../../tests/scripts/common.part", scripts.path().join("common.part")).unwrap();
    let (before, then) = (write("before.txt", BEFORE), write("then.txt", RECORDED));
    for versions in then.runs() {
        let dir = tempfile::tempdir().unwrap();
        let people = [ALICE_SHORT, BOB, "carol@example.com", "dave@example.com", "erin@example.com"];
        common::add_accounts(dir.path(), &people).await;
        let store = Store::open(dir.path()).await.unwrap();
        let carol = store.account_by_email(&people[2].parse().unwrap()).await.unwrap().unwrap();
        store.set_name(carol.id, "Carol C").await.unwrap();
        let service = Running::start(dir.path()).await;
        converse(&service, &before, before.runs().next().unwrap(), BEFORE).await;
        service.stop().await;
        for account in [ALICE_SHORT, BOB] {
            let wish = Wish { account: account.parse().unwrap(), until: later() };
            store.want_recording(&wish).await.unwrap();
        }
        store.close().await;
        let service = Running::start(dir.path()).await;
        converse(&service, &then, versions, RECORDED).await;
        service.stop().await;

        for privacy in [Privacy::Kept, Privacy::Masked] {
            let script = convert(dir.path(), privacy);
            assert!(script.contains("# Before: the lists as they were."), "{script}");
            hold(&script).await;
        }
    }
}

/// Runs `msnpd record` with these words, beside the server.
fn record(dir: &Path, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_msnpd"))
        .arg("record")
        .args(words)
        .arg("--data-dir")
        .arg(dir)
        .env_remove("MSNPD_DATA_DIR")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Pings until the recordings are as they should be: an order is followed within a second.
async fn ping_until(raw: &mut Raw, dir: &Path, wanted: impl Fn(&[String]) -> bool) {
    let pinging = async {
        while !dir.join("recordings").exists() || !wanted(&recordings(dir)) {
            raw.settle().await;
        }
    };
    timeout(PATIENCE, pinging).await.expect("the recording as it should be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_to_md5_challenges_are_not_recorded() {
    let login = Login { address: BOB.to_owned(), password: PASSWORD.to_owned() };
    let (dir, service) = recorded(&[(login, None, true)]).await;
    let mut bob = Raw::connect(service.addresses.msnp, Direction::FromNotification).await;
    bob.ask("VER", "MSNP7 CVR0").await;
    bob.ask("INF", "").await;
    let asked = bob.ask("USR", &format!("MD5 I {BOB}")).await;
    let challenge = asked.rsplit(' ').next().unwrap();
    let response = md5::respond(challenge, PASSWORD);
    let answer = bob.ask("USR", &format!("MD5 S {response}")).await;
    assert!(answer.starts_with("USR 4 OK "), "{answer}");
    service.stop().await;
    let all = recordings(dir.path()).concat();
    assert!(all.contains("> USR 4 MD5 S {hidden:") && all.contains("< USR 4 OK "), "{all}");
    for secret in [challenge, &response, PASSWORD] {
        assert!(!all.contains(secret), "{secret}: {all}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_records_whom_it_is_told_to_and_nothing_secret() {
    let dir = tempfile::tempdir().unwrap();
    let ids = common::add_accounts(dir.path(), &[ALICE, BOB, "carol@example.com"]).await;
    let service = Running::start(dir.path()).await;
    let at = service.addresses.msnp;
    let tickets: Vec<String> = ids.iter().map(|id| common::raw::ticket(dir.path(), *id)).collect();
    let mut alice = Raw::sign_in(at, "MSNP9", ALICE, &tickets[0]).await;
    let mut carol = Raw::sign_in(at, "MSNP9", "carol@example.com", &tickets[2]).await;

    assert!(record(dir.path(), &["list"]).starts_with("Nobody is recorded"));
    for email in [ALICE, BOB] {
        let said = record(dir.path(), &["start", email, "--for", "30m"]);
        assert!(said.starts_with(&format!("{email} is recorded for 30 min")), "{said}");
    }
    assert_eq!(record(dir.path(), &["list"]).lines().count(), 2);

    // Who is there already is recorded from the next words on, who comes from the first.
    ping_until(&mut alice, dir.path(), |files| files.iter().any(|file| file.contains("\nsigned in MSNP9\n")))
        .await;
    let mut bob = Raw::sign_in(at, "MSNP9", BOB, &tickets[1]).await;
    alice.ask("CHG", "NLN 0").await;
    bob.ask("CHG", "NLN 0").await;
    carol.ask("CHG", "NLN 0").await;
    let transfer = alice.ask("XFR", "SB").await;
    let mut secrets = tickets.clone();
    secrets.extend(
        tickets
            .iter()
            .flat_map(|ticket| ticket.split(['&', '=']).filter(|part| part.len() > 8))
            .map(str::to_owned),
    );
    let cookie = transfer.rsplit(' ').next().unwrap().to_owned();
    let mut one = Raw::connect(at, Direction::FromSwitchboard).await;
    one.ask("USR", &format!("{ALICE} {cookie}")).await;
    secrets.push(cookie);
    one.ask("CAL", BOB).await;
    let ring = bob.until(|line| line.starts_with("RNG ")).await;
    let words: Vec<&str> = ring.split(' ').collect();
    let (session, cookie) = (words[1], words[4].to_owned());
    let mut other = Raw::connect(at, Direction::FromSwitchboard).await;
    other.ask("ANS", &format!("{BOB} {cookie} {session}")).await;
    secrets.push(cookie);
    // Even where a client says it to another, or in the wrong place.
    let lent = "x".repeat(20);
    let text = format!("Content-Type: text/plain\r\n\r\nBob, this is for you.\r\nMSPAuth: {lent}\r\n");
    secrets.push(lent);
    one.command("MSG", &format!("A {}\r\n{text}", text.len())).await;
    other.until(|line| line.starts_with("MSG ")).await;
    bob.ask("CVR", &tickets[1]).await;
    bob.ask("USR", &format!("TWN S {}", tickets[1])).await;
    secrets.push(PASSWORD.to_owned());

    // A wrong ticket for somebody who is recorded.
    let mut thief = Raw::connect(at, Direction::FromNotification).await;
    thief.ask("VER", "MSNP9 CVR0").await;
    thief.ask("USR", &format!("TWN I {ALICE}")).await;
    thief.ask("USR", "TWN S t=stolen-from-somebody").await;
    secrets.push("stolen-from-somebody".to_owned());
    thief.until_closed().await;

    let said = record(dir.path(), &["stop", ALICE]);
    assert!(said.starts_with(&format!("{ALICE} is recorded no more")), "{said}");
    assert_eq!(record(dir.path(), &["stop", ALICE]), format!("{ALICE} was not recorded.\n"));
    ping_until(&mut bob, dir.path(), |files| files.iter().any(|file| file.ends_with("stopped\n"))).await;
    alice.ask("CHG", "AWY 0").await;
    bob.ask("CHG", "BRB 0").await;
    service.stop().await;

    let files = recordings(dir.path());
    let all = files.concat();
    for secret in &secrets {
        assert!(secret.len() > 8, "{secret:?} may be anywhere");
        assert!(!all.contains(secret.as_str()), "{secret:?} is in a recording:\n{all}");
    }
    // But all of the rest.
    for (account, kind, what) in [
        (ALICE, "notification", "> CHG 5 NLN 0\n"),
        (ALICE, "notification", "> USR 2 TWN I alice"),
        (ALICE, "switchboard", " |Bob, this is for you."),
        (BOB, "notification", "> VER 1 MSNP9 CVR0\n"),
        (BOB, "notification", "> CVR 2 0x0409 "),
        (BOB, "notification", " |MSPAuth: {hidden:"),
        (BOB, "notification", "< CHG 8 BRB 0\n"),
        (BOB, "switchboard", "< MSG alice.liddell@christchurch.example "),
    ] {
        let head = format!("account {account}\nconnection ");
        let found = files
            .iter()
            .any(|file| file.contains(&head) && file.contains(&format!(" {kind}\n")) && file.contains(what));
        assert!(found, "{account} {kind} {what:?}:\n{all}");
    }
    assert!(!all.contains(" AWY 0") && !all.contains("account carol"), "{all}");

    #[cfg(unix)]
    for (path, mode) in std::iter::once((dir.path().join("recordings"), 0o700))
        .chain(fs::read_dir(dir.path().join("recordings")).unwrap().map(|file| (file.unwrap().path(), 0o600)))
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}
