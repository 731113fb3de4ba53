//! `XFR`: go to another server, to sign in there or to chat there.
//!
//! ```text
//! 2-6   S: XFR t NS address 0
//! 7-12  S: XFR t NS address 0 origin           the server that refers
//! 13-   S: XFR t NS address U D
//!
//!       C: XFR t SB
//! 2-12  S: XFR t SB address CKI cookie
//! 13    S: XFR t SB address CKI cookie U messenger.msn.com
//! 14-   S: XFR t SB address CKI cookie U messenger.msn.com 1
//! ```
//! An address is a host name or an IPv4 address with a port, never an IPv6 address: clients split it at the first
//! colon. `NS` answers the first `USR`, or comes unasked with transaction id 0 (notification-server reference, 5.6
//! and section 14).

use super::Command;
use super::parts::{malformed, write_tail};
use crate::dialect::{Dialect, Referral};
use crate::types::{Secret, TrId};
use crate::wire::{ArgError, Frame, Line, Verb};

/// A client asks for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The kind of server: `SB`, or what the client writes.
    pub kind: &'a str,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::XFR;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, kind: args.word("kind")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::XFR).trid(self.trid).arg(self.kind).end();
    }
}

/// Where to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply<'a> {
    /// To a notification server, to sign in.
    Notification {
        /// The transaction id of the `USR`, or 0.
        trid: TrId,
        /// The server.
        address: &'a str,
        /// The server that says so; empty where the line does not tell.
        origin: &'a str,
    },
    /// To a switchboard, to chat.
    Switchboard {
        /// The transaction id of the request.
        trid: TrId,
        /// The server.
        address: &'a str,
        /// What to show there.
        cookie: Secret<'a>,
    },
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::XFR;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, kind, address) = (args.trid()?, args.word("kind")?, args.word("address")?);
        match kind {
            "NS" => {
                let told = dialect.referral == Referral::ZeroAndOrigin;
                let origin = args.nth(1).filter(|_| told).unwrap_or_default();
                Ok(Self::Notification { trid, address, origin })
            }
            "SB" => {
                args.word("package")?;
                Ok(Self::Switchboard { trid, address, cookie: Secret(args.word("cookie")?) })
            }
            _ => Err(malformed("kind")),
        }
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::XFR);
        match *self {
            Self::Notification { trid, address, origin } => {
                let line = line.trid(trid).arg("NS").arg(address);
                match dialect.referral {
                    Referral::Zero => line.arg(0),
                    Referral::ZeroAndOrigin => line.arg(0).arg(origin),
                    Referral::Letters => line.arg("U").arg("D"),
                }
            }
            Self::Switchboard { trid, address, cookie } => {
                let line = line.trid(trid).arg("SB").arg(address).arg("CKI").arg(cookie.as_str());
                write_tail(line, "messenger.msn.com", dialect)
            }
        }
        .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP8 "XFR 15 SB" => Request { trid: TrId::new(15), kind: "SB" },
        referral_2: FromNotification MSNP2 "XFR 3 NS 192.0.2.25:1863 0" => notification(""),
        referral_12: FromNotification MSNP12 "XFR 3 NS 192.0.2.25:1863 0 192.0.2.1:1863" =>
            notification("192.0.2.1:1863"),
        referral_13: FromNotification MSNP13 "XFR 3 NS 192.0.2.25:1863 U D" => notification(""),
        chat_8: FromNotification MSNP8 "XFR 15 SB 192.0.2.20:1863 CKI 17262740.1050826919.32308" => chat(),
        chat_13: FromNotification MSNP13 "XFR 15 SB 192.0.2.20:1863 CKI 17262740.1050826919.32308 U messenger.msn.com" =>
            chat(),
        chat_14: FromNotification MSNP14 "XFR 15 SB 192.0.2.20:1863 CKI 17262740.1050826919.32308 U messenger.msn.com 1" =>
            chat(),
    }

    fn notification(origin: &str) -> Reply<'_> {
        Reply::Notification { trid: TrId::new(3), address: "192.0.2.25:1863", origin }
    }

    fn chat() -> Reply<'static> {
        Reply::Switchboard {
            trid: TrId::new(15),
            address: "192.0.2.20:1863",
            cookie: Secret("17262740.1050826919.32308"),
        }
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("XFR 15 XX 192.0.2.20:1863"), "kind is malformed");
        assert_eq!(fault("XFR 15 SB 192.0.2.20:1863 CKI"), "cookie is missing");
    }
}
