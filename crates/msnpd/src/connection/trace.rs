//! Protocol lines in the log, at trace level, without anything secret.

use msnp::wire::Frame;
use tracing::trace;

/// Logs what a client said. Tickets, cookies and the text of messages are left out.
pub(super) fn heard(frame: &Frame<'_>) {
    trace!(target: "msnpd::wire", line = %frame.redacted(), payload = frame.payload.len(), "heard");
}
