//! Messenger through the HTTP gateway, over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod endings;
mod http;
mod limits;
mod sessions;
mod support;
mod turns;
mod waiting;
