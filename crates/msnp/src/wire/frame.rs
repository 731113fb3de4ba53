//! Finds where a message ends, before anything is understood of it.

use std::fmt;

use memchr::memchr;

use super::args::Args;
use super::limits;
use super::payload::Direction;
use super::verb::Verb;

/// One message: a line and the payload that belongs to it, borrowed from the bytes read.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The command word.
    pub verb: Verb,
    /// What follows it on the line.
    pub args: Args<'a>,
    /// The payload; empty if the command has none. Not text: switchboards carry binary data.
    pub payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The line for a log: without tickets, cookies and whatever else proves who somebody is, and without payload.
    ///
    /// What is hidden is decided for the whole command, so that no form of it slips through.
    pub fn redacted(&self) -> impl fmt::Display + 'a {
        Redacted { verb: self.verb, args: self.args }
    }

    /// The words behind the command word, each with whether [`redacted`](Self::redacted) hides it: for whoever writes
    /// something else in its place.
    pub fn discreet_words(&self) -> impl Iterator<Item = (&'a str, bool)> + use<'a> {
        let shown = Redacted { verb: self.verb, args: self.args }.shown();
        self.args.enumerate().map(move |(position, word)| (word, position >= shown))
    }
}

struct Redacted<'a> {
    verb: Verb,
    args: Args<'a>,
}

impl Redacted<'_> {
    /// How many words may be seen.
    fn shown(&self) -> usize {
        // `USR t TWN I handle` says who somebody claims to be; every other USR ends in a secret, as do ANS and XFR. One
        // with too few words may have it anywhere.
        let words = self.args.count();
        match self.verb {
            Verb::USR if { self.args }.nth(2) == Some("I") => usize::MAX,
            Verb::USR if { self.args }.nth(2) == Some("S") => 3,
            Verb::USR if words >= 3 => 2,
            Verb::ANS if words >= 4 => 2,
            Verb::USR | Verb::ANS => 0,
            Verb::XFR => 3,
            Verb::RNG => 2,
            _ => usize::MAX,
        }
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verb)?;
        let shown = self.shown();
        for (position, word) in self.args.enumerate() {
            write!(f, " {}", if position < shown { word } else { "<hidden>" })?;
        }
        Ok(())
    }
}

/// Splits a stream of bytes into [`Frame`]s.
///
/// It keeps no bytes. The caller shows it what has been read and not yet been used; it answers with the first whole
/// message in there, or asks for more. Shown the same beginning again it does not search it again, so a message that
/// drips in costs what it would cost at once.
///
/// ```
/// use msnp::wire::{Direction, Framer, Verb};
///
/// let mut framer = Framer::new(Direction::ToNotification);
/// let read = b"UUX 11 5\r\n<PSM>PNG\r\nVE";
/// let (frame, used) = framer.next(read)?.expect("a whole message");
/// assert_eq!((frame.verb, frame.payload), (Verb::UUX, &b"<PSM>"[..]));
/// let (frame, used2) = framer.next(&read[used..])?.expect("another one");
/// assert_eq!(frame.verb, Verb::PNG);
/// assert!(framer.next(&read[used + used2..])?.is_none(), "half a line");
/// # Ok::<(), msnp::wire::FrameError>(())
/// ```
#[derive(Debug)]
pub struct Framer {
    direction: Direction,
    /// How many bytes at the front are known to hold no line end.
    searched: usize,
    /// How many bytes the message at the front has, once its line is known.
    wanted: usize,
}

impl Framer {
    /// Reads what is said in `direction`.
    pub const fn new(direction: Direction) -> Self {
        Self { direction, searched: 0, wanted: 0 }
    }

    /// Goes on in another direction: the first line has told which kind of server the client wants.
    pub fn set_direction(&mut self, direction: Direction) {
        self.direction = direction;
    }

    /// How many bytes at the front of `read` are line ends that belong to no message. Some clients send them after a
    /// payload. Whoever drops them before [`next`](Self::next) never keeps more than one unfinished message.
    pub fn blank(read: &[u8]) -> usize {
        read.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count()
    }

