//! Keys that are derived from a ticket's secret (web-services reference, 9.1): P_SHA1 as WS-SecureConversation has it,
//! cut to the length of a 3DES key.

use std::fmt;

use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use des::TdesEde3;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::SECRET_LEN;

/// The length of a block of 3DES, and of what a message is begun with, in bytes.
pub const BLOCK_LEN: usize = 8;

/// The length of an HMAC-SHA1 in bytes.
pub const MAC_LEN: usize = 20;

/// What every label begins with.
const LABEL: &[u8] = b"WS-SecureConversation";

/// A key for one purpose. It opens what it has sealed, so `Debug` does not show it.
///
/// All 24 bytes are taken as they are: neither are parity bits set, nor is any key refused as a weak one, since the
/// other side does not do so either.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; SECRET_LEN]);

/// How a text is filled up to whole blocks. Where there is nothing to fill, a whole block is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// With bytes that say how many they are, as in PKCS#5.
    Counted,
    /// With NUL bytes. One client reads a decrypted text up to the first of them, and crashes when there is none.
    Nul,
}

impl Key {
    /// The key that `secret` gives for a purpose: one of the known words, or a nonce.
    pub fn derive(secret: &[u8; SECRET_LEN], purpose: &[u8]) -> Self {
        let a1 = hmac_sha1(secret, &[LABEL, purpose]);
        let a2 = hmac_sha1(secret, &[&a1]);
        let [b1, b2] = [a1, a2].map(|a| hmac_sha1(secret, &[&a, LABEL, purpose]));
        let mut key = [0; SECRET_LEN];
        for (to, from) in key.iter_mut().zip(b1.into_iter().chain(b2)) {
            *to = from;
        }
        Self(key)
    }

    /// The HMAC-SHA1 of a message.
    pub fn mac(&self, message: &[u8]) -> [u8; MAC_LEN] {
        hmac_sha1(&self.0, &[message])
    }

    /// A text, sealed with 3DES in CBC mode.
    pub fn seal(&self, iv: [u8; BLOCK_LEN], text: &[u8], padding: Padding) -> Vec<u8> {
        let missing = BLOCK_LEN - text.len() % BLOCK_LEN;
        let filler = match padding {
            Padding::Counted => missing as u8,
            Padding::Nul => 0,
        };
        let mut sealed = Vec::with_capacity(text.len() + missing);
        sealed.extend_from_slice(text);
        sealed.resize(text.len() + missing, filler);
        let mut cipher = cbc::Encryptor::<TdesEde3>::new(&self.0.into(), &iv.into());
        for block in sealed.as_chunks_mut::<BLOCK_LEN>().0 {
            cipher.encrypt_block(block.into());
        }
        sealed
    }

    /// What was sealed, with its padding; `None` if it is no whole number of blocks.
    pub fn open(&self, iv: [u8; BLOCK_LEN], sealed: &[u8]) -> Option<Vec<u8>> {
        let mut text = sealed.to_vec();
        let (blocks, rest) = text.as_chunks_mut::<BLOCK_LEN>();
        if !rest.is_empty() {
            return None;
        }
        let mut cipher = cbc::Decryptor::<TdesEde3>::new(&self.0.into(), &iv.into());
        for block in blocks {
            cipher.decrypt_block(block.into());
        }
        Some(text)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

fn hmac_sha1(key: &[u8; SECRET_LEN], message: &[&[u8]]) -> [u8; MAC_LEN] {
    // HMAC pads a short key with zeros to a block itself; done here, there is no length left to be wrong.
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha1>::new(&block.into());
    for part in message {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn keys_are_those_of_the_reference() {
        let counted: [u8; SECRET_LEN] = std::array::from_fn(|i| i as u8 + 1);
        for (purpose, key) in [
            (&b"SESSION KEY HASH"[..], "faab032d0b0b0e5c3b236294ac9070e62b429cc75f630d8f"),
            (b"SESSION KEY ENCRYPTION", "6a09297162f557689b17565a605833abcd9be06386559ffa"),
        ] {
            assert_eq!(hex(&Key::derive(&counted, purpose).0), key);
        }
        // The key of a renewal, from a nonce.
        let secret: [u8; SECRET_LEN] = std::array::from_fn(|i| i as u8 + 0x10);
        let nonce = STANDARD.decode("QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=").unwrap();
        let key = Key::derive(&secret, &nonce);
        assert_eq!(hex(&key.0), "e94b3d56e8f92064a47d1fad5bb02039f4fbd79378c5642b");
        assert_eq!(format!("{key:?}"), "Key(…)");
        // What signs somebody in to a web page.
        let nonce = STANDARD.decode("QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX").unwrap();
        let signed = "ct=1770091506&bver=4&id=73625&ru=http%3A%2F%2Fspaces.example.com%2F&js=yes&pl=%3Fid%3D73625\
                      &da=opaque&nonce=QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX";
        let mac = Key::derive(&secret, &nonce).mac(signed.as_bytes());
        assert_eq!(STANDARD.encode(mac), "SG9n/kyFkZM4Ll4fJCb2cRd48uo=");
    }

    #[test]
    fn padding_is_never_missing() {
        let key = Key::derive(&[0; SECRET_LEN], b"");
        for (length, padded) in [(0, 8), (1, 8), (7, 8), (8, 16), (9, 16)] {
            for padding in [Padding::Counted, Padding::Nul] {
                let sealed = key.seal([1; 8], &vec![b'x'; length], padding);
                let text = key.open([1; 8], &sealed).unwrap();
                let filler = if padding == Padding::Nul { 0 } else { (padded - length) as u8 };
                assert_eq!(text, [vec![b'x'; length], vec![filler; padded - length]].concat());
            }
        }
        assert_eq!(key.open([1; 8], b"1234567"), None);
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_opened(secret: [u8; 24], iv: [u8; 8], text in proptest::collection::vec(any::<u8>(), 0..50)) {
            let key = Key::derive(&secret, b"x");
            let opened = key.open(iv, &key.seal(iv, &text, Padding::Nul)).unwrap();
            prop_assert!(opened.starts_with(&text) && opened.len() - text.len() <= 8);
        }
    }
}
