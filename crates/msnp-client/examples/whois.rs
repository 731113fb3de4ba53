//! What is known of a contact.
//!
//! `MSN_EMAIL=… MSN_PASSWORD=… MSN_SERVER=… MSN_WEB=https://… cargo run --example whois bob@example.net`

mod common;

use std::io::{self, Write};
use std::time::Duration;

use msnp_client::{Builder, Contact, Event, List, Status};
use tokio::time::timeout;

/// How long to wait for one who is online to show himself.
const PATIENCE: Duration = Duration::from_secs(2);

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let who = std::env::args().nth(1).ok_or("who?")?;
    run(common::builder()?, &who, &mut io::stdout()).await
}

pub(crate) async fn run(user: Builder, who: &str, out: &mut impl Write) -> Result<(), Failure> {
    let (client, mut events) = user.status(Status::Hidden).sign_in().await?;
    let shown = async {
        while let Some(event) = events.next().await {
            // The last that is told of somebody who is online, in versions that have it.
            if matches!(&event, Event::PersonalMessage(Contact { email, .. }) if email == who) {
                break;
            }
        }
    };
    // Who is offline shows nothing.
    let _ = timeout(PATIENCE, shown).await;
    let Some(contact) = client.contact(who) else {
        return Err(format!("{who} is on none of your lists").into());
    };
    let Contact { name, status, message, capabilities, places, .. } = &contact;
    writeln!(out, "name      {name}")?;
    writeln!(out, "status    {}", status.map_or("offline", Status::as_str))?;
    writeln!(out, "message   {message}")?;
    let lists = [List::Forward, List::Allow, List::Block, List::Reverse, List::Pending];
    let lists: Vec<_> =
        lists.into_iter().filter(|list| contact.is_on(*list)).map(|list| list.to_string()).collect();
    writeln!(out, "lists     {}", lists.join(" "))?;
    writeln!(
        out,
        "client    MSNC{} ({:#010x}, {:#010x})",
        capabilities.base >> 28,
        capabilities.base,
        capabilities.extended
    )?;
    writeln!(out, "places    {}", places.len())?;
    client.sign_out().await;
    Ok(())
}
