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
