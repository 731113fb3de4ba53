//! What stands in place of that which is another in each run.

use std::collections::{HashMap, HashSet};

use msnp::dialect::{Dialect, ListVersion};

use super::people::People;
use super::read::{Recording, Said, What};

/// The holes of a script, by what has filled them in the recording.
pub(crate) struct Holes<'r> {
    names: HashMap<(&'static str, String), String>,
    counts: HashMap<&'static str, usize>,
    /// What clients say of list versions and times: these must be remembered, others need not.
    said_again: HashSet<(&'r str, &'r str)>,
    /// The session that a cookie leads into.
    sessions: HashMap<&'r str, &'r str>,
}

/// Of whom a line is.
#[derive(Clone, Copy)]
pub(crate) struct Context<'r> {
    pub(crate) account: &'r str,
    pub(crate) dialect: &'static Dialect,
    pub(crate) people: &'r People,
}

impl<'r> Holes<'r> {
    pub(crate) fn new(recordings: &'r [Recording]) -> Self {
        let (mut said_again, mut sessions) = (HashSet::new(), HashMap::new());
        for recording in recordings {
            for event in &recording.events {
                match &event.what {
                    What::Client(said) if said.verb == "SYN" => {
                        let words = said.args.iter().skip(1);
                        said_again.extend(words.map(|word| (recording.account.as_str(), word.as_str())));
                    }
                    What::Server(said) if said.verb == "RNG" => {
                        sessions.extend(said.arg(3).zip(said.arg(0)));
                    }
                    _ => {}
                }
            }
        }
        Self { names: HashMap::new(), counts: HashMap::new(), said_again, sessions }
    }

    /// The hole for something, which is to be filled by what is heard.
    pub(crate) fn make(&mut self, what: &'static str, value: &str) -> String {
        let key = (what, value.to_owned());
        if let Some(known) = self.names.get(&key) {
            return known.clone();
        }
        let count = self.counts.entry(what).or_default();
        *count += 1;
        let number = if *count == 1 { String::new() } else { count.to_string() };
        let kind = match what {
            "session" | "version" => "number:",
            "time" => "time:",
            "guid" => "guid:",
            _ => "",
        };
        let hole = format!("{{{kind}{what}{number}}}");
        self.names.insert(key, hole.clone());
        hole
    }

    /// The hole for something that was heard before.
    pub(crate) fn find(&self, what: &'static str, value: &str) -> Option<String> {
        self.names.get(&(what, value.to_owned())).cloned()
    }

    /// The words of a line of the server.
    pub(crate) fn heard(&mut self, of: Context<'_>, said: &Said) -> Vec<String> {
        let version_at = version_position(of.dialect, said);
        let mut words = Vec::new();
        for (position, word) in said.args.iter().enumerate() {
            let special = match (said.verb.as_str(), position) {
                ("XFR", 2) => Some(self.make(if said.arg(1) == Some("NS") { "ns" } else { "sb" }, word)),
                ("XFR", 4) if said.arg(1) == Some("NS") => Some("{*}".to_owned()),
                ("RNG", 1) => Some(self.make("sb", word)),
                ("XFR", 4) | ("RNG", 3) => Some(self.make("cookie", word)),
                ("RNG", 0) | ("CAL", 2) => Some(self.make("session", word)),
                ("USR", 3) if said.arg(2) == Some("S") => Some(self.make("parameters", word)),
                ("USR", 4) if said.arg(2) == Some("S") => Some(self.make("nonce", word)),
                ("CHL", 1) => Some("{*}".to_owned()),
                _ if word.starts_with("http://") || word.starts_with("https://") => Some("{*}".to_owned()),
                _ if word.starts_with("{hidden:") => Some("{*}".to_owned()),
                _ if version_at == Some(position) && is_number(word) => {
                    Some(self.changing(of, "version", word))
                }
                _ if is_time(word) => Some(self.changing(of, "time", word)),
                _ => None,
            };
            words.push(special.unwrap_or_else(|| {
                let word = of.people.word(said, word);
                replace_guids(&word, |guid| Some(self.make("guid", guid)))
            }));
        }
        words
    }

