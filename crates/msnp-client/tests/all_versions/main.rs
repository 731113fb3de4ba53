//! Two clients of every version against msnpd, over TCP and HTTPS.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub
)]

mod encryption;
mod hostile;
mod lists;
mod peers;
mod person;
mod reconnect;
mod service;
mod stories;
mod transfers;
