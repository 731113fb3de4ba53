//! `GCF`: configuration files, of which there is one, and which MSNP13 and later get with others unasked.

use msnp::command::{Command, gcf};
use msnp::dialect::Configuration;
use msnp::flow::End;
use msnp::types::{ErrorCode, TrId};

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

    /// Sends the policies to a client that gets them unasked: once, right after the first challenge.
    pub(super) fn push_policies(&mut self) -> Result<(), End> {
        if self.dialect().configuration != Configuration::Pushed || self.has_policies {
            return Ok(());
        }
        self.has_policies = true;
        let (trid, content) = (TrId::UNSOLICITED, self.server.settings.shields.policies());
        self.say(|out, dialect| gcf::Reply { trid, file: "", content }.write(out, dialect))
    }
}
