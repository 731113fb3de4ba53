//! `SDC`: invite somebody to the service by mail, with a text of one's own (MSNP5 and later).
//!
//! ```text
//! C: SDC t address locale library client X X own-name length
//!    the text, which may be empty
//! S: SDC t OK
//! ```
//! What the two `X` stand for is unknown. In place of an address may stand the position of somebody whom the member
//! directory has found (notification-server reference, 18.3).

use std::fmt;

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Encoded, Fault, Frame, Line, Verb};

/// Whom a client invites.
#[derive(Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// His address as written, or his position in what the directory has found.
    pub to: &'a str,
    /// The language of the inviter, `0x0409`.
    pub locale: &'a str,
    /// `MSMSGS`
    pub library: &'a str,
    /// The client, `MSMSGS` or `WindowsMessenger`.
    pub client: &'a str,
    /// The name of the inviter; empty where he has none.
    pub name: Encoded<'a>,
    /// What the inviter has written.
    pub text: &'a [u8],
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::SDC;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        let (to, locale) = (args.word("address")?, args.word("locale")?);
        let (library, client) = (args.word("library")?, args.word("client")?);
        args.word("first X")?;
        args.word("second X")?;
        // The length is last. An empty name is no word at all, and then the length stands in its place.
        let name = args.word("name")?;
        let name = if args.peek().is_some() { name } else { "" };
        if args.last().unwrap_or("0").parse::<usize>().is_err() {
            return Err(ArgError { what: "length", fault: Fault::Malformed });
        }
        Ok(Self { trid, to, locale, library, client, name: Encoded::from_wire(name), text: payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SDC)
            .trid(self.trid)
            .arg(self.to)
            .arg(self.locale)
            .arg(self.library)
            .arg(self.client)
            .arg("X")
            .arg("X")
            .arg(&self.name)
            .payload(self.text);
    }
}

impl fmt::Debug for Request<'_> {
    /// Shows how long the text is and not what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trid, to, text, .. } = self;
        write!(f, "Request {{ trid: {trid}, to: {to:?}, text: <{} bytes>, .. }}", text.len())
    }
}

/// The invitation is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::SDC;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SDC).trid(self.trid).arg("OK").end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    fn request<'a>(name: &'a str, text: &'a str) -> Request<'a> {
        Request {
            trid: TrId::new(23),
            to: "dave@example.net",
            locale: "0x0409",
            library: "MSMSGS",
            client: "MSMSGS",
            name: Encoded::from_wire(name),
            text: text.as_bytes(),
        }
    }

    known_answers! {
        with_text: ToNotification MSNP5 "SDC 23 dave@example.net 0x0409 MSMSGS MSMSGS X X Alice%20L 8" "Join me!" =>
            request("Alice%20L", "Join me!"),
        without_text: ToNotification MSNP12 "SDC 23 dave@example.net 0x0409 MSMSGS MSMSGS X X Alice%20L 0" =>
            request("Alice%20L", ""),
        without_name: ToNotification MSNP12 "SDC 23 dave@example.net 0x0409 MSMSGS MSMSGS X X 2" "Hi" =>
            request("", "Hi"),
        reply: FromNotification MSNP8 "SDC 23 OK" => Reply { trid: TrId::new(23) },
    }

    #[test]
    fn what_is_said_is_not_shown() {
        let shown = format!("{:?}", request("Alice%20L", "secret"));
        assert_eq!(shown, "Request { trid: 23, to: \"dave@example.net\", text: <6 bytes>, .. }");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP8, line).to_string();
        assert_eq!(fault("SDC 23 0"), "locale is missing");
        assert_eq!(fault("SDC 23 dave@example.net 0x0409 MSMSGS MSMSGS X 0"), "name is missing");
    }
}
