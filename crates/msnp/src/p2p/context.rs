//! What an offered file is called and how long it is.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::limits;

/// How long the structure is in version 2, in bytes; the preview is behind it.
const LENGTH: usize = 574;

/// Bytes of the name in it: 259 characters of UTF-16 and a NUL.
const NAME: usize = 520;

/// A file that somebody offers: the `Context` of the invitation (MSNC reference, 7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOffer {
    /// What it is called, as the sender wrote it: it may be a path, or worse. To make a file of it see
    /// [`FileOffer::safe_name`].
    pub name: String,
    /// How long it is, in bytes, by what the sender says.
    pub size: u64,
    /// A small picture of it, a PNG mostly, or nothing. It is as little to be trusted as the file.
    pub preview: Vec<u8>,
}

impl FileOffer {
    /// A file without a preview.
    pub fn new(name: impl Into<String>, size: u64) -> Self {
        Self { name: name.into(), size, preview: Vec::new() }
    }

    /// Reads the base64 of an invitation. `None`: it is too short for a name or too long.
    ///
    /// The structure says how long it is, and some say it wrong.
    pub fn read(context: &str) -> Option<Self> {
        if context.len() > limits::SLP {
            return None;
        }
        let bytes = STANDARD_NO_PAD.decode(context.trim().trim_end_matches('=')).ok()?;
        let (length, rest) = bytes.split_first_chunk()?;
        let (_version, rest) = rest.split_first_chunk::<4>()?;
        let (size, rest) = rest.split_first_chunk()?;
        let (_kind, rest) = rest.split_first_chunk::<4>()?;
        let name = rest.get(..NAME).unwrap_or(rest);
        let units = name.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair));
        let name = char::decode_utf16(units.take(NAME / 2 - 1).take_while(|unit| *unit != 0));
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let preview = bytes.get(length..).filter(|_| length >= 20 + NAME).unwrap_or_default();
        Some(Self {
            name: name.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
            size: u64::from_le_bytes(*size),
            preview: preview.get(..limits::PREVIEW).unwrap_or(preview).to_vec(),
        })
    }

    /// Writes the base64 of an invitation. A name that is too long is cut, and a preview that is too long is left out.
    ///
    /// It is version 2 of the structure, which everybody takes: MSN Messenger 7 writes version 3 itself, whose length
    /// libpurple has wrong.
    pub fn to_context(&self) -> String {
        let preview =
            Some(&*self.preview).filter(|preview| preview.len() <= limits::PREVIEW).unwrap_or_default();
        let mut bytes = Vec::with_capacity(LENGTH + preview.len());
        bytes.extend_from_slice(&u32::try_from(LENGTH).unwrap_or_default().to_le_bytes());
        bytes.extend_from_slice(&2_u32.to_le_bytes());
        bytes.extend_from_slice(&self.size.to_le_bytes());
        bytes.extend_from_slice(&u32::from(preview.is_empty()).to_le_bytes());
        let mut units = 0;
        for c in self.name.chars().filter(|c| *c != '\0') {
            units += c.len_utf16();
            if units >= NAME / 2 {
                break;
            }
            bytes.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_le_bytes()));
        }
        bytes.resize(20 + NAME + 30, 0);
        bytes.extend_from_slice(&[0xff; 4]);
        bytes.extend_from_slice(preview);
        STANDARD.encode(bytes)
    }

    /// The name as it may stand for a file in a folder: without a path, without what can't be in a file's name on some
    /// system, and none of the names that mean a device. Never empty, and at most 200 bytes.
    ///
    /// ```
    /// use msnp::p2p::FileOffer;
    ///
    /// assert_eq!(FileOffer::new("..\\..\\autoexec.bat", 1).safe_name(), "autoexec.bat");
    /// assert_eq!(FileOffer::new("/etc/..", 1).safe_name(), "file");
    /// ```
    pub fn safe_name(&self) -> String {
        const LONGEST: usize = 200;
        let last = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        // What turns the direction of writing hides how a name really ends.
        let is_out = |c: char| {
            c.is_control()
                || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        };
        let mut name: String = last.chars().filter(|c| !is_out(*c)).collect();
        while name.len() > LONGEST {
            name.pop();
        }
        let name = name.trim().trim_start_matches('.').trim_end_matches(['.', ' ']).trim();
        let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
        let (device, number) = stem.split_at_checked(3).unwrap_or((&stem, ""));
        let is_device = match device {
            "CON" | "PRN" | "AUX" | "NUL" => number.is_empty(),
            "COM" | "LPT" => {
                matches!(number, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
            }
            _ => matches!(&*stem, "CONIN$" | "CONOUT$"),
        };
        match (name.is_empty(), is_device) {
            (true, _) => "file".to_owned(),
            (_, true) => format!("_{name}"),
            _ => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_answers() {
        let offer = FileOffer::new("notes.txt", 123_456);
        let context = offer.to_context();
        assert_eq!(context.len(), 768);
        assert!(context.starts_with("PgIAAAIAAABA4gEAAAAAAAEAAABuAG8AdABlAHMA"));
        let bytes = STANDARD.decode(&context).unwrap();
        assert_eq!(bytes[0x230..], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(FileOffer::read(&context), Some(offer.clone()));
        // Version 3 has 64 more.
        let longer = [&638_u32.to_le_bytes(), &3_u32.to_le_bytes(), &bytes[8..], &[0; 64]].concat();
        let longer = STANDARD.encode(longer);
        assert!(longer.starts_with("fgIAAAMAAABA4gEA") && longer.len() == 852);
        assert_eq!(FileOffer::read(&longer), Some(offer));
    }

    #[test]
    fn previews_are_where_the_length_says() {
        let offer = FileOffer { preview: vec![7; 300], ..FileOffer::new("ä.png", 9) };
        assert_eq!(FileOffer::read(&offer.to_context()), Some(offer.clone()));
        let mut bytes = STANDARD.decode(offer.to_context()).unwrap();
        for length in [0_u32, 19, 100_000, u32::MAX] {
            bytes[..4].copy_from_slice(&length.to_le_bytes());
            assert_eq!(FileOffer::read(&STANDARD.encode(&bytes)).unwrap().preview, b"");
        }
        bytes.truncate(24);
        assert_eq!(FileOffer::read(&STANDARD.encode(&bytes)).unwrap().name, "ä.");
        assert_eq!(FileOffer::read("AAAA"), None);
        assert_eq!(FileOffer::read("?"), None);
    }

    #[test]
    fn names_stay_where_they_are_put() {
        for (name, safe) in [
            ("notes.txt", "notes.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\win.ini", "win.ini"),
            ("C:win.ini", "Cwin.ini"),
            ("a\0b\r\nc", "abc"),
            ("", "file"),
            ("..", "file"),
            ("dir/", "file"),
            (".bashrc", "bashrc"),
            ("nul", "_nul"),
            ("Com1.txt", "_Com1.txt"),
            ("console.log", "console.log"),
            ("x.txt. . ", "x.txt"),
            ("gpj.\u{202e}exe.png", "gpj.exe.png"),
        ] {
            assert_eq!(FileOffer::new(name, 0).safe_name(), safe, "{name:?}");
        }
        assert_eq!(FileOffer::new("ä".repeat(500), 0).safe_name().len(), 200);
    }

    proptest! {
        #[test]
        fn any_name_survives_and_is_safe(name in "[^\0]{0,120}", preview in proptest::collection::vec(any::<u8>(), 0..9)) {
            let offer = FileOffer { name, size: 1, preview };
            let again = FileOffer::read(&offer.to_context());
            prop_assert_eq!(again.as_ref(), Some(&offer));
            let safe = offer.safe_name();
            prop_assert!(!safe.is_empty() && safe.len() <= 201 && !safe.contains(['/', '\\', '\0']) && safe != "..");
            prop_assert_eq!(FileOffer::new(&*safe, 1).safe_name(), safe);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..900)) {
            let _ = FileOffer::read(&STANDARD.encode(bytes));
        }
    }
}
