//! `GCF`: configuration files, of which there is one.

use msnp::command::{Command, gcf};
use msnp::flow::End;
use msnp::types::ErrorCode;

use super::Session;

impl Session {
    /// Answered before `SYN` as well, though another server has an error there: no client is helped by one.
    pub(super) fn gcf(&mut self, request: &gcf::Request<'_>) -> Result<(), End> {
        let gcf::Request { trid, file } = *request;
        if !file.eq_ignore_ascii_case("Shields.xml") {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        }
        let content = self.server.settings.shields.content();
        self.say(|out, dialect| gcf::Reply { trid, file, content }.write(out, dialect))
    }
}
