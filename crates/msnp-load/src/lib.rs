//! Puts a Messenger service under load, and measures what it does, beside a floor that does nothing but what can't be left out.
//!
//! ```sh
//! msnp-load chat --server localhost:1863 --http http://localhost:8080 --users 100 --floor --rounds 5
//! ```
//! | module | |
//! | --- | --- |
//! | [`client`] | what a person's Messenger says and waits for |
//! | [`scenario`] | what people do, one file each |
//! | [`floor`] | servers that do nothing else, for the same clients |
//! | [`measure`] | latencies, what a process takes, and how it is told |
//! | [`company`] | one scenario in as many processes as it takes |
//! | [`play`] | round by round, with a server and with the floor in turn |
//!
//! The people are accounts that exist on the server. All of it talks to this machine, unless it is allowed to talk to others.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod client;
pub mod company;
mod connect;
pub mod floor;
pub mod measure;
pub mod people;
pub mod play;
pub mod scenario;
pub mod target;
