//! The program: what it says and how it ends, as far as that needs no server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_msnp-script")).args(arguments).output().unwrap()
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scripts").join(name)
}

#[test]
fn it_lists_the_accounts_that_are_needed() {
    let out = program(&[
        "--accounts",
        "--map",
        "bob@example.com=robert@other.tld:secret",
        "--map",
        "*@example.com=*.{script}.{version}@other.tld",
        "--version-only",
        "msnp11",
        script("block.txt").to_str().unwrap(),
    ]);
    assert!(out.status.success());
    assert_eq!(
        String::from_utf8(out.stdout).unwrap(),
        "alice.block.msnp11@other.tld\tWonderland\tAlice L\tmd5\nrobert@other.tld\tsecret\tBob\tmd5\n"
    );
}

#[test]
fn what_can_not_be_tried_is_told_apart_from_what_fails() {
    let file = script("block.txt");
    let file = file.to_str().unwrap();
    for (arguments, says) in [
        (&["--msnp", "127.0.0.1:1", file][..], "can't be reached"),
        (&["--http", "localhost", file], "no address of web services"),
        (&["--map", "alice", file], "as in alice@example.com="),
        (&["--version-only", "MSNP13", file], "none of these scripts"),
        (&["/nowhere/at/all.txt"], "can't be read"),
        (&[], "SCRIPT"),
    ] {
        let out = program(arguments);
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}

#[test]
fn a_recording_becomes_a_script() {
    let text = "msnpd recording 1\naccount a@x.org\nconnection 1 notification\nclock 1\n\n\
        0.000001 > VER 1 MSNP9 CVR0\n0.000002 < VER 1 MSNP9\n0.000003 closed by client\n";
    let file = std::env::temp_dir().join(format!("msnp-script-{}.txt", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let out = program(&["from-recording", file.to_str().unwrap()]);
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success() && said.contains("alice     >>> VER 1 MSNP9 CVR0\n"), "{said}");
    let out = program(&["from-recording", "--keep-addresses", file.to_str().unwrap()]);
    assert!(String::from_utf8(out.stdout).unwrap().contains("account a@x.org "));
    std::fs::write(&file, "# A script\n").unwrap();
    let out = program(&["from-recording", file.to_str().unwrap()]);
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(said.contains(":1: this is no recording"), "{said}");
    std::fs::remove_file(&file).unwrap();
}
