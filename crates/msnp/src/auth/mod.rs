//! How the two sides prove to each other who they are.

pub mod challenge;
mod secret;
pub mod tweener;

pub use secret::Secret;
