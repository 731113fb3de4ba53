//! What the operator says about mail.

use std::fmt;
use std::str::FromStr;

use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use msnp::types::{Email, Telephone};

/// What is sent how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The mail server.
    pub server: SmtpUrl,
    /// Whom mail is from.
    pub from: Sender,
    /// Where pages go, if anywhere.
    pub pages: Option<PageAddress>,
}

/// The address of a mail server, with a user and a password if it wants them. Both `Debug` and `Display` hide the
/// password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl(String);

impl SmtpUrl {
    /// Connects for each mail.
    pub(super) fn transport(&self, from: &Sender) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.0)?;
        // An operator may have written another name behind the server's.
        let (_, rest) = self.split();
        let path =
            rest.split(['?', '#']).next().unwrap_or_default().split_once('/').map_or("", |(_, path)| path);
        Ok(match path {
            "" => builder.hello_name(ClientId::Domain(from.0.email.domain().to_owned())).build(),
            _ => builder.build(),
        })
    }

    /// Whether a password would go to another machine in clear text.
    pub fn shows_password(&self) -> bool {
        let (login, rest) = self.split();
        let host = rest.split([':', '/', '?']).next().unwrap_or_default();
        let is_here = matches!(host, "localhost" | "127.0.0.1") || rest.starts_with("[::1]");
        let is_clear = !self.0.starts_with("smtps:") && !self.0.contains("tls=required");
        login.is_some_and(|login| login.contains(':')) && is_clear && !is_here
    }

    /// User and password as written, and everything behind them.
    fn split(&self) -> (Option<&str>, &str) {
        let (_, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        match authority.rsplit_once('@') {
            Some((login, _)) => (Some(login), rest.get(login.len() + 1..).unwrap_or_default()),
            None => (None, rest),
        }
    }
}

impl FromStr for SmtpUrl {
    type Err = InvalidSetting;

    fn from_str(written: &str) -> Result<Self, InvalidSetting> {
        let known = written.starts_with("smtp://") || written.starts_with("smtps://");
        let is_good = known && AsyncSmtpTransport::<Tokio1Executor>::from_url(written).is_ok();
        let url = Self(written.to_owned());
        // A password with a bare slash or number sign ends what is read as the host, and would be shown as the rest.
        let is_cut = url.split().1.contains('@');
        if is_good && !is_cut { Ok(url) } else { Err(InvalidSetting) }
    }
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, _) = self.0.split_once("://").unwrap_or_default();
        match self.split() {
            (Some(login), rest) => {
                let user = login.split(':').next().unwrap_or_default();
                write!(f, "{scheme}://{user}:***@{rest}")
            }
            (None, _) => f.write_str(&self.0),
        }
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whom mail is from: an address, with a name before it or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    pub(super) fn into_mailbox(self) -> Mailbox {
        self.0
    }
}

impl FromStr for Sender {
    type Err = InvalidSetting;

    fn from_str(written: &str) -> Result<Self, InvalidSetting> {
        written.parse().map(Self).map_err(|_| InvalidSetting)
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the place of the number is.
const NUMBER: &str = "{number}";

/// The address at which a gateway takes mail for a telephone: `{number}@sms.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAddress(String);

impl PageAddress {
    /// The address for one number, whose digits stand there without a `+`.
    pub(super) fn of(&self, number: &Telephone) -> Option<Email> {
        self.0.replace(NUMBER, number.digits()).parse().ok()
    }
}

impl FromStr for PageAddress {
    type Err = InvalidSetting;

    fn from_str(written: &str) -> Result<Self, InvalidSetting> {
        // As long as a number may be, so that every one fits.
        let longest = "1".repeat(msnp::types::MAX_TELEPHONE_DIGITS);
        let filled = written.replace(NUMBER, &longest);
        let is_mail = filled.parse::<Email>().is_ok() && filled.parse::<lettre::Address>().is_ok();
        if written.matches(NUMBER).count() == 1 && is_mail {
            Ok(Self(written.to_owned()))
        } else {
            Err(InvalidSetting)
        }
    }
}

impl fmt::Display for PageAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is none of what it should be. It says nothing of what it is: there may be a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not what mail servers take")]
pub struct InvalidSetting;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_show() {
        for (written, shown) in [
            ("smtp://localhost", "smtp://localhost"),
            ("smtps://mail.example.com:465", "smtps://mail.example.com:465"),
            ("smtps://user:hunter2@mail.example.com", "smtps://user:***@mail.example.com"),
            ("smtps://user:hunter2%40@mail.example.com/a%40b", "smtps://user:***@mail.example.com/a%40b"),
            ("smtp://u:hunter2@m:p@h.example?tls=required", "smtp://u:***@h.example?tls=required"),
        ] {
            let url: SmtpUrl = written.parse().unwrap();
            assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), shown.to_owned()));
        }
        for bad in [
            "",
            "localhost",
            "http://localhost",
            "smtp://",
            "smtp://localhost?tls=never",
            "smtp:localhost",
            "smtp://user:1#hunter2@localhost",
            "smtp://user:1@2/hunter2@localhost",
        ] {
            assert!(bad.parse::<SmtpUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_in_clear_is_noticed() {
        let shows = |url: &str| url.parse::<SmtpUrl>().unwrap().shows_password();
        assert!(
            shows("smtp://u:p@mail.example.com") && shows("smtp://u:p@mail.example.com:25?tls=opportunistic")
        );
        for fine in [
            "smtp://mail.example.com",
            "smtp://u:p@localhost:25",
            "smtp://u:p@[::1]:25",
            "smtps://u:p@mail.example.com",
            "smtp://u:p@mail.example.com?tls=required",
        ] {
            assert!(!shows(fine), "{fine}");
        }
    }

    #[test]
    fn a_gateway_has_a_place_for_the_number() {
        let address: PageAddress = "+{number}@sms.example.com".parse().unwrap();
        let number = "tel:+15550100".parse().unwrap();
        assert_eq!(address.of(&number).unwrap().as_str(), "+15550100@sms.example.com");
        for bad in [
            "",
            "sms@example.com",
            "{number}",
            "{number}@sms",
            "{number}{number}@sms.example.com",
            "{number} @a.bc",
        ] {
            assert!(bad.parse::<PageAddress>().is_err(), "{bad}");
        }
    }
}
