//! `msnpd user …`, the program itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use msnpd::password::Hasher;
use msnpd::password::legacy::LegacyKey;
use msnpd::store::{EventKind, Limits, Store};
use tempfile::TempDir;

/// Runs `msnpd user` with these words on the data directory, `input` on its standard input.
fn user_with(dir: &Path, words: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_msnpd"))
        .arg("user")
        .args(words)
        .arg("--data-dir")
        .arg(dir)
        .env_remove("MSNPD_DATA_DIR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails early does not read it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What it says when all is well.
fn user(dir: &Path, words: &[&str]) -> String {
    let output = user_with(dir, words, "");
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{words:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line it says when it is not.
fn refused(dir: &Path, words: &[&str], input: &str) -> String {
    let output = user_with(dir, words, input);
    assert_eq!(output.status.code(), Some(1), "{words:?}");
    assert!(output.stdout.is_empty(), "{words:?}");
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(error.lines().count(), 1, "{error}");
    error
}

fn dir() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn email(name: &str) -> msnp::types::Email {
    format!("{name}@example.com").parse().unwrap()
}

#[tokio::test]
async fn an_account_lives_from_add_to_remove() {
    let temp = dir();
    let dir = &temp.path().join("data");
    let said = user(dir, &["add", "Alice@Example.com", "--password", "first", "--name", "Alice \x1b[2J L"]);
    assert_eq!(said, "alice@example.com can sign in now.\n");
    let listed = user(dir, &["list"]);
    assert!(listed.starts_with("alice@example.com  20"), "{listed}");
    assert!(listed.ends_with("  enabled   MSNP8-21  Alice \u{fffd}[2J L\n"), "{listed}");
    assert_eq!(user(dir, &["disable", "alice@example.com"]), "alice@example.com can't sign in any more.\n");
    assert_eq!(user(dir, &["disable", "alice@example.com"]), "alice@example.com was disabled already.\n");
    assert!(user(dir, &["show", "alice@example.com"]).contains("State:     disabled\n"));
    assert_eq!(user(dir, &["enable", "alice@example.com"]), "alice@example.com can sign in again.\n");
    user(dir, &["rename", "alice@example.com", "Alicia@example.com"]);
    user(dir, &["passwd", "alicia@example.com", "--password", "second"]);
    let store = Store::open(dir).await.unwrap();
    let account = store.account_by_email(&email("alicia")).await.unwrap().unwrap();
    let hasher = Hasher::new(1);
    assert_eq!(hasher.verify("second", Some(&account.password_hash)).await, Ok(true));
    assert_eq!(hasher.verify("first", Some(&account.password_hash)).await, Ok(false));
    assert!(store.sealed_password(account.id).await.unwrap().is_none());
    let said = user(dir, &["remove", "alicia@example.com"]);
    assert_eq!(said, "alicia@example.com is removed, it was on nobody's lists.\n");
    assert!(user(dir, &["list"]).starts_with("There are no accounts yet"));
}

#[tokio::test]
async fn a_password_comes_from_standard_input() {
    let temp = dir();
    let output = user_with(temp.path(), &["add", "alice@example.com"], "two words\r\nignored\n");
    assert!(output.status.success() && output.stderr.is_empty());
    let long = user_with(temp.path(), &["add", "bob@example.com"], "0123456789abcdefg");
    assert!(long.status.success());
    let warning = String::from_utf8(long.stderr).unwrap();
    assert!(warning.contains("first 16 characters") && warning.lines().count() == 1, "{warning}");
    let store = Store::open(temp.path()).await.unwrap();
    let hasher = Hasher::new(1);
    for (name, password) in [("alice", "two words"), ("bob", "0123456789abcdef")] {
        let account = store.account_by_email(&email(name)).await.unwrap().unwrap();
        assert_eq!(hasher.verify(password, Some(&account.password_hash)).await, Ok(true));
    }
}

#[tokio::test]
async fn a_password_for_old_clients_stays_one() {
    let temp = dir();
    user(temp.path(), &["add", "alice@example.com", "--password", "first", "--legacy-md5"]);
    user(temp.path(), &["add", "bob@example.com", "--password", "bobs"]);
    user(temp.path(), &["passwd", "alice@example.com", "--password", "second"]);
    user(temp.path(), &["passwd", "bob@example.com", "--password", "better", "--legacy-md5"]);
    assert!(user(temp.path(), &["show", "alice@example.com"]).contains("from MSNP2 and later"));
    let key = LegacyKey::load(temp.path()).unwrap().unwrap();
    let store = Store::open(temp.path()).await.unwrap();
    for (name, password) in [("alice", "second"), ("bob", "better")] {
        let id = store.account_by_email(&email(name)).await.unwrap().unwrap().id;
        let sealed = store.sealed_password(id).await.unwrap().unwrap();
        assert_eq!(key.open(id, &sealed).unwrap(), password);
    }
}

#[tokio::test]
async fn a_server_that_runs_meanwhile_hears_of_it() {
    let temp = dir();
    let store = Store::open(temp.path()).await.unwrap();
    let start = store.last_event().await.unwrap();
    for name in ["alice", "bob"] {
        user(temp.path(), &["add", &format!("{name}@example.com"), "--password", "x"]);
    }
    let id = async |name| store.account_by_email(&email(name)).await.unwrap().unwrap().id;
    let (alice, bob) = (id("alice").await, id("bob").await);
    store.add_contact(bob, &email("alice"), None, None, Limits::CLASSIC).await.unwrap();
    assert!(user(temp.path(), &["show", "bob@example.com"]).contains("1 contact in 0 groups"));
    user(temp.path(), &["passwd", "alice@example.com", "--password", "y"]);
    user(temp.path(), &["disable", "alice@example.com"]);
    user(temp.path(), &["rename", "alice@example.com", "alicia@example.com"]);
    let said = user(temp.path(), &["remove", "alicia@example.com"]);
    assert_eq!(said, "alicia@example.com is removed, and off the lists of 1 other.\n");
    let events = store.events_since(start).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| (event.account, event.kind)).collect();
    assert_eq!(
        kinds,
        [
            (alice, EventKind::Password),
            (alice, EventKind::Disabled),
            (alice, EventKind::Renamed),
            (bob, EventKind::Lists),
            (alice, EventKind::Removed),
            (bob, EventKind::Lists),
        ]
    );
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let temp = dir();
    let data = &temp.path().join("data");
    let missing = refused(data, &["list"], "");
    assert!(missing.contains("check --data-dir") && !data.exists(), "{missing}");
    let bad = refused(data, &["add", "alice", "--password", "x"], "");
    assert!(bad.contains("name@domain.tld") && !data.exists(), "{bad}");
    assert!(refused(data, &["add", "alice@example.com"], "").contains("the password is empty"));
    user(data, &["add", "alice@example.com", "--password", "x"]);
    user(data, &["add", "bob@example.com", "--password", "x"]);
    let exists = "there is an account alice@example.com already";
    assert!(refused(data, &["add", "ALICE@example.com"], "x").contains(exists));
    assert!(refused(data, &["rename", "bob@example.com", "alice@example.com"], "").contains(exists));
    assert!(refused(data, &["rename", "bob@example.com", "bob"], "").contains("is no address"));
    assert!(refused(data, &["rename", "bob@example.com", "bob@example.com"], "").contains("already"));
    for words in [
        &["passwd", "nobody@example.com", "--password", "x"][..],
        &["rename", "nobody@example.com", "somebody@example.com"],
        &["show", "nobody@example.com"],
        &["disable", "nobody@example.com"],
        &["enable", "nobody@example.com"],
        &["remove", "nobody@example.com"],
    ] {
        let error = refused(data, words, "");
        assert!(error.contains("no account nobody@example.com") && error.contains("user list"), "{error}");
    }
}

#[test]
fn the_directory_may_come_from_the_environment() {
    let temp = dir();
    user(temp.path(), &["add", "alice@example.com", "--password", "x"]);
    let output = Command::new(env!("CARGO_BIN_EXE_msnpd"))
        .args(["user", "list"])
        .env("MSNPD_DATA_DIR", temp.path())
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("alice@example.com"));
}
