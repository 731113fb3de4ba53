//! Protocol lines in the log, at trace level, without anything secret.

use msnp::wire::{Direction, Frame, Framer};
use tracing::{Level, trace};

/// Logs what a client said. Tickets, cookies and the text of messages are left out.
pub(crate) fn heard(frame: &Frame<'_>) {
    trace!(target: "msnpd::wire", line = %frame.redacted(), payload = frame.payload.len(), "heard");
}

/// Logs what a client is told. What is handed over at once is whole messages, which are only taken apart again if
/// somebody wants to see them.
pub(crate) fn said(direction: Direction, bytes: &[u8]) {
    if !tracing::enabled!(target: "msnpd::wire", Level::TRACE) {
        return;
    }
    let (mut framer, mut rest) = (Framer::new(direction), bytes);
    while let Ok(Some((frame, used))) = framer.next(rest) {
        trace!(target: "msnpd::wire", line = %frame.redacted(), payload = frame.payload.len(), "said");
        rest = rest.get(used..).unwrap_or_default();
    }
    if !rest.is_empty() {
        trace!(target: "msnpd::wire", bytes = rest.len(), "said, and can't be shown");
    }
}
