//! MSN objects: what a picture, an emoticon or a wink is called, before anybody has it.

use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha1::{Digest as _, Sha1};

use crate::soap::escape;
use crate::soap::tree::{Element, Limits};
use crate::wire::Encoded;
use crate::wire::limits::OBJECT;

/// What a descriptor may hold: one element, and attributes.
const LIMITS: Limits = Limits { bytes: OBJECT, depth: 1, nodes: 32 };

/// The SHA-1 of an object's data: the name by which everybody caches it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DataHash(pub [u8; 20]);

impl DataHash {
    /// That of `data`.
    pub fn of(data: &[u8]) -> Self {
        Self(Sha1::digest(data).into())
    }
}

impl FromStr for DataHash {
    type Err = InvalidObject;

    /// Reads base64. A blank is a `+` that somebody has decoded once too often.
    fn from_str(written: &str) -> Result<Self, InvalidObject> {
        let written = written.trim().replace(' ', "+");
        let bytes = STANDARD_NO_PAD.decode(written.trim_end_matches('=')).map_err(|_| InvalidObject::Hash)?;
        bytes.try_into().map(Self).map_err(|_| InvalidObject::Hash)
    }
}

impl fmt::Display for DataHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for DataHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What kind of thing an object is: its `Type` (MSNC reference, section 3). Numbers that nobody knows are kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectType(pub u32);

