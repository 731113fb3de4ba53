//! The Microsoft Notification Protocol.
pub mod auth;
pub mod types;
