//! What an operator orders the server that runs, and what clients read then.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::path::Path;
use std::process::{Command, Output};

use common::raw::{PATIENCE, Raw, ticket};
use common::{Running, add_accounts, with_accounts};
use msnpd::account::AccountId;
use msnpd::announcement::Plan;
use msnpd::pages::Page;
use msnpd::serve::Options;
use msnpd::store::{INBOX, MailNews, NewMail, Order, Store, TRASH, Unread};
use tempfile::TempDir;

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";

/// A service with two accounts, and what `msnpd announce` and `msnpd mail` do to it.
struct Bench {
    dir: TempDir,
    running: Running,
    store: Store,
    ids: Vec<AccountId>,
}

impl Bench {
    async fn start(choose: impl FnOnce(&mut Options)) -> Self {
        let dir = with_accounts(&[]).await;
        let ids = add_accounts(dir.path(), &[ALICE, BOB]).await;
        let running = Running::start_with(dir.path(), choose).await;
        let store = Store::open(dir.path()).await.unwrap();
        Self { dir, running, store, ids }
    }

    /// Somebody who has signed in, and has yet to tell a status; the profile is the last that he has heard.
    async fn sign_in(&self, dialect: &str, email: &str) -> Raw {
        let id = self.ids[usize::from(email == BOB)];
        Raw::sign_in(self.running.addresses.msnp, dialect, email, &ticket(self.dir.path(), id)).await
    }

    async fn come_online(&self, dialect: &str, email: &str) -> Raw {
        let mut raw = self.sign_in(dialect, email).await;
        raw.ask("CHG", "NLN 0").await;
        raw
    }

    async fn announce(&self, minutes: u32, back_in: Option<u32>) {
        let plan = Plan { minutes, back_in, only_say: false };
        self.store.order(&Order::Announce { plan }).await.unwrap();
    }
}

/// Has mail at an address of the operator's.
fn mail(options: &mut Options) {
    options.pages.insert(Page::Inbox, "https://mail.example.com/").unwrap();
}

/// The next message of the service.
async fn message(raw: &mut Raw) -> String {
    raw.until(|line| line.starts_with("MSG ")).await;
    last_payload(raw)
}

/// The last payload that was heard.
fn last_payload(raw: &Raw) -> String {
    String::from_utf8(raw.payload.clone()).unwrap().replace("\r\n", "\n")
}

fn shutdown_in(minutes: u32) -> String {
    format!(
        "MIME-Version: 1.0\nContent-Type: application/x-msmsgssystemmessage\n\nType: 1\nArg1: {minutes}\n\n"
    )
}

#[tokio::test]
async fn everybody_hears_that_it_goes_down_and_then_it_does() {
    let bench = Bench::start(|_| {}).await;
    let (mut alice, mut bob) =
        (bench.come_online("MSNP8", ALICE).await, bench.come_online("MSNP11", BOB).await);
    bench.announce(15, Some(3)).await;
    for raw in [&mut alice, &mut bob] {
        assert_eq!(message(raw).await, shutdown_in(15));
    }
    // Whoever comes meanwhile hears it once, with his first status.
    let mut again = bench.sign_in("MSNP8", ALICE).await;
    again.settle().await;
    assert!(!last_payload(&again).contains("Arg1"), "not before");
    for _ in 0..2 {
        again.ask("CHG", "NLN 0").await;
        again.ask("CHG", "BSY 0").await;
    }
    again.settle().await;
    assert_eq!(again.heard.iter().filter(|line| line.starts_with("MSG ")).count(), 2, "{:?}", again.heard);

    bench.announce(0, Some(3)).await;
    bob.until(|line| line == "OUT RCT 3").await;
    bob.until_closed().await;
    again.until(|line| line == "OUT SSD").await;
    again.until_closed().await;
    bench.running.ended().await;
}

#[tokio::test]
async fn without_a_restart_nobody_is_told_to_come_back() {
    let bench = Bench::start(|_| {}).await;
    let mut bob = bench.come_online("MSNP12", BOB).await;
    bench.announce(0, None).await;
    bob.until(|line| line == "OUT SSD").await;
    bench.running.ended().await;
}