    /// The first message in `read`, and how many bytes to drop from the front of `read` before the next call.
    ///
    /// `None` means that more must be read, after which `read` must begin with the same bytes. A bare line feed ends
    /// a line as well; empty lines, which some clients send after a payload, are passed over.
    ///
    /// # Errors
    /// When no message can follow from what was read. The stream can't be used any further.
    pub fn next<'a>(&mut self, read: &'a [u8]) -> Result<Option<(Frame<'a>, usize)>, FrameError> {
        if read.len() < self.wanted {
            return Ok(None);
        }
        let blank = Self::blank(read);
        let message = read.get(blank..).unwrap_or_default();
        let from = self.searched.saturating_sub(blank).min(message.len());
        let Some(end) = message.get(from..).and_then(|rest| memchr(b'\n', rest)).map(|at| from + at) else {
            // One more may be the first half of the line's end.
            if message.len() > limits::LINE + 1 {
                return Err(FrameError::LineTooLong);
            }
            self.searched = read.len();
            return Ok(None);
        };
        let line = message.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > limits::LINE {
            return Err(FrameError::LineTooLong);
        }
        let line = std::str::from_utf8(line).map_err(|_| FrameError::NotText)?;
        let (verb, args) = split(line).ok_or(FrameError::NotACommand)?;
        let payload_len = match self.direction.payload_limit(verb) {
            None => self.direction.error_payload(verb, args)?,
            Some(_) if self.direction.may_lack_payload(verb) && args.last() == Some("OK") => 0,
            Some(limit) => {
                let length = args.last().and_then(decimal).ok_or(FrameError::NoLength { verb })?;
                if length > limit {
                    return Err(FrameError::PayloadTooLong { verb, length, limit });
                }
                length
            }
        };
        let start = end + 1;
        let used = blank + start + payload_len;
        let Some(payload) = message.get(start..start + payload_len) else {
            (self.searched, self.wanted) = (blank + end, used);
            return Ok(None);
        };
        (self.searched, self.wanted) = (0, 0);
        Ok(Some((Frame { verb, args, payload }, used)))
    }
}

/// The command word, which has three letters, and what follows it behind a space.
fn split(line: &str) -> Option<(Verb, Args<'_>)> {
    let verb = Verb::new(line.get(..3)?)?;
    let rest = match line.as_bytes().get(3) {
        None => "",
        Some(b' ') => line.get(4..)?,
        Some(_) => return None,
    };
    Some((verb, Args::new(rest)))
}

/// A payload's length: decimal digits alone, where `parse` would take a plus sign.
pub(super) fn decimal(word: &str) -> Option<usize> {
    word.parse().ok().filter(|_| !word.starts_with('+'))
}

