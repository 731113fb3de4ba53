//! From the first start to the end.

use std::io::{Read, Write};
use std::net::TcpStream;

use rustix::process::Signal;

use super::common::with_accounts;
use super::program::{Serving, serve};

#[test]
fn says_where_it_listens_and_nothing_else() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let server = Serving::start(serve(&dir, &["--dispatch", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]));
    let names: Vec<_> = server.lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["msnp", "http", "https", "dispatch", "metrics", "ready"]);
    for address in server.at.values() {
        assert_ne!(address.port(), 0);
        TcpStream::connect(address).unwrap();
    }
    let page = format!("http://{}/", server.at["http"]);
    let log = server.stop();
    assert!(log.contains("no accounts yet") && log.contains(&page), "{log}");
    assert!(!log.contains('\x1b'), "{log}");
}

#[tokio::test]
async fn who_has_accounts_knows_how_to_make_them() {
    let dir = with_accounts(&["alice@example.com"]).await;
    let log = Serving::start(serve(dir.path(), &["--log-format", "json"])).stop();
    assert!(!log.contains("no accounts"), "{log}");
    assert!(log.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "{log}");
}

#[test]
fn a_demonstration_tells_its_passwords_and_its_log_does_not() {
    let temp = tempfile::tempdir().unwrap();
    let demo = |args: &[&str]| {
        let server = Serving::start(serve(temp.path(), args));
        let lines = server.lines.clone();
        let told: Vec<_> =
            lines.iter().filter_map(|line| line.strip_prefix("demo ")).map(str::to_owned).collect();
        (told, server.stop())
    };
    let (told, log) = demo(&["--demo"]);
    let passwords: Vec<_> = told
        .iter()
        .zip(["alice@demo.example", "bob@demo.example"])
        .map(|(line, email)| line.strip_prefix(email).unwrap().trim().to_owned())
        .collect();
    assert_eq!(passwords.len(), 2);
    assert!(log.contains("on standard output"), "{log}");
    assert!(passwords.iter().all(|password| password.len() == 10 && !log.contains(password)), "{log}");
    assert_eq!(demo(&["--demo=true"]).0, told, "the same the next time");
    assert_eq!(demo(&["--demo=false"]).0, demo(&[]).0);
    assert!(demo(&[]).0.is_empty());
}

#[test]
fn both_signals_end_it_well() {
    for signal in [Signal::TERM, Signal::INT] {
        let temp = tempfile::tempdir().unwrap();
        let server = Serving::start(serve(temp.path(), &[]));
        server.signal(signal);
        let (status, log) = server.ended();
        assert_eq!(status.code(), Some(0), "{log}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let temp = tempfile::tempdir().unwrap();
    let server = Serving::start(serve(temp.path(), &[]));
    // Somebody whose request is under way, for whom it would wait. That he was let in shows by another one's answer.
    let mut slow = TcpStream::connect(server.at["http"]).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    let mut other = TcpStream::connect(server.at["http"]).unwrap();
    other.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    other.read_to_end(&mut Vec::new()).unwrap();
    server.signal(Signal::TERM);
    while TcpStream::connect(server.at["msnp"]).is_ok() {
        std::thread::yield_now();
    }
    server.signal(Signal::TERM);
    let (status, log) = server.ended();
    assert_eq!(status.code(), Some(128 + 15), "{log}");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    let first = Serving::start(serve(temp.path(), &[]));
    let second = serve(temp.path(), &[]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(second.stdout.is_empty());
    let said = String::from_utf8(second.stderr).unwrap();
    let expected = format!("msnpd: another msnpd serves from {}: stop it", temp.path().display());
    assert!(said.contains(&expected), "{said}");
    first.stop();
    Serving::start(serve(temp.path(), &[])).stop();
}

#[test]
fn a_taken_port_is_told_with_its_key() {
    let temp = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = serve(temp.path(), &["--dispatch", &address]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&format!("dispatch = \"{address}\": can't listen there")), "{said}");
}
