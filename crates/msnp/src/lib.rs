//! The Microsoft Notification Protocol.
#![cfg_attr(test, allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used))]
pub mod types;
pub mod wire;
