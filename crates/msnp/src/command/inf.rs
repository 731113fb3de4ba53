//! `INF`: which ways to sign in there are (MSNP2-7).
//!
//! ```text
//! C: INF t
//! S: INF t package
//! ```
//! The service may have offered several in MSNP2, separated by spaces in one source and by commas in another; a client
//! takes the one it can use (notification-server reference, 5.2).

use super::Command;
use super::parts::malformed;
use crate::dialect::{Dialect, Package};
use crate::types::TrId;
use crate::wire::{ArgError, Frame, Line, Verb};

/// The question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The transaction id.
    pub trid: TrId,
}

impl Command<'_> for Request {
    const VERB: Verb = Verb::INF;

    fn read(Frame { mut args, .. }: Frame<'_>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { trid: args.trid()? })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::INF).trid(self.trid).end();
    }
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request.
    pub trid: TrId,
    /// The way to sign in; of several, the first that the dialect has.
    pub package: Package,
}

impl Command<'_> for Reply {
    const VERB: Verb = Verb::INF;

    fn read(Frame { mut args, .. }: Frame<'_>, dialect: &Dialect) -> Result<Self, ArgError> {
        let trid = args.trid()?;
        let package = args
            .flat_map(|word| word.split(','))
            .find_map(|word| dialect.sign_in.iter().copied().find(|package| package.as_str() == word))
            .ok_or(malformed("package"))?;
        Ok(Self { trid, package })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::INF).trid(self.trid).arg(self.package.as_str()).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{known_answers, testing};
    use crate::dialect::MSNP2;
    use crate::wire::Direction;

    known_answers! {
        asked: ToNotification MSNP7 "INF 2" => Request { trid: TrId::new(2) },
        answered: FromNotification MSNP7 "INF 2 MD5" => Reply { trid: TrId::new(2), package: Package::Md5 },
    }

    #[test]
    fn of_several_ways_one_is_taken() {
        for line in ["INF 5 CTP MD5\r\n", "INF 5 CTP,MD5\r\n"] {
            let frame = testing::frame(Direction::FromNotification, line.as_bytes());
            assert_eq!(Reply::read(frame, &MSNP2), Ok(Reply { trid: TrId::new(5), package: Package::Md5 }));
        }
    }

    #[test]
    fn faults_name_the_argument() {
        let fault = |line| testing::fault::<Reply>(Direction::FromNotification, &MSNP2, line).to_string();
        assert_eq!(fault("INF x MD5"), "transaction id is malformed");
        assert_eq!(fault("INF 2 CTP"), "package is malformed");
    }
}
