//! Webcams: how two clients agree on a connection, and what frames look like on it (MSNC reference, section 10).
//!
//! A session is invited to with [`Peer::invite_to`](super::Peer::invite_to): application
//! [`WEBCAM_SHOW`](super::slp::euf::WEBCAM_SHOW) or [`WEBCAM_SEE`](super::slp::euf::WEBCAM_SEE), number [`APP_ID`],
//! context [`context()`]. Once it is open, [`Agreement`] is fed its texts and says what to answer, until both know where the
//! other can be connected to. [`Handshake`] opens that connection, and [`Frames`] takes pictures off it. What is in a
//! picture (the Mimic codec) is not this crate's.

mod agreement;
mod description;
mod frame;
mod handshake;

pub use agreement::{Agreement, Role};
pub use description::Description;
pub use frame::{Frame, Frames, InvalidFrame, MAX_PICTURE};
pub use handshake::Handshake;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The number of the application.
pub const APP_ID: u32 = 4;

/// What the context of an invitation names.
const WEBCAM: &str = "{B8BE70DE-E2CA-4400-AE03-88FF85B9F4E8}";

/// The context of an invitation, in base64.
pub fn context() -> String {
    STANDARD.encode(WEBCAM.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
}
