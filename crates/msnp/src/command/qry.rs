//! `QRY`: the answer to a challenge (MSNP6 and later).
//!
//! ```text
//! C: QRY t product-id 32
//!    5900baf7ab746df3bef2c20e04dd1f94
//! S: QRY t
//! ```
//! [`auth::challenge`](crate::auth::challenge) computes it (notification-server reference, section 15).

use super::Command;
use super::parts::malformed;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb, limits};

/// A client's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The client program, as it names itself.
    pub product_id: &'a str,
    /// 32 ASCII characters, hexadecimal digits in lower case.
    pub response: &'a str,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::QRY;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let (trid, product_id) = (args.trid()?, args.word("product id")?);
        let response = std::str::from_utf8(payload)
            .ok()
            .filter(|text| text.is_ascii() && text.len() == limits::QRY_PAYLOAD)
            .ok_or(malformed("response"))?;
        Ok(Self { trid, product_id, response })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::QRY).trid(self.trid).arg(self.product_id).payload(self.response.as_bytes());
    }
}

/// It is right, or nobody minds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the answer.
    pub trid: TrId,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::QRY;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::QRY).trid(self.trid).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP11;
    use crate::wire::Direction;

    known_answers! {
        answer: ToNotification MSNP7 "QRY 8 msmsgs@msnmsgr.com 32" "5900baf7ab746df3bef2c20e04dd1f94" => Request {
            trid: TrId::new(8),
            product_id: "msmsgs@msnmsgr.com",
            response: "5900baf7ab746df3bef2c20e04dd1f94",
        },
        reply: FromNotification MSNP7 "QRY 8" => Reply { trid: TrId::new(8) },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |bytes| {
            Request::read(testing::frame(Direction::ToNotification, bytes), &MSNP11).unwrap_err().to_string()
        };
        assert_eq!(fault(b"QRY 8 PROD0090YUAUV{2B 4\r\n5900"), "response is malformed");
        assert_eq!(
            fault("QRY 8 PROD0090YUAUV{2B 32\r\nä900baf7ab746df3bef2c20e04dd1f9".as_bytes()),
            "response is malformed"
        );
    }
}
