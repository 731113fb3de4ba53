//! Messages as recordings have them. Their form is told at the front of [`recording`](super).

use std::fmt::Write as _;
use std::ops::Range;

use msnp::types::Guid;
use msnp::wire::{Direction, Frame, Verb};

use super::Recorder;

/// A secret that is shorter may be anywhere.
const SHORTEST: usize = 8;

/// The fields of payloads that hold a ticket, or what is as good as one.
const SECRET_FIELDS: [&[u8]; 1] = [b"MSPAuth:"];

impl Recorder {
    /// A message with what must not be kept left out. `secrets` are what this client has shown so far.
    pub(super) fn write(&self, frame: &Frame<'_>, direction: Direction, secrets: &[String]) -> String {
        let arrow = match direction {
            Direction::FromNotification | Direction::FromSwitchboard => '<',
            Direction::Opening | Direction::ToNotification | Direction::ToSwitchboard => '>',
        };
        let mut text = format!("{} {arrow} {}", seconds(self.clock.stamp()), frame.verb);
        for (position, (word, hidden)) in frame.discreet_words().enumerate() {
            text.push(' ');
            let hidden = hidden && !is_known_harmless(frame, arrow == '<', position);
            if hidden || secrets.iter().any(|secret| word.contains(secret.as_str())) {
                self.hide(&mut text, word.as_bytes());
            } else {
                escape(&mut text, word.as_bytes());
            }
        }
        text.push('\n');
        if !frame.payload.is_empty() {
            self.write_payload(&mut text, frame.payload, secrets);
        }
        text
    }

    /// Something else that happened.
    pub(super) fn note(&self, what: std::fmt::Arguments<'_>) -> String {
        format!("{} {what}\n", seconds(self.clock.stamp()))
    }

    fn write_payload(&self, text: &mut String, payload: &[u8], secrets: &[String]) {
        let mut hidden: Vec<Range<usize>> = Vec::new();
        for secret in secrets {
            hidden.extend(find_all(payload, secret.as_bytes()));
        }
        hidden.extend(SECRET_FIELDS.iter().flat_map(|field| fields(payload, field)));
        hidden.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let (body, end) = match payload.strip_suffix(b"\r\n") {
            Some(body) => (body, "\n"),
            None => (payload, "\\\n"),
        };
        text.push_str(" |");
        let mut at = 0;
        for range in hidden {
            // A part of one that is hidden already.
            if range.start < at {
                continue;
            }
            escape_lines(text, body.get(at..range.start).unwrap_or_default());
            self.hide(text, body.get(range.clone()).unwrap_or_default());
            at = range.end;
        }
        escape_lines(text, body.get(at..).unwrap_or_default());
        text.push_str(end);
    }

    fn hide(&self, text: &mut String, secret: &[u8]) {
        let _ = write!(text, "{{hidden:{}}}", self.name_of(secret)); // writing to memory can't fail
    }
}

/// What a client shows to prove who it is, in all forms in which it may come back.
pub(super) fn shown_secrets(frame: &Frame<'_>) -> Vec<String> {
    let ticket = match frame.verb {
        Verb::USR if { frame.args }.nth(2) == Some("S") => { frame.args }.skip(3),
        _ => return Vec::new(),
    };
    let mut secrets = Vec::new();
    // The machine that a client names beside its ticket is known to others, and named where nothing has to be hidden.
    let is_secret = |word: &&str| word.len() >= SHORTEST && word.parse::<Guid>().is_err();
    for word in ticket.filter(is_secret) {
        secrets.push(word.to_owned());
        let parts = word.split('&').map(|part| part.split_once('=').map_or(part, |(_, value)| value));
        secrets.extend(parts.filter(|part| part.len() >= SHORTEST).map(str::to_owned));
    }
    secrets
}