/// An operator may end it before its time, or by himself.
#[tokio::test]
async fn a_restart_that_was_announced_is_one_however_it_comes() {
    let bench = Bench::start(|_| {}).await;
    let mut bob = bench.come_online("MSNP11", BOB).await;
    let plan = Plan { minutes: 15, back_in: Some(5), only_say: true };
    bench.store.order(&Order::Announce { plan }).await.unwrap();
    message(&mut bob).await;
    bench.running.stop().await;
    bob.until(|line| line == "OUT RCT 5").await;
}

#[tokio::test]
async fn what_is_called_off_is_forgotten() {
    let bench = Bench::start(mail).await;
    let mut alice = bench.come_online("MSNP8", ALICE).await;
    message(&mut alice).await; // of mail
    bench.announce(15, Some(3)).await;
    assert_eq!(message(&mut alice).await, shutdown_in(15));
    bench.store.order(&Order::CallOff).await.unwrap();
    // Orders are carried out one after another.
    bench.store.mail(bench.ids[0], MailNews::Counts(Unread::default())).await.unwrap();
    assert!(message(&mut alice).await.contains("Inbox-Unread: 0"));
    let mut bob = bench.come_online("MSNP11", BOB).await;
    message(&mut bob).await;
    bob.settle().await;
    assert!(bob.heard.iter().filter(|line| line.starts_with("MSG ")).count() == 2, "{:?}", bob.heard);
    bench.running.stop().await;
    bob.until(|line| line == "OUT SSD").await;
}

#[tokio::test]
async fn mail_is_told_in_the_form_of_each_version() {
    let bench = Bench::start(mail).await;
    let web = format!("http://{}", bench.running.addresses.http);
    let mut bob = bench.come_online("MSNP11", BOB).await;
    let first = message(&mut bob).await;
    assert!(
        first.contains("\nContent-Type: text/x-msmsgsinitialmdatanotification; charset=UTF-8\n\n"),
        "{first}"
    );
    assert!(first.contains("\nMail-Data: <MD><E><I>0</I><IU>0</IU>"), "{first}");
    for (id, inbox) in bench.ids.iter().zip([3, 7]) {
        bench.store.mail(*id, MailNews::Counts(Unread { inbox, folders: 1 })).await.unwrap();
    }
    // When Bob has heard of his, Alice's is over.
    assert!(message(&mut bob).await.contains("<IU>7</IU><O>1</O>"));

    let mut alice = bench.sign_in("MSNP8", ALICE).await;
    assert!(last_payload(&alice).contains("\nEmailEnabled: 1\n"), "{}", last_payload(&alice));
    alice.ask("CHG", "NLN 0").await;
    let first = message(&mut alice).await;
    assert!(
        first.contains("\nContent-Type: text/x-msmsgsinitialemailnotification; charset=UTF-8\n\n"),
        "{first}"
    );
    assert!(first.contains("\nInbox-Unread: 3\nFolders-Unread: 1\n"), "{first}");
    assert!(first.contains(&format!("\nPost-URL: {web}\n")), "{first}");

    let new = MailNews::New(NewMail {
        from: "Bob".to_owned(),
        address: "bob@example.net".to_owned(),
        subject: "Zoë\r\nX: y".to_owned(),
        folder: INBOX.to_owned(),
        id: None,
    });
    bench.store.mail(bench.ids[0], new).await.unwrap();
    let told = message(&mut alice).await;
    assert!(told.contains("\nContent-Type: text/x-msmsgsemailnotification; charset=UTF-8\n\n"), "{told}");
    assert!(told.contains(&format!("\nPost-URL: {web}/ppsecure/md5auth.srf?lc=1033\n")), "{told}");
    assert!(told.contains("\nSubject: =?utf-8?B?"), "{told}");
    let moved = MailNews::Moved { from: INBOX.to_owned(), to: TRASH.to_owned(), count: 2 };
    bench.store.mail(bench.ids[0], moved).await.unwrap();
    let told = message(&mut alice).await;
    assert!(told.contains("\nSrc-Folder: ACTIVE\nDest-Folder: .!!trAsH\nMessage-Delta: 2\n"), "{told}");

    // Nobody hears of another's mail, and what has happened is counted.
    bob.settle().await;
    assert_eq!(bob.heard.iter().filter(|line| line.starts_with("MSG ")).count(), 3, "{:?}", bob.heard);
    let mut again = bench.come_online("MSNP8", ALICE).await;
    assert!(message(&mut again).await.contains("\nInbox-Unread: 2\nFolders-Unread: 1\n"));
    bench.running.stop().await;
}

