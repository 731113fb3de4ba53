//! What an operator is told once the service is up: what to do next.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use tracing::{info, warn};

use crate::config::Config;
use crate::demo::Credentials;
use crate::serve::Service;

/// Says what to do next, on standard error: standard output is for programs. A person at a terminal gets plain text.
/// Where standard error goes elsewhere it is a log, which something may read line by line, or as JSON, so there it is
/// one line of the log.
pub(super) async fn show(service: &Service, data_dir: &Path) {
    let has_accounts = service.server().store.has_accounts().await.unwrap_or_else(|error| {
        warn!(%error, "can't see whether there are accounts");
        true
    });
    let page = &service.front_page;
    let add = format!("{} user add", program().display());
    let place = place(data_dir);
    if !io::stderr().is_terminal() {
        let accounts =
            if has_accounts { "" } else { "; there are no accounts yet: `msnpd user add EMAIL` makes one" };
        // Passwords stay out of logs: programs read them where they read where the service listens.
        let demo =
            if service.demo.is_empty() { "" } else { "; the accounts to try it with are on standard output" };
        info!(version = env!("CARGO_PKG_VERSION"), front_page = %page, "ready{accounts}{demo}");
        return;
    }
    let text = if !service.demo.is_empty() {
        format!(
            "\nTo try it, sign in with one of these. Both have a bot on their lists, which gives back what is said to \
             it:\n\n{}\nHow to connect a client: {page}\nCtrl-C stops the service.\n\n",
            service.demo.iter().map(line).collect::<String>()
        )
    } else if has_accounts {
        format!("\nHow to connect a client: {page}\nCtrl-C stops the service.\n\n")
    } else {
        format!(
            "\nThere are no accounts yet. In another terminal, make two that can talk to each other:\n\n    \
             {add} alice@example.com{place}\n    {add} bob@example.com{place}\n\n\
             How to connect a client: {page}\nCtrl-C stops the service.\n\n"
        )
    };
    let _ = io::stderr().write_all(text.as_bytes());
}

/// An account to try the service with.
fn line(Credentials { email, password }: &Credentials) -> String {
    match password {
        Some(password) => format!("    {email}    {}\n", password.expose()),
        None => format!("    {email}    with the password that it was given by `msnpd user passwd`\n"),
    }
}

/// This program as the operator has called it.
fn program() -> PathBuf {
    std::env::args_os().next().map_or_else(|| "msnpd".into(), PathBuf::from)
}

/// The flag that leads other commands to the same data, if they need one.
fn place(data_dir: &Path) -> String {
    if data_dir == Config::default().data_dir {
        return String::new();
    }
    format!(" --data-dir {}", data_dir.display())
}
