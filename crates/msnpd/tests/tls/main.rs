//! HTTPS with clients of all ages.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, unreachable_pub)]

mod by_hand;
#[path = "../common/mod.rs"]
mod common;
mod downgrade;
mod front_page;
mod hostile;
mod messenger;
mod sslv2_hello;
mod support;
mod versions;
