//! `URL`: where a web page of the service is.

use msnp::command::{Command, url};
use msnp::dialect::Profile;
use msnp::flow::End;

use super::Session;
use crate::pages::{SIGN_IN, Target};

impl Session {
    /// The path of the page, and where the browser is to sign in on the way there.
    pub(super) fn url(&mut self, request: &url::Request<'_>) -> Result<(), End> {
        let target = Target::asked(request.service, request.param);
        let path = target.path();
        // A client whose profile has no ticket has nothing to sign in with, and goes to the page itself.
        let has_ticket = self.dialect().profile != Profile::LoginTime;
        let login_url = format!("{}{}", self.web_address(), if has_ticket { SIGN_IN } else { &path });
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
