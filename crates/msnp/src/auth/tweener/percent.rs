//! `%XX` in Passport headers, which has more of it than the protocol elsewhere.

use std::fmt::Write as _;

/// Encodes all but letters and digits, as the official clients do. [`Encoded`](crate::wire::Encoded) reads it.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
