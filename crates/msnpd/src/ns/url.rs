//! `URL`: where a web page of the service is.

use msnp::command::{Command, url};
use msnp::flow::End;

use super::Session;
use crate::pages::{SIGN_IN, Target};

impl Session {
    /// The path of the page, and where the browser is to sign in on the way there.
    pub(super) fn url(&mut self, request: &url::Request<'_>) -> Result<(), End> {
        let target = Target::asked(request.service, request.param);
        let (path, login_url) = (target.path(), format!("{}{SIGN_IN}", self.web_address()));
        let (trid, site_id) = (request.trid, target.page.site_id());
        self.say(|out, dialect| {
            url::Reply { trid, path: &path, login_url: &login_url, site_id }.write(out, dialect);
        })
    }

    /// Where the browser beside this client finds web pages.
    pub(super) fn web_address(&self) -> String {
        self.server.settings.web_address(self.ends, self.dialect())
    }
}
