//! `URL`: where a web page of the service is.

use msnp::command::{Command, url};
use msnp::flow::End;

use super::Session;

/// Passport's number for Hotmail.
const HOTMAIL: u32 = 2;

impl Session {
    /// Every service has the same page for the time being: the front page of the web server beside us.
    pub(super) fn url(&mut self, request: &url::Request<'_>) -> Result<(), End> {
        let (trid, page) = (request.trid, &self.server.settings.opening.info_url);
        self.say(|out, dialect| {
            url::Reply { trid, path: page, login_url: page, site_id: HOTMAIL }.write(out, dialect);
        })
    }
}
