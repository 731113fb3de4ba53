//! `RNG`: an invitation to a chat, from the notification server.
//!
//! ```text
//! 2-12  S: RNG session address CKI cookie handle name
//! 13    S: RNG session address CKI cookie handle name U messenger.hotmail.com
//! 14-   S: RNG session address CKI cookie handle name U messenger.hotmail.com 1
//! ```
//! The session is that of the chat and no transaction id. Official servers name it by a number, and so do we; one other writes a
//! word of letters. An address is never an IPv6 one, see `XFR`
//! (notification-server reference, section 14; switchboard reference, 2.2).

use super::Command;
use super::parts::write_tail;
use crate::dialect::Dialect;
use crate::types::Secret;
use crate::wire::{ArgError, Encoded, Frame, Line, Verb};

/// Somebody invites the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// The chat, to be given back as it is in `ANS`. A server that writes it: a number below 2^31.
    pub session: &'a str,
    /// The switchboard.
    pub address: &'a str,
    /// What to show there.
    pub cookie: Secret<'a>,
    /// Who invites.
    pub handle: &'a str,
    /// His name.
    pub name: Encoded<'a>,
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::RNG;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (session, address) = (args.word("session")?, args.word("address")?);
        args.word("package")?;
        Ok(Self {
            session,
            address,
            cookie: Secret(args.word("cookie")?),
            handle: args.word("handle")?,
            name: args.encoded("name")?,
        })
    }

    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::RNG)
            .arg(self.session)
            .arg(self.address)
            .arg("CKI")
            .arg(self.cookie.as_str())
            .arg(self.handle)
            .arg(&self.name);
        write_tail(line, "messenger.hotmail.com", dialect).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    known_answers! {
        msnp8: FromNotification MSNP8 "RNG 11752013 192.0.2.20:1863 CKI 849102291.520491113.77201 alice@example.com Alice" =>
            push(),
        msnp13: FromNotification MSNP13 "RNG 11752013 192.0.2.20:1863 CKI 849102291.520491113.77201 alice@example.com Alice U messenger.hotmail.com" =>
            push(),
        msnp14: FromNotification MSNP14 "RNG 11752013 192.0.2.20:1863 CKI 849102291.520491113.77201 alice@example.com Alice U messenger.hotmail.com 1" =>
            push(),
    }

    fn push() -> Push<'static> {
        Push {
            session: "11752013",
            address: "192.0.2.20:1863",
            cookie: Secret("849102291.520491113.77201"),
            handle: "alice@example.com",
            name: Encoded::from_wire("Alice"),
        }
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP8, line).to_string();
        assert_eq!(fault("RNG"), "session is missing");
        assert_eq!(fault("RNG 1 192.0.2.20:1863 CKI"), "cookie is missing");
    }
}
