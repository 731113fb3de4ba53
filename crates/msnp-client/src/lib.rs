//! A client of the Messenger service, for bots, bridges and new apps.
//!
//! It signs in with any version of the protocol from MSNP2 to MSNP18, and does what that version can: contacts and groups,
//! presence, personal messages, conversations, typing and nudges, messages for who is away, several places. It goes where
//! the service sends it, proves that it is a client, keeps the connection alive, and makes it anew when it is lost.
//!
//! A bot that says what it hears:
//!
//! ```no_run
//! use msnp_client::web::{Services, Settings, Trust, Web};
//! use msnp_client::{Client, Event};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let trust = Trust::web().and_file("msnpd-data/ca.pem")?;
//!     let services = Services::at("https://chat.example.com:8443")?;
//!     let web = Web::new(services, Settings { trust, ..Settings::default() })?;
//!
//!     let bot = Client::builder("echo@example.com", "secret").server("chat.example.com").web(web);
//!     let (client, mut events) = bot.personal_message("Say something!").sign_in().await?;
//!     while let Some(event) = events.next().await {
//!         match event {
//!             Event::AddedBy { email, .. } => client.add_contact(&email).await?,
//!             Event::Text(said) => said.conversation.say(said.text).await?,
//!             Event::Nudge { conversation, .. } => conversation.nudge().await?,
//!             Event::OfflineMessage(message) => println!("{}: {}", message.from, message.text),
//!             _ => {}
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! [`Client`] is the handle to ask things with, [`Events`] tells what happens, [`Conversation`] is one conversation. Whatever
//! waits for an answer of the server ends after less than a minute. The protocol itself is [`msnp`]'s, which knows no
//! sockets; [`web`] has the services over HTTP, to be used by themselves as well.
//!
//! Everything that a server or another client says is taken for what it may be: hostile. What is kept of it has a limit,
//! and a server that breaks the rules ends the session with an [`Error`] that says how.
#![cfg_attr(test, allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used))]

mod book;
mod builder;
mod chat_task;
mod client;
mod connection;
mod conversation;
mod error;
mod event;
mod exchange;
mod lists;
mod objects;
mod pictures;
mod roster;
mod session;
mod shared;
mod text;
mod transfer;
pub mod web;

pub use builder::Builder;
pub use client::Client;
pub use conversation::Conversation;
pub use error::Error;
pub use event::{Event, Events, OfflineMessage, OwnPlace, Person, TextMessage};
pub use exchange::Direct;
pub use pictures::{Emoticon, NamedEmoticon};
pub use roster::{Contact, Group, MAX_GROUPS, MAX_PEOPLE};

pub use transfer::{OfferedFile, Progress, Transfer};

pub use msnp::p2p::{Ending, FileOffer};
pub use msnp::types::{Capabilities, Email, GroupRef, Guid, List, Lists, Privacy, Status};
pub use msnp::version::Version;
