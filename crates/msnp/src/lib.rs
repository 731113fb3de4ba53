//! The Microsoft Notification Protocol: what MSN Messenger and Windows Live Messenger speak.
//!
//! Both sides of the protocol, every version, and no I/O: this crate knows no sockets, no clock and no randomness.
//! It splits bytes into messages ([`wire`]), reads and writes commands ([`command`]) as a version has them
//! ([`dialect`]), and says what may be said when ([`flow`]).
//!
//! ```text
//!  bytes ──▶ wire::Framer ──▶ Frame ──▶ flow ──▶ Request ──▶ your server
//!  bytes ◀── a buffer     ◀── command::Reply, command::Push ◀──┘
//! ```
#![cfg_attr(test, allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used))]

pub mod auth;
pub mod chat;
pub mod command;
pub mod dialect;
pub mod flow;
pub mod p2p;
pub mod soap;
pub mod types;
pub mod version;
pub mod wire;