#[tokio::test]
async fn where_there_is_no_mail_none_is_told() {
    let bench = Bench::start(|_| {}).await;
    for dialect in ["MSNP8", "MSNP11"] {
        let mut alice = bench.sign_in(dialect, ALICE).await;
        assert!(last_payload(&alice).contains("\nEmailEnabled: 0\n"), "{}", last_payload(&alice));
        alice.ask("CHG", "NLN 0").await;
        bench.store.mail(bench.ids[0], MailNews::Counts(Unread { inbox: 3, folders: 0 })).await.unwrap();
        // An order that he does hear of comes after it.
        bench.announce(15, None).await;
        assert_eq!(message(&mut alice).await, shutdown_in(15));
        bench.store.order(&Order::CallOff).await.unwrap();
    }
    bench.running.stop().await;
}

#[tokio::test]
async fn a_page_has_a_path_and_a_way_to_sign_in() {
    let bench = Bench::start(|_| {}).await;
    let mut alice = bench.come_online("MSNP9", ALICE).await;
    let login = format!("http://{}/ppsecure/md5auth.srf?lc=1033", bench.running.addresses.http);
    for (asked, path, site) in [
        ("INBOX", "/page/inbox", 2),
        ("COMPOSE bob@example.net", "/page/compose?bob%40example.net", 2),
        ("PROFILE 0x0409", "/page/profile?0x0409", 4263),
        ("NONSENSE", "/page/inbox", 2),
    ] {
        let answer = alice.ask("URL", asked).await;
        let (_, told) = answer.split_once(' ').and_then(|(_, rest)| rest.split_once(' ')).unwrap();
        assert_eq!(told, format!("{path} {login} {site}"));
    }
    bench.running.stop().await;
}

#[tokio::test]
async fn an_operator_may_want_newer_clients_and_have_shields() {
    let temp = TempDir::new().unwrap();
    let path = temp.path().join("Shields.xml");
    std::fs::write(&path, "<config><shield/></config>").unwrap();
    let bench = Bench::start(|options| {
        options.shields = msnpd::shields::Shields::open(&path).unwrap();
        options.upgrades.recommended = "7.5.0324".parse().ok();
        options.download_url = "http://www.example.com/setup.exe".parse().ok();
    })
    .await;
    let mut alice = bench.come_online("MSNP11", ALICE).await;
    let answer = alice.ask("CVR", "0x0409 winnt 5.1 i386 MSNMSGR 7.0.0820 msmsgs").await;
    assert!(
        answer.contains(" 7.5.0324 7.5.0324 7.0.0820 http://www.example.com/setup.exe http://"),
        "{answer}"
    );
    alice.ask("GCF", "Shields.xml").await;
    assert_eq!(last_payload(&alice), "<config><shield/></config>");
    bench.running.stop().await;
}

/// Runs the program on a data directory.
fn msnpd(dir: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_msnpd"));
    command.args(words).arg("--data-dir").arg(dir).env_remove("MSNPD_DATA_DIR").output().unwrap()
}

