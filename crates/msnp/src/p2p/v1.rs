//! Packets of version 1: 48 bytes of header, data, and four bytes of footer on a switchboard.

/// How long a header is, in bytes.
pub const HEADER: usize = 48;

/// How long a footer is, in bytes.
pub const FOOTER: usize = 4;

/// Flags of a header, by bit (MSNC reference, 4.2). They are tested by bit and never compared whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u32);

impl Flags {
    /// Nothing: SLP, data preparation, text.
    pub const NONE: Self = Self(0);
    /// Go on at [`Header::ack_size`].
    pub const NAK: Self = Self(0x1);
    /// The message was received.
    pub const ACK: Self = Self(0x2);
    /// Please acknowledge; also how some close a direct connection.
    pub const RAK: Self = Self(0x4);
    /// The session is unknown or broken.
    pub const RESET: Self = Self(0x8);
    /// The sender gives up.
    pub const CANCEL: Self = Self(0x40);
    /// The receiver gives up.
    pub const ERROR: Self = Self(0x80);
    /// The nonce that opens a direct connection.
    pub const HANDSHAKE: Self = Self(0x100);
    /// Data of a picture or another object.
    pub const OBJECT: Self = Self(0x20);
    /// Data of a file, as all clients take it.
    pub const FILE: Self = Self(0x0100_0030);

    /// Whether it has any of these bits.
    pub const fn has(self, bits: Self) -> bool {
        self.0 & bits.0 != 0
    }

    /// Whether the packet is part of a message, and no word about one.
    pub const fn is_message(self) -> bool {
        self.0 & 0xffcf == 0
    }

    /// Whether the packet carries data of a file.
    pub const fn is_file(self) -> bool {
        self.is_data() && self.0 & 0x10 != 0
    }

    /// Whether the packet carries data of an object or a file.
    pub const fn is_data(self) -> bool {
        self.is_message() && self.0 & 0x20 != 0
    }
}

/// The header of a packet, all of it little-endian (MSNC reference, 4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// 0 for SLP and its acknowledgements, else the session.
    pub session: u32,
    /// The number of the message, the same in all of its packets.
    pub identifier: u32,
    /// Where in the message the packet belongs.
    pub offset: u64,
    /// How long the whole message is.
    pub total: u64,
    /// How many bytes of data the packet has, by what its sender says.
    pub length: u32,
    /// What it is.
    pub flags: Flags,
    /// A random number, the same in all packets of the message. Of an acknowledgement: the identifier of what it is about.
    pub ack_session: u32,
    /// Of an acknowledgement: the random number of what it is about.
    pub ack_unique: u32,
    /// Of an acknowledgement: the length of what it is about. Of a repositioning: where to go on.
    pub ack_size: u64,
}

impl Header {
    /// Reads one off the front.
    pub fn read(packet: &[u8]) -> Option<(Self, &[u8])> {
        let (header, rest) = packet.split_first_chunk::<HEADER>()?;
        let mut at = header.as_slice();
        let header = Self {
            session: word(&mut at)?,
            identifier: word(&mut at)?,
            offset: long(&mut at)?,
            total: long(&mut at)?,
            length: word(&mut at)?,
            flags: Flags(word(&mut at)?),
            ack_session: word(&mut at)?,
            ack_unique: word(&mut at)?,
            ack_size: long(&mut at)?,
        };
        Some((header, rest))
    }

    /// Writes it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.session.to_le_bytes());
        out.extend_from_slice(&self.identifier.to_le_bytes());
        out.extend_from_slice(&self.offset.to_le_bytes());
        out.extend_from_slice(&self.total.to_le_bytes());
        out.extend_from_slice(&self.length.to_le_bytes());
        out.extend_from_slice(&self.flags.0.to_le_bytes());
        out.extend_from_slice(&self.ack_session.to_le_bytes());
        out.extend_from_slice(&self.ack_unique.to_le_bytes());
        out.extend_from_slice(&self.ack_size.to_le_bytes());
    }

    /// The header that acknowledges the message that `self` is the last packet of; `identifier` is the answerer's next.
    ///
    /// Its total is that of the message: some check it, those who write 0 there don't.
    pub const fn ack(&self, identifier: u32) -> Self {
        Self {
            session: self.session,
            identifier,
            offset: 0,
            total: self.total,
            length: 0,
            flags: Flags::ACK,
            ack_session: self.identifier,
            ack_unique: self.ack_session,
            ack_size: self.total,
        }
    }

    /// The header that opens a direct connection (MSNC reference, 8.4).
    pub fn handshake(identifier: u32, nonce: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, size @ ..] = nonce;
        Self {
            identifier,
            flags: Flags::HANDSHAKE,
            ack_session: u32::from_le_bytes([a, b, c, d]),
            ack_unique: u32::from_le_bytes([e, f, g, h]),
            ack_size: u64::from_le_bytes(size),
            ..Self::default()
        }
    }

    /// The nonce in a header that opens a direct connection.
    pub fn nonce(&self) -> [u8; 16] {
        let number = u128::from(self.ack_session)
            | u128::from(self.ack_unique) << 32
            | u128::from(self.ack_size) << 64;
        number.to_le_bytes()
    }
}

