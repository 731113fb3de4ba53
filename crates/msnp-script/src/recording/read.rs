//! Reads recordings. Their form is told at the front of `recording` in msnpd, which writes them.

use msnp::dialect::Dialect;
use msnp::types::Email;

/// One recorded connection.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Where it was read from.
    pub file: String,
    /// Whose connection it is.
    pub account: String,
    pub(crate) kind: Kind,
    /// When the server's clock began: recordings with the same one can be put in order.
    pub(crate) clock: u64,
    /// It begins in the middle, with somebody who has signed in in this dialect.
    pub(crate) late: Option<&'static Dialect>,
    pub(crate) events: Vec<Event>,
    /// What is missing of it, and why.
    pub(crate) gaps: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Notification,
    Switchboard,
}

/// Something that happened, and when, in microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) at: u64,
    pub(crate) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The client has said it.
    Client(Said),
    /// The server has.
    Server(Said),
    ClosedByClient,
    ClosedByServer,
}

/// A message, its text as scripts have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) verb: String,
    pub(crate) args: Vec<String>,
    /// The lines of the payload, without their bars.
    pub(crate) payload: Vec<String>,
}

impl Said {
    pub(crate) fn arg(&self, position: usize) -> Option<&str> {
        self.args.get(position).map(String::as_str)
    }

    /// Whether it is an error: a number of three digits in place of a command word.
    pub(crate) fn is_error(&self) -> bool {
        self.verb.len() == 3 && self.verb.bytes().all(|b| b.is_ascii_digit())
    }
}

/// A file is no recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct BadRecording {
    /// The file.
    pub file: String,
    /// The line in it, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Recording {
    /// Reads one from its text; `file` is how it is called.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(file: &str, text: &str) -> Result<Self, BadRecording> {
        let bad = |line, problem| BadRecording { file: file.to_owned(), line, problem };
        let mut lines = (1..).zip(text.lines());
        if lines.next().map(|(_, line)| line) != Some("msnpd recording 1") {
            return Err(bad(
                1,
                "this is no recording, or one of another version: those of `msnpd record` begin with `msnpd recording 1`",
            ));
        }
        let (mut account, mut kind, mut clock, mut late) = (None, None, None, None);
        for (number, line) in lines.by_ref() {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            match key {
                "" => break,
                "account" => account = value.parse::<Email>().ok().map(|email| email.to_string()),
                "connection" => {
                    kind = match value.split_once(' ').map(|(_, kind)| kind) {
                        Some("notification") => Some(Kind::Notification),
                        Some("switchboard") => Some(Kind::Switchboard),
                        _ => return Err(bad(number, "a kind of connection that is not known here")),
                    }
                }
                "clock" => clock = value.parse().ok(),
                "signed" => late = value.strip_prefix("in ").and_then(Dialect::named),
                _ => {}
            }
        }
        let (Some(account), Some(kind), Some(clock)) = (account, kind, clock) else {
            return Err(bad(1, "its head lacks account, connection or clock"));
        };
        let mut recording =
            Self { file: file.to_owned(), account, kind, clock, late, events: Vec::new(), gaps: Vec::new() };
        for (number, line) in lines {
            recording.line(line).map_err(|problem| bad(number, problem))?;
        }
        // The end is written when the server notices it, which may then have some last words.
        recording.events.sort_by_key(|event| !matches!(event.what, What::Client(_) | What::Server(_)));
        Ok(recording)
    }

    /// The dialect that was settled; on a switchboard, nothing says which.
    pub(crate) fn dialect(&self) -> Option<&'static Dialect> {
        self.late.or_else(|| {
            self.events.iter().find_map(|event| match &event.what {
                What::Server(said) if said.verb == "VER" => said.arg(1).and_then(Dialect::named),
                _ => None,
            })
        })
    }

    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        if let Some(payload) = line.strip_prefix(" |") {
            return match self.events.last_mut().map(|event| &mut event.what) {
                Some(What::Client(said) | What::Server(said)) => {
                    said.payload.push(payload.to_owned());
                    Ok(())
                }
                _ => Err("a payload without a line above"),
            };
        }
        match line {
            // A server that was killed has not written the last of it.
            "" | "stopped" => return Ok(()),
            "full" => {
                self.gaps.push("the rest: the file was full".to_owned());
                return Ok(());
            }
            _ => {}
        }
        let (stamp, rest) = line.split_once(' ').ok_or("neither a message nor anything else")?;
        let at = micros(stamp).ok_or("a time that is none")?;
        let what = match rest.split_once(' ') {
            Some((">", said)) => What::Client(message(said)),
            Some(("<", said)) => What::Server(message(said)),
            Some(("closed", "by client")) => What::ClosedByClient,
            Some(("closed", "by server")) => What::ClosedByServer,
            Some(("lost", count)) => {
                self.gaps.push(format!("{count} messages, for which the disk was too slow"));
                return Ok(());
            }
            _ => return Err("neither a message nor anything else"),
        };
        self.events.push(Event { at, what });
        Ok(())
    }
}

fn message(said: &str) -> Said {
    let mut words = said.split(' ').map(str::to_owned);
    Said { verb: words.next().unwrap_or_default(), args: words.collect(), payload: Vec::new() }
}

/// `12.345678` in microseconds.
fn micros(stamp: &str) -> Option<u64> {
    let (seconds, micros) = stamp.split_once('.')?;
    let micros = (micros.len() == 6).then(|| micros.parse::<u64>().ok())??;
    seconds.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "msnpd recording 1\naccount alice@example.com\nconnection 7 switchboard\nclock 5\n\n";

    #[test]
    fn a_recording_says_whose_it_is_and_what_happened() {
        let text = format!(
            "{HEAD}0.000001 > MSG 1 N 9\n |a: b\n |\n |c\\\nfull\n1.500000 lost 3\n1.600000 < ACK 1\n2.000000 closed by client\nstopped\n"
        );
        let recording = Recording::parse("x", &text).unwrap();
        assert_eq!((recording.account.as_str(), recording.kind), ("alice@example.com", Kind::Switchboard));
        let Some(Event { at: 1, what: What::Client(said) }) = recording.events.first() else {
            panic!("{recording:?}")
        };
        assert_eq!(
            (said.verb.as_str(), said.args.as_slice()),
            ("MSG", &["1", "N", "9"].map(str::to_owned)[..])
        );
        assert_eq!(said.payload, ["a: b", "", "c\\"]);
        assert_eq!(recording.events[1].at, 1_600_000);
        assert_eq!(recording.events[2].what, What::ClosedByClient);
        assert_eq!(recording.gaps.len(), 2);
    }

    #[test]
    fn what_is_none_is_told() {
        for (text, line) in [
            ("", 1),
            ("msnpd recording 2\n", 1),
            ("msnpd recording 1\naccount x\n\n", 1),
            (&format!("{HEAD}x\n"), 6),
            (&format!("{HEAD} |x\n"), 6),
            (&format!("{HEAD}1 > PNG\n"), 6),
            (&format!("{HEAD}1.000000 dances\n"), 6),
        ] {
            assert_eq!(Recording::parse("x", text).unwrap_err().line, line, "{text}");
        }
    }
}
