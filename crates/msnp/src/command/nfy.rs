//! `NFY`: what somebody else has published, or has withdrawn (MSNP18).
//!
//! ```text
//! S: NFY PUT length
//! S: NFY DEL length
//!    blocks of headers, and a body
//! ```
//! (Later-versions reference, 8.3 and 11.6.)

use super::Command;
use super::parts::malformed;
use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Line, Verb};

/// What has become of what was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `DEL`: it is no more.
    Withdrawn,
    /// `PUT`: it is there.
    Published,
}

/// Something is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// Whether it is there or no more.
    pub change: Change,
    /// [`Blocks`](crate::wire::Blocks) that tell what and by whom.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::NFY;

    fn read(Frame { mut args, payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        let change = match args.word("change")? {
            "DEL" => Change::Withdrawn,
            "PUT" => Change::Published,
            _ => return Err(malformed("change")),
        };
        Ok(Self { change, payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        let change = match self.change {
            Change::Withdrawn => "DEL",
            Change::Published => "PUT",
        };
        Line::new(out, Verb::NFY).arg(change).payload(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP18;
    use crate::wire::Direction;

    known_answers! {
        put: FromNotification MSNP18 "NFY PUT 16" "Routing: 1.0\r\n\r\n" =>
            Push { change: Change::Published, payload: b"Routing: 1.0\r\n\r\n" },
        del: FromNotification MSNP18 "NFY DEL 0" => Push { change: Change::Withdrawn, payload: b"" },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Push<'_>>(Direction::FromNotification, &MSNP18, line).to_string();
        assert_eq!(fault("NFY OUT 0"), "change is malformed");
    }
}
