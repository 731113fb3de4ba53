//! `UBM`: a message from somebody of another network (MSNP14 and later).
//!
//! ```text
//! S: UBM sender network receiver network type length
//!    message
//! ```
//! As in [`uum`](super::uum) (later-versions reference, 4.10).

use super::Command;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A message from somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// The sender's address.
    pub from: &'a str,
    /// His network.
    pub from_network: u32,
    /// The receiver's address.
    pub to: &'a str,
    /// His network.
    pub to_network: u32,
    /// What kind of message it is.
    pub kind: &'a str,
    /// The message.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::UBM;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self {
            from: args.word("sender")?,
            from_network: args.parse("sender's network")?,
            to: args.word("receiver")?,
            to_network: args.parse("receiver's network")?,
            kind: args.word("type")?,
            payload,
        })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        let line = Line::new(out, Verb::UBM).arg(self.from).arg(self.from_network);
        line.arg(self.to).arg(self.to_network).arg(self.kind).payload(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP14;
    use crate::wire::Direction;

    known_answers! {
        msnp14: FromNotification MSNP14 "UBM yolanda@yahoo.com 32 bob@example.com 1 1 4" "text" => said(),
        msnp15: FromNotification MSNP15 "UBM yolanda@yahoo.com 32 bob@example.com 1 1 4" "text" => said(),
        msnp16: FromNotification MSNP16 "UBM yolanda@yahoo.com 32 bob@example.com 1 1 4" "text" => said(),
        msnp18: FromNotification MSNP18 "UBM yolanda@yahoo.com 32 bob@example.com 1 1 4" "text" => said(),
    }

    fn said() -> Push<'static> {
        Push {
            from: "yolanda@yahoo.com",
            from_network: 32,
            to: "bob@example.com",
            to_network: 1,
            kind: "1",
            payload: b"text",
        }
    }

    #[test]
    fn faults_name_the_argument() {
        let frame = testing::frame(Direction::FromNotification, b"UBM a@b.c 1 d@e.f x 1 0\r\n");
        assert_eq!(Push::read(frame, &MSNP14).unwrap_err().to_string(), "receiver's network is malformed");
    }
}