/// What is hidden of a command is decided for all its forms, since a client may get one wrong. What the server says is
/// well-formed, and most of these words are of use to whoever reads a recording.
fn is_known_harmless(frame: &Frame<'_>, by_server: bool, position: usize) -> bool {
    let mut args = frame.args;
    by_server
        && match frame.verb {
            Verb::USR => args.nth(1) == Some("OK"),
            Verb::RNG => position != 3,
            Verb::XFR => match args.nth(1) {
                Some("SB") => position != 4,
                kind => kind == Some("NS"),
            },
            Verb::ANS => args.nth(1) == Some("OK"),
            _ => false,
        }
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// Text as it is, but for braces; everything else in hexadecimal digits.
pub(super) fn escape(text: &mut String, bytes: &[u8]) {
    // One hole for all that follow each other.
    let mut in_hex = false;
    let hex = |text: &mut String, in_hex: &mut bool, bytes: &[u8]| {
        if !std::mem::replace(in_hex, true) {
            text.push_str("{hex:");
        }
        for byte in bytes {
            let _ = write!(text, "{byte:02x}");
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() {
                hex(text, &mut in_hex, c.encode_utf8(&mut [0; 4]).as_bytes());
                continue;
            }
            if std::mem::take(&mut in_hex) {
                text.push('}');
            }
            match c {
                '{' => text.push_str("{{"),
                c => text.push(c),
            }
        }
        if !chunk.invalid().is_empty() {
            hex(text, &mut in_hex, chunk.invalid());
        }
    }
    if in_hex {
        text.push('}');
    }
}

/// The same for lines, which begin with a bar. A backslash at the end of one would say that it has no line end.
fn escape_lines(text: &mut String, bytes: &[u8]) {
    let mut rest = bytes;
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n");
        let (line, after) = match end {
            Some(end) => (rest.get(..end).unwrap_or_default(), rest.get(end + 2..)),
            None => (rest, None),
        };
        match line.strip_suffix(b"\\") {
            Some(before) => {
                escape(text, before);
                text.push_str("{hex:5c}");
            }
            None => escape(text, line),
        }
        let Some(after) = after else { return };
        text.push_str("\n |");
        rest = after;
    }
}

fn find_all<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
    let length = wanted.len().max(1);
    let found = bytes.windows(length).enumerate().filter(move |(_, window)| *window == wanted);
    found.map(move |(at, _)| at..at + length)
}

