//! How a client proves who it is.

use std::fmt;

use msnp::auth::sso::SECRET_LEN;
use msnp::dialect::{Dialect, Package};
use msnp_script::{Call, Target as _, Tcp, token_service};

use super::Failure;

/// What a person proves with who he is.
#[derive(Clone)]
pub enum Proof {
    /// The password, for MSNP2-7.
    Password(String),
    /// A ticket from the login server, for MSNP8-14.
    Ticket(String),
    /// A ticket from the token service and its secret, for MSNP15 and later.
    Token(String, [u8; SECRET_LEN]),
}

/// Leaves out what lets anybody in who has it.
impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password",
            Self::Ticket(_) => "Ticket",
            Self::Token(..) => "Token",
        })
    }
}

/// Gets what the dialect's clients prove with, which is over the web from MSNP8 on.
///
/// # Errors
/// When the web service gives none.
pub async fn fetch(
    dialect: &Dialect,
    web: Option<&Tcp>,
    address: &str,
    password: &str,
) -> Result<Proof, Failure> {
    let package = package(dialect)?;
    if package == Package::Md5 {
        return Ok(Proof::Password(password.to_owned()));
    }
    let web =
        web.ok_or_else(|| Failure::NoTicket("tickets are to be had over the web: --http".to_owned()))?;
    let none = |why: &dyn fmt::Display| Failure::NoTicket(format!("{address}: {why}"));
    if package == Package::Tweener {
        let ticket = web.ticket(address, password, "lc=1033,id=507").await;
        return ticket.map(Proof::Ticket).map_err(|error| none(&error));
    }
    let body = token_service::request(address, password, msnp::auth::sso::POLICY);
    let call = Call { path: token_service::PATH, action: None, body: &body };
    let answer = web.post(call).await.map_err(|error| none(&error))?;
    let tokens = token_service::Tokens::read(&answer.body).map_err(|error| none(&error))?;
    let token = tokens.of(token_service::SINGLE_SIGN_ON);
    let (ticket, secret) = token
        .and_then(|token| Some((token.ticket.clone(), token.secret?)))
        .ok_or_else(|| none(&"the token service gave no ticket with a secret"))?;
    Ok(Proof::Token(ticket, secret))
}

/// The way in which the dialect's clients sign in: the best one they have.
pub(super) fn package(dialect: &Dialect) -> Result<Package, Failure> {
    dialect.sign_in.first().copied().ok_or(Failure::NotSpoken("a way to sign in"))
}
