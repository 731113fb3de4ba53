//! How a user proves who he is.

mod secret;
pub mod tweener;

pub use secret::Secret;
