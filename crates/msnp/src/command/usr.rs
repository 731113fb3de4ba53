//! `USR`: sign in, to a notification server or to a switchboard.
//!
//! ```text
//! C: USR t package I handle
//! S: USR t package S challenge
//! C: USR t package S secret
//! 15-    C: USR t SSO I handle
//!        S: USR t SSO S policy nonce
//!        C: USR t SSO S ticket response
//! 16-    C: USR t SSO S ticket response {machine}
//! 2-5    S: USR t OK handle name
//! 6-7    S: USR t OK handle name verified
//! 8-9    S: USR t OK handle name verified restricted
//! 10-    S: USR t OK handle verified restricted
//!
//! C: USR t SHA A ticket                for circles, once signed in (MSNP18)
//! S: USR t OK handle verified restricted
//!
//! C: USR t identity cookie             to a switchboard
//! S: USR t OK identity name
//! ```
//! The challenge of `MD5` is a text to hash with the password, that of `TWN` what the login server has to be told.
//! Accounts are always verified and never restricted here; a client that would hear otherwise refuses to work
//! (notification-server reference, 5.5; later-versions reference, 4.4, 5.1 and 8.2; switchboard reference, section 3).

use super::Command;
use super::parts::malformed;
use crate::dialect::{Dialect, Package};
use crate::types::{Guid, Secret, TrId};
use crate::wire::{ArgError, Args, Encoded, Frame, Line, Verb};

/// The two steps of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// `I`: who it is.
    Initial {
        /// The transaction id.
        trid: TrId,
        /// The way to sign in, known or not.
        package: &'a str,
        /// The address as written.
        handle: &'a str,
    },
    /// `S`: the proof.
    Subsequent {
        /// The transaction id.
        trid: TrId,
        /// The way to sign in, known or not.
        package: &'a str,
        /// What goes with it.
        proof: Proof<'a>,
    },
}

/// What somebody proves with who he is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof<'a> {
    /// The hashed password, or the ticket.
    Secret(Secret<'a>),
    /// Single sign-on.
    SingleSignOn {
        /// The ticket.
        ticket: Secret<'a>,
        /// What shows that its sender has the ticket's secret. Clients that were patched for other servers leave it out.
        response: Option<Secret<'a>>,
        /// The machine that the client is on, in dialects that have places.
        machine: Option<Guid>,
    },
}

impl<'a> Proof<'a> {
    /// The words behind `S`. Those of single sign-on are told by their looks: the ticket comes first, and its second part
    /// may have become a word of its own.
    fn read(package: &str, args: &mut Args<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let first = Secret(args.word("secret")?);
        if package != Package::SingleSignOn.as_str() {
            return Ok(Self::Secret(first));
        }
        let (mut response, mut machine) = (None, None);
        for word in args.by_ref().filter(|word| !word.starts_with("p=")) {
            match word.parse::<Guid>() {
                Ok(guid) => machine = dialect.has_places.then_some(guid),
                Err(_) => response = response.or(Some(Secret(word))),
            }
        }
        Ok(Self::SingleSignOn { ticket: first, response, machine })
    }

    fn write<'o>(&self, line: Line<'o>, dialect: &Dialect) -> Line<'o> {
        match *self {
            Self::Secret(secret) => line.arg(secret.as_str()),
            Self::SingleSignOn { ticket, response, machine } => {
                let machine = machine.filter(|_| dialect.has_places).map(|guid| format!("{{{guid}}}"));
                line.arg(ticket.as_str()).opt(response.map(Secret::as_str)).opt(machine)
            }
        }
    }
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::USR;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, package) = (args.trid()?, args.word("package")?);
        match args.word("step")? {
            "I" => Ok(Self::Initial { trid, package, handle: args.word("handle")? }),
            "S" => Ok(Self::Subsequent { trid, package, proof: Proof::read(package, &mut args, dialect)? }),
            _ => Err(malformed("step")),
        }
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::USR);
        match self {
            Self::Initial { trid, package, handle } => line.trid(*trid).arg(package).arg("I").arg(handle),
            Self::Subsequent { trid, package, proof } => {
                proof.write(line.trid(*trid).arg(package).arg("S"), dialect)
            }
        }
        .end();
    }
}

