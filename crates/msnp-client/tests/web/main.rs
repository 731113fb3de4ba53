//! The web services as a client uses them: against msnpd over HTTPS, and against servers that answer what they should not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "../../../msnpd/tests/common/mod.rs"]
mod common;

mod address_book;
mod hostile;
mod messages;
mod other_servers;
mod passport;
mod scripted;
mod storage;
mod support;
