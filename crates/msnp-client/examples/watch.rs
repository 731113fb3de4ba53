//! Shows who comes and goes, and what they tell of themselves; with `--json` as one object a line, for programs.
//!
//! `MSN_EMAIL=… MSN_PASSWORD=… MSN_SERVER=… MSN_WEB=https://… cargo run --example watch -- --json`

mod common;

use std::io::{self, Write};

use msnp_client::{Builder, Contact, Error, Event, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let is_json = std::env::args().nth(1).as_deref() == Some("--json");
    Ok(run(common::builder()?, is_json, &mut io::stdout()).await?)
}

pub(crate) async fn run(user: Builder, is_json: bool, out: &mut impl Write) -> Result<(), Error> {
    let (_client, mut events) = user.status(Status::Hidden).sign_in().await?;
    while let Some(event) = events.next().await {
        let line = match event {
            Event::Presence(contact) | Event::PersonalMessage(contact) if is_json => json(&contact),
            Event::Presence(Contact { name, email, status: Some(status), .. }) => {
                format!("{name} <{email}> is {status}")
            }
            Event::Presence(Contact { name, email, .. }) => format!("{name} <{email}> is gone"),
            Event::PersonalMessage(Contact { name, email, message, .. }) => {
                format!("{name} <{email}>: {message}")
            }
            Event::Disconnected { reason, .. } if is_json => {
                serde_json::json!({ "disconnected": reason.to_string() }).to_string()
            }
            Event::Disconnected { reason, .. } => format!("{reason}"),
            _ => continue,
        };
        if writeln!(out, "{line}").is_err() {
            break;
        }
    }
    Ok(())
}

/// How somebody is now; `status` is null while he is offline.
fn json(Contact { email, name, status, message, .. }: &Contact) -> String {
    let status = status.map(Status::as_str);
    serde_json::json!({ "email": email, "name": name, "status": status, "message": message }).to_string()
}
