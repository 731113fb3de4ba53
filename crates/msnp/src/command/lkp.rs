//! `LKP`: ask whether a telephone number is somebody's (MSNP12 and later).
//!
//! ```text
//! C: LKP t tel:+15550100
//! ```
//! What a number that is somebody's was answered with is not known; one that is nobody's was 235 (later-versions
//! reference, 4.7).

use super::Command;
use crate::dialect::Dialect;
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// A number that a client asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The transaction id.
    pub trid: TrId,
    /// The number as written, which need not be one.
    pub number: &'a str,
}

impl<'a> Command<'a> for Request<'a> {
    const VERB: Verb = Verb::LKP;

    fn read(Frame { mut args, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()?, number: args.word("number")? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::LKP).trid(self.trid).arg(self.number).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP13;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP13 "LKP 7 tel:+15550100" =>
            Request { trid: TrId::new(7), number: "tel:+15550100" },
    }

    #[test]
    fn faults_name_the_argument() {
        let fault =
            |line| testing::fault::<Request<'_>>(Direction::ToNotification, &MSNP13, line).to_string();
        assert_eq!(fault("LKP 7"), "number is missing");
    }
}
