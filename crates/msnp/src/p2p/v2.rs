//! Packets of version 2: a header with sequence numbers, a second one for data, and a footer of zeros on a switchboard.

/// How long a footer is, in bytes.
pub const FOOTER: usize = 4;

/// How long either header is at least, in bytes.
const HEADER: usize = 8;

/// Types of TLVs in the first header.
const PEER_INFO: u8 = 1;
const ACK: u8 = 2;
const NAK: u8 = 3;

/// The type of the one known TLV in the second header.
const REMAINING: u8 = 1;

/// What a client tells of itself when it first says something: as Windows Live Messenger 2009 does, little-endian (MSNC
/// reference, section 5).
const INFO: [u8; 12] = [0x00, 0x02, 0, 0, 0x00, 0x0e, 0, 0, 0x0f, 0x01, 0, 0];

/// A packet of version 2 (MSNC reference, section 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Whether it is the first on this bridge. Then it tells what its sender is.
    pub syn: bool,
    /// Whether it is to be acknowledged.
    pub rak: bool,
    /// The number of its first byte.
    pub sequence: u32,
    /// The number of the byte that is expected next.
    pub ack: Option<u32>,
    /// From where on it is to be sent again.
    pub nak: Option<u32>,
    /// What it carries.
    pub body: Option<Body<'a>>,
}

/// What a packet of version 2 carries: the second header, and data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body<'a> {
    /// Whether it is the first packet of its message.
    pub first: bool,
    /// What the message is.
    pub kind: Kind,
    /// A number that the packets of a message share.
    pub package: u16,
    /// The session, 0 for SLP.
    pub session: u32,
    /// How many bytes of the message are behind this packet.
    pub remaining: u64,
    /// The data.
    pub data: &'a [u8],
}

/// What a message is: the upper bits of `TF`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(pub u8);

impl Kind {
    /// SLP, data preparation, text.
    pub const MESSAGE: Self = Self(0);
    /// Data of a picture or another object.
    pub const OBJECT: Self = Self(4);
    /// Data of a file.
    pub const FILE: Self = Self(6);

    /// Whether it is data of an object or a file.
    pub const fn is_data(self) -> bool {
        self.0 & 4 != 0
    }
}

impl<'a> Packet<'a> {
    /// Reads one without its footer. `None`: its lengths don't fit, or it is cut.
    pub fn read(packet: &'a [u8]) -> Option<Self> {
        let (&[length, op, high, low], rest) = packet.split_first_chunk()?;
        let (sequence, _) = rest.split_first_chunk()?;
        let tlvs = packet.get(HEADER..usize::from(length))?;
        let body = packet.get(usize::from(length)..)?.get(..usize::from(u16::from_be_bytes([high, low])))?;
        let word = |kind| {
            let value = tlv(tlvs, kind)?.first_chunk::<4>()?;
            Some(u32::from_be_bytes(*value))
        };
        Some(Self {
            syn: op & 1 != 0,
            rak: op & 2 != 0,
            sequence: u32::from_be_bytes(*sequence),
            ack: word(ACK),
            nak: word(NAK),
            body: if body.is_empty() { None } else { Some(Body::read(body)?) },
        })
    }

    /// By how much it advances the sequence number.
    pub fn advance(&self) -> u32 {
        self.body.as_ref().map_or(0, Body::length)
    }

    /// Writes it without a footer.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut tlvs = Vec::with_capacity(24);
        if self.syn {
            tlvs.extend_from_slice(&[PEER_INFO, 12]);
            tlvs.extend_from_slice(&INFO);
        }
        for (kind, number) in [(ACK, self.ack), (NAK, self.nak)] {
            if let Some(number) = number {
                tlvs.extend_from_slice(&[kind, 4]);
                tlvs.extend_from_slice(&number.to_be_bytes());
            }
        }
        pad(&mut tlvs);
        let length = u16::try_from(self.advance()).unwrap_or(u16::MAX);
        out.push(u8::try_from(HEADER + tlvs.len()).unwrap_or(u8::MAX));
        out.push(u8::from(self.syn) | u8::from(self.rak) << 1);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&tlvs);
        if let Some(body) = &self.body {
            body.write(out);
        }
    }
}

impl<'a> Body<'a> {
    fn read(body: &'a [u8]) -> Option<Self> {
        let (&[length, flags, a, b, c, d, e, f], _) = body.split_first_chunk()?;
        let tlvs = body.get(HEADER..usize::from(length))?;
        let remaining = tlv(tlvs, REMAINING).and_then(|value| value.first_chunk::<8>());
        Some(Self {
            first: flags & 1 != 0,
            kind: Kind(flags & !1),
            package: u16::from_be_bytes([a, b]),
            session: u32::from_be_bytes([c, d, e, f]),
            remaining: remaining.map_or(0, |value| u64::from_be_bytes(*value)),
            data: body.get(usize::from(length)..)?,
        })
    }

    fn header(&self) -> usize {
        if self.remaining == 0 { HEADER } else { HEADER + 12 }
    }

