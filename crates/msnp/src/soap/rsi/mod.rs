//! Offline messages, fetched: `rsi.asmx` (web-services reference, 18.2 and 18.3).
//!
//! What waits is told by [`MailData`], over the notification server or as the answer to `GetMetadata`. The client
//! fetches each [`Message`] of it, shows them in order, and has them deleted.

mod mail_data;
mod message;
mod reply;
mod request;

pub(in crate::soap) use mail_data::encoded_word;
pub use mail_data::{MAX_NOTICE_BYTES, MAX_NOTICES, MailData, Notice};
pub use message::Message;
pub use reply::{Fault, Reply};
pub use request::{Call, InvalidCall, MAX_IDS, Request};

/// The namespace of what is asked and answered.
pub const NAMESPACE: &str = "http://www.hotmail.msn.com/ws/2004/09/oim/rsi";