/// The bytes are no MSNP. Close the connection without an answer (reference, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A line has more than [`limits::LINE`] bytes.
    #[error("a line has more than {} bytes", limits::LINE)]
    LineTooLong,
    /// A command that needs a payload does not say how long it is.
    #[error("{verb} without the length of its payload")]
    NoLength {
        /// The command.
        verb: Verb,
    },
    /// A line does not begin with three upper-case letters or digits.
    #[error("a line without a command word")]
    NotACommand,
    /// A line is not UTF-8.
    #[error("a line that is not UTF-8")]
    NotText,
    /// A payload is longer than it may be.
    #[error("{verb} with a payload of {length} bytes, which may have {limit}")]
    PayloadTooLong {
        /// The command.
        verb: Verb,
        /// What the line says, in bytes.
        length: usize,
        /// What is allowed, in bytes.
        limit: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every frame in `bytes` as text, fed in pieces that end at `cuts`.
    fn frames(direction: Direction, bytes: &[u8], cuts: &[usize]) -> Result<Vec<String>, FrameError> {
        let mut framer = Framer::new(direction);
        let (mut buffer, mut seen, mut fed) = (Vec::new(), Vec::new(), 0);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        cuts.push(bytes.len());
        cuts.sort_unstable();
        for cut in cuts {
            buffer.extend_from_slice(&bytes[fed..cut]);
            fed = cut;
            while let Some((frame, used)) = framer.next(&buffer)? {
                let words: Vec<&str> = frame.args.collect();
                seen.push(format!(
                    "{} {} | {}",
                    frame.verb,
                    words.join(" "),
                    String::from_utf8_lossy(frame.payload)
                ));
                buffer.drain(..used);
            }
        }
        Ok(seen)
    }

    const CONVERSATION: &[u8] = b"VER 1 MSNP12 CVR0\r\nUUX 2 9\r\nPNG\r\nUUX\r\nPNG\nQRY 3 PROD 32\r\n\
        5900baf7ab746df3bef2c20e04dd1f94\r\nOUT\r\n";

    #[test]
    fn a_payload_is_never_taken_for_a_command() {
        let seen = frames(Direction::ToNotification, CONVERSATION, &[]).unwrap();
        assert_eq!(
            seen,
            [
                "VER 1 MSNP12 CVR0 | ",
                "UUX 2 9 | PNG\r\nUUX\r",
                "PNG  | ",
                "QRY 3 PROD 32 | 5900baf7ab746df3bef2c20e04dd1f94",
                "OUT  | "
            ]
        );
    }

    #[test]
    fn limits_hold_before_the_bytes_are_there() {
        let fault = |bytes: &[u8]| frames(Direction::ToSwitchboard, bytes, &[]).unwrap_err();
        assert_eq!(
            fault(b"MSG 1 N 1665\r\n"),
            FrameError::PayloadTooLong { verb: Verb::MSG, length: 1665, limit: 1664 }
        );
        assert_eq!(fault(b"MSG 1 N\r\n"), FrameError::NoLength { verb: Verb::MSG });
        assert_eq!(fault(b"MSG 1 N +5\r\n"), FrameError::NoLength { verb: Verb::MSG });
        assert_eq!(fault(&[b'A'; limits::LINE + 2]), FrameError::LineTooLong);
        assert_eq!(fault(b"\x16\x03\x01\n"), FrameError::NotACommand);
        assert_eq!(fault(b"USR \xFF\n"), FrameError::NotText);
    }

    #[test]
    fn what_an_error_tells_more_is_no_command() {
        let heard = b"241 5 9\r\n<ml></ml>911 6\r\n208 7 0\r\n715 8 x\r\nQNG 50\r\n";
        assert_eq!(
            frames(Direction::FromNotification, heard, &[]).unwrap(),
            ["241 5 9 | <ml></ml>", "911 6 | ", "208 7 0 | ", "715 8 x | ", "QNG 50 | "]
        );
        let long = format!("241 5 {}\r\n", limits::PAYLOAD + 1);
        assert!(frames(Direction::FromNotification, long.as_bytes(), &[]).is_err());
    }

    #[test]
    fn the_longest_line_may_come_in_any_pieces() {
        let mut line = vec![b'A'; limits::LINE];
        line[3] = b' ';
        line.extend_from_slice(b"\r\n");
        for cut in [limits::LINE, limits::LINE + 1] {
            assert_eq!(frames(Direction::ToNotification, &line, &[cut]).unwrap().len(), 1);
        }
        line.insert(5, b'A');
        assert_eq!(frames(Direction::ToNotification, &line, &[]), Err(FrameError::LineTooLong));
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = |line: &[u8]| {
            Framer::new(Direction::ToNotification)
                .next(line)
                .unwrap()
                .map(|(frame, _)| frame.redacted().to_string())
        };
        assert_eq!(shown(b"USR 3 TWN I a@b.cd\r\n").as_deref(), Some("USR 3 TWN I a@b.cd"));
        assert_eq!(shown(b"USR 4 TWN S t=secret&p=\r\n").as_deref(), Some("USR 4 TWN S <hidden>"));
        assert_eq!(shown(b"USR 1 a@b.cd 1.2.3\r\n").as_deref(), Some("USR 1 a@b.cd <hidden>"));
        assert_eq!(shown(b"ANS 1 a@b.cd 1.2.3 77\r\n").as_deref(), Some("ANS 1 a@b.cd <hidden> <hidden>"));
        // With a word missing, too.
        assert_eq!(shown(b"ANS 1 1.2.3 77\r\n").as_deref(), Some("ANS <hidden> <hidden> <hidden>"));
        assert_eq!(shown(b"USR 1 1.2.3\r\n").as_deref(), Some("USR <hidden> <hidden>"));
    }

    proptest! {
        #[test]
        fn cuts_change_nothing(cuts in prop::collection::vec(any::<usize>(), 0..8)) {
            let whole = frames(Direction::ToNotification, CONVERSATION, &[]);
            prop_assert_eq!(frames(Direction::ToNotification, CONVERSATION, &cuts), whole);
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300), cuts in prop::collection::vec(any::<usize>(), 0..4)) {
            for direction in [Direction::ToNotification, Direction::FromNotification, Direction::ToSwitchboard, Direction::FromSwitchboard] {
                let whole = frames(direction, &bytes, &[]);
                prop_assert_eq!(frames(direction, &bytes, &cuts).is_err(), whole.is_err());
            }
        }
    }
}
