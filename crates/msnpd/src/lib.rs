//! A Messenger service that unmodified MSN Messenger clients sign in to.

pub mod account;
pub mod files;
pub mod http;
pub mod passport;
pub mod password;
pub mod store;
pub mod ticket;
pub mod tls;
