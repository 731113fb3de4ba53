//! URL-style escapes in name-like arguments, and the rule that an echo repeats the client's own bytes.

use std::borrow::Cow;
use std::fmt;
use std::string::FromUtf8Error;

/// Text as it stands on a line: percent-encoded UTF-8, without spaces.
///
/// A value that came from the wire keeps the very bytes it came as. Some clients find the answer to a request by
/// comparing this text, so a reply that repeats an argument must not escape it anew (notification-server
/// reference, section 3, "Echo rule"). `+` is a plus sign, never a space.
///
/// ```
/// use msnp::wire::Encoded;
///
/// let echoed = Encoded::from_wire("Alice%20l%C3%A4uft");
/// assert_eq!(echoed.decode(), "Alice läuft");
/// assert_eq!(Encoded::new("Alice läuft").as_str(), "Alice%20l%C3%A4uft");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded<'a>(Cow<'a, str>);

impl<'a> Encoded<'a> {
    /// The argument of a line, kept as it is.
    pub const fn from_wire(token: &'a str) -> Self {
        Self(Cow::Borrowed(token))
    }

    /// Plain text, escaped: space, `%`, control characters and everything outside ASCII.
    ///
    /// All of it is escaped because MSNP2-7 clients don't take raw UTF-8 (reference, section 3).
    pub fn new(plain: &'a str) -> Self {
        if plain.bytes().all(|b| !must_escape(b)) {
            return Self(Cow::Borrowed(plain));
        }
        let mut escaped = String::with_capacity(plain.len() + 16);
        for byte in plain.bytes() {
            if must_escape(byte) {
                escaped.push('%');
                escaped.push(hex_digit(byte >> 4));
                escaped.push(hex_digit(byte & 15));
            } else {
                escaped.push(char::from(byte));
            }
        }
        Self(Cow::Owned(escaped))
    }

    /// The text as it stands on the line.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many bytes it takes on the line: what the limits on names count.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The plain text. Bytes that are no UTF-8 become U+FFFD; a `%` without two digits stands for itself.
    pub fn decode(&self) -> Cow<'_, str> {
        self.try_decode()
            .unwrap_or_else(|broken| Cow::Owned(String::from_utf8_lossy(broken.as_bytes()).into_owned()))
    }

    /// The plain text, where it has to be one. A `%` without two digits stands for itself.
    ///
    /// # Errors
    /// When the bytes are no UTF-8.
    pub fn try_decode(&self) -> Result<Cow<'_, str>, FromUtf8Error> {
        if !self.0.contains('%') {
            return Ok(Cow::Borrowed(&self.0));
        }
        let mut plain = Vec::with_capacity(self.0.len());
        let mut rest = self.0.as_bytes();
        while let Some((&byte, after)) = rest.split_first() {
            match (byte, after) {
                (b'%', [high, low, tail @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    plain.push(hex_value(*high) << 4 | hex_value(*low));
                    rest = tail;
                }
                _ => {
                    plain.push(byte);
                    rest = after;
                }
            }
        }
        String::from_utf8(plain).map(Cow::Owned)
    }

    /// The same text, independent of the line it came from.
    pub fn into_owned(self) -> Encoded<'static> {
        Encoded(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn must_escape(byte: u8) -> bool {
    byte <= b' ' || byte >= 0x7F || byte == b'%'
}

fn hex_digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase()
}

fn hex_value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).unwrap_or(0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decodes_what_it_can_and_leaves_the_rest() {
        for (token, plain) in [
            ("Alice%20L", "Alice L"),
            ("a+b", "a+b"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("%FF", "\u{FFFD}"),
            ("caf%c3%a9", "café"),
            ("café", "café"),
        ] {
            assert_eq!(Encoded::from_wire(token).decode(), plain, "{token}");
            assert_eq!(Encoded::from_wire(token).try_decode().is_ok(), token != "%FF");
        }
    }

    proptest! {
        #[test]
        fn plain_text_survives(plain in any::<String>()) {
            let encoded = Encoded::new(&plain);
            prop_assert!(encoded.as_str().bytes().all(|b| b.is_ascii_graphic()));
            prop_assert_eq!(encoded.decode(), &*plain);
        }

        #[test]
        fn any_token_decodes(token in any::<String>()) {
            let _ = Encoded::from_wire(&token).decode();
        }
    }
}
