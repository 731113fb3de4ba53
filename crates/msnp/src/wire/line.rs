//! Writes a line.

use std::fmt::{Display, Write as _};

use memchr::memchr2;

use super::verb::Verb;
use crate::types::TrId;

/// A line being written into a buffer. [`end`](Self::end) or [`payload`](Self::payload) completes it.
///
/// Arguments are separated by one space. An empty argument is left out: the service never writes a trailing or
/// doubled space (notification-server reference, section 2).
///
/// ```
/// use msnp::types::TrId;
/// use msnp::wire::{Line, Verb};
///
/// let mut out = Vec::new();
/// Line::new(&mut out, Verb::GCF).trid(TrId::new(6)).arg("Shields.xml").payload(b"<config/>");
/// assert_eq!(out, b"GCF 6 Shields.xml 9\r\n<config/>");
/// ```
#[must_use = "a line needs its end"]
#[derive(Debug)]
pub struct Line<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Line<'o> {
    /// Begins a line with its command word.
    pub fn new(out: &'o mut Vec<u8>, verb: Verb) -> Self {
        out.extend_from_slice(verb.as_str().as_bytes());
        Self { out }
    }

    /// Goes on with a line that [`open`](Self::open) has left.
    pub(crate) const fn resume(out: &'o mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Leaves the line as it is, to be gone on with.
    pub(crate) fn open(self) {}

    /// The transaction id.
    pub fn trid(self, trid: TrId) -> Self {
        // Hardly anybody writes zeros in front.
        if trid == TrId::new(trid.value()) { self.number(trid.value()) } else { self.arg(trid) }
    }

    /// An argument that is text already: what [`arg`](Self::arg) does, without the formatter.
    pub fn word(self, word: &str) -> Self {
        let Self { out } = self;
        let start = out.len();
        out.push(b' ');
        push(out, word);
        if out.len() == start + 1 {
            out.truncate(start);
        }
        Self { out }
    }

    /// An argument that is a number. Not public, since it names a trait of the crate that writes numbers.
    pub(crate) fn number(self, number: impl itoa::Integer) -> Self {
        let Self { out } = self;
        out.push(b' ');
        out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        Self { out }
    }

    /// An argument that is a number, a colon and text, without the formatter.
    pub(crate) fn prefixed(self, number: impl itoa::Integer, word: &str) -> Self {
        let Self { out } = self.number(number);
        out.push(b':');
        push(out, word);
        Self { out }
    }

    /// An argument. It must not hold a space or a line end; [`Encoded`](super::Encoded) takes care of names.
    pub fn arg(self, arg: impl Display) -> Self {
        let Self { out } = self;
        let start = out.len();
        out.push(b' ');
        let mut sink = Sink(out);
        let _ = write!(sink, "{arg}"); // writing to memory can't fail
        if out.len() == start + 1 {
            out.truncate(start);
        }
        Self { out }
    }

    /// An argument that may be missing.
    pub fn opt(self, arg: Option<impl Display>) -> Self {
        match arg {
            Some(arg) => self.arg(arg),
            None => self,
        }
    }

    /// The end of a line without payload.
    pub fn end(self) {
        self.out.extend_from_slice(b"\r\n");
    }

    /// The length of the payload, the end of the line, and the payload.
    pub fn payload(self, payload: &[u8]) {
        let Self { out } = self.number(payload.len());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(payload);
    }
}

/// Writes text into bytes, and drops what would end the line or begin another: nothing that reaches a line as an
/// argument may forge a command, whatever a caller forgot to check.
fn push(out: &mut Vec<u8>, text: &str) {
    if memchr2(b'\r', b'\n', text.as_bytes()).is_some() {
        out.extend(text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')));
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// [`push`], for what can only show itself.
struct Sink<'o>(&'o mut Vec<u8>);

impl std::fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        push(self.0, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(write: impl FnOnce(Line<'_>)) -> String {
        let mut out = Vec::new();
        write(Line::new(&mut out, Verb::PRP));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn leaves_out_what_is_empty() {
        assert_eq!(line(|l| l.trid(TrId::new(9)).arg("PHW").arg("").end()), "PRP 9 PHW\r\n");
        assert_eq!(line(|l| l.arg("PHW").opt(None::<&str>).end()), "PRP PHW\r\n");
        assert_eq!(line(|l| l.trid("007".parse().unwrap()).number(0u8).word("").end()), "PRP 007 0\r\n");
    }

    #[test]
    fn an_argument_can_not_forge_a_line() {
        assert_eq!(line(|l| l.arg("x\r\nOUT").end()), "PRP xOUT\r\n");
        assert_eq!(line(|l| l.word("x\r\nOUT").word("\n").end()), "PRP xOUT\r\n");
    }

    #[test]
    fn the_payload_is_counted_in_bytes() {
        assert_eq!(line(|l| l.payload("ä".as_bytes())), "PRP 2\r\nä");
    }
}
