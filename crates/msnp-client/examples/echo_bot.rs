//! A bot that says what it hears, and likes everybody who likes it.
//!
//! `MSN_EMAIL=echo@example.com MSN_PASSWORD=… MSN_SERVER=… MSN_WEB=https://… cargo run --example echo_bot`

#![allow(clippy::print_stderr, reason = "it is a program")]

mod common;

use std::error::Error;

use msnp_client::{Builder, Event};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    run(common::builder()?).await
}

pub(crate) async fn run(bot: Builder) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (client, mut events) = bot.personal_message("Say something!").sign_in().await?;
    while let Some(event) = events.next().await {
        let done = match event {
            Event::AddedBy { email, .. } => client.add_contact(&email).await,
            Event::Text(said) => said.conversation.say(said.text).await,
            Event::Nudge { conversation, .. } => conversation.nudge().await,
            Event::SignedOut { reason: Some(reason) } => return Err(reason.into()),
            _ => Ok(()),
        };
        // Whoever has gone meanwhile is no reason to stop.
        if let Err(error) = done {
            eprintln!("{error}");
        }
    }
    Ok(())
}