    fn length(&self) -> u32 {
        u32::try_from(self.header() + self.data.len()).unwrap_or(u32::MAX)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::try_from(self.header()).unwrap_or(u8::MAX));
        out.push(self.kind.0 | u8::from(self.first));
        out.extend_from_slice(&self.package.to_be_bytes());
        out.extend_from_slice(&self.session.to_be_bytes());
        if self.remaining != 0 {
            out.extend_from_slice(&[REMAINING, 8]);
            out.extend_from_slice(&self.remaining.to_be_bytes());
            out.extend_from_slice(&[0, 0]);
        }
        out.extend_from_slice(self.data);
    }
}

/// The value of the first TLV of a type. One of type 0 is where they end.
fn tlv(mut tlvs: &[u8], wanted: u8) -> Option<&[u8]> {
    loop {
        let (&[kind, length], rest) = tlvs.split_first_chunk()?;
        let (value, rest) = rest.split_at_checked(usize::from(length))?;
        match kind {
            0 => return None,
            _ if kind == wanted => return Some(value),
            _ => tlvs = rest,
        }
    }
}

fn pad(tlvs: &mut Vec<u8>) {
    tlvs.resize(tlvs.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let digit = |d: u8| char::from(d).to_digit(16).unwrap() as u8;
        digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    /// MSNC reference, section 16.
    #[test]
    fn known_answers() {
        let zeros = [0; 2000];
        let body = |first, kind, package, session, remaining, length: usize| {
            Some(Body { first, kind, package, session, remaining, data: &zeros[..length] })
        };
        let slp = |length| body(true, Kind::MESSAGE, 0, 0, 0, length);
        let ack = |sequence, ack| Packet { sequence, ack: Some(ack), ..Packet::default() };
        let rak = |sequence, body| Packet { rak: true, sequence, body, ..Packet::default() };
        for (header, packet) in [
            (
                "18030345 7b000100 010c0002 0000000e 00000f01 00000000 08010000 00000000",
                Packet { syn: true, ..rak(0x7b00_0100, slp(829)) },
            ),
            (
                "1c030000 50000000 010c0002 0000000e 00000f01 00000204 7b000445",
                Packet { syn: true, rak: true, ..ack(0x5000_0000, 0x7b00_0445) },
            ),
            ("10000000 7b000445 02045000 00000000", ack(0x7b00_0445, 0x5000_0000)),
            ("080201c5 50000000 08010000 00000000", rak(0x5000_0000, slp(445))),
            ("10000000 7b000445 02045000 01c50000", ack(0x7b00_0445, 0x5000_01c5)),
            (
                "0802000c 500001c5 08010000 0012d687",
                rak(0x5000_01c5, body(true, Kind::MESSAGE, 0, 1_234_567, 0, 4)),
            ),
            (
                "080004c6 500001d1 14052a51 0012d687 01080000 00000000 00c60000",
                Packet {
                    sequence: 0x5000_01d1,
                    body: body(true, Kind::OBJECT, 0x2a51, 1_234_567, 198, 1202),
                    ..Packet::default()
                },
            ),
            (
                "080200ce 50000697 08042a51 0012d687",
                rak(0x5000_0697, body(false, Kind::OBJECT, 0x2a51, 1_234_567, 0, 198)),
            ),
            ("080201dc 7b000445 08010000 00000000", rak(0x7b00_0445, slp(468))),
        ] {
            let mut written = bytes(header);
            written.extend(packet.body.iter().flat_map(|body| body.data));
            assert_eq!(Packet::read(&written), Some(packet), "{header}");
            let mut out = Vec::new();
            packet.write(&mut out);
            assert_eq!(out, written, "{header}");
        }
        assert_eq!(0x5000_0697 + 0xce, 0x5000_0765);
    }

    #[test]
    fn what_is_cut_or_lies_is_refused() {
        let whole = bytes("080200ce 50000697 08042a51 0012d687");
        assert_eq!(Packet::read(&whole), None, "there are no 198 bytes");
        for bad in [
            "",
            "08",
            "0802 0000 5000",
            "0002 0000 50000697",
            "ff02 0000 50000697",
            "0802 0004 50000697 08042a51",
            "0802 0008 50000697 09042a51 0012d687",
            "0802 0008 50000697 00042a51 0012d687",
        ] {
            assert_eq!(Packet::read(&bytes(bad)), None, "{bad}");
        }
        // TLVs that are cut are none.
        assert_eq!(Packet::read(&bytes("0c000000 00000001 02ff0000")).unwrap().ack, None);
        assert_eq!(Packet::read(&bytes("0c000000 00000001 02020000")).unwrap().ack, None);
        assert!(Packet::read(&bytes("08020000 7b000445")).unwrap().rak, "a bare request is legal");
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(written in proptest::collection::vec(any::<u8>(), 0..60), length in 8_u8..40) {
            let mut written = written;
            if let Some(first) = written.first_mut() {
                *first = length;
            }
            if let Some(packet) = Packet::read(&written) {
                let mut out = Vec::new();
                packet.write(&mut out);
                prop_assert_eq!(Packet::read(&out), Some(packet));
            }
        }
    }
}
