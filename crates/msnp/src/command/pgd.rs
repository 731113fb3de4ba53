//! `PGD`: page a mobile device (MSNP9 and later; `PAG` before it).
//!
//! ```text
//! C: PGD t handle|tel:number device length
//!    the page
//! ```
//! `device` is 1 for a telephone and 2 for a web watch. Nothing is said about a page that is on its way; one that
//! can't be sent is answered with an error (notification-server reference, 18.4).

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
    /// His address as written, or his telephone number.
    pub to: &'a str,
    /// The kind of device; [`TELEPHONE`] and [`WEB_WATCH`] are known.
    pub device: u32,
    /// What is a [`Page`](crate::types::Page) if it is well-formed.
    pub payload: &'a [u8],
}

/// A telephone, to [`Request::device`].
pub const TELEPHONE: u32 = 1;

/// A web watch, to [`Request::device`].
pub const WEB_WATCH: u32 = 2;

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::PGD;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, to: args.word("handle")?, device: args.parse("device")?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::PGD).trid(self.trid).arg(self.to).arg(self.device).payload(self.payload);
    }
}

impl fmt::Debug for Request<'_> {
    /// Shows how long the page is and not what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trid, to, device, payload } = self;
        write!(
            f,
            "Request {{ trid: {trid}, to: {to:?}, device: {device}, payload: <{} bytes> }}",
            payload.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP9;
    use crate::wire::Direction;

    const PAYLOAD: &[u8] = br#"<TEXT xml:space="preserve" enc="utf-8">call me</TEXT>"#;

    known_answers! {
        contact: ToNotification MSNP9 "PGD 25 bob@example.net 1 53" r#"<TEXT xml:space="preserve" enc="utf-8">call me</TEXT>"# =>
            Request { trid: TrId::new(25), to: "bob@example.net", device: TELEPHONE, payload: PAYLOAD },
        number: ToNotification MSNP12 "PGD 25 tel:+15550100 2 53" r#"<TEXT xml:space="preserve" enc="utf-8">call me</TEXT>"# =>
            Request { trid: TrId::new(25), to: "tel:+15550100", device: WEB_WATCH, payload: PAYLOAD },
    }

    #[test]
    fn what_is_said_is_not_shown() {
        let request = Request { trid: TrId::new(25), to: "tel:+1", device: TELEPHONE, payload: b"secret" };
        let shown = format!("{request:?}");
        assert_eq!(shown, "Request { trid: 25, to: \"tel:+1\", device: 1, payload: <6 bytes> }");
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP9, line).to_string();
        assert_eq!(fault("PGD 25 0"), "device is missing");
        assert_eq!(fault("PGD 25 bob@example.net phone 0"), "device is malformed");
    }
}
