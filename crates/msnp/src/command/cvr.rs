//! `CVR`: which version of the client program is recommended.
//!
//! ```text
//! C: CVR t locale os-type os-version architecture library version {4+: client-id} {8+: handle}
//! S: CVR t recommended recommended minimum download-url info-url
//! ```
//! Some clients leave out the address, or more, so every argument may be missing. A version above the client's own
//! starts an upgrade there (notification-server reference, 5.3).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// What a client says of itself. What it leaves out is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The language, `0x0409`.
    pub locale: &'a str,
    /// The operating system, `winnt`.
    pub os_type: &'a str,
    /// Its version, `5.1`.
    pub os_version: &'a str,
    /// The processor, `i386`.
    pub arch: &'a str,
    /// The program, `MSNMSGR`.
    pub library: &'a str,
    /// Its version, `7.5.0299`.
    pub version: &'a str,
    /// The code base, `msmsgs`, since MSNP4.
    pub client_id: Option<&'a str>,
    /// The address, since MSNP8.
    pub handle: Option<&'a str>,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::CVR;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        let mut word = || args.next().unwrap_or_default();
        Ok(Self {
            trid,
            locale: word(),
            os_type: word(),
            os_version: word(),
            arch: word(),
            library: word(),
            version: word(),
            client_id: args.next(),
            handle: args.next(),
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        self.write_as(Verb::CVR, out);
    }
}

impl Request<'_> {
    /// Writes it with this word: `CVQ` asks the same.
    pub(super) fn write_as(&self, verb: Verb, out: &mut Vec<u8>) {
        Line::new(out, verb)
            .trid(self.trid)
            .arg(self.locale)
            .arg(self.os_type)
            .arg(self.os_version)
            .arg(self.arch)
            .arg(self.library)
            .arg(self.version)
            .opt(self.client_id)
            .opt(self.handle)
            .end();
    }
}

/// What the server recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The version it recommends.
    pub recommended: &'a str,
    /// The oldest version it takes.
    pub minimum: &'a str,
    /// Where to get the recommended version.
    pub download_url: &'a str,
    /// Where to read about it.
    pub info_url: &'a str,
}

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::CVR;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, recommended) = (args.trid()?, args.word("recommended version")?);
        args.word("recommended version")?;
        Ok(Self {
            trid,
            recommended,
            minimum: args.word("minimum version")?,
            download_url: args.word("download URL")?,
            info_url: args.word("info URL")?,
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        self.write_as(Verb::CVR, out);
    }
}

impl Reply<'_> {
    /// Writes it with this word: the answer to `CVQ` is the same.
    pub(super) fn write_as(&self, verb: Verb, out: &mut Vec<u8>) {
        Line::new(out, verb)
            .trid(self.trid)
            .arg(self.recommended)
            .arg(self.recommended)
            .arg(self.minimum)
            .arg(self.download_url)
            .arg(self.info_url)
            .end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::known_answers;

    known_answers! {
        msnp12: ToNotification MSNP12 "CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5.0299 msmsgs alice@example.com" => Request {
            trid: TrId::new(2),
            locale: "0x0409",
            os_type: "winnt",
            os_version: "5.1",
            arch: "i386",
            library: "MSNMSGR",
            version: "7.5.0299",
            client_id: Some("msmsgs"),
            handle: Some("alice@example.com"),
        },
        msnp2: ToNotification MSNP2 "CVR 10 0x0409 win 4.10 i386 MSMSGS 1.0.0863" => Request {
            trid: TrId::new(10),
            locale: "0x0409",
            os_type: "win",
            os_version: "4.10",
            arch: "i386",
            library: "MSMSGS",
            version: "1.0.0863",
            client_id: None,
            handle: None,
        },
        nothing_said: ToNotification MSNP12 "CVR 3" => Request {
            trid: TrId::new(3),
            locale: "",
            os_type: "",
            os_version: "",
            arch: "",
            library: "",
            version: "",
            client_id: None,
            handle: None,
        },
        recommended: FromNotification MSNP12 "CVR 2 7.5.0299 7.5.0299 1.0.0000 http://download.example.com/setup.exe http://www.example.com/" => Reply {
            trid: TrId::new(2),
            recommended: "7.5.0299",
            minimum: "1.0.0000",
            download_url: "http://download.example.com/setup.exe",
            info_url: "http://www.example.com/",
        },
    }
}
