//! `CVQ`: which client version is recommended, asked by who wants to know nothing else, after `VER t CVR0`.
//!
//! ```text
//! C: CVQ t locale os os-version arch library version [client-id [handle]]
//! S: CVQ t recommended recommended minimum download-url info-url
//! ```
//! The same as [`cvr`] but for the word. The client's id is there but empty in what clients of MSNP4 to 7 say: a space
//! at the line's end (notification-server reference, 5.4).

use super::{Command, cvr};
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Verb};

/// What a client says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a>(pub cvr::Request<'a>);

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::CVQ;

    fn read(frame: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        cvr::Request::read(frame, dialect).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        self.0.write_as(Verb::CVQ, out);
    }
}

/// What the server recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a>(pub cvr::Reply<'a>);

impl<'a> Command<'a> for Reply<'a> {
    const VERB: Verb = Verb::CVQ;

    fn read(frame: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError> {
        cvr::Reply::read(frame, dialect).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        self.0.write_as(Verb::CVQ, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP2;
    use crate::types::TrId;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP2 "CVQ 2 0x0409 win 4.10 i386 MSMSGS 1.0.0863" =>
            Request(request("win", "4.10", "1.0.0863")),
        recommended: FromNotification MSNP2 "CVQ 2 1.0.0863 1.0.0863 1.0.0863 http://download.example.com/a.exe http://www.example.com/" => Reply(cvr::Reply {
            trid: TrId::new(2),
            recommended: "1.0.0863",
            minimum: "1.0.0863",
            download_url: "http://download.example.com/a.exe",
            info_url: "http://www.example.com/",
        }),
    }

    fn request<'a>(os_type: &'a str, os_version: &'a str, version: &'a str) -> cvr::Request<'a> {
        cvr::Request {
            trid: TrId::new(2),
            locale: "0x0409",
            os_type,
            os_version,
            arch: "i386",
            library: "MSMSGS",
            version,
            client_id: None,
            handle: None,
        }
    }

    #[test]
    fn an_empty_client_id_is_none() {
        let frame =
            testing::frame(Direction::ToNotification, b"CVQ 2 0x0409 winnt 5.0 i386 MSMSGS 3.0.0283 \r\n");
        assert_eq!(Request::read(frame, &MSNP2), Ok(Request(request("winnt", "5.0", "3.0.0283"))));
    }
}
