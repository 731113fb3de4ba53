//! Invitations and pages that go out by mail, to a mail server of the test's own, and pages that come in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use common::raw::{self, PATIENCE, Raw};
use common::{ANY_PORT, Running};
use msnpd::account::AccountId;
use msnpd::mail::{self, INVITATIONS, MAX_TEXT};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

/// A mail as the mail server got it.
#[derive(Debug)]
struct Got {
    from: String,
    to: String,
    text: String,
}

/// A mail server: it takes whatever comes, but for what goes to `refused@…`.
struct MailServer {
    url: String,
    got: mpsc::UnboundedReceiver<Got>,
    /// One permit for each connection that it answers.
    gate: Arc<Semaphore>,
}

impl MailServer {
    async fn start() -> Self {
        let listener = TcpListener::bind(ANY_PORT).await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (sender, got) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(1000));
        let open = gate.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                open.acquire().await.unwrap().forget();
                // Whoever hangs up in between has said enough.
                let _ = converse(stream, &sender).await;
            }
        });
        Self { url, got, gate }
    }

    async fn next(&mut self) -> Got {
        timeout(PATIENCE, self.got.recv()).await.expect("a mail in time").unwrap()
    }
}

async fn converse(stream: TcpStream, got: &mpsc::UnboundedSender<Got>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example.com\r\n").await?;
    let (mut from, mut to, mut line) = (String::new(), String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let address = |line: &str| line[line.find('<').unwrap() + 1..line.find('>').unwrap()].to_owned();
        let answer = match line.get(..4).unwrap_or_default() {
            "MAIL" => {
                from = address(&line);
                "250 ok"
            }
            "RCPT" if line.contains("refused@") => "550 nobody here",
            "RCPT" => {
                to = address(&line);
                "250 ok"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    assert_ne!(stream.read_line(&mut text).await?, 0);
                }
                got.send(Got { from: from.clone(), to: to.clone(), text }).unwrap();
                "250 taken"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

struct Bench {
    dir: TempDir,
    ids: Vec<AccountId>,
    server: Running,
    mail: MailServer,
}

const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";

impl Bench {
    async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let ids = common::add_accounts(dir.path(), &[ALICE, BOB]).await;
        let mail = MailServer::start().await;
        let settings = mail::Settings {
            server: mail.url.parse().unwrap(),
            from: "Messenger <messenger@example.com>".parse().unwrap(),
            pages: Some("{number}@sms.example.com".parse().unwrap()),
        };
        let server = Running::start_with(dir.path(), |options| options.mail = Some(settings)).await;
        Self { dir, ids, server, mail }
    }

    async fn sign_in(&self, dialect: &str, who: usize) -> Raw {
        let ticket = raw::ticket(self.dir.path(), self.ids[who]);
        Raw::sign_in(self.server.addresses.msnp, dialect, [ALICE, BOB][who], &ticket).await
    }
}

/// Says a command with a payload, and what the answer is; nothing if there is none before that of a ping.
async fn ask(client: &mut Raw, line: &str, payload: &str) -> Option<String> {
    client.say(format!("{line} {}\r\n{payload}PNG\r\n", payload.len())).await;
    let trid = line.split(' ').nth(1).unwrap();
    let answer = client
        .until(|said| {
            said.starts_with("QNG") || said.split(' ').nth(1) == Some(trid) && !said.starts_with("LST")
        })
        .await;
    if answer.starts_with("QNG") {
        return None;
    }
    client.until(|said| said.starts_with("QNG")).await;
    Some(answer)
}

#[tokio::test]
async fn an_invitation_is_a_mail_to_whoever_has_no_account() {
    let mut b = Bench::new().await;
    let mut alice = b.sign_in("MSNP12", 0).await;
    let line = "SDC 50 dave@example.net 0x0409 MSMSGS MSMSGS X X Alice%20L";
    assert_eq!(ask(&mut alice, line, "Join me!\r\n.\r\nBcc: all@example.com").await.unwrap(), "SDC 50 OK");
    let got = b.mail.next().await;
    assert_eq!((&*got.from, &*got.to), ("messenger@example.com", "dave@example.net"));
    for part in [
        "From: Messenger <messenger@example.com>\r\n".to_owned(),
        format!("Subject: {ALICE} invites you to Messenger\r\n"),
        "\r\n> Join me!\r\n> .\r\n> Bcc: all@example.com\r\n".to_owned(),
        format!("http://{}/", b.server.addresses.http),
    ] {
        assert!(got.text.contains(&part), "{part:?} {}", got.text);
    }

    // Neither an account, nor whoever the directory has found, is written to; the user can't tell.
    assert_eq!(alice.ask("SND", &format!("{BOB} 0x0409 MSMSGS MSMSGS")).await, "SND 5 OK");
    assert_eq!(alice.ask("SND", "3").await, "SND 6 OK");
    // An empty text is no payload at all.
    assert_eq!(ask(&mut alice, "SDC 51 erin@example.org 0 M M X X Alice", "").await.unwrap(), "SDC 51 OK");
    let got = b.mail.next().await;
    assert_eq!(got.to, "erin@example.org");
    assert!(!got.text.contains("writes:"), "{}", got.text);

    for bad in ["dave", "dave@example", "<dave@example.net>", "dave%0d%0a@example.net"] {
        assert!(alice.ask("SND", bad).await.starts_with("201 "), "{bad}");
    }
    b.server.stop().await;
}

#[tokio::test]
async fn nobody_is_flooded() {
    let mut b = Bench::new().await;
    let mut alice = b.sign_in("MSNP8", 0).await;
    // To one address, whoever asks for it, and whether it has an account or not.
    for to in ["dave@example.net", BOB] {
        for _ in 0..INVITATIONS.per_target {
            assert!(alice.ask("SND", to).await.ends_with("OK"));
        }
        assert!(alice.ask("SND", to).await.starts_with("800 "));
    }
    let mut bob = b.sign_in("MSNP12", 1).await;
    assert!(bob.ask("SND", "DAVE@example.net").await.starts_with("800 "));
    // Of one account.
    for n in 2 * INVITATIONS.per_target..INVITATIONS.per_account {
        assert!(alice.ask("SND", &format!("number{n}@example.net")).await.ends_with("OK"));
    }
    assert!(alice.ask("SND", "onemore@example.net").await.starts_with("800 "));
    assert!(bob.ask("SND", "onemore@example.net").await.ends_with("OK"));
    // The line is short enough, the text is not: it is cut.
    let text = "é".repeat(MAX_TEXT + 1);
    let line = format!("SDC 50 frank@example.net 0 M M X X Bob {}\r\n{text}", text.len());
    bob.say(line).await;
    bob.until(|line| line == "SDC 50 OK").await;
    let mails = 2 + (INVITATIONS.per_account - 2 * INVITATIONS.per_target) + 2;
    let mut to = Vec::new();
    for _ in 0..mails {
        to.push(b.mail.next().await.to);
    }
    assert_eq!(to.iter().filter(|to| *to == "dave@example.net").count(), 2);
    assert_eq!(to[to.len() - 2..], ["onemore@example.net", "frank@example.net"]);
    b.server.stop().await;
    assert!(b.mail.got.try_recv().is_err(), "nothing else was sent");
}

#[tokio::test]
async fn what_is_refused_does_not_hold_up_the_rest_and_what_waits_is_sent_before_the_end() {
    let mut b = Bench::new().await;
    let mut alice = b.sign_in("MSNP12", 0).await;
    assert!(alice.ask("SND", "refused@example.net").await.ends_with("OK"));
    assert!(alice.ask("SND", "dave@example.net").await.ends_with("OK"));
    assert_eq!(b.mail.next().await.to, "dave@example.net");

    b.mail.gate.forget_permits(1000);
    assert!(alice.ask("SND", "erin@example.net").await.ends_with("OK"));
    assert!(alice.ask("SND", "frank@example.net").await.ends_with("OK"));
    assert!(b.mail.got.try_recv().is_err());
    let stopping = tokio::spawn(b.server.stop());
    alice.until_closed().await;
    b.mail.gate.add_permits(2);
    stopping.await.unwrap();
    assert_eq!(b.mail.got.try_recv().unwrap().to, "erin@example.net");
    assert_eq!(b.mail.got.try_recv().unwrap().to, "frank@example.net");
}

const CALL_ME: &str = r#"<TEXT xml:space="preserve" enc="utf-8">call me &#x26; soon</TEXT>"#;

#[tokio::test]
async fn a_page_goes_to_contacts_who_want_it() {
    let mut b = Bench::new().await;
    let mut alice = b.sign_in("MSNP12", 0).await;
    let mut bob = b.sign_in("MSNP12", 1).await;
    let to_bob = format!("PGD 50 {BOB} 1");
    let page = async |alice: &mut Raw, line: &str| ask(alice, line, CALL_ME).await;
    let refused = |code: &str| Some(format!("{code} 50"));
    assert_eq!(page(&mut alice, &to_bob).await, refused("220"), "no contact");
    alice.ask("ADC", &format!("FL N={BOB} F={BOB}")).await;
    for (property, value) in [("PHM", "+1%20(555)%200100"), ("MOB", "Y"), ("MBE", "Y")] {
        assert_eq!(page(&mut alice, &to_bob).await, refused("220"), "before {property}");
        bob.ask("PRP", &format!("{property} {value}")).await;
    }
    assert_eq!(page(&mut alice, &to_bob).await, None);
    let got = b.mail.next().await;
    assert_eq!(got.to, "15550100@sms.example.com");
    assert!(got.text.ends_with("\r\n\r\nalice@example.com: call me & soon\r\n.\r\n"), "{}", got.text);
    // Who has blocked her is not to be reached.
    bob.ask("ADC", &format!("BL N={ALICE}")).await;
    assert_eq!(page(&mut alice, &to_bob).await, refused("220"));

    // A number is paged by those who have it among their contacts.
    assert_eq!(page(&mut alice, "PGD 50 tel:+15550199 1").await, refused("233"));
    alice.ask("ADC", "FL N=tel:+15550199 F=Emma").await;
    assert_eq!(page(&mut alice, "PGD 50 tel:+15550199 1").await, None);
    assert_eq!(b.mail.next().await.to, "15550199@sms.example.com");
    assert_eq!(page(&mut bob, "PGD 50 tel:+15550199 1").await, refused("233"));

    let long = format!("<TEXT>{}</TEXT>", "x".repeat(114));
    for (line, payload, code) in [
        ("PGD 50 tel:1-2 1", CALL_ME, "232"),
        ("PGD 50 bob 1", CALL_ME, "201"),
        ("PGD 50 tel:+15550199 2", CALL_ME, "606"),
        ("PGD 50 tel:+15550199 3", CALL_ME, "201"),
        ("PGD 50 tel:+15550199 1", "call me", "220"),
        ("PGD 50 tel:+15550199 1", &long, "220"),
        ("PAG 50 bob@example.com", CALL_ME, "715"),
    ] {
        assert_eq!(ask(&mut alice, line, payload).await, refused(code), "{line} {payload}");
    }

    // The older form.
    let mut bob = b.sign_in("MSNP8", 1).await;
    let mut old = b.sign_in("MSNP8", 0).await;
    let to_bob = format!("PAG 50 {BOB}");
    assert_eq!(page(&mut old, &to_bob).await, refused("220"));
    bob.ask("REM", &format!("BL {ALICE}")).await;
    assert_eq!(page(&mut old, &to_bob).await, None);
    assert_eq!(b.mail.next().await.to, "15550100@sms.example.com");
    b.server.stop().await;
    assert!(b.mail.got.try_recv().is_err(), "nothing else was sent");
}

fn msnpd(dir: &Path, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_msnpd"));
    let output = command.args(args).arg("--data-dir").arg(dir).output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// On threads of their own: the server must not be held up in the middle of a write while the program wants to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_comes_in_to_whoever_is_there() {
    let b = Bench::new().await;
    for dialect in ["MSNP8", "MSNP12"] {
        let mut alice = b.sign_in(dialect, 0).await;
        alice.ask("SYN", "0 0").await;
        let page = ["page", ALICE, "--from", "+1 555 0100", "--text", "--help me on my <way>"];
        assert_eq!(msnpd(b.dir.path(), &page), (true, String::new()));
        alice.until(|line| line.starts_with("IPG ")).await;
        let text = String::from_utf8(alice.payload.clone()).unwrap();
        for part in [
            "siteid=\"111100400\"",
            "<TO name=\"alice@example.com\" pid=\"0x00030000:0x00000001\" email=\"alice@example.com\">",
            "name=\"tel:+15550100\"/>",
            "<TEXT>--help me on my &lt;way&gt;</TEXT>",
        ] {
            assert!(text.contains(part), "{part} {text}");
        }
    }
    for (args, told) in [
        (
            ["page", "carol@example.com", "--from", "112", "--text", "x"],
            "there is no account carol@example.com",
        ),
        (["page", ALICE, "--from", "Emma", "--text", "x"], "neither a telephone number"),
        (["page", ALICE, "--from", "112", "--text", " "], "has something to say"),
    ] {
        let (done, said) = msnpd(b.dir.path(), &args);
        assert!(!done && said.contains(told), "{args:?} {said}");
    }
    b.server.stop().await;
}
