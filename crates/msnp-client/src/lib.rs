#![doc = include_str!("../README.md")]
//!
//! # Where to look
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
mod encryption;
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
pub use encryption::Encryption;
pub use error::Error;
pub use event::{Event, Events, OfflineMessage, OwnPlace, Person, TextMessage};
pub use exchange::Direct;
pub use pictures::{Emoticon, NamedEmoticon};
pub use roster::{Contact, Group, MAX_GROUPS, MAX_PEOPLE};

pub use transfer::{OfferedFile, Progress, Transfer};

pub use msnp::p2p::{Ending, FileOffer};
pub use msnp::types::{Capabilities, Email, GroupRef, Guid, List, Lists, Privacy, Status};
pub use msnp::version::Version;
