//! What is told when a conversation goes another way than its script.

use std::fmt;

use crate::script::Place;
use crate::versions::Versions;

/// A conversation went another way than its script.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Where in the script, and where in the procedures that are done there.
    pub(crate) at: Vec<Place>,
    pub(crate) versions: Versions,
    pub(crate) problem: String,
    /// What should have been heard; several where the order was open.
    pub(crate) expected: Vec<String>,
    /// What was.
    pub(crate) came: Option<String>,
    /// The last lines of the conversation, on all connections.
    pub(crate) before: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, versions, problem, expected, came, before } = self;
        for (Place { file, line }, before) in
            at.iter().zip(std::iter::once("").chain(std::iter::repeat(", at ")))
        {
            write!(f, "{before}{file}:{line}")?;
        }
        write!(f, " ({versions}): {problem}")?;
        let mut told = |title: &str, text: &str| -> fmt::Result {
            let mut title = title;
            for line in text.lines() {
                write!(f, "\n  {title:<10}{line}")?;
                title = "";
            }
            Ok(())
        };
        let mut title = "expected";
        for expected in expected {
            told(title, expected)?;
            title = "or";
        }
        if let Some(came) = came {
            told("came", came)?;
        }
        if !before.is_empty() {
            write!(f, "\n  what was said before:")?;
            for line in before.iter().flat_map(|line| line.lines()) {
                write!(f, "\n    {line}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// A line, and a payload below it as scripts have it.
pub(crate) fn show(line: &[u8], payload: Option<&[u8]>) -> String {
    let mut shown = printable(line);
    if let Some(payload) = payload.filter(|payload| !payload.is_empty()) {
        let (lines, end) = match payload.strip_suffix(b"\r\n") {
            Some(lines) => (lines, ""),
            None => (payload, "\\"),
        };
        for line in printable(lines).split("\\r\\n") {
            shown.push_str("\n |");
            shown.push_str(line);
        }
        shown.push_str(end);
    }
    shown
}

/// Text as it is, everything else escaped.
fn printable(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() { shown.extend(c.escape_default()) } else { shown.push(c) }
        }
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_both_sides_and_what_was_before() {
        let failure = Failure {
            at: vec![
                Place { file: "presence.txt".into(), line: 12 },
                Place { file: "common.part".into(), line: 3 },
            ],
            versions: Versions { version: msnp::version::Version(11), against: None },
            problem: "alice should have heard something else".to_owned(),
            expected: vec!["NLN NLN bob@example.com Bob 0".to_owned()],
            came: Some(show(b"UBX bob@example.com 6", Some(b"a\r\n\xffb"))),
            before: vec!["bob >>> CHG 7 NLN 0".to_owned()],
        };
        assert_eq!(
            failure.to_string(),
            "presence.txt:12, at common.part:3 (MSNP11): alice should have heard something else\
             \n  expected  NLN NLN bob@example.com Bob 0\
             \n  came      UBX bob@example.com 6\
             \n             |a\
             \n             |\\xffb\\\
             \n  what was said before:\
             \n    bob >>> CHG 7 NLN 0"
        );
    }

    #[test]
    fn payloads_are_shown_as_scripts_have_them() {
        assert_eq!(show(b"MSG a b 8", Some(b"c: d\r\n\r\n")), "MSG a b 8\n |c: d\n |");
        assert_eq!(show(b"UBX a 0", Some(b"")), "UBX a 0");
    }
}
