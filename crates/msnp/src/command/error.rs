//! A number instead of a command word: a request is refused.
//!
//! ```text
//!     S: 217 t
//! 13  S: 241 t 0
//! ```
//! Without a transaction id it is no request that is refused (notification-server reference, sections 2 and 20). Some
//! numbers may be followed by a payload from MSNP13 on, and have its length behind them: 0, as nothing more is told here
//! (later-versions reference, 2).

use crate::dialect::Dialect;
use crate::types::{ErrorCode, TrId};
use crate::wire::{Frame, Line, Verb};

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

    /// Writes it.
    pub fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        let has_length = dialect.errors_with_length.contains(&self.code);
        Line::new(out, Verb::error(self.code)).opt(self.trid).opt(has_length.then_some(0)).end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::testing;
    use crate::dialect::{MSNP12, MSNP13};
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
            reply.write(&mut out, &MSNP12);
            assert_eq!(out, line.as_bytes());
        }
        assert_eq!(Reply::read(testing::frame(Direction::FromSwitchboard, b"ACK 1\r\n")), None);
    }

    #[test]
    fn a_length_follows_where_clients_look_for_one() {
        let written = |code, dialect| {
            let mut out = Vec::new();
            Reply { trid: Some(TrId::new(7)), code }.write(&mut out, dialect);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(ErrorCode::UNROUTABLE_USER, &MSNP12), "204 7\r\n");
        assert_eq!(written(ErrorCode::UNROUTABLE_USER, &MSNP13), "204 7 0\r\n");
        assert_eq!(written(ErrorCode::NOT_ONLINE, &MSNP13), "217 7\r\n");
        let frame = testing::frame(Direction::FromNotification, b"204 7 0\r\n");
        let read = Reply { trid: Some(TrId::new(7)), code: ErrorCode::UNROUTABLE_USER };
        assert_eq!(Reply::read(frame), Some(read));
    }
}
