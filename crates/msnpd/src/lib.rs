//! A Messenger service that unmodified MSN Messenger clients sign in to.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod account;
pub mod cli;
pub mod data_dir;
pub mod password;
pub mod store;