/// The values of a header field.
fn fields<'a>(payload: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut start = 0;
    payload.split(|byte| *byte == b'\n').filter_map(move |line| {
        let at = start;
        start += line.len() + 1;
        let is_it = line.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        let value = line.get(name.len()..).unwrap_or_default();
        let from = at + name.len() + value.len() - value.trim_ascii_start().len();
        let value = value.trim_ascii();
        (is_it && !value.is_empty()).then(|| from..from + value.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use msnp::wire::Framer;

    fn written(recorder: &Recorder, direction: Direction, message: &[u8], secrets: &[String]) -> String {
        let (frame, _) = Framer::new(direction).next(message).unwrap().unwrap();
        let text = recorder.write(&frame, direction, secrets);
        text.split_once(' ').unwrap().1.to_owned()
    }

    #[test]
    fn what_proves_who_somebody_is_is_left_out() {
        let recorder = Recorder::default();
        let hidden = |secret: &str| format!("{{hidden:{}}}", recorder.name_of(secret.as_bytes()));
        let to = |line: &str, direction| written(&recorder, direction, line.as_bytes(), &[]);
        let (ns, sb) = (Direction::ToNotification, Direction::ToSwitchboard);
        let (from_ns, from_sb) = (Direction::FromNotification, Direction::FromSwitchboard);
        for (line, direction, expected) in [
            ("USR 3 TWN I a@b.cd", ns, "> USR 3 TWN I a@b.cd".to_owned()),
            ("USR 4 TWN S t=secret1", ns, format!("> USR 4 TWN S {}", hidden("t=secret1"))),
            ("USR 4 MD5 S 0123abcd", ns, format!("> USR 4 MD5 S {}", hidden("0123abcd"))),
            ("USR 1 a@b.cd 1.2.3", sb, format!("> USR 1 a@b.cd {}", hidden("1.2.3"))),
            ("ANS 1 a@b.cd 1.2.3 77", sb, format!("> ANS 1 a@b.cd {} {}", hidden("1.2.3"), hidden("77"))),
            // Even where a client says what only a server may.
            ("USR 1 OK 1.2.3", sb, format!("> USR 1 OK {}", hidden("1.2.3"))),
            ("USR 4 OK a@b.cd 1 0", from_ns, "< USR 4 OK a@b.cd 1 0".to_owned()),
            (
                "XFR 9 SB 1.2.3.4:5 CKI 1.2.3",
                from_ns,
                format!("< XFR 9 SB 1.2.3.4:5 CKI {}", hidden("1.2.3")),
            ),
            (
                "RNG 77 1.2.3.4:5 CKI 1.2.3 a@b.cd A",
                from_ns,
                format!("< RNG 77 1.2.3.4:5 CKI {} a@b.cd A", hidden("1.2.3")),
            ),
            ("ANS 1 OK", from_sb, "< ANS 1 OK".to_owned()),
        ] {
            assert_eq!(to(&format!("{line}\r\n"), direction), format!("{expected}\n"));
        }
    }

    #[test]
    fn tickets_are_left_out_of_payloads_too() {
        let recorder = Recorder::default();
        let (frame, _) = Framer::new(Direction::ToNotification)
            .next(b"USR 4 TWN S t=abcdefgh&p=12345678\r\n")
            .unwrap()
            .unwrap();
        let secrets = shown_secrets(&frame);
        assert_eq!(secrets, ["t=abcdefgh&p=12345678", "abcdefgh", "12345678"]);
        let payload = "A: 1\r\nMSPAuth: another \r\nx=t=abcdefgh&p=12345678;12345678abcdefgh\r\n";
        let message = format!("MSG Hotmail Hotmail {}\r\n{payload}", payload.len());
        let text = written(&recorder, Direction::FromNotification, message.as_bytes(), &secrets);
        for secret in ["another", "abcdefgh", "12345678"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert_eq!(text.lines().nth(1), Some(" |A: 1"));
        assert_eq!(text.matches("{hidden:").count(), 4, "{text}");
    }

    #[test]
    fn a_machine_is_no_secret() {
        let (frame, _) = Framer::new(Direction::ToNotification)
            .next(b"USR 4 SSO S t=abcdefgh&p= HAAAAAEAAAAD {B2C6A9D0-3F41-4C5E-8A77-0D1E2F3A4B5C}\r\n")
            .unwrap()
            .unwrap();
        assert_eq!(shown_secrets(&frame), ["t=abcdefgh&p=", "abcdefgh", "HAAAAAEAAAAD", "HAAAAAEAAAAD"]);
    }

    #[test]
    fn payloads_are_text_where_they_can_be() {
        let recorder = Recorder::default();
        for (payload, expected) in [
            (&b"a: b\r\n\r\nHi {you}"[..], " |a: b\n |\n |Hi {{you}\\\n"),
            (b"a\r\n", " |a\n"),
            (b"\r\n", " |\n"),
            (b"a\\\r\nb\\", " |a{hex:5c}\n |b{hex:5c}\\\n"),
            (b"\x00\x01\xff x\ny\r", " |{hex:0001ff} x{hex:0a}y{hex:0d}\\\n"),
            ("ça\u{85}".as_bytes(), " |ça{hex:c285}\\\n"),
            (b"{hex:\x00", " |{{hex:{hex:00}\\\n"),
        ] {
            let mut message = format!("MSG 1 N {}\r\n", payload.len()).into_bytes();
            message.extend_from_slice(payload);
            let text = written(&recorder, Direction::ToSwitchboard, &message, &[]);
            assert_eq!(text.split_once('\n').unwrap().1, expected);
        }
    }
}
