//! A number instead of a command word: a request is refused.
//!
//! ```text
//! S: 217 t
//! 13-    S: 241 t 0
//! ```
//! From MSNP13 on a payload may follow some numbers, and clients take the last word of their line for its length
//! (later-versions reference, section 2).
//! Without a transaction id it is no request that is refused (notification-server reference, sections 2 and 20).

use crate::dialect::Dialect;
use crate::types::{ErrorCode, TrId};
use crate::wire::{Frame, Line, Verb};

/// The numbers that a payload may follow.
const WITH_DETAILS: [ErrorCode; 10] = [
    ErrorCode(203),
    ErrorCode(204),
    ErrorCode(205),
    ErrorCode(210),
    ErrorCode(234),
    ErrorCode(241),
    ErrorCode(508),
    ErrorCode(509),
    ErrorCode(511),
    ErrorCode(933),
];

/// The server says no. It is no [`Command`](super::Command), as it has no word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The transaction id of the request, if there is one.
    pub trid: Option<TrId>,
    /// Why.
    pub code: ErrorCode,
}

impl Reply {
    /// Reads it, if the frame is one.
    pub fn read(frame: Frame<'_>) -> Option<Self> {
        let code = frame.verb.error_code()?;
        Some(Self { trid: frame.args.peek().and_then(|word| word.parse().ok()), code })
    }

    /// Writes it to somebody whose dialect is not settled, or makes no difference: on a switchboard.
    pub fn write(&self, out: &mut Vec<u8>) {
        Line::new(out, Verb::error(self.code)).opt(self.trid).end();
    }

    /// Writes it in a dialect of the notification server.
    pub fn write_in(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let line = Line::new(out, Verb::error(self.code)).opt(self.trid);
        if dialect.details_errors && WITH_DETAILS.contains(&self.code) { line.arg(0) } else { line }.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::testing;
    use crate::wire::Direction;

    #[test]
    fn goes_both_ways() {
        for (line, trid, code) in [
            ("216 16\r\n", Some(TrId::new(16)), ErrorCode::NOT_ON_LIST),
            ("500\r\n", None, ErrorCode::INTERNAL_SERVER),
            ("999 7\r\n", Some(TrId::new(7)), ErrorCode(999)),
        ] {
            let reply = Reply { trid, code };
            let frame = testing::frame(Direction::FromSwitchboard, line.as_bytes());
            assert_eq!(Reply::read(frame), Some(reply), "{line}");
            let mut out = Vec::new();
            reply.write(&mut out);
            assert_eq!(out, line.as_bytes());
        }
        let written = |code, dialect| {
            let mut out = Vec::new();
            Reply { trid: Some(TrId::new(1)), code }.write_in(&mut out, dialect);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(ErrorCode::LIST_FULL, &crate::dialect::MSNP12), "210 1\r\n");
        assert_eq!(written(ErrorCode::LIST_FULL, &crate::dialect::MSNP13), "210 1 0\r\n");
        assert_eq!(written(ErrorCode::NOT_ONLINE, &crate::dialect::MSNP13), "217 1\r\n");
        let long = testing::frame(Direction::FromNotification, b"210 1 0\r\n");
        assert_eq!(Reply::read(long), Some(Reply { trid: Some(TrId::new(1)), code: ErrorCode::LIST_FULL }));
        assert_eq!(Reply::read(testing::frame(Direction::FromSwitchboard, b"ACK 1\r\n")), None);
    }
}
