//! Client and server of every version, in memory, on a clock of the test's own.
//!
//! `world` has the wires and the clock, `double` a service that knows two people and as much as they ask for.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    missing_docs,
    unreachable_pub
)]

mod double;
mod hostile;
mod stories;
mod world;
