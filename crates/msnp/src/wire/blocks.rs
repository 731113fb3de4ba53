//! The payload of what is published, told and said over the notification server: blocks of headers, and a body.

use std::borrow::Cow;

/// The most headers that one block may have. Real ones have up to eight.
pub const MAX_HEADERS: usize = 32;

/// The longest line of a header, in bytes, its end not counted.
pub const MAX_HEADER: usize = 1024;

/// What `PUT`, `DEL`, `NFY` and `SDG` carry (later-versions reference, 11.3): who says it to whom, how sure it has to
/// arrive, what it is, and then the thing itself.
///
/// ```text
/// Routing: 1.0                  Reliability: 1.0     Messaging: 1.0
/// To: 9:…@live.com;path=IM      Stream: 0            Content-Type: text/plain; charset=UTF-8
/// From: 1:alice@…;epid={…}      Segment: 1           Content-Length: 5
/// ```
/// An empty line ends each of the three blocks. Blocks are taken in this order alone, and whom it is to and from stands in
/// the first, once: a reader must not find another sender in it than the server did.
///
/// ```
/// use msnp::wire::{Blocks, Subject};
///
/// let payload = b"Routing: 1.0\r\nTo: 1:bob@example.com\r\nFrom: 1:alice@example.com\r\n\r\n\
///                 Reliability: 1.0\r\n\r\n\
///                 Messaging: 2.0\r\nMessage-Type: Text\r\nContent-Length: 2\r\n\r\nhi";
/// let blocks = Blocks::read(payload)?;
/// assert_eq!(blocks.subject, Subject::Messaging);
/// assert_eq!(blocks.routing.get("from"), Some("1:alice@example.com"));
/// assert_eq!(&*blocks.body, b"hi");
/// # Ok::<(), msnp::wire::InvalidBlocks>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks<'a> {
    /// Whom it is to and from.
    pub routing: Headers<'a>,
    /// In which order it belongs, and whether it is to be confirmed.
    pub reliability: Headers<'a>,
    /// What kind of thing it is.
    pub subject: Subject,
    /// What is said of it.
    pub content: Headers<'a>,
    /// The thing.
    pub body: Cow<'a, [u8]>,
}

/// What the third block is about: the name of its first header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A message.
    Messaging,
    /// What somebody else has published.
    Notification,
    /// What is published.
    Publication,
}

impl Subject {
    const ALL: [Self; 3] = [Self::Messaging, Self::Notification, Self::Publication];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Messaging => "Messaging",
            Self::Notification => "Notification",
            Self::Publication => "Publication",
        }
    }
}

/// The headers of one block, in order, but for the one that names the block and says in which version it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers<'a> {
    version: Cow<'a, str>,
    all: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// The header that tells how long the body is: made anew when blocks are written.
const LENGTH: &str = "Content-Length";

impl<'a> Headers<'a> {
    /// Those of a block that is written in `version`.
    pub fn new(version: &'a str) -> Self {
        Self { version: version.into(), all: Vec::new() }
    }

    /// And one more. What can't be in a line is left out of it.
    #[must_use]
    pub fn with(mut self, name: &'a str, value: impl Into<Cow<'a, str>>) -> Self {
        self.all.push((name.into(), in_a_line(value.into())));
        self
    }

