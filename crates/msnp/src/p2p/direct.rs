//! Direct connections: nonces, the length in front of each packet, and how a connection is opened (MSNC reference, 8.3 and
//! 8.4).

use std::fmt;

use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

use super::limits;
use super::slp::NonceForm;
use super::v1::{Flags, HEADER, Packet};
use crate::types::Guid;

/// The first frame of a connection.
const HELLO: &[u8; 4] = b"foo\0";

/// What proves on a connection that whoever opened it is who was invited to.
#[derive(Clone, Copy)]
pub struct Nonce(pub [u8; 16]);

impl Nonce {
    /// The nonce that a GUID stands for: its first three fields are turned around.
    pub fn of_guid(guid: Guid) -> Self {
        let [a, b, c, d, e, f, g, h, rest @ ..] = guid.0;
        let [i, j, k, l, m, n, o, p] = rest;
        Self([d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p])
    }

    /// The GUID that stands for it.
    pub fn to_guid(self) -> Guid {
        Guid(Self::of_guid(Guid(self.0)).0)
    }

    /// The GUID of its hash, as `Hashed-Nonce` has it.
    pub fn hash(self) -> Guid {
        let mut hash = [0; 16];
        hash.iter_mut().zip(Sha1::digest(self.0)).for_each(|(byte, hashed)| *byte = hashed);
        Self(hash).to_guid()
    }

    /// Whether it is the one that was written in this form.
    pub fn is(self, form: NonceForm) -> bool {
        let (ours, other) = match form {
            NonceForm::Plain(guid) => (self.to_guid(), guid),
            NonceForm::Hashed(guid) => (self.hash(), guid),
        };
        ours.0.ct_eq(&other.0).into()
    }
}

/// It opens a connection.
impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(…)")
    }
}

/// Packets of a connection, cut out of its bytes. It keeps no more than one.
#[derive(Debug, Default)]
pub struct Frames {
    kept: Vec<u8>,
}

impl Frames {
    /// Nothing has come yet.
    pub const fn new() -> Self {
        Self { kept: Vec::new() }
    }

    /// Takes from the front of `input` what belongs to the next frame. `Ok(None)`: all was taken, and it is not whole.
    ///
    /// # Errors
    /// When it would be longer than [`limits::PACKET`]: the connection is to be closed.
    pub fn next(&mut self, input: &mut &[u8]) -> Result<Option<Vec<u8>>, TooLong> {
        loop {
            let length = match self.kept.first_chunk::<4>() {
                Some(length) => usize::try_from(u32::from_le_bytes(*length)).map_err(|_| TooLong)?,
                None => 0,
            };
            if length > limits::PACKET {
                return Err(TooLong);
            }
            let missing = (4 + length).saturating_sub(self.kept.len());
            if missing == 0 {
                return Ok(Some(std::mem::take(&mut self.kept).split_off(4)));
            }
            let (front, rest) = input.split_at_checked(missing).unwrap_or((input, &[]));
            self.kept.extend_from_slice(front);
            *input = rest;
            if front.len() < missing {
                return Ok(None);
            }
        }
    }
}

/// Somebody sends a frame that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a packet on a direct connection has at most {} bytes", limits::PACKET)]
pub struct TooLong;

/// A packet with its length in front.
pub(super) fn frame(packet: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 + packet.len());
    out.extend_from_slice(&u32::try_from(packet.len()).unwrap_or_default().to_le_bytes());
    out.extend_from_slice(packet);
    out
}

/// The bytes that whoever has connected says first.
pub(super) fn hello() -> Vec<u8> {
    frame(HELLO)
}

/// The nonce in the frame that proves who it is, in either version.
pub(super) fn read_nonce(frame: &[u8]) -> Option<Nonce> {
    if let Ok(nonce) = frame.try_into() {
        return Some(Nonce(nonce));
    }
    let packet = Packet::read_direct(frame).filter(|_| frame.len() == HEADER)?;
    packet.header.flags.has(Flags::HANDSHAKE).then(|| Nonce(packet.header.nonce()))
}

/// A connection that somebody has opened to us, before it is known who. Whoever says nothing for
/// [`limits::CONNECT`] is not worth waiting for.
///
/// ```text
///  bytes ──▶ Opening::receive ──▶ nonce ──▶ Peers::expecting ──▶ Peer::connected_by
/// ```
#[derive(Debug, Default)]
pub struct Opening {
    frames: Frames,
    has_said_hello: bool,
}

