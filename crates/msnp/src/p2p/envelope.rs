//! A packet inside of a message to a switchboard.

use super::Party;
use crate::wire::Mime;

/// The content type of packets in a chat.
pub const CONTENT_TYPE: &str = "application/x-msnmsgrp2p";

/// What is written on a packet that goes through a switchboard: the front of a `MSG … D` payload (MSNC reference, 4.1).
///
/// ```text
/// MIME-Version: 1.0
/// Content-Type: application/x-msnmsgrp2p
/// P2P-Dest: alice@example.com
/// ```
/// Everybody in the chat gets it and has to leave what is not his.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Whom it is for.
    pub dest: Party,
    /// Whom it is from, in version 2 and with Windows Live Messenger 2009. A receiver goes by the sender of the `MSG`, and
    /// takes no more than the place from here.
    pub src: Option<Party>,
}

impl Envelope {
    /// Reads the front of a payload; what is behind it is the packet. `None`: it holds no packet, or not for anybody.
    pub fn read(payload: &[u8]) -> Option<(Self, &[u8])> {
        let mime = Mime::new(payload);
        if !mime.is(CONTENT_TYPE) {
            return None;
        }
        let dest = mime.header("P2P-Dest")?.parse().ok()?;
        let src = mime.header("P2P-Src").and_then(|src| src.parse().ok());
        let end = memchr::memmem::find(payload, b"\r\n\r\n")?;
        Some((Self { dest, src }, payload.get(end + 4..)?))
    }

    /// Writes the front of a payload.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"MIME-Version: 1.0\r\nContent-Type: ");
        out.extend_from_slice(CONTENT_TYPE.as_bytes());
        out.extend_from_slice(format!("\r\nP2P-Dest: {}\r\n", self.dest).as_bytes());
        if let Some(src) = &self.src {
            out.extend_from_slice(format!("P2P-Src: {src}\r\n").as_bytes());
        }
        out.extend_from_slice(b"\r\n");
    }

    /// Whether the packet is one of version 2: both are named with their places. Windows Live Messenger 2009 writes
    /// `P2P-Src` in version 1 too, without a place.
    pub fn is_version_2(&self) -> bool {
        self.dest.place.is_some() && self.src.as_ref().is_some_and(|src| src.place.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let mut out = Vec::new();
        let envelope = Envelope { dest: "bob@example.com".parse().unwrap(), src: None };
        envelope.write(&mut out);
        assert_eq!(out.len(), 88);
        out.extend_from_slice(b"\r\n\r\npacket");
        assert_eq!(Envelope::read(&out), Some((envelope.clone(), &b"\r\n\r\npacket"[..])));
        assert!(!envelope.is_version_2());

        let envelope = Envelope {
            dest: "alice@example.com;{3f1c0a52-9b7e-4d21-8a60-5e2d41c7b901}".parse().unwrap(),
            src: Some("bob@example.com;{c47e19d0-52a8-4b36-9f0e-2d8b6a51e377}".parse().unwrap()),
        };
        out.clear();
        envelope.write(&mut out);
        assert_eq!(out.len(), 194);
        assert_eq!(Envelope::read(&out), Some((envelope.clone(), &b""[..])));
        assert!(envelope.is_version_2());
        let src = Some("bob@example.com".parse().unwrap());
        assert!(!Envelope { src, ..envelope }.is_version_2());
    }

    #[test]
    fn what_holds_no_packet() {
        for other in [
            "",
            "Content-Type: text/plain\r\n\r\nP2P-Dest: a@b.c\r\n",
            "Content-Type: application/x-msnmsgrp2p\r\n\r\n",
            "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: nobody\r\n\r\n",
            "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: a@b.c\r\n",
        ] {
            assert_eq!(Envelope::read(other.as_bytes()), None, "{other}");
        }
    }
}
