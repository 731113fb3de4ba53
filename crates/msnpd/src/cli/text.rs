//! Text for terminals.

use clap::builder::{OsStringValueParser, TypedValueParser};
use msnp::types::calendar::Civil;

/// A name as a terminal may show it: clients set what they like, and a control character in it could do anything to
/// the operator's screen.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The day, as `2005-04-23`, of a time in seconds since 1970, in UTC.
pub(super) fn day(seconds: u64) -> String {
    let Civil { year, month, day, .. } = Civil::from_unix(seconds);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `1 list`, `2 lists`.
pub(super) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// Reads an argument that others have written, in whatever encoding.
pub(super) fn lossy() -> impl TypedValueParser<Value = String> {
    OsStringValueParser::new().map(|written| written.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_everybody_writes_it() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(1_114_300_664), "2005-04-23");
    }

    #[test]
    fn a_name_does_nothing_to_the_terminal() {
        assert_eq!(plain("A\x1b[2Jé\u{9b}\r\n"), "A\u{fffd}[2Jé\u{fffd}\u{fffd}\u{fffd}");
    }
}
