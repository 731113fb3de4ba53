//! The MIME message in a request.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::types::Guid;
use crate::wire::{Mime, limits};

/// The longest message that is stored, in bytes of its MIME form on a switchboard: the longest that a client may say
/// there, since that is how clients of former versions get it.
pub const MAX_PAYLOAD: usize = limits::SWITCHBOARD_MSG_PAYLOAD;

/// What somebody says to somebody who is away. The text does not show in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// The conversation it belongs to, if the client says.
    pub run: Option<Guid>,
    /// Its place there, from 1 on, if the client says.
    pub number: Option<u32>,
    /// The message as a switchboard would pass it on: 8 bit, UTF-8.
    pub payload: Vec<u8>,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { run, number, payload } = self;
        write!(f, "Content({run:?}, {number:?}, <{} bytes>)", payload.len())
    }
}

/// Why a message is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidContent {
    /// It says nothing.
    #[error("the message is empty")]
    Empty,
    /// Not in the encoding that it names, or one that is not known.
    #[error("the message is not in the encoding that it names")]
    Encoding,
    /// It is no plain text.
    #[error("the message is no plain text")]
    NoText,
    /// It is longer than [`MAX_PAYLOAD`].
    #[error("the message is too long")]
    TooLong,
}

/// Some clients leave padding out, others put too much.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Content {
    /// Reads a MIME message, with lines that end in either way.
    ///
    /// # Errors
    /// When there is no text in it that could be passed on.
    pub fn read(message: &str) -> Result<Self, InvalidContent> {
        let message = message.trim_start();
        let mime = Mime::new(message.as_bytes());
        let text = text(message)?;
        let mut payload = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n".to_vec();
        // How it looks. Few clients say so in a message like this one.
        if let Some(format) = mime.header("X-MMS-IM-Format") {
            payload.extend_from_slice(format!("X-MMS-IM-Format: {format}\r\n").as_bytes());
        }
        payload.extend_from_slice(b"\r\n");
        payload.extend_from_slice(text.as_bytes());
        if payload.len() > MAX_PAYLOAD {
            return Err(InvalidContent::TooLong);
        }
        Ok(Self {
            run: mime.header("X-OIM-Run-Id").and_then(|run| run.parse().ok()),
            number: mime.header("X-OIM-Sequence-Num").and_then(|n| n.parse().ok()).filter(|n| *n > 0),
            payload,
        })
    }
}

/// What a MIME message says, if that is plain text.
pub(in crate::soap) fn text(message: &str) -> Result<String, InvalidContent> {
    let mime = Mime::new(message.as_bytes());
    if !mime.is("text/plain") {
        return Err(InvalidContent::NoText);
    }
    let body = body(message);
    let text = match mime.header("Content-Transfer-Encoding") {
        Some(name) if name.eq_ignore_ascii_case("base64") => base64(body)?,
        Some(name) if name.eq_ignore_ascii_case("quoted-printable") => quoted_printable(body)?,
        Some(name) if !["7bit", "8bit", "binary"].iter().any(|plain| name.eq_ignore_ascii_case(plain)) => {
            return Err(InvalidContent::Encoding);
        }
        _ => body.as_bytes().to_vec(),
    };
    // Whatever it calls itself: every client writes UTF-8, of which ASCII is a part.
    let text = String::from_utf8(text).map_err(|_| InvalidContent::Encoding)?;
    if text.trim().is_empty() { Err(InvalidContent::Empty) } else { Ok(text) }
}

/// A message as a client sends it: the `number`th, from 1 on, of a conversation.
///
/// ```
/// use msnp::soap::oim::{Content, to_mime};
/// use msnp::types::Guid;
///
/// let mime = to_mime(Guid([0xaa; 16]), 1, "Read this later");
/// let content = Content::read(&mime)?;
/// assert_eq!(content.run, Some(Guid([0xaa; 16])));
/// assert!(content.payload.ends_with(b"Read this later"));
/// # Ok::<(), msnp::soap::oim::InvalidContent>(())
/// ```
pub fn to_mime(run: Guid, number: u32, text: &str) -> String {
    let run = run.to_string().to_ascii_uppercase();
    let mut mime = format!(
        "MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=UTF-8\r\n\
         Content-Transfer-Encoding: base64\r\n\
         X-OIM-Message-Type: OfflineMessage\r\n\
         X-OIM-Run-Id: {{{run}}}\r\n\
         X-OIM-Sequence-Num: {number}\r\n\r\n"
    );
    base64_lines(text.as_bytes(), &mut mime);
    mime
}

/// Characters of base64 on a line.
const LINE: usize = 76;

/// Writes base64 in lines, each with its end.
pub(in crate::soap) fn base64_lines(bytes: &[u8], to: &mut String) {
    for line in general_purpose::STANDARD.encode(bytes).as_bytes().chunks(LINE) {
        to.push_str(std::str::from_utf8(line).unwrap_or_default());
        to.push_str("\r\n");
    }
}

