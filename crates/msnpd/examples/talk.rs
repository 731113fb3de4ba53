//! Two users meet and talk, on a service that runs on this machine: to see that it works before an old computer is
//! pointed at it.
//!
//! ```text
//! cargo run --example talk -- alice@example.com PASSWORD bob@example.com PASSWORD [MSNP_PORT HTTP_PORT]
//! ```
//!
//! Both are clients of the crate `msnp11-sdk`, which speaks MSNP11 as MSN Messenger 7.0 did.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use msnp11_sdk::{Client, Event, MsnpList, MsnpStatus, PlainText, Switchboard};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (users, ports) = args.split_at_checked(4).unwrap_or_default();
    let [one, ones_password, other, others_password] = users else {
        bail!("usage: talk EMAIL PASSWORD EMAIL PASSWORD [MSNP_PORT HTTP_PORT]");
    };
    let (msnp, http) = match ports {
        [msnp, http] => (msnp.parse()?, http.parse()?),
        _ => (1863, 8080),
    };
    let talk = talk(one, ones_password, other, others_password, msnp, http);
    timeout(Duration::from_secs(30), talk).await.context("it takes too long")?
}

async fn talk(
    one: &str,
    ones_password: &str,
    other: &str,
    others_password: &str,
    msnp: u16,
    http: u16,
) -> anyhow::Result<()> {
    let (first, mut firsts_events) = sign_in(one, ones_password, msnp, http).await?;
    let (second, mut seconds_events) = sign_in(other, others_password, msnp, http).await?;
    first.add_contact(other, other, MsnpList::AllowList).await.ok();
    if first.add_contact(other, other, MsnpList::ForwardList).await.is_ok() {
        println!("{one} has put {other} on the contact list");
    }
    second.set_presence(MsnpStatus::Busy).await?;
    let status = next(&mut firsts_events, |event| match event {
        Event::InitialPresenceUpdate { email, presence, .. }
        | Event::PresenceUpdate { email, presence, .. } => {
            (email == other && presence.status == MsnpStatus::Busy).then_some(presence.status)
        }
        _ => None,
    });
    println!("{one} sees {other}: {:?}", status.await?);

    let chat = Arc::new(first.create_session(other).await?);
    let mut firsts_chat = events_of(&chat);
    let answered = next(&mut seconds_events, |event| match event {
        Event::SessionAnswered(chat) => Some(chat),
        _ => None,
    });
    let seconds = answered.await?;
    let mut seconds_chat = events_of(&seconds);
    next(&mut firsts_chat, |event| matches!(event, Event::ParticipantInSwitchboard { .. }).then_some(()))
        .await?;
    for (chat, events, from) in [(&chat, &mut seconds_chat, one), (&seconds, &mut firsts_chat, other)] {
        chat.send_text_message(&text(&format!("Hello, this is {from}."))).await?;
        let heard = next(events, |event| match event {
            Event::TextMessage { email, message } => Some((email, message.text)),
            _ => None,
        });
        let (email, heard) = heard.await?;
        println!("{email} says: {heard}");
    }
    chat.disconnect().await?;
    first.disconnect().await?;
    second.disconnect().await?;
    Ok(())
}

async fn sign_in(
    email: &str,
    password: &str,
    msnp: u16,
    http: u16,
) -> anyhow::Result<(Client, UnboundedReceiver<Event>)> {
    let client =
        Client::new("127.0.0.1", msnp).await.context("can't reach the service: does `msnpd serve` run?")?;
    let (heard, events) = unbounded_channel();
    client.add_event_handler_closure(move |event| {
        let _ = heard.send(event);
        async {}
    });
    let nexus = format!("http://127.0.0.1:{http}/rdr/pprdr.asp");
    client
        .login(email.to_owned(), password, &nexus, "talk", "1.0")
        .await
        .with_context(|| format!("{email} can't sign in"))?;
    client.set_presence(MsnpStatus::Online).await?;
    println!("{email} has signed in");
    Ok((client, events))
}

fn events_of(chat: &Switchboard) -> UnboundedReceiver<Event> {
    let (heard, events) = unbounded_channel();
    chat.add_event_handler_closure(move |event| {
        let _ = heard.send(event);
        async {}
    });
    events
}

/// The next event of which `pick` makes something.
async fn next<T>(
    events: &mut UnboundedReceiver<Event>,
    mut pick: impl FnMut(Event) -> Option<T>,
) -> anyhow::Result<T> {
    loop {
        let event = events.recv().await.context("the connection is gone")?;
        if let Some(found) = pick(event) {
            return Ok(found);
        }
    }
}

fn text(text: &str) -> PlainText {
    let color = "000000".to_owned();
    let text = text.to_owned();
    PlainText { bold: false, italic: false, underline: false, strikethrough: false, color, text }
}
