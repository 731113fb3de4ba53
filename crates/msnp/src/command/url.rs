//! `URL`: where a web page of the service is.
//!
//! ```text
//! C: URL t service [parameter]
//! S: URL t path login-url site-id
//! ```
//! The site id is missing in MSNP2; it is always written here, and 0 is read for it (notification-server reference,
//! 18.2).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// The page that a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The page, `INBOX`.
    pub service: &'a str,
    /// A language or an address, for some pages.
    pub param: Option<&'a str>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::URL;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, service: args.word("service")?, param: args.next() })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::URL).trid(self.trid).arg(self.service).opt(self.param).end();
    }
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The page, absolute or not.
    pub path: &'a str,
    /// Where to sign in first.
    pub login_url: &'a str,
    /// The number that Passport has for the site.
    pub site_id: u32,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::URL;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            path: args.word("path")?,
            login_url: args.word("login URL")?,
            site_id: args.optional("site id")?.unwrap_or(0),
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::URL).trid(self.trid).arg(self.path).arg(self.login_url).arg(self.site_id).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP2;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP8 "URL 20 COMPOSE bob@example.net" =>
            Request { trid: TrId::new(20), service: "COMPOSE", param: Some("bob@example.net") },
        reply: FromNotification MSNP8 "URL 15 /cgi-bin/HoTMaiL https://login.example.com/ppsecure/md5auth.srf?lc=1033 2" => Reply {
            trid: TrId::new(15),
            path: "/cgi-bin/HoTMaiL",
            login_url: "https://login.example.com/ppsecure/md5auth.srf?lc=1033",
            site_id: 2,
        },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP2, line).to_string();
        assert_eq!(fault("URL 20"), "service is missing");
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP2, line).to_string();
        assert_eq!(fault("URL 20 / http://www.example.com x"), "site id is malformed");
    }
}
