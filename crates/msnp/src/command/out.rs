//! `OUT`: the session ends.
//!
//! ```text
//! C: OUT
//! S: OUT [OTH|SSD|MIG|TOU|RCT minutes]        then the connection closes
//! ```
//! It has no transaction id. A client does not sign in again by itself after `OTH` (notification-server reference,
//! section 16).

use std::fmt;

use super::Command;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request;

impl Command<'_> for Request {
    const VERB: Verb = Verb::OUT;

    fn read(_: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::OUT).end();
    }
}

/// The server ends the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push {
    /// Why, if it tells something known.
    pub reason: Option<Reason>,
}

/// Why a server ends a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `OTH`: the account signed in elsewhere.
    SignedInElsewhere,
    /// `SSD`: the server shuts down.
    ShuttingDown,
    /// `MIG`: the lists were moved to the address book; sign in again (MSNP10).
    Migrated,
    /// `TOU`: the terms of use are not accepted (MSNP10 and later).
    TermsNotAccepted,
    /// `RCT`: sign in again after so many minutes (MSNP11 and later).
    ReconnectIn(u32),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedInElsewhere => f.write_str("the account has signed in elsewhere"),
            Self::ShuttingDown => f.write_str("the server shuts down"),
            Self::Migrated => f.write_str("the lists were moved, sign in again"),
            Self::TermsNotAccepted => f.write_str("the terms of use are not accepted"),
            Self::ReconnectIn(minutes) => write!(f, "sign in again in {minutes} minutes"),
        }
    }
}

impl Command<'_> for Push {
    const VERB: Verb = Verb::OUT;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        let reason = match args.next() {
            Some("OTH") => Some(Reason::SignedInElsewhere),
            Some("SSD") => Some(Reason::ShuttingDown),
            Some("MIG") => Some(Reason::Migrated),
            Some("TOU") => Some(Reason::TermsNotAccepted),
            Some("RCT") => Some(Reason::ReconnectIn(args.parse("minutes")?)),
            _ => None,
        };
        Ok(Self { reason })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        let line = Line::new(out, Verb::OUT);
        match self.reason {
            None => line,
            Some(Reason::SignedInElsewhere) => line.arg("OTH"),
            Some(Reason::ShuttingDown) => line.arg("SSD"),
            Some(Reason::Migrated) => line.arg("MIG"),
            Some(Reason::TermsNotAccepted) => line.arg("TOU"),
            Some(Reason::ReconnectIn(minutes)) => line.arg("RCT").arg(minutes),
        }
        .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP12;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP12 "OUT" => Request,
        plain: FromNotification MSNP12 "OUT" => Push { reason: None },
        elsewhere: FromNotification MSNP7 "OUT OTH" => Push { reason: Some(Reason::SignedInElsewhere) },
        shutdown: FromNotification MSNP7 "OUT SSD" => Push { reason: Some(Reason::ShuttingDown) },
        migrated: FromNotification MSNP10 "OUT MIG" => Push { reason: Some(Reason::Migrated) },
        terms: FromNotification MSNP10 "OUT TOU" => Push { reason: Some(Reason::TermsNotAccepted) },
        reconnect: FromNotification MSNP11 "OUT RCT 6" => Push { reason: Some(Reason::ReconnectIn(6)) },
    }

    #[test]
    fn unknown_reasons_are_none() {
        let frame = testing::frame(Direction::FromNotification, b"OUT XYZ\r\n");
        assert_eq!(Push::read(frame, &MSNP12), Ok(Push { reason: None }));
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = testing::fault::<Push>(Direction::FromNotification, &MSNP12, "OUT RCT");
        assert_eq!(fault.to_string(), "minutes is missing");
    }
}
