//! A sign-in as a client goes through it: one request after another, until there is a ticket or none.

use std::fmt;

use super::{Answer, Authorization, MalformedAnswer};
use crate::types::OwnedSecret;

/// The most servers that a client is sent on to. Passport sent it on once.
pub const MAX_REDIRECTS: u32 = 5;

/// Characters of what a server tells the user that are kept.
const MAX_TEXT: usize = 512;

/// A sign-in.
///
/// Whoever carries out the requests decides where the credentials may go: that is not looked at here.
///
/// ```
/// use msnp::auth::tweener::{Authorization, Login, Next, Response};
/// use msnp::types::OwnedSecret;
///
/// let mut login = Login::new(&Authorization {
///     sign_in: "alice@example.com".to_owned(),
///     password: OwnedSecret::new("wonderland"),
///     parameters: "lc=1033,id=507".to_owned(),
/// });
/// // GET https://login.example.com/login2.srf, Authorization: …
/// assert!(login.authorization().expose().starts_with("Passport1.4 OrgVerb=GET,"));
/// let sent_on = Response {
///     status: 302,
///     info: Some("Passport1.4 da-status=redir"),
///     location: Some("https://other.example.com/login2.srf"),
///     ..Response::default()
/// };
/// assert_eq!(login.answer(sent_on)?, Next::Redirect("https://other.example.com/login2.srf".to_owned()));
/// let signed_in = Response {
///     status: 200,
///     info: Some("Passport1.4 da-status=success,from-PP='t=abc&p='"),
///     ..Response::default()
/// };
/// assert_eq!(login.answer(signed_in)?, Next::SignedIn(OwnedSecret::new("t=abc&p=")));
/// # Ok::<(), msnp::auth::tweener::LoginError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Login {
    authorization: OwnedSecret,
    redirects: u32,
}

/// What a login server answers, as far as it matters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Response<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Authentication-Info`.
    pub info: Option<&'a str>,
    /// The header `WWW-Authenticate`.
    pub refusal: Option<&'a str>,
    /// The header `Location`.
    pub location: Option<&'a str>,
}

/// What follows from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask there, with the same credentials.
    Redirect(String),
    /// The ticket, for `USR t TWN S`.
    SignedIn(OwnedSecret),
}

/// Why there is no ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginError {
    /// The answer says nothing that belongs there.
    Malformed(MalformedAnswer),
    /// The server sends the client on, and does not say where.
    NoLocation,
    /// The server answers something else.
    Status(u16),
    /// More than [`MAX_REDIRECTS`] servers, each of which named another one.
    TooManyRedirects,
    /// Wrong address or password.
    WrongPassword {
        /// Whether the user may be asked again.
        retry: bool,
        /// What the server tells the user; may be empty.
        text: String,
    },
}

impl Login {
    /// Begins.
    pub fn new(credentials: &Authorization) -> Self {
        Self { authorization: OwnedSecret::new(credentials.to_header()), redirects: 0 }
    }

    /// The value of the header `Authorization` of each request. It holds the password.
    pub const fn authorization(&self) -> &OwnedSecret {
        &self.authorization
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// When there will be no ticket.
    pub fn answer(&mut self, response: Response<'_>) -> Result<Next, LoginError> {
        let Response { status, info, refusal, location } = response;
        // A refusal beside something else is one.
        let Some(header) = refusal.or(info) else { return Err(LoginError::Status(status)) };
        match Answer::parse(header).map_err(LoginError::Malformed)? {
            Answer::Success { ticket } if status == 200 => Ok(Next::SignedIn(ticket)),
            Answer::Failed { retry, text, .. } => {
                let text =
                    text.chars().take(MAX_TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect();
                Err(LoginError::WrongPassword { retry, text })
            }
            Answer::Redirected if (300..400).contains(&status) => {
                if self.redirects >= MAX_REDIRECTS {
                    return Err(LoginError::TooManyRedirects);
                }
                self.redirects += 1;
                let location = location.map(str::trim).filter(|location| !location.is_empty());
                Ok(Next::Redirect(location.ok_or(LoginError::NoLocation)?.to_owned()))
            }
            Answer::Success { .. } | Answer::Redirected | Answer::LoggedOut => {
                Err(LoginError::Status(status))
            }
        }
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "the login server's answer can't be read: {why}"),
            Self::NoLocation => f.write_str("the login server names another one, and not which"),
            Self::Status(status) => write!(f, "the login server answers with status {status} and no ticket"),
            Self::TooManyRedirects => {
                write!(f, "more than {MAX_REDIRECTS} login servers have named one another")
            }
            Self::WrongPassword { text, .. } if text.is_empty() => f.write_str("wrong address or password"),
            Self::WrongPassword { text, .. } => write!(f, "wrong address or password: {text}"),
        }
    }
}

impl std::error::Error for LoginError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn login() -> Login {
        Login::new(&Authorization {
            sign_in: "alice@example.com".to_owned(),
            password: OwnedSecret::new("hunter2"),
            parameters: "lc=1033".to_owned(),
        })
    }

    #[test]
    fn every_answer_of_a_server_is_understood() {
        let ticket = OwnedSecret::new("t=abc&p=");
        let refused =
            |retry, text: &str| Answer::Failed { retry, picture: String::new(), text: text.to_owned() };
        for (status, answer, next) in [
            (200, Answer::Success { ticket: ticket.clone() }, Ok(Next::SignedIn(ticket.clone()))),
            (302, Answer::Redirected, Ok(Next::Redirect("https://h/".to_owned()))),
            (
                401,
                refused(true, "Not\nyou"),
                Err(LoginError::WrongPassword { retry: true, text: "Not you".to_owned() }),
            ),
            (401, refused(false, ""), Err(LoginError::WrongPassword { retry: false, text: String::new() })),
            (200, Answer::LoggedOut, Err(LoginError::Status(200))),
            // What does not fit together.
            (503, Answer::Success { ticket }, Err(LoginError::Status(503))),
            (200, Answer::Redirected, Err(LoginError::Status(200))),
        ] {
            let header = answer.to_header();
            let (info, refusal) = match answer.header_name() {
                "Authentication-Info" => (Some(&*header), None),
                _ => (None, Some(&*header)),
            };
            let response = Response { status, info, refusal, location: Some(" https://h/ ") };
            assert_eq!(login().answer(response), next, "{header}");
        }
        assert_eq!(
            login().answer(Response { status: 404, ..Response::default() }),
            Err(LoginError::Status(404))
        );
        let info = Some("Basic x");
        assert_eq!(
            login().answer(Response { status: 200, info, ..Response::default() }),
            Err(LoginError::Malformed(MalformedAnswer::Scheme))
        );
    }

    #[test]
    fn nobody_is_sent_on_for_ever() {
        let mut login = login();
        let to = |location| Response {
            status: 302,
            info: Some("Passport1.4 da-status=redir"),
            location,
            ..Response::default()
        };
        assert_eq!(login.clone().answer(to(None)), Err(LoginError::NoLocation));
        for _ in 0..MAX_REDIRECTS {
            assert!(matches!(login.answer(to(Some("/here"))), Ok(Next::Redirect(_))));
        }
        assert_eq!(login.answer(to(Some("/here"))), Err(LoginError::TooManyRedirects));
        assert!(!format!("{login:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn never_panics(status: u16, info in prop::option::of(".*"), refusal in prop::option::of("(Passport1.4 )?.*")) {
            let response = Response { status, info: info.as_deref(), refusal: refusal.as_deref(), location: None };
            let _ = login().answer(response);
        }
    }
}
