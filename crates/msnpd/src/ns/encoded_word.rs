//! Names and subjects of mail in headers (RFC 2047): ASCII on one line, whatever is in them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How many bytes of text one encoded word holds: with the rest it has at most 75, as the RFC wants it.
const WORD: usize = 45;

/// Writes `text` so that it can be the value of a header, and at most `limit` bytes of it.
///
/// What is ASCII stays as it is: a mail server's hook passes on what it has, and that may be encoded already.
pub(super) fn encoded(text: &str, limit: usize) -> String {
    let text = line(text, limit);
    if text.is_ascii() {
        return text;
    }
    let mut words = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(WORD));
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    // White space between two such words is not part of the text.
    words.join(" ")
}

/// The text on one line, without what could end it or begin another: at most `limit` bytes.
pub(super) fn line(text: &str, limit: usize) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    // Looked at no further than it can matter.
    let start = text.get(..text.floor_char_boundary(limit.saturating_mul(4))).unwrap_or_default();
    let words: Vec<_> =
        start.split(|c: char| is_break(c) || c == ' ').filter(|word| !word.is_empty()).collect();
    let mut line = words.join(" ");
    if line.len() > limit {
        let encoded = line.contains("=?");
        line.truncate(line.floor_char_boundary(limit));
        // Half an encoded word would be read as it stands.
        if let Some(end) = line.rfind(' ').filter(|_| encoded) {
            line.truncate(end);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ascii_stays_and_the_rest_is_encoded() {
        assert_eq!(encoded("lunch: today?", 100), "lunch: today?");
        assert_eq!(encoded("=?utf-8?B?w6k=?=", 100), "=?utf-8?B?w6k=?=");
        assert_eq!(encoded("Zoë", 100), "=?utf-8?B?Wm/Dqw==?=");
        assert_eq!(encoded("", 100), "");
    }

    #[test]
    fn a_line_can_be_no_second_one() {
        assert_eq!(
            encoded("lunch\r\nFrom-Addr: eve@example.com\r\n\r\n", 100),
            "lunch From-Addr: eve@example.com"
        );
        assert_eq!(line("\u{0}a\u{85}b\u{2028}c  d", 100), "a b c d");
    }

    #[test]
    fn what_is_long_is_cut_where_it_does_no_harm() {
        assert_eq!(line("aaaa bbbb", 6), "aaaa b");
        assert_eq!(line("ééé", 3), "é");
        assert_eq!(line("=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", 20), "=?utf-8?B?w6k=?=");
    }

    proptest! {
        #[test]
        fn is_printable_whatever_it_is_made_of(text in any::<String>(), limit in 0_usize..300) {
            let written = encoded(&text, limit);
            prop_assert!(written.bytes().all(|b| b == b' ' || b.is_ascii_graphic()), "{written:?}");
            prop_assert!(written.is_empty() || text.is_ascii() || written.split(' ').all(|word| word.len() <= limit.max(75)));
        }

        #[test]
        fn says_what_was_meant(text in "[a-zé日𝄞]{1,60}") {
            let decoded: Vec<u8> = encoded(&text, 1000)
                .split(' ')
                .flat_map(|word| match word.strip_prefix("=?utf-8?B?").and_then(|word| word.strip_suffix("?=")) {
                    Some(word) => STANDARD.decode(word).unwrap(),
                    None => word.as_bytes().to_vec(),
                })
                .collect();
            prop_assert_eq!(String::from_utf8(decoded).unwrap(), text);
        }
    }
}