/// The server's answers to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply<'a> {
    /// `S`: what the proof has to be made from.
    Challenge {
        /// The transaction id of the request.
        trid: TrId,
        /// The way to sign in.
        package: Package,
        /// One word for it.
        challenge: &'a str,
    },
    /// `SSO S`: the same for single sign-on.
    Nonce {
        /// The transaction id of the request.
        trid: TrId,
        /// The policy of the ticket that is to be fetched.
        policy: &'a str,
        /// What the response has to be made from.
        nonce: &'a str,
    },
    /// `OK`: signed in.
    Welcome {
        /// The transaction id of the request.
        trid: TrId,
        /// The address in its stored form.
        handle: &'a str,
        /// The friendly name. Where the line has none, the address is read for it.
        name: Encoded<'a>,
    },
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::USR;

    fn read(Frame { mut args, .. }: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        let (trid, first) = (args.trid()?, args.word("package")?);
        if first != "OK" {
            let package = [Package::Md5, Package::Tweener, Package::SingleSignOn]
                .into_iter()
                .find(|package| package.as_str() == first)
                .ok_or(malformed("package"))?;
            args.word("step")?;
            if package == Package::SingleSignOn {
                return Ok(Self::Nonce { trid, policy: args.word("policy")?, nonce: args.word("nonce")? });
            }
            return Ok(Self::Challenge { trid, package, challenge: args.word("challenge")? });
        }
        let handle = args.word("handle")?;
        // The flags end the line, and what stands before them is a name even where none is expected.
        let flags = usize::from(dialect.welcome.verified) + usize::from(dialect.welcome.restricted);
        let has_name = dialect.welcome.name || args.count() > flags;
        let name = args.next().filter(|_| has_name).unwrap_or(handle);
        Ok(Self::Welcome { trid, handle, name: Encoded::from_wire(name) })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::USR);
        match self {
            Self::Challenge { trid, package, challenge } => {
                line.trid(*trid).arg(package.as_str()).arg("S").arg(challenge)
            }
            Self::Nonce { trid, policy, nonce } => {
                line.trid(*trid).arg(Package::SingleSignOn.as_str()).arg("S").arg(policy).arg(nonce)
            }
            Self::Welcome { trid, handle, name } => line
                .trid(*trid)
                .arg("OK")
                .arg(handle)
                .opt(dialect.welcome.name.then_some(name))
                .opt(dialect.welcome.verified.then_some(1))
                .opt(dialect.welcome.restricted.then_some(0)),
        }
        .end();
    }
}

/// What shows which circles somebody is in, who has signed in already. The answer is [`Reply::Welcome`] once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircleRequest<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The ticket that his address book came with, in base64.
    pub ticket: Secret<'a>,
}

impl CircleRequest<'_> {
    /// The word that tells it from a sign-in.
    const PACKAGE: &'static str = "SHA";

    /// Whether these arguments of a `USR` are those of one.
    pub fn is_meant(mut args: Args<'_>) -> bool {
        args.nth(1) == Some(Self::PACKAGE)
    }
}

impl<'a> Command<'a> for CircleRequest<'a> {
    const VERB: Verb = Verb::USR;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        for (what, expected) in [("package", Self::PACKAGE), ("step", "A")] {
            if args.word(what)? != expected {
                return Err(malformed(what));
            }
        }
        Ok(Self { trid, ticket: Secret(args.word("ticket")?) })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::USR).trid(self.trid).arg(Self::PACKAGE).arg("A").arg(self.ticket.as_str()).end();
    }
}

/// How who opens a chat presents himself to a switchboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwitchboardRequest<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The address as written; with the place's GUID behind it in MSNP16 and later.
    pub identity: &'a str,
    /// What the notification server gave him.
    pub cookie: Secret<'a>,
}

