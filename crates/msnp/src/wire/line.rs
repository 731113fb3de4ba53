//! Writes a line.

use std::fmt::{Display, Write as _};

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
        self.arg(trid)
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
        let Self { out } = self.arg(payload.len());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(payload);
    }
}

/// Writes text into bytes, and drops what would end the line or begin another: nothing that reaches a line as an
/// argument may forge a command, whatever a caller forgot to check.
struct Sink<'o>(&'o mut Vec<u8>);

impl std::fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        if text.bytes().any(|b| matches!(b, b'\r' | b'\n')) {
            self.0.extend(text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')));
        } else {
            self.0.extend_from_slice(text.as_bytes());
        }
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
    }

    #[test]
    fn an_argument_can_not_forge_a_line() {
        assert_eq!(line(|l| l.arg("x\r\nOUT").end()), "PRP xOUT\r\n");
    }

    #[test]
    fn the_payload_is_counted_in_bytes() {
        assert_eq!(line(|l| l.payload("ä".as_bytes())), "PRP 2\r\nä");
    }
}
