//! Which commands carry a payload.
//!
//! Nothing on a line says that a payload follows it, so a reader must know. The last argument of such a line is the
//! length in bytes; the payload follows the line end directly, and nothing follows the payload.

use super::args::Args;
use super::frame::{FrameError, decimal};
use super::limits;
use super::verb::Verb;

/// Who speaks to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a client that nobody knows yet, to whatever server: nothing it may say has a payload, so nothing makes
    /// the server keep one for it.
    Opening,
    /// From a client to a dispatch or notification server.
    ToNotification,
    /// From a dispatch or notification server to a client.
    FromNotification,
    /// From a client to a switchboard.
    ToSwitchboard,
    /// From a switchboard to a client.
    FromSwitchboard,
}

impl Direction {
    /// The longest payload `verb` may have in this direction, in bytes; `None` if it has none at all.
    ///
    /// `MSG` to a notification server has none: it is a violation there, and its line is treated as one.
    pub fn payload_limit(self, verb: Verb) -> Option<usize> {
        let has_payload = match self {
            Self::Opening => false,
            Self::ToNotification => matches!(
                verb,
                Verb::QRY
                    | Verb::SDC
                    | Verb::PAG
                    | Verb::PGD
                    | Verb::UUX
                    | Verb::UUN
                    | Verb::UUM
                    | Verb::ADL
                    | Verb::RML
                    | Verb::FQY
                    | Verb::VAS
                    | Verb::PUT
                    | Verb::DEL
                    | Verb::SDG
            ),
            Self::FromNotification => matches!(
                verb,
                Verb::MSG
                    | Verb::NOT
                    | Verb::IPG
                    | Verb::ADL
                    | Verb::RML
                    | Verb::UBX
                    | Verb::UBN
                    | Verb::UBM
                    | Verb::GCF
                    | Verb::FQY
                    | Verb::NFY
                    | Verb::PUT
                    | Verb::DEL
                    | Verb::SDG
            ),
            Self::ToSwitchboard | Self::FromSwitchboard => verb == Verb::MSG,
        };
        has_payload.then_some(match (self, verb) {
            (Self::ToNotification, Verb::QRY) => limits::QRY_PAYLOAD,
            (Self::ToSwitchboard, _) => limits::SWITCHBOARD_MSG_PAYLOAD,
            _ => limits::PAYLOAD,
        })
    }

    /// How long the payload is in which a notification server tells more of an error. There may be one from MSNP13 on, and
    /// then its length stands behind the transaction id, even if it is 0; before, nothing stands there.
    pub(super) fn error_payload(self, verb: Verb, mut args: Args<'_>) -> Result<usize, FrameError> {
        if self != Self::FromNotification || verb.error_code().is_none() {
            return Ok(0);
        }
        let length = args.nth(1).and_then(decimal).unwrap_or(0);
        let limit = limits::PAYLOAD;
        if length > limit { Err(FrameError::PayloadTooLong { verb, length, limit }) } else { Ok(length) }
    }

    /// Whether `verb` comes without a payload, too, in this direction: as an answer that ends in `OK`.
    pub(super) fn may_lack_payload(self, verb: Verb) -> bool {
        self == Self::FromNotification && matches!(verb, Verb::ADL | Verb::RML)
    }
}
