//! Shows who comes and goes, and what they tell of themselves.
//!
//! `MSN_EMAIL=… MSN_PASSWORD=… MSN_SERVER=… MSN_WEB=https://… cargo run --example watch`

mod common;

use std::io::{self, Write};

use msnp_client::{Builder, Contact, Error, Event, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(run(common::builder()?, &mut io::stdout()).await?)
}

pub(crate) async fn run(user: Builder, out: &mut impl Write) -> Result<(), Error> {
    let (_client, mut events) = user.status(Status::Hidden).sign_in().await?;
    while let Some(event) = events.next().await {
        let line = match event {
            Event::Presence(Contact { name, email, status: Some(status), .. }) => {
                format!("{name} <{email}> is {status}")
            }
            Event::Presence(Contact { name, email, .. }) => format!("{name} <{email}> is gone"),
            Event::PersonalMessage(Contact { name, email, message, .. }) => {
                format!("{name} <{email}>: {message}")
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
