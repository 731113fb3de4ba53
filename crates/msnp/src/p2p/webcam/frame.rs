//! Pictures on the connection.

/// How long the header of a frame is, in bytes; its first byte says so.
const HEADER: usize = 24;

/// The longest picture that is taken, in bytes. Mimic has some kilobytes for 320 by 240.
pub const MAX_PICTURE: usize = 128 * 1024;

/// The codec that every frame names.
const CODEC: [u8; 4] = *b"ML20";

/// A frame: one picture, or the word that there is none for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Whether the camera is paused; then there is no picture.
    pub paused: bool,
    /// Width, in pixels.
    pub width: u16,
    /// Height, in pixels.
    pub height: u16,
    /// Whether the picture can be drawn without those before it.
    pub is_key: bool,
    /// The number of the frame.
    pub id: u32,
    /// When it was taken, in milliseconds of some clock.
    pub timestamp: u32,
    /// The picture, in the codec Mimic.
    pub picture: Vec<u8>,
}

impl Frame {
    /// Writes it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[24, u8::from(self.paused)]);
        for number in [self.width, self.height, u16::from(self.is_key)] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&u32::try_from(self.picture.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(&CODEC);
        out.extend_from_slice(&self.id.to_le_bytes());
        out.extend_from_slice(&self.timestamp.to_le_bytes());
        out.extend_from_slice(&self.picture);
    }

    /// Reads a header: the frame without its picture, and how long that is.
    fn read_header(header: [u8; HEADER]) -> Option<(Self, usize)> {
        let [24, paused, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = header else {
            return None;
        };
        let length = usize::try_from(u32::from_le_bytes([g, h, i, j])).ok()?;
        let paused = paused != 0;
        let is_good = length <= MAX_PICTURE && (paused || [k, l, m, n] == CODEC);
        let frame = Self {
            paused,
            width: u16::from_le_bytes([a, b]),
            height: u16::from_le_bytes([c, d]),
            is_key: [e, f] != [0, 0],
            id: u32::from_le_bytes([o, p, q, r]),
            timestamp: u32::from_le_bytes([s, t, u, v]),
            picture: Vec::new(),
        };
        is_good.then_some((frame, length))
    }
}

/// Takes frames off a connection. It keeps no more than one.
#[derive(Debug, Default)]
pub struct Frames {
    header: Vec<u8>,
    frame: Option<(Frame, usize)>,
    is_broken: bool,
}

impl Frames {
    /// Nothing has come yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes from the front of `input` what belongs to the next frame. `Ok(None)`: all was taken, and it is not whole.
    ///
    /// # Errors
    /// When it is no frame, or too long. The place of the next one is not known then: the connection is to be closed.
    pub fn next(&mut self, input: &mut &[u8]) -> Result<Option<Frame>, InvalidFrame> {
        if self.is_broken {
            return Err(InvalidFrame);
        }
        if self.frame.is_none() {
            let missing = HEADER - self.header.len();
            let (front, rest) = input.split_at_checked(missing).unwrap_or((input, &[]));
            self.header.extend_from_slice(front);
            *input = rest;
            let Some(header) = self.header.first_chunk() else { return Ok(None) };
            self.frame = Frame::read_header(*header);
            self.header.clear();
        }
        let Some((frame, length)) = &mut self.frame else {
            self.is_broken = true;
            return Err(InvalidFrame);
        };
        let missing = *length - frame.picture.len();
        let (front, rest) = input.split_at_checked(missing).unwrap_or((input, &[]));
        frame.picture.extend_from_slice(front);
        *input = rest;
        if front.len() < missing { Ok(None) } else { Ok(self.frame.take().map(|(frame, _)| frame)) }
    }
}

/// The bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame has a header of 24 bytes, the codec ML20 and a picture of up to {MAX_PICTURE} bytes")]
pub struct InvalidFrame;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(paused: bool, id: u32, picture: Vec<u8>) -> Frame {
        Frame { paused, width: 320, height: 240, is_key: true, id, timestamp: 4711, picture }
    }

    #[test]
    fn known_answer() {
        let mut out = Vec::new();
        frame(false, 1, vec![9, 9]).write(&mut out);
        assert_eq!(out, *b"\x18\0\x40\x01\xf0\0\x01\0\x02\0\0\0ML20\x01\0\0\0\x67\x12\0\0\x09\x09");
    }

    #[test]
    fn what_is_none_breaks_it_off() {
        for (at, byte) in [(0, 25), (13, b'x'), (11, 0xff)] {
            let mut out = Vec::new();
            frame(false, 1, vec![9, 9]).write(&mut out);
            out[at] = byte;
            let mut frames = Frames::new();
            assert_eq!(frames.next(&mut &*out), Err(InvalidFrame));
            assert_eq!(frames.next(&mut &out[..0]), Err(InvalidFrame), "for good");
        }
    }

    proptest! {
        #[test]
        fn frames_arrive_however_they_are_cut(
            pictures in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..9), cut in 1..50_usize,
        ) {
            let sent: Vec<_> = pictures.into_iter().zip(0..).map(|(p, id)| frame(p.is_empty(), id, p)).collect();
            let mut bytes = Vec::new();
            sent.iter().for_each(|frame| frame.write(&mut bytes));
            let (mut frames, mut got) = (Frames::new(), Vec::new());
            for mut piece in bytes.chunks(cut) {
                while let Some(frame) = frames.next(&mut piece).unwrap() {
                    got.push(frame);
                }
            }
            prop_assert_eq!(got, sent);
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (mut frames, mut input) = (Frames::new(), &*bytes);
            while let Ok(Some(_)) = frames.next(&mut input) {}
        }
    }
}
