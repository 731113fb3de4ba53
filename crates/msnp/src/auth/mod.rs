//! How the two sides prove to each other who they are.

pub mod challenge;
pub mod md5;
pub mod sso;
pub mod tweener;
