//! How a client proves who its user is: a file of answers to what [`Demand`](super::Demand) asks for.

use std::fmt;

use crate::auth::sso::{BLOCK_LEN, SECRET_LEN};
use crate::auth::{md5, sso};
use crate::command::Command;
use crate::command::usr::{self, Proof};
use crate::dialect::{Dialect, Package};
use crate::types::{Guid, OwnedSecret, Secret, TrId};

/// What a user proves with who he is. `Debug` shows which, and nothing of it.
#[derive(Clone, Copy)]
pub enum Credentials<'a> {
    /// His password, which does not leave the machine as it is.
    Password(&'a str),
    /// A ticket for Tweener, `t=…&p=…`.
    Ticket(&'a OwnedSecret),
    /// A ticket for single sign-on.
    SingleSignOn {
        /// The ticket, `t=…&p=…`.
        ticket: &'a OwnedSecret,
        /// The secret that came with it.
        secret: &'a [u8; SECRET_LEN],
        /// Eight random bytes.
        iv: [u8; BLOCK_LEN],
    },
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(…)",
            Self::Ticket(_) => "Ticket(…)",
            Self::SingleSignOn { .. } => "SingleSignOn { … }",
        })
    }
}

/// What the server has asked for, kept until it is answered: one line's worth at most.
#[derive(Debug)]
pub(super) enum Open {
    Md5 { challenge: String },
    Tweener,
    SingleSignOn { nonce: String },
}

/// The credentials are of another kind than what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CantProve {
    /// Nothing was asked for, or it was proved already.
    #[error("the server has not asked for a proof")]
    NotAsked,
    /// A password where a ticket is wanted, or the like.
    #[error("the server asks for another kind of proof")]
    AnotherKind,
    /// What proves it can't stand on a line.
    #[error("a ticket is one word")]
    Unwritable,
    /// The nonce is longer than any that is answered.
    #[error("the server's nonce has more than {} characters", sso::MAX_NONCE)]
    NonceTooLong,
}

impl Open {
    /// Says the proof.
    pub(super) fn prove(
        &self,
        credentials: Credentials<'_>,
        (trid, machine): (TrId, Option<Guid>),
        dialect: &Dialect,
        out: &mut Vec<u8>,
    ) -> Result<(), CantProve> {
        let response;
        let (package, proof) = match (self, credentials) {
            (Self::Md5 { challenge }, Credentials::Password(password)) => {
                response = md5::respond(challenge, password);
                (Package::Md5, Proof::Secret(Secret(&response)))
            }
            (Self::Tweener, Credentials::Ticket(ticket)) => {
                (Package::Tweener, Proof::Secret(Secret(word(ticket)?)))
            }
            (Self::SingleSignOn { nonce }, Credentials::SingleSignOn { ticket, secret, iv }) => {
                if nonce.len() > sso::MAX_NONCE {
                    return Err(CantProve::NonceTooLong);
                }
                response = sso::respond(secret, nonce, iv);
                let (ticket, response) = (Secret(word(ticket)?), Some(Secret(&response)));
                (Package::SingleSignOn, Proof::SingleSignOn { ticket, response, machine })
            }
            _ => return Err(CantProve::AnotherKind),
        };
        usr::Request::Subsequent { trid, package: package.as_str(), proof }.write(out, dialect);
        Ok(())
    }
}

fn word(ticket: &OwnedSecret) -> Result<&str, CantProve> {
    let ticket = ticket.expose();
    let is_word = !ticket.is_empty() && ticket.bytes().all(|byte| byte.is_ascii_graphic());
    is_word.then_some(ticket).ok_or(CantProve::Unwritable)
}
