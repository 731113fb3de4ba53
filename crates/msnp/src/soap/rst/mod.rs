//! `RST.srf` and `RST2.srf`, the token services of MSN Messenger 7.5 and later: a password, or an older token, in; one
//! ticket for each service asked for, out (web-services reference, sections 6, 7 and 9.3).
//!
//! The two differ in the versions of SOAP and of what is around it, not in what is said: [`Form`] has the differences. A
//! request is read without regard to them, and so is an answer.
//!
//! A server reads a [`Request`] and writes a [`Reply`] or a [`Fault`]; a client writes [`Ask`] and [`Renewal`], and reads an
//! [`Answer`] or a [`Refusal`].

mod answer;
mod ask;
mod fault;
mod form;
mod reply;
mod request;
mod sealed;
mod signature;

pub use answer::{Answer, Grant, Refusal};
pub use ask::{Ask, Renewal};
pub use fault::Fault;
pub use form::Form;
pub use reply::{Issued, Reply, Token};
pub use request::{BROKER, Credentials, InvalidRequest, MAX_TOKENS, Request, Wanted};
pub use sealed::{NONCE_LEN, Seal, open};
pub use signature::{Signature, Unsigned};

#[cfg(test)]
mod client_tests;
#[cfg(test)]
mod tests;
