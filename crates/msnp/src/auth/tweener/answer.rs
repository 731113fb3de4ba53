//! `Authentication-Info` and `WWW-Authenticate`, the answers.

use super::{SCHEME, after_scheme, percent};
use crate::types::OwnedSecret;
use crate::wire::Encoded;

/// The name of the header that all answers but a refusal stand in.
const INFO: &str = "Authentication-Info";
/// The name of the header that a refusal stands in.
const REFUSAL: &str = "WWW-Authenticate";

/// What the login server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Wrong address or password (status 401).
    Failed {
        /// Whether the client may ask the user again.
        retry: bool,
        /// The address of a picture that is shown beside the text; may be empty.
        picture: String,
        /// What to tell the user; some clients show it.
        text: String,
    },
    /// The user is signed out (status 200).
    LoggedOut,
    /// Another server is responsible (status 302, with a `Location`).
    Redirected,
    /// Signed in (status 200).
    Success {
        /// The ticket for `USR t TWN S`: `t=…&p=…`, without a comma or a quote.
        ticket: OwnedSecret,
    },
}

impl Answer {
    /// The header the answer stands in.
    pub fn header_name(&self) -> &'static str {
        match self {
            Self::Failed { .. } => REFUSAL,
            Self::LoggedOut | Self::Redirected | Self::Success { .. } => INFO,
        }
    }

    /// The value of that header. It may hold a ticket.
    ///
    /// MS-PASS and all clients' sources say `da-status`; the ticket stands in single quotes, and readers cut
    /// at the next quote or comma.
    pub fn to_header(&self) -> String {
        match self {
            Self::Failed { retry, picture, text } => {
                let status = if *retry { "failed" } else { "failed-noretry" };
                format!(
                    "{SCHEME} da-status={status},srealm=Passport.NET,ts=-3,prompt,cburl={picture},cbtxt={}",
                    percent::encode(text)
                )
            }
            Self::LoggedOut => format!("{SCHEME} da-status=logout"),
            Self::Redirected => format!("{SCHEME} da-status=redir"),
            Self::Success { ticket } => format!(
                "{SCHEME} da-status=success,tname=MSPAuth,tname=MSPProf,tname=MSPSec,from-PP='{}',\
                 ru=http://messenger.msn.com",
                ticket.expose()
            ),
        }
    }

    /// Reads the value of either header.
    ///
    /// # Errors
    /// When it is no Passport header, says nothing known, or has no ticket where there must be one.
    pub fn parse(value: &str) -> Result<Self, MalformedAnswer> {
        let items = after_scheme(value).ok_or(MalformedAnswer::Scheme)?;
        let item = |wanted: &str| {
            items
                .split(',')
                .filter_map(|item| item.split_once('='))
                .find_map(|(name, text)| name.trim().eq_ignore_ascii_case(wanted).then(|| text.trim()))
        };
        let status = item("da-status").ok_or(MalformedAnswer::Status)?;
        Ok(match status.to_ascii_lowercase().as_str() {
            "success" => {
                let ticket = item("from-PP")
                    .and_then(|quoted| quoted.strip_prefix('\'')?.strip_suffix('\''))
                    .filter(|ticket| !ticket.is_empty())
                    .ok_or(MalformedAnswer::Ticket)?;
                Self::Success { ticket: OwnedSecret::new(ticket) }
            }
            "redir" => Self::Redirected,
            "logout" => Self::LoggedOut,
            failed @ ("failed" | "failed-noretry") => Self::Failed {
                retry: failed == "failed",
                picture: item("cburl").unwrap_or_default().to_owned(),
                text: Encoded::from_wire(item("cbtxt").unwrap_or_default()).decode().into_owned(),
            },
            _ => return Err(MalformedAnswer::Status),
        })
    }
}

/// Why a header is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedAnswer {
    /// Another scheme than Passport.
    #[error("an answer begins with Passport1.4")]
    Scheme,
    /// No `da-status`, or one that nobody knows.
    #[error("an answer says da-status=success, redir, logout, failed or failed-noretry")]
    Status,
    /// Success without a ticket.
    #[error("a successful answer holds from-PP='…'")]
    Ticket,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_answers_both_ways() {
        for (header, written, answer) in [
            (
                "Authentication-Info",
                "Passport1.4 da-status=success,tname=MSPAuth,tname=MSPProf,tname=MSPSec,from-PP='t=abc&p=',\
                 ru=http://messenger.msn.com",
                Answer::Success { ticket: OwnedSecret::new("t=abc&p=") },
            ),
            ("Authentication-Info", "Passport1.4 da-status=redir", Answer::Redirected),
            ("Authentication-Info", "Passport1.4 da-status=logout", Answer::LoggedOut),
            (
                "WWW-Authenticate",
                "Passport1.4 da-status=failed,srealm=Passport.NET,ts=-3,prompt,cburl=http://h/l.gif,\
                 cbtxt=Not%20you%2E",
                Answer::Failed {
                    retry: true,
                    picture: "http://h/l.gif".to_owned(),
                    text: "Not you.".to_owned(),
                },
            ),
            (
                "WWW-Authenticate",
                "Passport1.4 da-status=failed-noretry,srealm=Passport.NET,ts=-3,prompt,cburl=,cbtxt=",
                Answer::Failed { retry: false, picture: String::new(), text: String::new() },
            ),
        ] {
            assert_eq!(answer.to_header(), written);
            assert_eq!(answer.header_name(), header);
            assert_eq!(Answer::parse(written), Ok(answer), "{written}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for (written, why) in [
            ("", MalformedAnswer::Scheme),
            ("Basic realm=x", MalformedAnswer::Scheme),
            ("Passport1.4 ", MalformedAnswer::Status),
            ("Passport1.4 da-status=maybe", MalformedAnswer::Status),
            ("Passport1.4 da-status=success", MalformedAnswer::Ticket),
            ("Passport1.4 da-status=success,from-PP=''", MalformedAnswer::Ticket),
        ] {
            assert_eq!(Answer::parse(written), Err(why), "{written}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*") {
            let _ = Answer::parse(&text);
            let _ = Answer::parse(&format!("Passport1.4 {text}"));
            let _ = super::super::login_url(&text);
        }
    }
}
