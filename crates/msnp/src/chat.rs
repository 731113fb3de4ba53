//! What is said in chats: the payloads of `MSG` that clients agree on (switchboard reference, section 9).
//!
//! Pictures, files and whatever else travels as data between two clients is [`Content::Data`], unread.
//!
//! ```
//! use msnp::chat::{Content, Text};
//!
//! let said = Text::new("hi").write();
//! let Content::Text(text) = Content::read(&said) else { panic!("a text") };
//! assert_eq!(text.body, "hi");
//! ```

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::types::Email;
use crate::wire::{Encoded, Mime, limits};

const TEXT: &str = "text/plain";
const CONTROL: &str = "text/x-msmsgscontrol";
const DATACAST: &str = "text/x-msnmsgr-datacast";
const INVITATION: &str = "text/x-msmsgsinvite";
const PEER_TO_PEER: &str = "application/x-msnmsgrp2p";
const EMOTICONS: [&str; 2] = ["text/x-mms-emoticon", "text/x-mms-animemoticon"];

/// How much of a text fits into one message beside its headers, in bytes, with room for whatever a format has.
pub const MAX_BODY: usize = 1400;

/// The longest format that is written, in bytes; a longer one is left out.
const MAX_FORMAT: usize = limits::SWITCHBOARD_MSG_PAYLOAD - MAX_BODY - 120;

