//! The Microsoft Notification Protocol.
#![cfg_attr(test, allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used))]
pub mod auth;
pub mod command;
pub mod dialect;
pub mod flow;
pub mod types;
pub mod version;
pub mod wire;
