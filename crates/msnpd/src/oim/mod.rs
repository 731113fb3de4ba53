//! Offline messages: how they come in by web service and by `UUM`, and how those whose clients fetch them are told.
//!
//! The store keeps them in one form, whichever way they came: as a switchboard passes them on. They leave in two ways.
//! To clients of versions that know nothing of them the courier brings them (`sb/courier.rs`). So he does for MSNP11 and
//! 12: their official clients could fetch, but those of others that speak these versions don't, and nobody gets a
//! message twice by two ways. To all later ones a notice goes over the notification server, and the client fetches the
//! messages and has them deleted by web service. Until then they stay.

mod fetch;
mod keep;
mod notice;
mod pace;
mod store;

pub(crate) use keep::{Draft, NotKept};
pub use notice::Told;
pub(crate) use pace::Pace;

use std::sync::Arc;

use crate::server::Server;

/// The most bytes of a request to either service. A message that may be kept has less than 10 KiB in any encoding, and
/// a request to delete all that may wait, less than 50.
pub const MAX_OIM_BYTES: usize = 64 * 1024;

/// The web services for offline messages.
#[derive(Clone, Debug)]
pub struct OfflineMessages {
    server: Arc<Server>,
}

impl OfflineMessages {
    /// The services of a server.
    pub fn new(server: Arc<Server>) -> Self {
        Self { server }
    }
}
