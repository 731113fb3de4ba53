//! A Messenger service that unmodified MSN Messenger clients sign in to.

pub mod account;
pub mod password;
pub mod store;
