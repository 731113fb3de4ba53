//! Passport sign-in over real sockets: what old clients compare is compared here, on the bytes.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, unreachable_pub)]

mod login;
mod pages;
mod renewal;
mod rst;
mod support;
mod tls;
mod wire;
#[path = "../common/xml.rs"]
mod xml;
