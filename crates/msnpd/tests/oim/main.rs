//! Offline messages by web service and by `UUM`: kept, told of, fetched, brought to clients that can't fetch.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, unreachable_pub)]

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod delivery;
mod notices;
mod store_and_fetch;
mod support;
mod uum;
