//! The Microsoft Notification Protocol.
pub mod types;
