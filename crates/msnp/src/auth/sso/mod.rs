//! Single sign-on, `USR t SSO`, as MSNP15 and later prove who they are (later-versions reference, section 5).
//!
//! The server asks for a ticket of a certain policy and gives a nonce. The client fetches the ticket from Passport, over
//! TLS, and a secret with it. The ticket crosses the network in clear; what it goes with, the response, proves that its
//! sender has the secret too:
//!
//! ```text
//! byte  0        4         8          12       16       20       24       28  36    56      128
//!       28       1         0x6603     0x8004   8        20       72       iv  hash  cipher  end
//!       header   CBC mode  3DES       SHA-1    lengths of iv, hash, cipher
//! ```
//! in base64, numbers with their lowest byte first. The hash is the HMAC-SHA1 of the nonce under one key derived from the
//! secret, the cipher the nonce under another. The nonce goes into both as the text that it is, not decoded.

mod key;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq as _;

use crate::types::Secret;
pub use key::{BLOCK_LEN, Key, MAC_LEN, Padding};

/// The length of a ticket's secret in bytes: that of a 3DES key.
pub const SECRET_LEN: usize = 24;

/// The policy that a server asks for: tickets of it come with a secret.
pub const POLICY: &str = "MBI_KEY_OLD";

/// How many random bytes are in a nonce. In base64 they are the 64 characters that clients have room for.
pub const NONCE_BYTES: usize = 48;

/// The longest nonce that is answered or checked. Real ones have 32 or 64 characters.
pub const MAX_NONCE: usize = 256;

/// What a response begins with: the length of this head, the mode, the cipher and the hash, and the lengths of what
/// follows, but for the last one, that of the cipher text.
const HEAD: [u32; 6] = [28, 1, 0x6603, 0x8004, BLOCK_LEN as u32, MAC_LEN as u32];

/// Where the bytes are that the client has chosen.
const IV_AT: usize = 28;

/// A nonce, of random bytes.
pub fn nonce(random: [u8; NONCE_BYTES]) -> String {
    STANDARD.encode(random)
}

/// What a client answers to `nonce`, with a secret and eight random bytes.
pub fn respond(secret: &[u8; SECRET_LEN], nonce: &str, iv: [u8; BLOCK_LEN]) -> String {
    STANDARD.encode(response(secret, nonce, iv))
}

/// Whether `response` answers `nonce` and was made with `secret`. What is wrong with a response of the right length
/// can't be told by the time it takes.
pub fn check(secret: &[u8; SECRET_LEN], nonce: &str, given: Secret<'_>) -> bool {
    if nonce.len() > MAX_NONCE || given.as_str().len() > encoded_len(nonce) {
        return false;
    }
    let Ok(given) = STANDARD.decode(given.as_str()) else { return false };
    let Some(iv) = given.get(IV_AT..).and_then(|rest| rest.first_chunk()) else { return false };
    // All but these eight bytes follows from the nonce and the secret.
    response(secret, nonce, *iv).ct_eq(&given).into()
}

/// The length of the response to a nonce.
fn encoded_len(nonce: &str) -> usize {
    let cipher = nonce.len() / BLOCK_LEN * BLOCK_LEN + BLOCK_LEN;
    (IV_AT + BLOCK_LEN + MAC_LEN + cipher).div_ceil(3) * 4
}

fn response(secret: &[u8; SECRET_LEN], nonce: &str, iv: [u8; BLOCK_LEN]) -> Vec<u8> {
    let hash = Key::derive(secret, b"SESSION KEY HASH").mac(nonce.as_bytes());
    let cipher = Key::derive(secret, b"SESSION KEY ENCRYPTION").seal(iv, nonce.as_bytes(), Padding::Counted);
    let mut bytes = Vec::with_capacity(128);
    for number in HEAD {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&(cipher.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&iv);
    bytes.extend_from_slice(&hash);
    bytes.extend_from_slice(&cipher);
    bytes
}

#[cfg(test)]
mod tests;
