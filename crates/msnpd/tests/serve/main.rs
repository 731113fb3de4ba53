//! `msnpd serve` and `msnpd config`, the program itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod announce;
#[path = "../common/mod.rs"]
mod common;
mod config;
mod first_screen;
mod limits;
mod log;
mod metrics;
mod program;
