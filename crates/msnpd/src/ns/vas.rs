//! `VAS`: a user reports another. Its content is his own and somebody else's words, so the log has only that there is one.

use msnp::command::{Command, vas};
use msnp::flow::End;
use tracing::warn;

use super::Session;

impl Session {
    pub(super) fn vas(&self, request: &vas::Request<'_>) -> Result<(), End> {
        let vas::Request { trid, handle, payload } = *request;
        warn!(by = %self.user()?.email, about = handle, bytes = payload.len(), "a user has reported somebody");
        self.say(|out, dialect| vas::Reply { trid }.write(out, dialect))
    }
}
