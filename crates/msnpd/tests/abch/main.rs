//! The address book over HTTP, as clients ask for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, unreachable_pub)]

#[path = "../common/mod.rs"]
mod common;

mod circle_faults;
mod circles;
mod faults;
mod federation;
mod repeated;
mod support;
mod transport;
mod vectors;
mod worlds;
