//! Two peers joined in memory, on a fake clock: what is fetched and sent arrives, and whatever is lost, turned around or
//! lied about, it ends, and never with wrong bytes.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
mod bad_links;
mod direct;
mod hostile;
mod pair;
mod reference;
mod transfers;