/// The kinds, once: constant, number, name.
macro_rules! kinds {
    ($($(#[$doc:meta])* $constant:ident = $number:literal $name:literal,)+) => {
        impl ObjectType {
            $($(#[$doc])* pub const $constant: Self = Self($number);)+

            /// What it is called, if it is known.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some($name),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// An avatar of before display pictures.
    AVATAR = 1 "avatar",
    /// A custom emoticon.
    EMOTICON = 2 "emoticon",
    /// A display picture.
    PICTURE = 3 "display picture",
    /// A shared file.
    SHARED_FILE = 4 "shared file",
    /// A background of a chat.
    BACKGROUND = 5 "background",
    /// A history.
    HISTORY = 6 "history",
    /// A moving display picture.
    DYNAMIC_PICTURE = 7 "dynamic display picture",
    /// A wink.
    WINK = 8 "wink",
    /// A map file: a list of things from the store.
    MAP_FILE = 9 "map file",
    /// A moving background.
    DYNAMIC_BACKGROUND = 10 "dynamic background",
    /// A voice clip.
    VOICE_CLIP = 11 "voice clip",
    /// The saved state of a plug-in.
    PLUG_IN_STATE = 12 "plug-in state",
    /// What roams.
    ROAMING = 13 "roaming object",
    /// What is played when somebody comes.
    SIGNATURE_SOUND = 14 "signature sound",
    /// The picture behind somebody's name.
    SCENE = 16 "scene",
    /// A moving picture from a webcam.
    WEBCAM_PICTURE = 17 "webcam display picture",
}

impl fmt::Debug for ObjectType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "object type {}", self.0),
        }
    }
}

/// A descriptor of an object: whose it is, what it is, how large, and the hash of its data (MSNC reference, section 3).
///
/// One that was read keeps the text that it was read from, since peers compare it whole, and writes just that.
///
/// ```
/// use msnp::types::{MsnObject, ObjectType};
///
/// let object = MsnObject::new("alice@example.com", ObjectType::EMOTICON, "TFR2.tmp", "(hi)", b"abc");
/// let again: MsnObject = object.as_str().parse()?;
/// assert_eq!(again.hash().to_string(), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
/// assert_eq!(again, object);
/// # Ok::<(), msnp::types::InvalidObject>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MsnObject {
    written: Box<str>,
    creator: Box<str>,
    size: u64,
    kind: ObjectType,
    location: Box<str>,
    friendly: Box<str>,
    hash: DataHash,
    stamp: Option<Box<str>>,
    url: Option<Box<str>>,
}

impl MsnObject {
    /// Describes `data`, as MSN Messenger 6 and 7 do: with the hash of the descriptor (`SHA1C`), which later ones leave out
    /// and nobody should insist on. `location` is a file name that means something to its owner alone; `friendly` may be
    /// empty.
    pub fn new(creator: &str, kind: ObjectType, location: &str, friendly: &str, data: &[u8]) -> Self {
        let hash = DataHash::of(data);
        let utf16 = friendly.encode_utf16().chain([0]).flat_map(u16::to_le_bytes);
        let named = STANDARD.encode(utf16.collect::<Vec<_>>());
        let (size, number) = (data.len() as u64, kind.0);
        let covered =
            format!("Creator{creator}Size{size}Type{number}Location{location}Friendly{named}SHA1D{hash}");
        let written = format!(
            "<msnobj Creator=\"{}\" Size=\"{size}\" Type=\"{number}\" Location=\"{}\" Friendly=\"{named}\" \
             SHA1D=\"{hash}\" SHA1C=\"{}\"/>",
            escape(creator),
            escape(location),
            DataHash::of(covered.as_bytes()),
        );
        Self {
            written: written.into(),
            creator: creator.into(),
            size,
            kind,
            location: location.into(),
            friendly: friendly.into(),
            hash,
            stamp: None,
            url: None,
        }
    }

    /// Reads what stands escaped on a line, the last argument of `CHG`, `NLN` and `ILN`.
    ///
    /// # Errors
    /// When it is none. `0` and nothing at all stand for no picture, and are none.
    pub fn read_encoded(written: &str) -> Result<Self, InvalidObject> {
        Encoded::from_wire(written).decode().parse()
    }

    /// Reads what stands in a message that announces an emoticon, a wink or a voice clip: the text, which some escape.
    ///
    /// # Errors
    /// When it is none.
    pub fn read_announced(written: &str) -> Result<Self, InvalidObject> {
        written.parse().or_else(|why| Self::read_encoded(written).map_err(|_| why))
    }

    /// Reads what stands in the `Context` of an invitation: base64 of the text and, mostly, a NUL.
    ///
    /// # Errors
    /// When it is none.
    pub fn read_context(written: &str) -> Result<Self, InvalidObject> {
        if written.len() > OBJECT * 2 {
            return Err(InvalidObject::Syntax);
        }
        let bytes = STANDARD_NO_PAD
            .decode(written.trim().trim_end_matches('='))
            .map_err(|_| InvalidObject::Syntax)?;
        std::str::from_utf8(&bytes).map_err(|_| InvalidObject::Syntax)?.parse()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The text as it stands on a line.
    pub fn to_encoded(&self) -> String {
        let mut encoded = String::with_capacity(self.written.len() * 3 / 2);
        for byte in self.written.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => encoded.push(byte.into()),
                // Writing to a `String` can't fail.
                _ => drop(write!(encoded, "%{byte:02X}")),
            }
        }
        encoded
    }

    /// The text as it stands in the `Context` of an invitation.
    pub fn to_context(&self) -> String {
        let mut bytes = self.written.as_bytes().to_vec();
        bytes.push(0);
        STANDARD.encode(bytes)
    }

    /// `Creator`: the address of whom to ask for it, as written.
    pub fn creator(&self) -> &str {
        &self.creator
    }

    /// `Size`: how many bytes the data has, by what its owner says.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// `Type`.
    pub const fn kind(&self) -> ObjectType {
        self.kind
    }

    /// `Location`: a file name at its owner, or `0`.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// `Friendly`: what it is called, often nothing.
    pub fn friendly(&self) -> &str {
        &self.friendly
    }

    /// `SHA1D`: the hash of the data.
    pub const fn hash(&self) -> DataHash {
        self.hash
    }

    /// `stamp`: the signature of winks and moving pictures that were sold.
    pub fn stamp(&self) -> Option<&str> {
        self.stamp.as_deref()
    }

    /// `Url`: where Windows Live Messenger 2009 puts a copy, by what its owner says.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Whether `data` is what it describes: size and hash.
    pub fn is_of(&self, data: &[u8]) -> bool {
        self.size == data.len() as u64 && self.hash == DataHash::of(data)
    }
}

impl FromStr for MsnObject {
    type Err = InvalidObject;

