//! A number instead of a command word: a request is refused.
//!
//! ```text
//! S: 217 t
//! ```
//! Without a transaction id it is no request that is refused (notification-server reference, sections 2 and 20).

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
    pub fn write(&self, out: &mut Vec<u8>) {
        Line::new(out, Verb::error(self.code)).opt(self.trid).end();
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
        assert_eq!(Reply::read(testing::frame(Direction::FromSwitchboard, b"ACK 1\r\n")), None);
    }
}
