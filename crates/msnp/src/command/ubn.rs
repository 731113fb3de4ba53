//! `UBN`: small data from one person (MSNP13 and later).
//!
//! ```text
//! S: UBN handle[;{guid}] type length
//!    data
//! ```
//! The place it is from is named where one place was meant (later-versions reference, 4.11).

use super::Command;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// Data from somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// His address; with his place's GUID behind it in some of MSNP16 and later.
    pub source: &'a str,
    /// What kind of data it is, as its sender has written it.
    pub kind: &'a str,
    /// The data.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::UBN;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { source: args.word("source")?, kind: args.word("type")?, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::UBN).arg(self.source).arg(self.kind).payload(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP13;
    use crate::wire::Direction;

    known_answers! {
        msnp13: FromNotification MSNP13 "UBN alice@example.com 3 4" "data" =>
            Push { source: "alice@example.com", kind: "3", payload: b"data" },
        msnp16: FromNotification MSNP16 "UBN alice@example.com;{5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10} 4 4" "gtfo" => Push {
            source: "alice@example.com;{5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}",
            kind: "4",
            payload: b"gtfo",
        },
    }

    #[test]
    fn faults_name_the_argument() {
        let frame = testing::frame(Direction::FromNotification, b"UBN 0\r\n");
        assert_eq!(Push::read(frame, &MSNP13).unwrap_err().to_string(), "type is missing");
    }
}