    /// The words of a line of a client, and whether one is of a time before the recording.
    pub(crate) fn said(&self, of: Context<'_>, said: &Said) -> (Vec<String>, bool) {
        let mut is_older = false;
        let mut words = Vec::new();
        for (position, word) in said.args.iter().enumerate() {
            let key = (of.account, word.as_str());
            let special = match (said.verb.as_str(), position) {
                ("USR", 3) if said.arg(2) == Some("S") => Some(match said.arg(1) {
                    Some("MD5") => "{response}".to_owned(),
                    _ => "{ticket}".to_owned(),
                }),
                ("USR", 4) if said.arg(1) == Some("SSO") => Some("{response}".to_owned()),
                ("USR" | "ANS", 2) if word.starts_with("{hidden:") => self.find("cookie", word),
                ("ANS", 3) if word.starts_with("{hidden:") => {
                    let session = said.arg(2).and_then(|cookie| self.sessions.get(cookie));
                    session.and_then(|session| self.find("session", session))
                }
                ("SYN", 1..) if word != "0" => {
                    let known = self
                        .find("time", &of_account(key))
                        .or_else(|| self.find("version", &of_account(key)));
                    is_older |= known.is_none();
                    known
                }
                _ => None,
            };
            words.push(special.unwrap_or_else(|| {
                if word.starts_with("{hidden:") {
                    is_older = true;
                    return "hidden".to_owned();
                }
                let word = of.people.word(said, word);
                replace_guids(&word, |guid| {
                    let known = self.find("guid", guid);
                    is_older |= known.is_none();
                    known
                })
            }));
        }
        (words, is_older)
    }

    fn changing(&mut self, of: Context<'_>, what: &'static str, word: &str) -> String {
        let key = (of.account, word);
        if self.said_again.contains(&key) {
            return self.make(what, &of_account(key));
        }
        match what {
            "time" => "{time:*}".to_owned(),
            _ => "{number:*}".to_owned(),
        }
    }
}

/// Versions of different accounts have nothing to do with each other.
fn of_account((account, value): (&str, &str)) -> String {
    format!("{account} {value}")
}

/// Where the version of the lists stands in what the server says.
fn version_position(dialect: &Dialect, said: &Said) -> Option<usize> {
    if dialect.list_version != ListVersion::Counter {
        return None;
    }
    match said.verb.as_str() {
        "ADD" | "REM" => Some(2),
        // With a transaction id, one list after another.
        "LST" if said.arg(0).is_some_and(is_number) => Some(2),
        "LSG" if said.args.len() >= 6 => Some(1),
        "ADG" | "BLP" | "GTC" | "PRP" | "REA" | "REG" | "RMG" | "SYN" => Some(1),
        "BPR" => Some(0),
        _ => None,
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// `2005-04-23T18:57:44.8130000-07:00`
fn is_time(word: &str) -> bool {
    has_shape(word, "0000-00-00T00:00:00.0000000-00:00")
        || has_shape(word, "0000-00-00T00:00:00.0000000+00:00")
}

fn is_guid(word: &str) -> bool {
    has_shape(word, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

fn has_shape(word: &str, shape: &str) -> bool {
    word.len() == shape.len()
        && word.bytes().zip(shape.bytes()).all(|(b, s)| match s {
            b'0' => b.is_ascii_digit(),
            b'x' => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
            _ => b == s,
        })
}

/// Replaces what is a GUID in a word: all of it, behind `C=`, or between commas.
fn replace_guids(word: &str, mut hole: impl FnMut(&str) -> Option<String>) -> String {
    let (prefix, bare) = match word.split_once('=') {
        Some(("C", bare)) => ("C=", bare),
        _ => ("", word),
    };
    if !bare.split(',').any(is_guid) {
        return word.to_owned();
    }
    let mut parts = Vec::new();
    for part in bare.split(',') {
        let hole = if is_guid(part) { hole(part) } else { None };
        parts.push(hole.unwrap_or_else(|| part.to_owned()));
    }
    format!("{prefix}{}", parts.join(","))
}
