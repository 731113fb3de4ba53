//! The storage service: what roams, over real HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod directory;
mod following;
mod pictures;
mod profile;
mod support;