    /// The version that the block is written in.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The value of a header, in whatever letter case its name is written.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.all.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// Takes a header out.
    fn take(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let at = self.all.iter().position(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(self.all.remove(at).1)
    }

    fn write(&self, name: &str, out: &mut Vec<u8>) {
        put(name, &self.version, out);
        for (name, value) in &self.all {
            put(name, value, out);
        }
    }
}

fn in_a_line(value: Cow<'_, str>) -> Cow<'_, str> {
    let is_out = |c: char| matches!(c, '\r' | '\n' | '\0');
    match value.contains(is_out) || value.trim_matches(BLANK).len() < value.len() {
        true => value.replace(is_out, "").trim_matches(BLANK).to_owned().into(),
        false => value,
    }
}

/// What may stand around a value.
const BLANK: [char; 2] = [' ', '\t'];

fn put(name: &str, value: &str, out: &mut Vec<u8>) {
    for part in [name, ": ", value, "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

impl<'a> Blocks<'a> {
    /// Reads a payload.
    ///
    /// What `Content-Length` says is not believed where it is another than what is there: the payload's own length counts.
    ///
    /// # Errors
    /// When it is something else, or has more headers, or longer ones, than anybody needs.
    pub fn read(payload: &'a [u8]) -> Result<Self, InvalidBlocks> {
        let (routing, rest) = block(payload, "Routing")?;
        let (reliability, rest) = block(rest, "Reliability")?;
        let (mut headers, body) = headers(rest)?;
        let mut subjects = Subject::ALL.into_iter().filter(|subject| headers.get(subject.as_str()).is_some());
        let (Some(subject), None) = (subjects.next(), subjects.next()) else {
            return Err(InvalidBlocks::Structure);
        };
        headers.version = headers.take(subject.as_str()).unwrap_or_default();
        if headers.take(LENGTH).is_some_and(|length| length.parse::<u64>().is_err()) {
            return Err(InvalidBlocks::Malformed);
        }
        // Written again it has both.
        if headers.all.len() + 2 > MAX_HEADERS {
            return Err(InvalidBlocks::TooMuch);
        }
        // Whoever puts all blocks together must not find others there than in the first.
        let is_of_routing =
            |block: &Headers<'_>| ["Routing", "From", "To"].into_iter().any(|name| block.get(name).is_some());
        if is_of_routing(&reliability) || is_of_routing(&headers) {
            return Err(InvalidBlocks::Structure);
        }
        Ok(Self { routing, reliability, subject, content: headers, body: body.into() })
    }

    /// Writes the payload, with the length of the body as the last header.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.body.len() + 512);
        self.routing.write("Routing", &mut out);
        out.extend_from_slice(b"\r\n");
        self.reliability.write("Reliability", &mut out);
        out.extend_from_slice(b"\r\n");
        self.content.write(self.subject.as_str(), &mut out);
        put(LENGTH, itoa::Buffer::new().format(self.body.len()), &mut out);
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
        out
    }
}

/// The block that `name` says it is, and what follows it.
fn block<'a>(payload: &'a [u8], name: &str) -> Result<(Headers<'a>, &'a [u8]), InvalidBlocks> {
    let (mut headers, rest) = headers(payload)?;
    headers.version = headers.take(name).ok_or(InvalidBlocks::Structure)?;
    Ok((headers, rest))
}

/// The headers up to an empty line or the end, and what follows it.
fn headers(payload: &[u8]) -> Result<(Headers<'_>, &[u8]), InvalidBlocks> {
    let (mut found, mut rest) = (Headers::default(), payload);
    while !rest.is_empty() {
        let (line, after) = match memchr::memchr(b'\n', rest) {
            Some(end) => (rest.get(..end).unwrap_or_default(), rest.get(end + 1..).unwrap_or_default()),
            None => (rest, &[][..]),
        };
        rest = after;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let line = std::str::from_utf8(line).map_err(|_| InvalidBlocks::Malformed)?;
        let (name, value) = line.split_once(':').ok_or(InvalidBlocks::Malformed)?;
        let value = value.trim_matches(BLANK);
        if name.len() + value.len() + 2 > MAX_HEADER || found.all.len() == MAX_HEADERS {
            return Err(InvalidBlocks::TooMuch);
        }
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
        if !is_name || value.contains(['\r', '\0']) || found.get(name).is_some() {
            return Err(InvalidBlocks::Malformed);
        }
        found.all.push((name.into(), value.into()));
    }
    Ok((found, rest))
}

/// Why a payload is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBlocks {
    /// A line that is no header, or one that the block has already.
    #[error("a block has headers, each of them once")]
    Malformed,
    /// A block that is missing or in another place, or a header that belongs into another.
    #[error("there are Routing, Reliability, and one of Messaging, Notification and Publication")]
    Structure,
    /// Beyond [`MAX_HEADERS`] or [`MAX_HEADER`].
    #[error("at most {MAX_HEADERS} headers of {MAX_HEADER} bytes in a block")]
    TooMuch,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SAID: &str = "Routing: 1.0\r\nTo: 9:00000000-0000-0000-0009-0a1b2c3d4e5f@live.com;path=IM\r\n\
        From: 1:alice@example.com;epid={5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}\r\n\r\n\
        Reliability: 1.0\r\nStream: 0\r\nSegment: 1\r\n\r\n\
        Messaging: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nMessage-Type: Text\r\n\
        X-MMS-IM-Format: FN=Segoe%20UI; EF=; CO=0; CS=1; PF=0\r\nContent-Length: 12\r\n\r\nHello circle";

    #[test]
    fn goes_both_ways() {
        let blocks = Blocks::read(SAID.as_bytes()).unwrap();
        assert_eq!(blocks.subject, Subject::Messaging);
        assert_eq!(blocks.content.version(), "1.0");
        assert_eq!(blocks.content.get("message-type"), Some("Text"));
        assert_eq!(blocks.reliability.get("SEGMENT"), Some("1"));
        assert_eq!(&*blocks.body, b"Hello circle");
        assert_eq!(String::from_utf8(blocks.write()).unwrap(), SAID);
    }

    #[test]
    fn is_read_as_clients_write_it() {
        // The name of a block need not be its first header, nor a space follow the colon; lines may end in a line feed.
        let odd = "To:1:b@c.d\nRouting:1.0\n\nReliability: 1.0\n\nUri: /circle\npublication: 1.0\n";
        let blocks = Blocks::read(odd.as_bytes()).unwrap();
        assert_eq!((blocks.routing.get("To"), blocks.subject), (Some("1:b@c.d"), Subject::Publication));
        assert!(blocks.body.is_empty());
    }

    #[test]
    fn a_length_that_lies_is_not_believed() {
        for length in ["0", "3", "99999999999"] {
            let said = SAID.replace("Content-Length: 12", &format!("Content-Length: {length}"));
            assert_eq!(&*Blocks::read(said.as_bytes()).unwrap().body, b"Hello circle", "{length}");
        }
        for length in ["", "-1", "x", "99999999999999999999999"] {
            let said = SAID.replace("Content-Length: 12", &format!("Content-Length: {length}"));
            assert_eq!(Blocks::read(said.as_bytes()), Err(InvalidBlocks::Malformed), "{length}");
        }
    }

    #[test]
    fn there_is_one_sender_and_he_stands_in_front() {
        for (place, fault) in [
            ("Routing: 1.0", InvalidBlocks::Malformed),
            ("Reliability: 1.0", InvalidBlocks::Structure),
            ("Messaging: 1.0", InvalidBlocks::Structure),
        ] {
            let said = SAID.replace(place, &format!("{place}\r\nfrom: 1:bob@example.com"));
            assert_eq!(Blocks::read(said.as_bytes()), Err(fault), "{place}");
        }
        let (routing, rest) = SAID.split_once("\r\n\r\n").unwrap();
        let (reliability, rest) = rest.split_once("\r\n\r\n").unwrap();
        let turned = format!("{reliability}\r\n\r\n{routing}\r\n\r\n{rest}");
        assert_eq!(Blocks::read(turned.as_bytes()), Err(InvalidBlocks::Structure));
    }

    #[test]
    fn refuses_what_is_none() {
        for bad in
            ["", "\r\n", "text", "Routing: 1.0", "Routing: 1.0\r\n\r\nReliability: 1.0\r\n\r\nUri: /\r\n"]
        {
            assert!(Blocks::read(bad.as_bytes()).is_err(), "{bad:?}");
        }
        let both = SAID.replace("Messaging: 1.0", "Messaging: 1.0\r\nPublication: 1.0");
        assert_eq!(Blocks::read(both.as_bytes()), Err(InvalidBlocks::Structure));
        let long = SAID.replace("Stream: 0", &format!("Stream: {}", "0".repeat(MAX_HEADER)));
        assert_eq!(Blocks::read(long.as_bytes()), Err(InvalidBlocks::TooMuch));
        let many: String = (0..MAX_HEADERS).map(|n| format!("H{n}: x\r\n")).collect();
        let many = SAID.replace("Stream: 0\r\n", &many);
        assert_eq!(Blocks::read(many.as_bytes()), Err(InvalidBlocks::TooMuch));
        assert_eq!(Blocks::read(b"Routing: \xff\r\n\r\n"), Err(InvalidBlocks::Malformed));
    }

    #[test]
    fn what_is_put_in_can_not_end_a_line() {
        let headers = Headers::new("1.0").with("To", " a\r\nFrom: b ");
        assert_eq!(headers.get("To"), Some("aFrom: b"));
    }

    fn some_headers() -> impl Strategy<Value = Headers<'static>> {
        prop::collection::btree_map("X-[a-z]{1,8}", "[ -~é☕\r\n\t]{0,20}", 0..6).prop_map(|all| {
            all.into_iter().fold(Headers::new("1.0"), |headers, (name, value)| Headers {
                all: headers.all.into_iter().chain([(name.into(), in_a_line(value.into()))]).collect(),
                ..headers
            })
        })
    }

    proptest! {
        #[test]
        fn any_payload_is_survived(payload in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Blocks::read(&payload);
        }

        #[test]
        fn any_damage_is_survived(at in 0..SAID.len(), byte in any::<u8>()) {
            let mut payload = SAID.as_bytes().to_vec();
            payload[at] = byte;
            if let Ok(blocks) = Blocks::read(&payload) {
                let written = blocks.write();
                prop_assert_eq!(Blocks::read(&written), Ok(blocks));
            }
        }

        #[test]
        fn what_is_written_is_read(
            [routing, reliability, content] in [some_headers(), some_headers(), some_headers()],
            subject in prop::sample::select(&Subject::ALL[..]),
            body in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let blocks = Blocks { routing, reliability, subject, content, body: body.into() };
            let written = blocks.write();
            prop_assert_eq!(Blocks::read(&written), Ok(blocks.clone()));
        }
    }
}
