//! `IPG`: a page from a mobile device, which the operator's gateway brings.

use msnp::command::{Command, ipg};
use msnp::dialect::Dialect;
use msnp::wire::Verb;

/// Writes a page to a client that can be told of one.
pub(crate) fn write_page(notification: &ipg::Notification, out: &mut Vec<u8>, dialect: &Dialect) {
    if dialect.from_server.contains(Verb::IPG) {
        ipg::Push { payload: notification.to_payload().as_bytes() }.write(out, dialect);
    }
}
