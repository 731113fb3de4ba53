//! A cursor over the arguments of a line.

use std::fmt;
use std::str::FromStr;

use super::percent::Encoded;
use crate::types::TrId;

/// The arguments of one line that are still to be read.
///
/// Runs of spaces and tabs separate as one space does: the live service took them so, and `CVQ` of MSNP4-7 has an
/// empty argument that shows as a doubled space (notification-server reference, section 2).
#[derive(Clone, Copy)]
pub struct Args<'a>(&'a str);

impl<'a> Args<'a> {
    /// The arguments in `rest`, which is what follows the command word.
    pub const fn new(rest: &'a str) -> Self {
        Self(rest)
    }

    /// The next argument as it stands.
    ///
    /// # Errors
    /// When there is none.
    pub fn word(&mut self, what: &'static str) -> Result<&'a str, ArgError> {
        self.next().ok_or(ArgError { what, fault: Fault::Missing })
    }

    /// The next argument, read as a `T`.
    ///
    /// # Errors
    /// When there is none, or it is no `T`.
    pub fn parse<T: FromStr>(&mut self, what: &'static str) -> Result<T, ArgError> {
        self.word(what)?.parse().map_err(|_| ArgError { what, fault: Fault::Malformed })
    }

    /// The next argument, read as a `T` if there is one.
    ///
    /// # Errors
    /// When there is one and it is no `T`.
    pub fn optional<T: FromStr>(&mut self, what: &'static str) -> Result<Option<T>, ArgError> {
        self.next()
            .map(|word| word.parse().map_err(|_| ArgError { what, fault: Fault::Malformed }))
            .transpose()
    }

    /// The next argument as percent-encoded text.
    ///
    /// # Errors
    /// When there is none.
    pub fn encoded(&mut self, what: &'static str) -> Result<Encoded<'a>, ArgError> {
        self.word(what).map(Encoded::from_wire)
    }

    /// The transaction id, which stands directly after most command words.
    ///
    /// # Errors
    /// When there is none, or it is no number of 32 bits: the service closes the connection then.
    pub fn trid(&mut self) -> Result<TrId, ArgError> {
        self.parse("transaction id")
    }

    /// The last argument.
    pub fn last(self) -> Option<&'a str> {
        let end = self.0.bytes().rposition(|b| !is_space(b))? + 1;
        let text = self.0.get(..end)?;
        let start = text.bytes().rposition(is_space).map_or(0, |space| space + 1);
        text.get(start..)
    }

    /// Looks at the next argument without taking it.
    pub fn peek(self) -> Option<&'a str> {
        { self }.next()
    }
}

impl<'a> Iterator for Args<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        // By bytes and not by characters, which takes more steps: every message is read so.
        let Some(start) = self.0.bytes().position(|b| !is_space(b)) else {
            self.0 = "";
            return None;
        };
        let rest = self.0.get(start..).unwrap_or_default();
        let end = rest.bytes().position(is_space).unwrap_or(rest.len());
        self.0 = rest.get(end..).unwrap_or_default();
        rest.get(..end)
    }
}

/// What separates arguments.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

impl fmt::Debug for Args<'_> {
    /// Shows how many arguments there are and not what: tickets and cookies are among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} arguments>", self.count())
    }
}

/// An argument that a command needs is missing or is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} {fault}")]
pub struct ArgError {
    /// What the argument means.
    pub what: &'static str,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It holds something that XML can't.
    #[error("holds what is no character of XML")]
    IllegalCharacter,
    /// It is not what the grammar asks for.
    #[error("is malformed")]
    Malformed,
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// It is longer than anybody needs.
    #[error("is too long")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_white_space_separate_once() {
        let mut args = Args::new("  5 \t TWN  I alice@example.com ");
        assert_eq!(args.last(), Some("alice@example.com"));
        assert_eq!(args.trid().unwrap().value(), 5);
        assert_eq!(args.peek(), Some("TWN"));
        assert_eq!(args.collect::<Vec<_>>(), ["TWN", "I", "alice@example.com"]);
        assert_eq!(args.last(), Some("alice@example.com"));
        assert_eq!(Args::new("   ").last(), None);
    }

    #[test]
    fn faults_name_the_argument() {
        let mut args = Args::new("x");
        assert_eq!(args.trid().unwrap_err().to_string(), "transaction id is malformed");
        assert_eq!(args.word("state").unwrap_err().to_string(), "state is missing");
    }
}
