//! `CHG`: change one's own status.
//!
//! ```text
//! 2-7   C: CHG t state
//! 8     C: CHG t state [capabilities]
//! 9-20  C: CHG t state [capabilities] [object]
//!       S: the same line
//!       S: CHG 0 FLN                  the server takes the user offline
//! ```
//! The reply repeats what came, byte for byte. One exception: in MSNP8-11 a request without capabilities is answered
//! with `0` in their place, because a client made for the live service stays offline otherwise. An object `0` means
//! none (notification-server reference, 12.1).

use super::Command;
use crate::dialect::Dialect;
use crate::types::{Capabilities, Status, TrId};
use crate::wire::{ArgError, Encoded, Fault, Frame, Line, Verb};

/// A client's new status, and the server's answer to it, which is the same line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The new status.
    pub status: Status,
    /// What the client can do, as written; see [`Request::capabilities`].
    pub capabilities: Option<&'a str>,
    /// The display picture and the like, unread; see [`Request::object`].
    pub object: Option<Encoded<'a>>,
}

/// The answer to a [`Request`].
pub type Reply<'a> = Request<'a>;

impl<'a> Request<'a> {
    /// What the client can do; nothing if it doesn't say.
    pub fn capabilities(&self) -> Capabilities {
        self.capabilities.and_then(|written| written.parse().ok()).unwrap_or_default()
    }

    /// The MSN object, if there is one: `0` means none.
    pub fn object(&self) -> Option<&Encoded<'a>> {
        self.object.as_ref().filter(|object| object.as_str() != "0")
    }

    /// What the server answers.
    pub fn reply(self, dialect: &Dialect) -> Reply<'a> {
        let filled_in = dialect.fills_in_capabilities.then_some("0");
        Reply { capabilities: self.capabilities.or(filled_in), ..self }
    }
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::CHG;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, status) = (args.trid()?, args.parse("status")?);
        let capabilities = args.next();
        if capabilities.is_some_and(|written| written.parse::<Capabilities>().is_err()) {
            return Err(ArgError { what: "capabilities", fault: Fault::Malformed });
        }
        Ok(Self { trid, status, capabilities, object: args.next().map(Encoded::from_wire) })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::CHG)
            .trid(self.trid)
            .arg(self.status)
            .opt(self.capabilities)
            .opt(self.object.as_ref())
            .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::{MSNP8, MSNP12};
    use crate::wire::Direction;

    known_answers! {
        bare: ToNotification MSNP12 "CHG 10 NLN" =>
            Request { trid: TrId::new(10), status: Status::Online, capabilities: None, object: None },
        with_capabilities: ToNotification MSNP8 "CHG 6 HDN 0" =>
            Request { trid: TrId::new(6), status: Status::Hidden, capabilities: Some("0"), object: None },
        with_object: FromNotification MSNP9 "CHG 6 BSY 268435500 %3Cmsnobj%2F%3E" => Reply {
            trid: TrId::new(6),
            status: Status::Busy,
            capabilities: Some("268435500"),
            object: Some(Encoded::from_wire("%3Cmsnobj%2F%3E")),
        },
    }

    #[test]
    fn the_reply_fills_in_capabilities_where_the_dialect_says_so() {
        let request =
            Request { trid: TrId::new(7), status: Status::Online, capabilities: None, object: None };
        assert_eq!(request.clone().reply(&MSNP8).capabilities, Some("0"));
        assert_eq!(request.reply(&MSNP12).capabilities, None);
    }

    #[test]
    fn zero_is_no_object() {
        let request = Request {
            trid: TrId::new(7),
            status: Status::Online,
            capabilities: Some("5:48"),
            object: Some(Encoded::from_wire("0")),
        };
        assert_eq!(request.object(), None);
        assert_eq!(request.capabilities(), Capabilities { base: 5, extended: 48 });
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP8, line).what;
        assert_eq!(fault("CHG x NLN"), "transaction id");
        assert_eq!(fault("CHG 1 FLN"), "status");
        assert_eq!(fault("CHG 1 NLN many"), "capabilities");
    }
}