fn refused(dir: &Path, words: &[&str]) -> String {
    let output = msnpd(dir, words);
    assert!(!output.status.success() && output.stdout.is_empty(), "{words:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// On threads of their own: the server must not be held up in the middle of a write while the program wants to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_gives_orders() {
    let bench = Bench::start(mail).await;
    let dir = bench.dir.path();
    let mut alice = bench.come_online("MSNP11", ALICE).await;
    message(&mut alice).await;
    let said = |words: &[&str]| {
        let output = msnpd(dir, words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let announced = said(&["announce", "15", "--restart"]);
    assert_eq!(announced, "Everybody is told that the service goes down in 15 minutes.\n");
    assert_eq!(message(&mut alice).await, shutdown_in(15));
    assert!(said(&["announce", "1", "--restart=10", "--only-say"]).contains("1 minute; stop it yourself"));
    assert_eq!(message(&mut alice).await, shutdown_in(1));
    assert!(said(&["announce", "cancel"]).contains("stays up"));
    assert_eq!(said(&["mail", ALICE, "counts", "--inbox", "4"]), "");
    assert!(message(&mut alice).await.contains("<IU>4</IU>"));
    let new =
        ["mail", ALICE, "new", "--from", "-Bob", "--from-address", "bob@example.net", "--subject", "--x"];
    assert_eq!(said(&new), "");
    assert!(message(&mut alice).await.contains("\nFrom: -Bob\n"));
    assert_eq!(said(&["mail", ALICE, "moved", "--to-folder", TRASH, "--count", "2"]), "");
    assert!(message(&mut alice).await.contains("\nMessage-Delta: 2\n"));
    assert_eq!(bench.store.unread(bench.ids[0]).await.unwrap(), Unread { inbox: 3, folders: 0 });
    // What is done is forgotten: it may hold what people say.
    let forgotten = async {
        while !bench.store.orders_since(0).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, forgotten).await.unwrap();
    bench.running.stop().await;
}

#[tokio::test]
async fn mistakes_are_told_with_what_to_do() {
    let dir = with_accounts(&[ALICE]).await;
    let dir = dir.path();
    assert!(refused(dir, &["announce", "15"]).contains("no server runs on"));
    assert!(refused(dir, &["announce", "cancel"]).contains("no server runs on"));
    for bad in ["0", "1441", "soon", "1.5"] {
        assert!(refused(dir, &["announce", bad]).contains("1 to 1440, or cancel"), "{bad}");
    }
    assert!(refused(&dir.join("nowhere"), &["announce", "15"]).contains("check --data-dir"));
    assert!(refused(dir, &["mail", "nobody@example.com", "counts", "--inbox", "1"]).contains("user list"));
    assert!(refused(dir, &["mail", "nobody", "counts", "--inbox", "1"]).contains("is no address"));
    assert!(refused(dir, &["mail", ALICE, "counts", "--inbox", "-1"]).contains("inbox"));
}

/// An old client keeps its lists by a number that every answer brings. What an operator does to them it is not told, so
/// the number must not go on, or it would never read them again.
#[tokio::test]
async fn who_is_on_the_lists_under_another_address_is_found_at_the_next_sign_in() {
    let bench = Bench::start(|_| {}).await;
    let mut alice = bench.come_online("MSNP8", ALICE).await;
    alice.ask("ADD", &format!("FL {BOB} {BOB} 0")).await;
    bench.store.rename_account(bench.ids[1], &"robert@example.com".parse().unwrap()).await.unwrap();

    let version = async |alice: &mut Raw, prompt| {
        let answer = alice.ask("GTC", prompt).await;
        answer.split(' ').nth(2).unwrap().parse::<u32>().unwrap()
    };
    let mut known = version(&mut alice, "N").await;
    let stands_still = async {
        loop {
            let before = known;
            version(&mut alice, "A").await;
            known = version(&mut alice, "N").await;
            if known == before {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, stands_still).await.unwrap();

    let mut alice = bench.sign_in("MSNP8", ALICE).await;
    let answer = alice.ask("SYN", &known.to_string()).await;
    assert!(answer.ends_with(" 1 1"), "all of it, not {answer}");
    let contact = alice.until(|line| line.starts_with("LST ")).await;
    assert!(contact.starts_with("LST robert@example.com "), "{contact}");
    bench.running.stop().await;
}
