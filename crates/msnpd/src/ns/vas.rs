//! `VAS`: a user reports another. Its content is his own and somebody else's words, so the log has only that there is one.

use msnp::command::{Command, vas};
use msnp::flow::End;
use msnp::types::Email;
use tracing::warn;

use super::Session;

impl Session {
    pub(super) fn vas(&mut self, request: &vas::Request<'_>) -> Result<(), End> {
        let vas::Request { trid, handle, payload } = *request;
        // With or without its network in front; what is no address at all is nothing to write down.
        let about = handle.rsplit(':').next().and_then(|address| address.parse::<Email>().ok());
        let about = about.as_ref().map_or("nobody", Email::as_str);
        // Nobody fills the log with them: what is too much is taken all the same.
        if !self.reports.is_too_many(self.server.now()) {
            warn!(by = %self.user()?.email, about, bytes = payload.len(), "a user has reported somebody");
        }
        self.say(|out, dialect| vas::Reply { trid }.write(out, dialect))
    }
}
