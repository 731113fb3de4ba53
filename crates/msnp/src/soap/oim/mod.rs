//! Offline messages, sent: `Store` and `Store2` of `OimWS/oim.asmx` (web-services reference, 18.1).
//!
//! The two differ in their name only. A request has no operation in its body, but a type and the message itself; who
//! sends it to whom stands in headers.

mod content;
mod reply;
mod request;

pub use content::{Content, InvalidContent, MAX_PAYLOAD, to_mime};
pub(in crate::soap) use content::{base64_lines, text};
pub use reply::{Acknowledged, Fault, Refusal};
pub(in crate::soap) use reply::{EXCEPTION, write_challenge};
pub use request::{InvalidStore, Sender, Store};

/// What clients of MSNP11 to MSNP13 say in their HTTP header `SOAPAction`.
pub const STORE: &str = "http://messenger.msn.com/ws/2004/09/oim/Store";

/// What later ones say there.
pub const STORE_2: &str = "http://messenger.live.com/ws/2006/09/oim/Store2";

/// The namespace of what is sent and answered.
pub const NAMESPACE: &str = "http://messenger.msn.com/ws/2004/09/oim/";

/// The namespace that belongs to `Store2`, which some use for everything.
pub const NAMESPACE_2006: &str = "http://messenger.live.com/ws/2006/09/oim/";