/// What follows the empty line.
fn body(message: &str) -> &str {
    let mut rest = message;
    while let Some((line, after)) = rest.split_once('\n') {
        if line.trim_end_matches('\r').is_empty() {
            return after;
        }
        rest = after;
    }
    ""
}

fn base64(body: &str) -> Result<Vec<u8>, InvalidContent> {
    let mut bytes = body.as_bytes().to_vec();
    bytes.retain(|byte| !byte.is_ascii_whitespace());
    LENIENT.decode(bytes).map_err(|_| InvalidContent::Encoding)
}

/// RFC 2045, 6.7.
fn quoted_printable(body: &str) -> Result<Vec<u8>, InvalidContent> {
    let (mut decoded, mut rest) = (Vec::with_capacity(body.len()), body.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'=' {
            decoded.push(first);
        } else if let Some(after) = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")) {
            rest = after;
        } else if after.is_empty() {
            break;
        } else if let [high, low, after @ ..] = after {
            let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(InvalidContent::Encoding);
            decoded.push((digit(*high)? << 4 | digit(*low)?) as u8);
            rest = after;
        } else {
            return Err(InvalidContent::Encoding);
        }
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(message: &str) -> Result<String, InvalidContent> {
        let payload = Content::read(message)?.payload;
        let payload = String::from_utf8(payload).unwrap();
        Ok(body(&payload).to_owned())
    }

    const HEAD: &str = "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n";

    #[test]
    fn is_decoded() {
        let hello = "Hello, read this later";
        for (encoding, body, meant) in [
            ("Content-Transfer-Encoding: base64\n", "SGVsbG8sIHJlYWQgdGhpcyBsYXRlcg==", hello),
            ("content-transfer-encoding: BASE64\r\n", "SGVsbG8sIHJlYWQg\r\n  dGhpcyBsYXRlcg\r\n", hello),
            ("Content-Transfer-Encoding: quoted-printable\n", "Hello=2C read th=\r\nis later=", hello),
            ("Content-Transfer-Encoding: quoted-printable\n", "caf=C3=a9", "café"),
            ("Content-Transfer-Encoding: 8bit\n", "café", "café"),
            ("", "line one\nline two", "line one\nline two"),
        ] {
            assert_eq!(text(&format!("\n {HEAD}{encoding}\n{body}")).as_deref(), Ok(meant), "{body}");
        }
    }

    #[test]
    fn names_its_conversation() {
        let content = Content::read(&format!(
            "{HEAD}X-OIM-Message-Type: OfflineMessage\nX-OIM-Run-Id: {{6F1C9F3E-4444-4A2B-8C3D-0000000000AA}}\n\
             X-OIM-Sequence-Num: 3\nX-MMS-IM-Format: FN=Arial; CO=0\n\nhi"
        ))
        .unwrap();
        assert_eq!(content.run, "6f1c9f3e-4444-4a2b-8c3d-0000000000aa".parse().ok());
        assert_eq!(content.number, Some(3));
        assert_eq!(
            String::from_utf8_lossy(&content.payload),
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=Arial; CO=0\r\n\r\nhi"
        );
        assert!(!format!("{content:?}").contains("hi"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let long = "x".repeat(MAX_PAYLOAD);
        for (message, why) in [
            ("", InvalidContent::NoText),
            ("hello", InvalidContent::NoText),
            ("Content-Type: text/x-msmsgscontrol\n\nx", InvalidContent::NoText),
            ("Content-Type: text/plain", InvalidContent::Empty),
            (&format!("{HEAD}\n \r\n"), InvalidContent::Empty),
            (&format!("{HEAD}Content-Transfer-Encoding: base64\n\n%%%%"), InvalidContent::Encoding),
            (&format!("{HEAD}Content-Transfer-Encoding: base64\n\n/w=="), InvalidContent::Encoding),
            (&format!("{HEAD}Content-Transfer-Encoding: gzip\n\nx"), InvalidContent::Encoding),
            (&format!("{HEAD}Content-Transfer-Encoding: quoted-printable\n\n=4"), InvalidContent::Encoding),
            (&format!("{HEAD}\n{long}"), InvalidContent::TooLong),
        ] {
            assert_eq!(text(message), Err(why), "{message}");
        }
    }

    proptest! {
        #[test]
        fn says_what_was_said(said in "[^\r]{1,300}") {
            let said = said.trim().to_owned();
            prop_assume!(!said.is_empty() && said.len() < 1000);
            let encoded = base64::engine::general_purpose::STANDARD.encode(&said);
            prop_assert_eq!(text(&format!("{HEAD}Content-Transfer-Encoding: base64\n\n{encoded}")), Ok(said));
        }

        #[test]
        fn never_panics(message in "(Content-Type: text/plain\n)?(Content-Transfer-Encoding: (base64|quoted-printable)\n)?\n?(?s).*") {
            let _ = Content::read(&message);
        }
    }
}
