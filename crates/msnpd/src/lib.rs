//! A Messenger service that unmodified MSN Messenger clients sign in to.
//!
//! The library behind the `msnpd` program: see `ARCHITECTURE.md` for the map.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod abch;
pub mod accept;
pub mod account;
pub mod announcement;
pub mod circle;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connection;
mod courtesy;
pub mod data_dir;
pub mod demo;
pub mod directory;
pub mod federation;
pub mod follow;
pub mod gateway;
mod hex_key;
pub mod http;
pub mod logging;
pub mod mail;
pub mod metrics;
mod msgr_config;
pub mod ns;
pub mod oim;
pub mod open_files;
pub mod outbox;
pub mod pages;
pub mod passport;
pub mod password;
mod picture;
mod profiles;
mod random;
pub mod recording;
pub mod resident;
pub mod sb;
pub mod serve;
pub mod server;
pub mod session;
mod sessions;
pub mod shields;
mod storage;
pub mod store;
pub mod text_ad;
pub mod ticket;
pub mod tls;
mod trace;
pub mod transport;
mod watch;
mod web_edits;
pub mod web_user;