fn word(bytes: &mut &[u8]) -> Option<u32> {
    let (word, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*word))
}

fn long(bytes: &mut &[u8]) -> Option<u64> {
    let (long, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u64::from_le_bytes(*long))
}

/// A packet of version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it is.
    pub header: Header,
    /// What it carries.
    pub data: &'a [u8],
    /// The number of the application, 0 for SLP; nothing on a direct connection.
    pub footer: Option<u32>,
}

impl<'a> Packet<'a> {
    /// Reads what came over a switchboard. `None`: it is shorter than a header and a footer.
    ///
    /// The data is what is there. libpurple's first packet of a message says that it has none, and its last that it has
    /// more than there is.
    pub fn read(packet: &'a [u8]) -> Option<Self> {
        let (header, rest) = Header::read(packet)?;
        // Nobody is known to leave the footer out but on purpose.
        if rest.len() < FOOTER {
            return None;
        }
        let (data, footer) = rest.split_last_chunk()?;
        Some(Self { header, data, footer: Some(u32::from_be_bytes(*footer)) })
    }

    /// Reads what came over a direct connection. `None`: it is shorter than a header.
    pub fn read_direct(packet: &'a [u8]) -> Option<Self> {
        let (header, data) = Header::read(packet)?;
        Some(Self { header, data, footer: None })
    }

    /// Writes it, with its length as the data has it.
    pub fn write(&self, out: &mut Vec<u8>) {
        let length = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        Header { length, ..self.header }.write(out);
        out.extend_from_slice(self.data);
        if let Some(footer) = self.footer {
            out.extend_from_slice(&footer.to_be_bytes());
        }
    }
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

    #[test]
    fn known_answers() {
        for (written, header, data, footer) in [
            // MSNC reference, section 15: packets 2, 5, 9.
            (
                "00000000 01c0110a 00000000 00000000 b6020000 00000000 00000000 02000000 01000b0b d4c3a152 b6020000 \
                 00000000 00000000",
                Header { identifier: 0x0b0b_0001, total: 694, ack_session: 0x52a1_c3d4, ..Header::default() }
                    .ack(0x0a11_c001),
                &[][..],
                0,
            ),
            (
                "87d61200 03c0110a 00000000 00000000 04000000 00000000 04000000 00000000 e5fe0f3c 00000000 00000000 \
                 00000000 00000000 0000000c",
                Header {
                    session: 1_234_567,
                    identifier: 0x0a11_c003,
                    total: 4,
                    length: 4,
                    ack_session: 0x3c0f_fee5,
                    ..Header::default()
                },
                &[0; 4],
                12,
            ),
            (
                "87d61200 04000b0b 00000000 00000000 78050000 00000000 00000000 02000000 04c0110a c5d0d077 78050000 \
                 00000000 0000000c",
                Header {
                    session: 1_234_567,
                    identifier: 0x0a11_c004,
                    offset: 1202,
                    total: 1400,
                    length: 198,
                    flags: Flags::OBJECT,
                    ack_session: 0x77d0_d0c5,
                    ..Header::default()
                }
                .ack(0x0b0b_0004),
                &[],
                12,
            ),
        ] {
            let written = bytes(written);
            let packet = Packet { header, data, footer: Some(footer) };
            assert_eq!(Packet::read(&written), Some(packet));
            let mut out = Vec::new();
            packet.write(&mut out);
            assert_eq!(out, written);
        }
    }

    #[test]
    fn a_handshake_carries_its_nonce() {
        let written = bytes(
            "00000000 10000b0b 00000000 00000000 00000000 00000000 00000000 00010000 3c2d1e0f 5a4b9746 88776655 \
             44332211",
        );
        let packet = Packet::read_direct(&written).unwrap();
        assert!(packet.header.flags.has(Flags::HANDSHAKE) && !packet.header.flags.is_message());
        let nonce = packet.header.nonce();
        assert_eq!(nonce.to_vec(), bytes("3c2d1e0f 5a4b9746 88776655 44332211"));
        let mut out = Vec::new();
        Header::handshake(0x0b0b_0010, nonce).write(&mut out);
        assert_eq!(out, written);
    }

    #[test]
    fn flags_by_bit() {
        for (flags, message, data) in [
            (0, true, false),
            (0x0100_0000, true, false),
            (0x20, true, true),
            (0x0100_0020, true, true),
            (0x30, true, true),
            (0x0100_0030, true, true),
            (2, false, false),
            (0x8, false, false),
            (0x40, false, false),
            (0x100, false, false),
        ] {
            assert_eq!((Flags(flags).is_message(), Flags(flags).is_data()), (message, data), "{flags:#x}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(written in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Some(packet) = Packet::read(&written) {
                let mut out = Vec::new();
                packet.write(&mut out);
                let again = Packet::read(&out).unwrap();
                prop_assert_eq!((again.data, again.footer), (packet.data, packet.footer));
            }
            prop_assert_eq!(Packet::read(&written).is_some(), written.len() >= HEADER + FOOTER);
        }
    }
}
