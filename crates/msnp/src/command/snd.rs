//! `SND`: invite somebody to the service by mail, in the older form.
//!
//! ```text
//! C: SND t address                              MSNP2
//! C: SND t address locale library               MSNP3
//! C: SND t address locale library client        MSNP4 and later
//! S: SND t OK
//! ```
//! In place of an address may stand the position of somebody whom the member directory has found
//! (notification-server reference, 18.3).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// Whom a client invites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// His address as written, or his position in what the directory has found.
    pub to: &'a str,
    /// The language of the inviter, `0x0409`.
    pub locale: Option<&'a str>,
    /// `MSMSGS`
    pub library: Option<&'a str>,
    /// The client, `MSMSGS` or `WindowsMessenger`.
    pub client: Option<&'a str>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::SND;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            trid: args.trid()?,
            to: args.word("address")?,
            locale: args.next(),
            library: args.next(),
            client: args.next(),
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SND)
            .trid(self.trid)
            .arg(self.to)
            .opt(self.locale)
            .opt(self.library)
            .opt(self.client)
            .end();
    }
}

/// The invitation is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::SND;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::SND).trid(self.trid).arg("OK").end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP8;
    use crate::wire::Direction;

    const BARE: Request<'_> =
        Request { trid: TrId::new(22), to: "dave@example.net", locale: None, library: None, client: None };

    known_answers! {
        address_alone: ToNotification MSNP2 "SND 22 dave@example.net" => BARE,
        with_library: ToNotification MSNP3 "SND 22 dave@example.net 0x0409 MSMSGS" =>
            Request { locale: Some("0x0409"), library: Some("MSMSGS"), ..BARE },
        with_client: ToNotification MSNP8 "SND 22 dave@example.net 0x0409 MSMSGS WindowsMessenger" =>
            Request { locale: Some("0x0409"), library: Some("MSMSGS"), client: Some("WindowsMessenger"), ..BARE },
        reply: FromNotification MSNP8 "SND 22 OK" => Reply { trid: TrId::new(22) },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP8, line).to_string();
        assert_eq!(fault("SND 22"), "address is missing");
    }
}
