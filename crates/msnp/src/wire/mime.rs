//! The header lines at the front of a message's payload.

use memchr::memchr;

/// A payload in the form of a MIME message: header lines, an empty line, a body. Borrowed and read lazily.
///
/// Header names are compared without regard to case, and values come without the white space around them
/// (switchboard reference, section 9). Nothing here is ever written back: a relay passes payloads on as they came.
#[derive(Clone, Copy, Debug)]
pub struct Mime<'a> {
    payload: &'a [u8],
}

impl<'a> Mime<'a> {
    /// The message in `payload`, whatever that is.
    pub const fn new(payload: &'a [u8]) -> Self {
        Self { payload }
    }

    /// Each header with its value, up to the empty line or the end. Lines without a colon are passed over.
    pub fn headers(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.lines().map(|(name, value)| (name.trim_ascii(), value.trim_ascii()))
    }

    /// Each header line, split at its colon.
    fn lines(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.payload;
        let lines = std::iter::from_fn(move || {
            let (line, after) = split(rest, b'\n').unwrap_or((rest, &[]));
            rest = after;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            (!line.is_empty()).then_some(line)
        });
        lines.filter_map(|line| split(line, b':'))
    }

    /// All of it.
    pub const fn payload(self) -> &'a [u8] {
        self.payload
    }

    /// What stands behind the empty line; nothing where there is none.
    pub fn body(self) -> &'a [u8] {
        let mut rest = self.payload;
        while let Some((line, after)) = split(rest, b'\n') {
            rest = after;
            if matches!(line, b"" | b"\r") {
                return rest;
            }
        }
        &[]
    }

    /// The value of the first header called `name`, if it is text.
    pub fn header(self, name: &str) -> Option<&'a str> {
        // A relay asks this of every message: most names have another length already.
        let is_it = |found: &[u8]| {
            found.len() >= name.len() && found.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
        };
        let (_, value) = self.lines().find(|(found, _)| is_it(found))?;
        std::str::from_utf8(value.trim_ascii()).ok()
    }

    /// The content type without its parameters, as written: `text/plain` of `text/plain; charset=UTF-8`.
    pub fn content_type(self) -> Option<&'a str> {
        let value = self.header("Content-Type")?;
        Some(value.split_once(';').map_or(value, |(essence, _)| essence).trim_ascii_end())
    }

    /// Whether the content type is `essence`, in whatever letter case.
    pub fn is(self, essence: &str) -> bool {
        self.content_type().is_some_and(|found| found.eq_ignore_ascii_case(essence))
    }
}

/// What is before the first `byte`, and what is behind it.
fn split(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let (before, from) = bytes.split_at_checked(memchr(byte, bytes)?)?;
    Some((before, from.get(1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_headers_as_clients_write_them() {
        let mime = Mime::new(b"MIME-Version: 1.0\r\ncontent-type:Text/Plain;charset=UTF-8\r\nTypingUser:  a@b.c \r\n\r\nX: y\r\n");
        assert_eq!(mime.content_type(), Some("Text/Plain"));
        assert!(mime.is("text/plain"));
        assert_eq!(mime.header("typinguser"), Some("a@b.c"));
        assert_eq!(mime.header("X"), None, "the body is no header");
        assert_eq!(Mime::new(b"").content_type(), None);
        assert_eq!(
            Mime::new(b"Content-Type: text/x-msmsgscontrol").content_type(),
            Some("text/x-msmsgscontrol")
        );
    }

    proptest! {
        #[test]
        fn any_payload_is_survived(payload in prop::collection::vec(any::<u8>(), 0..200)) {
            let mime = Mime::new(&payload);
            let _ = (mime.content_type(), mime.headers().count());
        }
    }
}