    /// Reads the text, its attributes in any order; the hash of the descriptor is not looked at, since many write a wrong
    /// one.
    fn from_str(written: &str) -> Result<Self, InvalidObject> {
        let written = written.trim_end_matches('\0').trim();
        let root = Element::parse(written.as_bytes(), LIMITS).map_err(|_| InvalidObject::Syntax)?;
        if !root.is("msnobj") {
            return Err(InvalidObject::Syntax);
        }
        let number = |name| {
            let digits: &str = root.attribute(name).ok_or(InvalidObject::Missing)?;
            let digits = digits.trim();
            let is_number = digits.bytes().all(|b| b.is_ascii_digit());
            digits.parse::<u64>().ok().filter(|_| is_number).ok_or(InvalidObject::Number)
        };
        let text = |name| root.attribute(name).map(Box::from);
        Ok(Self {
            creator: text("Creator").ok_or(InvalidObject::Missing)?,
            size: number("Size")?,
            kind: ObjectType(number("Type")?.try_into().map_err(|_| InvalidObject::Number)?),
            location: text("Location").unwrap_or_default(),
            friendly: friendly(root.attribute("Friendly").unwrap_or_default()).into(),
            hash: root.attribute("SHA1D").ok_or(InvalidObject::Missing)?.parse()?,
            stamp: text("stamp"),
            url: text("Url"),
            written: written.into(),
        })
    }
}

/// The name in base64 of UTF-16 with a NUL. Some write anything there; who looks for a name finds none then.
fn friendly(written: &str) -> String {
    let bytes = STANDARD_NO_PAD.decode(written.trim_end_matches('=')).unwrap_or_default();
    let (pairs, _) = bytes.as_chunks();
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

impl fmt::Display for MsnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Debug for MsnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        f.write_str(&self.written)?;
        f.write_char('"')
    }
}

