//! Networks beside this one: what they are told and may say, and that those which hang, flood or lie disturb nobody.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, unreachable_pub)]

#[path = "../common/mod.rs"]
mod common;
mod hostile;
mod patience;
mod random;
mod sight;
mod stage;
mod wire;