impl<'a> Command<'a> for SwitchboardRequest<'a> {
    const VERB: Verb = Verb::USR;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            identity: args.word("identity")?,
            cookie: Secret(args.word("cookie")?),
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::USR).trid(self.trid).arg(self.identity).arg(self.cookie.as_str()).end();
    }
}

/// The switchboard takes him in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchboardReply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The identity as he wrote it.
    pub identity: &'a str,
    /// His friendly name.
    pub name: Encoded<'a>,
}

impl<'a> Command<'a> for SwitchboardReply<'a> {
    const VERB: Verb = Verb::USR;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        if args.word("OK")? != "OK" {
            return Err(malformed("OK"));
        }
        Ok(Self { trid, identity: args.word("identity")?, name: args.encoded("name")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::USR).trid(self.trid).arg("OK").arg(self.identity).arg(&self.name).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::{MSNP8, MSNP12, MSNP15, MSNP16, MSNP18};
    use crate::wire::Direction;

    known_answers! {
        initial: ToNotification MSNP12 "USR 3 TWN I alice@example.com" =>
            Request::Initial { trid: TrId::new(3), package: "TWN", handle: "alice@example.com" },
        ticket: ToNotification MSNP8 "USR 4 TWN S t=5AbCdEf*exampleticket$$&p=5Profile*example$$" => Request::Subsequent {
            trid: TrId::new(4),
            package: "TWN",
            proof: Proof::Secret(Secret("t=5AbCdEf*exampleticket$$&p=5Profile*example$$")),
        },
        single_15: ToNotification MSNP15 "USR 4 SSO S t=5AbC&p= HAAAAAEAAAAD" => sso(None),
        single_16: ToNotification MSNP16 "USR 4 SSO S t=5AbC&p= HAAAAAEAAAAD {5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}" =>
            sso(Some("5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10")),
        nonce: FromNotification MSNP15 "USR 3 SSO S MBI_KEY_OLD ZM8Uqh5U" =>
            Reply::Nonce { trid: TrId::new(3), policy: "MBI_KEY_OLD", nonce: "ZM8Uqh5U" },
        challenge: FromNotification MSNP7 "USR 6 MD5 S 1104537600.204817" =>
            Reply::Challenge { trid: TrId::new(6), package: Package::Md5, challenge: "1104537600.204817" },
        welcome_2: FromNotification MSNP2 "USR 7 OK alice@example.com Alice%20L" => welcome(7, "Alice%20L"),
        welcome_7: FromNotification MSNP7 "USR 4 OK alice@example.com Alice%20L 1" => welcome(4, "Alice%20L"),
        welcome_8: FromNotification MSNP8 "USR 4 OK alice@example.com Alice%20L 1 0" => welcome(4, "Alice%20L"),
        welcome_12: FromNotification MSNP12 "USR 7 OK alice@example.com 1 0" => welcome(7, "alice@example.com"),
        circles: ToNotification MSNP18 "USR 7 SHA A PD94bWwgdmVyc2lvbj0i" =>
            CircleRequest { trid: TrId::new(7), ticket: Secret("PD94bWwgdmVyc2lvbj0i") },
        circles_shown: FromNotification MSNP18 "USR 7 OK alice@example.com 1 0" => welcome(7, "alice@example.com"),
        caller: ToSwitchboard MSNP8 "USR 1 alice@example.com 17262740.1050826919.32308" => SwitchboardRequest {
            trid: TrId::new(1),
            identity: "alice@example.com",
            cookie: Secret("17262740.1050826919.32308"),
        },
        taken_in: FromSwitchboard MSNP8 "USR 1 OK alice@example.com Alice" => SwitchboardReply {
            trid: TrId::new(1),
            identity: "alice@example.com",
            name: Encoded::from_wire("Alice"),
        },
    }

    fn welcome<'a>(trid: u32, name: &'a str) -> Reply<'a> {
        Reply::Welcome { trid: TrId::new(trid), handle: "alice@example.com", name: Encoded::from_wire(name) }
    }

    fn sso(machine: Option<&str>) -> Request<'static> {
        Request::Subsequent {
            trid: TrId::new(4),
            package: "SSO",
            proof: Proof::SingleSignOn {
                ticket: Secret("t=5AbC&p="),
                response: Some(Secret("HAAAAAEAAAAD")),
                machine: machine.map(|guid| guid.parse().unwrap()),
            },
        }
    }

    #[test]
    fn the_words_of_single_sign_on_are_told_by_their_looks() {
        let read = |line: &str, dialect| {
            let line = format!("USR 4 SSO S {line}\r\n");
            match Request::read(testing::frame(Direction::ToNotification, line.as_bytes()), dialect) {
                Ok(Request::Subsequent {
                    proof: Proof::SingleSignOn { ticket, response, machine }, ..
                }) => (ticket.0.to_owned(), response.map_or("", Secret::as_str).to_owned(), machine),
                other => panic!("{other:?}"),
            }
        };
        let machine = "5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10".parse().ok();
        for (line, dialect, ticket, response, place) in [
            // Pidgin has no braces, and a phone has a word more.
            ("t=a&p= HAAAA 5F0C1A7E-3B42-4D19-9A61-0D2C7E8B4F10", &MSNP16, "t=a&p=", "HAAAA", machine),
            ("t=a p= HAAAA {5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}", &MSNP16, "t=a", "HAAAA", machine),
            ("t=a p=b {5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}", &MSNP16, "t=a", "", machine),
            ("t=a&p= HAAAA", &MSNP16, "t=a&p=", "HAAAA", None),
            ("t=a&p= HAAAA {5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}", &MSNP15, "t=a&p=", "HAAAA", None),
            ("t=a&p= HAAAA more", &MSNP15, "t=a&p=", "HAAAA", None),
            ("t=a&p=", &MSNP15, "t=a&p=", "", None),
        ] {
            assert_eq!(
                read(line, dialect),
                (ticket.to_owned(), response.to_owned(), place),
                "{line} in {}",
                dialect.version
            );
        }
    }

    #[test]
    fn a_name_that_should_not_be_there_is_read() {
        let frame = testing::frame(Direction::FromNotification, b"USR 4 OK alice@example.com Alice 1 0\r\n");
        assert_eq!(Reply::read(frame, &MSNP12), Ok(welcome(4, "Alice")));
    }

    #[test]
    fn secrets_are_not_shown() {
        let proof = Proof::Secret(Secret("t=5AbCdEf"));
        let request = Request::Subsequent { trid: TrId::new(4), package: "TWN", proof };
        assert!(!format!("{request:?}").contains("5AbCdEf"));
        let circles = CircleRequest { trid: TrId::new(7), ticket: Secret("PD94bWwg") };
        assert!(!format!("{circles:?}").contains("PD94bWwg"));
        let line =
            testing::frame(Direction::ToNotification, b"USR 7 SHA A PD94bWwg\r\n").redacted().to_string();
        assert!(!line.contains("PD94bWwg"), "{line}");
        let shown = format!("{:?}", sso(None));
        assert!(!shown.contains("5AbC") && !shown.contains("HAAAA"), "{shown}");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP8, line).to_string();
        assert_eq!(fault("USR 3 TWN X alice@example.com"), "step is malformed");
        assert_eq!(fault("USR 3 TWN I"), "handle is missing");
        assert_eq!(fault("USR 3 TWN S"), "secret is missing");
        let fault =
            |line| testing::fault::<CircleRequest<'_>>(Direction::ToNotification, &MSNP18, line).to_string();
        assert_eq!(fault("USR 7 SHA S x"), "step is malformed");
        assert_eq!(fault("USR 7 SHA A"), "ticket is missing");
        let fault = |line| testing::fault::<Reply<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("USR 3 CKI S x"), "package is malformed");
        assert_eq!(fault("USR 3 OK"), "handle is missing");
        let fault = |line| {
            testing::fault::<SwitchboardReply<'_>>(Direction::FromSwitchboard, &MSNP8, line).to_string()
        };
        assert_eq!(fault("USR 1 alice@example.com Alice OK"), "OK is malformed");
    }
}