/// Why a text is no MSN object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidObject {
    /// `SHA1D` is not 20 bytes in base64.
    #[error("the hash of an object is 20 bytes in base64")]
    Hash,
    /// One of the attributes that say what it is about is not there.
    #[error("an object has Creator, Size, Type and SHA1D")]
    Missing,
    /// `Size` or `Type` is no number.
    #[error("the size and the type of an object are numbers")]
    Number,
    /// It is no `<msnobj>`, or longer than [`OBJECT`] bytes.
    #[error("an object is one <msnobj …/> of up to {OBJECT} bytes")]
    Syntax,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture() -> (MsnObject, Vec<u8>) {
        let data: Vec<u8> = (0..1400_u32).map(|i| (13 * i + 7) as u8).collect();
        (MsnObject::new("alice@example.com", ObjectType::PICTURE, "TFR1A.dat", "", &data), data)
    }

    #[test]
    fn known_answers() {
        let (object, data) = picture();
        assert_eq!(
            object.as_str(),
            "<msnobj Creator=\"alice@example.com\" Size=\"1400\" Type=\"3\" Location=\"TFR1A.dat\" \
             Friendly=\"AAA=\" SHA1D=\"ASLqcaQkTzcNalzJlj6n/34euQE=\" SHA1C=\"zdeK8DZ+Cbto3QdhQ6ZMcp5JR5U=\"/>"
        );
        assert_eq!(
            object.to_encoded(),
            "%3Cmsnobj%20Creator%3D%22alice%40example.com%22%20Size%3D%221400%22%20Type%3D%223%22%20\
             Location%3D%22TFR1A.dat%22%20Friendly%3D%22AAA%3D%22%20SHA1D%3D%22ASLqcaQkTzcNalzJlj6n%2F34euQE%3D\
             %22%20SHA1C%3D%22zdeK8DZ%2BCbto3QdhQ6ZMcp5JR5U%3D%22%2F%3E"
        );
        assert!(
            object
                .to_context()
                .starts_with("PG1zbm9iaiBDcmVhdG9yPSJhbGljZUBleGFtcGxlLmNvbSIgU2l6ZT0iMTQwMCIgVHlwZT0iMyIg")
        );
        assert!(object.to_context().ends_with("IvPgA="));
        assert!(object.is_of(&data) && !object.is_of(&data[1..]));
        for again in [
            object.as_str().parse(),
            MsnObject::read_encoded(&object.to_encoded()),
            MsnObject::read_context(&object.to_context()),
            MsnObject::read_announced(object.as_str()),
            MsnObject::read_announced(&object.to_encoded()),
            MsnObject::read_context(object.to_context().trim_end_matches('=')),
        ] {
            assert_eq!(again.as_ref(), Ok(&object));
        }
        let emoticon = MsnObject::new("alice@example.com", ObjectType::EMOTICON, "TFR2.tmp", "(hi)", b"abc");
        assert!(emoticon.as_str().ends_with(
            "Friendly=\"KABoAGkAKQAAAA==\" SHA1D=\"qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\" \
             SHA1C=\"ofDt+7O7T13O6owDJeKKl6cwD4Y=\"/>"
        ));
        assert_eq!((emoticon.friendly(), emoticon.size()), ("(hi)", 3));
    }

    #[test]
    fn is_read_kindly_and_kept_as_it_was() {
        // Windows Live Messenger 2009: other order, no SHA1C; and a plus that became a blank.
        let written = "<msnobj Type=\"3\" SHA1D=\"qZk NkcGgWq6PiVxeFDCbJzQ2J0=\" Size=\"3\" Location=\"0\" \
                       Creator=\"a&amp;b@example.com\" stamp=\"MIIx\" Url=\"http://x/\" contenttype='D'/>";
        let object: MsnObject = format!("{written}\0").parse().unwrap();
        assert_eq!((object.creator(), object.location(), object.friendly()), ("a&b@example.com", "0", ""));
        assert_eq!((object.stamp(), object.url()), (Some("MIIx"), Some("http://x/")));
        assert!(object.is_of(b"abc"));
        assert_eq!(object.to_string(), written);
        assert_eq!(format!("{:?} {:?}", object.kind(), ObjectType(15)), "display picture object type 15");
    }

    #[test]
    fn what_is_none_is_refused() {
        let whole = "<msnobj Creator='a@b.c' Size='3' Type='3' SHA1D='qZk+NkcGgWq6PiVxeFDCbJzQ2J0='/>";
        assert!(whole.parse::<MsnObject>().is_ok());
        for (bad, why) in [
            ("", InvalidObject::Syntax),
            ("0", InvalidObject::Syntax),
            (&whole.replace("msnobj", "msnabj"), InvalidObject::Syntax),
            (&whole.replace("/>", "><a/></msnobj>"), InvalidObject::Syntax),
            (&whole.replace("a@b.c", &"x".repeat(OBJECT)), InvalidObject::Syntax),
            (&whole.replace("Size='3'", "Size='-3'"), InvalidObject::Number),
            (&whole.replace("Size='3'", "Size='99999999999999999999'"), InvalidObject::Number),
            (&whole.replace("Type='3'", "Type='4294967296'"), InvalidObject::Number),
            (&whole.replace("Type='3'", ""), InvalidObject::Missing),
            (&whole.replace("qZk+", ""), InvalidObject::Hash),
            (&whole.replace("qZk+", "!!!!"), InvalidObject::Hash),
        ] {
            assert_eq!(bad.parse::<MsnObject>(), Err(why), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_described_is_read_again(
            creator in "[ -~äß]{1,40}", friendly in "[^\0]{0,20}", kind in any::<u32>(), data in any::<[u8; 7]>(),
        ) {
            let object = MsnObject::new(&creator, ObjectType(kind), "a b&<>.tmp", &friendly, &data);
            let again = MsnObject::read_encoded(&object.to_encoded());
            prop_assert_eq!(again.as_ref().map(MsnObject::creator), Ok(&*creator));
            prop_assert_eq!(again.as_ref().map(MsnObject::friendly), Ok(&*friendly));
            prop_assert!(again.is_ok_and(|again| again.is_of(&data) && again.kind() == ObjectType(kind)));
        }

        #[test]
        fn never_panics(written in any::<String>()) {
            let _ = written.parse::<MsnObject>();
            let _ = MsnObject::read_context(&written);
            let _ = MsnObject::read_encoded(&written);
        }
    }
}
