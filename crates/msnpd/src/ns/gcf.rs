//! `GCF`: configuration files, of which there is one.

use msnp::command::{Command, gcf};
use msnp::flow::End;
use msnp::types::ErrorCode;

use super::Session;

/// Switches nothing off and blocks nothing (notification-server reference, 18.5).
const SHIELDS: &[u8] =
    b"<?xml version=\"1.0\" encoding=\"utf-8\" ?><config><shield><cli maj=\"7\" min=\"0\" \
minbld=\"0\" maxbld=\"9999\" deny=\"\" /></shield><block></block></config>";

impl Session {
    pub(super) fn gcf(&mut self, request: &gcf::Request<'_>) -> Result<(), End> {
        let gcf::Request { trid, file } = *request;
        if !file.eq_ignore_ascii_case("Shields.xml") {
            return self.deny(trid, ErrorCode::INVALID_PARAMETER);
        }
        self.say(|out, dialect| gcf::Reply { trid, file, content: SHIELDS }.write(out, dialect))
    }
}
