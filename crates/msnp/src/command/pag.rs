//! `PAG`: page a mobile device, in the older form (MSNP5-8; `PGD` after it).
//!
//! ```text
//! C: PAG t handle length
//!    the page
//! ```
//! Nothing is said about a page that is on its way; one that can't be sent is answered with an error
//! (notification-server reference, 18.4).

use std::fmt;

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// Whom a client pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// His address as written.
    pub to: &'a str,
    /// What is a [`Page`](crate::types::Page) if it is well-formed.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::PAG;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, to: args.word("handle")?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::PAG).trid(self.trid).arg(self.to).payload(self.payload);
    }
}

impl fmt::Debug for Request<'_> {
    /// Shows how long the page is and not what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trid, to, payload } = self;
        write!(f, "Request {{ trid: {trid}, to: {to:?}, payload: <{} bytes> }}", payload.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    known_answers! {
        text: ToNotification MSNP8 "PAG 24 bob@example.net 41" r#"<TEXT xml:space="preserve">call me</TEXT>"# => Request {
            trid: TrId::new(24),
            to: "bob@example.net",
            payload: br#"<TEXT xml:space="preserve">call me</TEXT>"#,
        },
    }

    #[test]
    fn what_is_said_is_not_shown() {
        let request = Request { trid: TrId::new(24), to: "bob@example.net", payload: b"secret" };
        let shown = format!("{request:?}");
        assert_eq!(shown, "Request { trid: 24, to: \"bob@example.net\", payload: <6 bytes> }");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP8, line).to_string();
        assert_eq!(fault("PAG x bob@example.net 0"), "transaction id is malformed");
    }
}
