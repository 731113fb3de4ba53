//! The Microsoft Notification Protocol.
pub mod auth;
pub mod soap;
pub mod types;