impl Opening {
    /// Nothing has come yet.
    pub const fn new() -> Self {
        Self { frames: Frames::new(), has_said_hello: false }
    }

    /// Takes bytes from the front of `input`, until it is known which nonce the other side has. What is left then belongs
    /// to [`Peer::receive_direct`](super::Peer::receive_direct).
    ///
    /// # Errors
    /// When it is none of ours: the connection is to be closed without a word.
    pub fn receive(&mut self, input: &mut &[u8]) -> Result<Option<Nonce>, NotForUs> {
        while let Some(frame) = self.frames.next(input).map_err(|TooLong| NotForUs)? {
            if self.has_said_hello {
                return read_nonce(&frame).map(Some).ok_or(NotForUs);
            }
            if frame != HELLO {
                return Err(NotForUs);
            }
            self.has_said_hello = true;
        }
        Ok(None)
    }
}

/// Whoever has connected is nobody whom we know: the connection is to be closed without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("whoever has connected was not invited to")]
pub struct NotForUs;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nonces_as_in_the_reference() {
        for (wire, guid, hash) in [
            (
                0x37292d12_865c7b4c_81f50e05_017880c2_u128,
                "{122D2937-5C86-4C7B-81F5-0E05017880C2}",
                "{2B95F56D-9CA0-9A64-82CE-ADC1F3C55845}",
            ),
            (
                0x3da617a5_2ea2dc40_85a554f9_e196f46e,
                "{A517A63D-A22E-40DC-85A5-54F9E196F46E}",
                "{F960C412-A40F-E37D-DD1D-AE264E958F28}",
            ),
            (
                0xd4c3b2a1_f6e50847_9a0b1c2d_3e4f5061,
                "{A1B2C3D4-E5F6-4708-9A0B-1C2D3E4F5061}",
                "{1AABAF30-91BF-D33C-9714-1D8219CE5EB5}",
            ),
            (
                0x3c2d1e0f_5a4b9746_88776655_44332211,
                "{0F1E2D3C-4B5A-4697-8877-665544332211}",
                "{D0EBF573-A1E9-F27F-A07D-7AC6C88B6B70}",
            ),
        ] {
            let (nonce, guid) = (Nonce(wire.to_be_bytes()), guid.parse::<Guid>().unwrap());
            let hash: Guid = hash.parse().unwrap();
            assert_eq!((nonce.to_guid(), nonce.hash()), (guid, hash));
            assert_eq!(Nonce::of_guid(guid).0, nonce.0);
            assert!(nonce.is(NonceForm::Plain(guid)) && nonce.is(NonceForm::Hashed(hash)));
            assert!(!nonce.is(NonceForm::Plain(hash)) && !nonce.is(NonceForm::Hashed(guid)));
            assert_eq!(format!("{nonce:?}"), "Nonce(…)");
        }
    }

    #[test]
    fn who_connects_says_foo_and_a_nonce() {
        let nonce = Nonce([7; 16]);
        assert_eq!(hello(), b"\x04\0\0\0foo\0");
        for proof in [frame(&nonce.0), {
            let mut packet = Vec::new();
            super::super::v1::Header::handshake(9, nonce.0).write(&mut packet);
            frame(&packet)
        }] {
            let bytes = [hello(), proof, b"more".to_vec()].concat();
            let (mut opening, mut input) = (Opening::new(), &*bytes);
            assert_eq!(opening.receive(&mut input).unwrap().unwrap().0, nonce.0);
            assert_eq!(input, b"more");
        }
        for bad in
            [&b"\x04\0\0\0bar\0"[..], b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n", b"\x04\0\0\0foo\0\0\0\0\0"]
        {
            assert_eq!(Opening::new().receive(&mut &*bad).unwrap_err(), NotForUs);
        }
    }

    proptest! {
        #[test]
        fn packets_arrive_however_they_are_cut(
            packets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..9), cut in 1..40_usize,
        ) {
            let bytes: Vec<u8> = packets.iter().flat_map(|packet| frame(packet)).collect();
            let (mut frames, mut got) = (Frames::new(), Vec::new());
            for mut piece in bytes.chunks(cut) {
                while let Some(packet) = frames.next(&mut piece).unwrap() {
                    got.push(packet);
                }
            }
            prop_assert_eq!(got, packets);
        }
    }
}
