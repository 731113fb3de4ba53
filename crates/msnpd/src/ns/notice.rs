//! Messages of the service itself, `MSG` from Hotmail (notification-server reference, 17).

use msnp::command::{Command, msg};
use msnp::dialect::Dialect;
use msnp::wire::Encoded;

/// Who the service's own messages are from.
const SERVICE: &str = "Hotmail";

/// Writes a message of the service.
pub(super) fn write(payload: &str, out: &mut Vec<u8>, dialect: &Dialect) {
    let payload = payload.as_bytes();
    msg::Push { from: SERVICE, name: Encoded::from_wire(SERVICE), payload }.write(out, dialect);
}

/// Writes that the service goes down in so many minutes, which clients show.
pub(crate) fn write_shutdown(minutes: u32, out: &mut Vec<u8>, dialect: &Dialect) {
    let payload = format!(
        "MIME-Version: 1.0\r\nContent-Type: application/x-msmsgssystemmessage\r\n\r\nType: 1\r\nArg1: {minutes}\r\n\r\n"
    );
    write(&payload, out, dialect);
}
