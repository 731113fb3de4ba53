//! What can be chosen.

use std::fs;
use std::process::Output;

use super::program::{Serving, msnpd, serve};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn check(args: &[&str], variables: &[(&str, &str)]) -> Output {
    msnpd().args(["config", "check"]).args(args).envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn the_example_is_right() {
    let example = msnpd().args(["config", "example"]).output().unwrap();
    assert_eq!(example.status.code(), Some(0));
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("msnpd.toml");
    fs::write(&path, &example.stdout).unwrap();
    let output = check(&["--config", path.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(output.stderr));
    let said = text(output.stdout);
    assert!(said.contains("msnp = \"127.0.0.1:1863\"\n") && !said.contains('#'), "{said}");
}

#[test]
fn check_says_what_is_in_effect_and_why() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("msnpd.toml");
    fs::write(&path, "\nchallenges = \"ask\"\nmsnp = \"0.0.0.0:1863\"\nlog = \"warn\"\n").unwrap();
    let path = path.to_str().unwrap();
    let variables = [("MSNPD_CONFIG", path), ("MSNPD_LOG", "debug"), ("MSNPD_TICKET_LIFETIME", "1h")];
    let output = check(&["--http", "127.0.0.1:80"], &variables);
    let said = text(output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for line in [
        &format!("msnp = \"0.0.0.0:1863\"  # {path}, line 3; default: \"127.0.0.1:1863\"\n"),
        "http = \"127.0.0.1:80\"  # --http; default: \"127.0.0.1:8080\"\n",
        "https = \"127.0.0.1:8443\"\n",
        "log = \"debug\"  # the environment, MSNPD_LOG; default: \"info\"\n",
        &format!("challenges = \"ask\"  # {path}, line 2; default: \"off\"\n"),
        "ticket_lifetime = \"1h\"  # the environment, MSNPD_TICKET_LIFETIME; default: \"24h\"\n",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
}

#[test]
fn a_mistake_is_told_before_anything_happens() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("data");
    let path = temp.path().join("msnpd.toml");
    fs::write(&path, "mnsp = \"127.0.0.1:1863\"\n").unwrap();
    for output in [
        serve(&dir, &["--config", path.to_str().unwrap()]).output().unwrap(),
        check(&["--config", path.to_str().unwrap()], &[]),
    ] {
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        assert_eq!(
            text(output.stderr),
            format!(
                "msnpd: a mistake in the configuration: mnsp = (not shown) ({}, line 1): there is no such key: msnp was \
                 meant?\n",
                path.display()
            )
        );
    }
    assert!(!dir.exists());

    let same = check(&["--http", "127.0.0.1:1863"], &[]);
    assert_eq!(same.status.code(), Some(1));
    assert!(text(same.stderr).contains("http = \"127.0.0.1:1863\" (--http): msnp = "));
    let missing = check(&["--config", "/nowhere/msnpd.toml"], &[]);
    assert!(text(missing.stderr).contains("can't read the configuration file /nowhere/msnpd.toml"));
}

#[test]
fn what_is_odd_is_only_warned_of() {
    let temp = tempfile::tempdir().unwrap();
    let mut command = serve(temp.path(), &[]);
    command.env("MSNPD_HTPS", "127.0.0.1:1").env("MSNPD_DISPATCH", "");
    let server = Serving::start(command);
    assert_eq!(server.lines.len(), 4, "no dispatch server");
    let log = server.stop();
    assert!(log.contains("MSNPD_HTPS means nothing: MSNPD_HTTPS was meant?"), "{log}");
}

#[test]
fn help_knows_all_flags() {
    let help = text(msnpd().args(["serve", "--help"]).output().unwrap().stdout);
    for flag in [
        "--config <FILE>",
        "--data-dir <DIR>",
        "--msnp <ADDR:PORT>",
        "--http <ADDR:PORT>",
        "--https <ADDR:PORT>",
        "--dispatch <ADDR:PORT>",
        "--metrics <ADDR:PORT>",
        "--public-host <NAME[:PORT]>",
        "--log <FILTER>",
        "--log-format <FORMAT>",
        "MSNPD_PUBLIC_HOST",
    ] {
        assert!(help.contains(flag), "{flag}: {help}");
    }
}
