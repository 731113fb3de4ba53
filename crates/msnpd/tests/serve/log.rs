//! The log, and what must never be in it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use msnp::wire::Direction;

use super::common::raw::Raw;
use super::common::{PASSWORD, with_accounts};
use super::program::{Serving, serve};

/// Signs in to Passport, as a client does, and returns the ticket.
fn passport(http: SocketAddr, email: &str, password: &str) -> Option<String> {
    let mut stream = TcpStream::connect(http).unwrap();
    let email = email.replace('@', "%40");
    write!(
        stream,
        "GET /login2.srf HTTP/1.1\r\nHost: {http}\r\nAuthorization: Passport1.4 \
         OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in={email},pwd={password},lc=1033,id=507\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, rest) = answer.split_once("from-PP='")?;
    Some(rest.split_once('\'')?.0.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_of_everything_holds_no_secret() {
    let dir = with_accounts(&["alice@example.com", "bob@example.com"]).await;
    let server = Serving::start(serve(dir.path(), &["--log", "trace"]));
    let (msnp, http) = (server.at["msnp"], server.at["http"]);
    let mut secrets = vec![PASSWORD.to_owned(), "not-the-password".to_owned(), "a-secret-of-two".to_owned()];

    assert_eq!(passport(http, "alice@example.com", "not-the-password"), None);
    let mut people = Vec::new();
    for email in ["alice@example.com", "bob@example.com"] {
        let ticket = passport(http, email, PASSWORD).unwrap();
        let mut raw = Raw::sign_in(msnp, "MSNP9", email, &ticket).await;
        raw.ask("SYN", "0").await;
        raw.ask("CHG", "NLN 0").await;
        secrets.push(ticket.clone());
        // In its parts too: a client may send it in another form than it got it in.
        secrets.extend(ticket.split(['&', '=']).filter(|part| part.len() > 8).map(str::to_owned));
        people.push(raw);
    }
    let [alice, bob] = &mut people[..] else { panic!("two") };

    let transfer = alice.ask("XFR", "SB").await;
    let cookie = transfer.rsplit(' ').next().unwrap().to_owned();
    let mut one = Raw::connect(msnp, Direction::FromSwitchboard).await;
    one.ask("USR", &format!("alice@example.com {cookie}")).await;
    secrets.push(cookie);
    one.ask("CAL", "bob@example.com").await;
    let ring = bob.until(|line| line.starts_with("RNG ")).await;
    let words: Vec<&str> = ring.split(' ').collect();
    let (session, cookie) = (words[1], words[4].to_owned());
    let mut other = Raw::connect(msnp, Direction::FromSwitchboard).await;
    other.ask("ANS", &format!("bob@example.com {cookie} {session}")).await;
    secrets.push(cookie);
    let text = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\na-secret-of-two";
    one.command("MSG", &format!("A {}\r\n{text}", text.len())).await;
    other.until(|line| line.starts_with("MSG ")).await;
    // A cookie that nobody has, and one in a command that is not well-formed.
    let mut thief = Raw::connect(msnp, Direction::FromSwitchboard).await;
    thief.command("USR", "bob@example.com a-stolen-cookie").await;
    thief.until_closed().await;
    let mut clumsy = Raw::connect(msnp, Direction::FromSwitchboard).await;
    clumsy.command("ANS", "a-stolen-cookie").await;
    clumsy.until_closed().await;
    secrets.push("a-stolen-cookie".to_owned());

    drop((people, one, other));
    let log = server.stop();
    for secret in &secrets {
        assert!(secret.len() > 8, "{secret:?} may be anywhere");
        assert!(!log.contains(secret.as_str()), "{secret:?} is in the log:\n{log}");
    }
    // And it does show what was said, both ways, on both kinds of connections.
    for line in [
        "heard line=VER 1 MSNP9 CVR0",
        "said line=VER 1 MSNP9 ",
        "heard line=USR 4 TWN S <hidden>",
        "said line=USR 4 OK <hidden>",
        "said line=XFR 7 SB",
        "said line=MSG alice@example.com alice@example.com",
        "said line=RNG ",
        "heard line=MSG 3 A",
        "said line=JOI bob@example.com",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
    assert!(!log.contains("can't be shown"), "{log}");
}

#[test]
fn legacy_tls_is_warned_of() {
    let dir = tempfile::tempdir().unwrap();
    for (policy, warned) in [("modern", false), ("legacy", true)] {
        let mut command = serve(dir.path(), &[]);
        command.env("MSNPD_TLS", policy);
        let log = Serving::start(command).stop();
        assert_eq!(log.contains("legacy TLS is on"), warned, "{log}");
    }
}