/// What a message says. It borrows from the payload.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Content<'a> {
    /// A text.
    Text(Text<'a>),
    /// The sender is typing. Who that is the message's sender tells, not what stands in it.
    Typing,
    /// The sender records a voice clip.
    Recording,
    /// A nudge.
    Nudge,
    /// A wink, a voice clip or an action: its number, and what goes with it.
    Datacast {
        /// Which: 2 a wink, 3 a voice clip, 4 an action.
        id: u32,
        /// An MSN object, or the text of an action.
        data: &'a str,
    },
    /// Which words of the next text are pictures: pairs of a word and an MSN object.
    Emoticons(Vec<(&'a str, &'a str)>),
    /// An invitation in the older form: fields.
    Invitation(Mime<'a>),
    /// Data between two clients, with all of its headers.
    Data(Mime<'a>),
    /// Something else, which is not to be shown as text.
    Other(Mime<'a>),
}

/// How many pictures one message names at most.
const MAX_EMOTICONS: usize = 5;

impl<'a> Content<'a> {
    /// Reads a payload. There is none that could not be read.
    pub fn read(payload: &'a [u8]) -> Self {
        let mime = Mime::new(payload);
        let kind = mime.content_type().unwrap_or_default();
        let is = |known: &str| kind.eq_ignore_ascii_case(known);
        if is(TEXT) {
            return Text::read(mime).map_or(Self::Other(mime), Self::Text);
        }
        if is(CONTROL) {
            return match (mime.header("TypingUser"), mime.header("RecordingUser")) {
                (Some(_), _) => Self::Typing,
                (None, Some(_)) => Self::Recording,
                (None, None) => Self::Other(mime),
            };
        }
        if is(DATACAST) {
            // Its fields stand in the body.
            let body = Mime::new(mime.body());
            let id = body.header("ID").and_then(|id| id.parse().ok());
            return match id {
                Some(1) => Self::Nudge,
                Some(id) => Self::Datacast { id, data: body.header("Data").unwrap_or_default() },
                None => Self::Other(mime),
            };
        }
        if EMOTICONS.into_iter().any(is) {
            let body = std::str::from_utf8(mime.body()).unwrap_or_default();
            let words: Vec<&str> = body.split('\t').take(2 * MAX_EMOTICONS).collect();
            let pairs = words.as_chunks::<2>().0.iter().map(|[word, object]| (*word, *object));
            return Self::Emoticons(pairs.collect());
        }
        if is(INVITATION) {
            return Self::Invitation(mime);
        }
        if is(PEER_TO_PEER) { Self::Data(mime) } else { Self::Other(mime) }
    }
}

/// A text, and how it looks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text<'a> {
    /// The text, its lines separated by `\r\n`.
    pub body: Cow<'a, str>,
    /// How it looks, if its sender says.
    pub format: Option<Format>,
    /// Another name for its sender that stands for this message, as bridges and bots use it.
    pub as_name: Option<&'a str>,
}

impl<'a> Text<'a> {
    /// A text that looks as the reader likes.
    pub fn new(body: impl Into<Cow<'a, str>>) -> Self {
        Self { body: body.into(), format: None, as_name: None }
    }

    fn read(mime: Mime<'a>) -> Option<Self> {
        // One of several parts: who can't do that is not sent them.
        if mime.header("Chunk").is_some() {
            return None;
        }
        Some(Self {
            body: String::from_utf8_lossy(mime.body()),
            format: mime.header("X-MMS-IM-Format").map(Format::read),
            as_name: mime.header("P4-Context"),
        })
    }

    /// The payload of a message. What is longer than [`MAX_BODY`] is better said [in parts](Self::in_parts).
    pub fn write(&self) -> Vec<u8> {
        let mut head = String::from("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n");
        if let Some(format) = &self.format {
            let format = format.to_string();
            if format.len() <= MAX_FORMAT {
                // Writing to memory can't fail.
                let _ = write!(head, "X-MMS-IM-Format: {format}\r\n");
            }
        }
        head.push_str("\r\n");
        head.push_str(&self.body);
        head.into_bytes()
    }

    /// The text in several that fit into one message each, cut between words where there are any. Lines are ended as the
    /// protocol wants it.
    pub fn in_parts(body: &str) -> Vec<String> {
        let body = body.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
        let (mut parts, mut rest) = (Vec::new(), &*body);
        while rest.len() > MAX_BODY {
            let most = rest.floor_char_boundary(MAX_BODY);
            let window = rest.get(..most).unwrap_or_default();
            let cut =
                window.rfind([' ', '\n']).map(|at| at + 1).filter(|at| *at > MAX_BODY / 2).unwrap_or(most);
            let (part, after) = rest.split_at_checked(cut).unwrap_or((rest, ""));
            parts.push(part.trim_end().to_owned());
            rest = after;
        }
        parts.push(rest.to_owned());
        parts
    }
}

/// How a text looks: `X-MMS-IM-Format`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// The font; empty if the sender names none.
    pub font: String,
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is italic.
    pub italic: bool,
    /// Whether it is underlined.
    pub underline: bool,
    /// Whether it is struck through.
    pub strike: bool,
    /// The colour: red, green, blue.
    pub colour: [u8; 3],
    /// Whether it runs from right to left.
    pub right_to_left: bool,
}

impl Format {
    fn read(value: &str) -> Self {
        let mut format = Self::default();
        for (name, value) in value.split(';').filter_map(|part| part.trim().split_once('=')) {
            match name {
                "FN" => format.font = Encoded::from_wire(value).decode().into_owned(),
                "EF" => {
                    format.bold = value.contains('B');
                    format.italic = value.contains('I');
                    format.underline = value.contains('U');
                    format.strike = value.contains('S');
                }
                "CO" => {
                    // Blue stands first, and zeros in front are left out.
                    let [_, blue, green, red] = u32::from_str_radix(value, 16).unwrap_or(0).to_be_bytes();
                    format.colour = [red, green, blue];
                }
                "RL" => format.right_to_left = value == "1",
                _ => {}
            }
        }
        format
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.colour;
        let font = Encoded::new(&self.font);
        // What would end the field.
        write!(f, "FN={}; EF=", font.as_str().replace(';', "%3B"))?;
        for (is_so, letter) in
            [(self.bold, 'B'), (self.italic, 'I'), (self.underline, 'U'), (self.strike, 'S')]
        {
            if is_so {
                f.write_char(letter)?;
            }
        }
        write!(f, "; CO={:x}; CS=0; PF=22", u32::from_be_bytes([0, blue, green, red]))?;
        if self.right_to_left { f.write_str("; RL=1") } else { Ok(()) }
    }
}

/// The payload that tells others that the user is typing. It is said anew every five seconds while he does.
pub fn typing(user: &Email) -> Vec<u8> {
    format!("MIME-Version: 1.0\r\nContent-Type: {CONTROL}\r\nTypingUser: {user}\r\n\r\n\r\n").into_bytes()
}

/// The payload of a nudge.
pub fn nudge() -> Vec<u8> {
    format!("MIME-Version: 1.0\r\nContent-Type: {DATACAST}\r\n\r\nID: 1\r\n\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_payloads_of_the_reference_are_written_and_read() {
        let alice: Email = "alice@example.com".parse().unwrap();
        assert_eq!(typing(&alice).len(), 90);
        assert_eq!(nudge().len(), 69);
        assert!(matches!(Content::read(&typing(&alice)), Content::Typing));
        assert!(matches!(Content::read(&nudge()), Content::Nudge));
        let said = b"MIME-Version: 1.0\r\nContent-Type: text/plain;charset=UTF-8\r\n\
            X-MMS-IM-Format: FN=MS%20Sans%20Serif; EF=BI; CO=ff8000; CS=0; PF=22; RL=1\r\n\r\nHello\r\n:)";
        let Content::Text(text) = Content::read(said) else { panic!("a text") };
        let format = text.format.clone().unwrap();
        assert_eq!(text.body, "Hello\r\n:)");
        assert_eq!((&*format.font, format.bold, format.italic), ("MS Sans Serif", true, true));
        assert_eq!((format.colour, format.right_to_left), ([0, 0x80, 0xFF], true));
        assert!(matches!(Content::read(&text.write()), Content::Text(again) if again == text));
        assert_eq!(Format::read("EF=; CO=ff").colour, [255, 0, 0]);
    }

    #[test]
    fn what_is_no_text_is_not_taken_for_one() {
        let read = |kind: &str, rest: &str| {
            let payload = format!("Content-Type: {kind}\r\n{rest}").into_bytes();
            format!("{:?}", Content::read(Box::leak(payload.into_boxed_slice())))
        };
        assert!(read("text/x-clientcaps", "\r\nClient-Name: x").starts_with("Other"));
        assert!(read("text/plain", "Chunk: 1\r\n\r\nrest").starts_with("Other"));
        assert!(read("text/x-msmsgscontrol", "\r\n").starts_with("Other"));
        assert!(read("text/x-msnmsgr-datacast", "\r\nID: x").starts_with("Other"));
        assert!(read("application/x-msnmsgrp2p", "\r\n\0").starts_with("Data"));
        assert!(read("text/x-msmsgsinvite; charset=UTF-8", "\r\n").starts_with("Invitation"));
        assert_eq!(
            read("text/x-msnmsgr-datacast", "\r\nID: 4\r\nData: dances"),
            "Datacast { id: 4, data: \"dances\" }"
        );
        assert_eq!(
            read("text/x-mms-emoticon", "\r\n(hi)\t<a/>\t(yo)\t<b/>\t"),
            "Emoticons([(\"(hi)\", \"<a/>\"), (\"(yo)\", \"<b/>\")])"
        );
        assert!(matches!(Content::read(b""), Content::Other(_)));
    }

    proptest! {
        #[test]
        fn any_payload_is_survived(payload in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Content::read(&payload);
        }

        #[test]
        fn long_texts_are_said_in_messages_that_fit(words in prop::collection::vec("[a-zé☕ \n]{0,400}", 0..20)) {
            let text = words.join(" ");
            let parts = Text::in_parts(&text);
            let format = Format { font: "Segoe UI".to_owned(), bold: true, ..Format::default() };
            for part in &parts {
                let said = Text { format: Some(format.clone()), ..Text::new(&**part) }.write();
                prop_assert!(said.len() <= limits::SWITCHBOARD_MSG_PAYLOAD);
            }
            let no_space = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(no_space(&parts.concat()), no_space(&text));
        }
    }
}
