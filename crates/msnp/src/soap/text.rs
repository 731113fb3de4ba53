//! Values inside of XML.

use std::borrow::Cow;

use crate::types::calendar::Civil;

/// `text` as it stands in an element or an attribute. What XML can't hold, control characters, is left out.
///
/// ```
/// assert_eq!(msnp::soap::escape("a<b>&\"c'\u{1}"), "a&lt;b&gt;&amp;&quot;c&apos;");
/// ```
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_xml) {
        quick_xml::escape::escape(text)
    } else {
        let text: String = text.chars().filter(|&c| is_xml(c)).collect();
        Cow::Owned(quick_xml::escape::escape(text.as_str()).into_owned())
    }
}

/// Whether XML 1.0 can hold the character at all (its production 2).
pub(crate) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Seconds since 1970 as `yyyy-MM-ddTHH:mm:ssZ`, the one form that all readers of tokens take.
///
/// ```
/// assert_eq!(msnp::soap::timestamp(1_770_091_506), "2026-02-03T04:05:06Z");
/// ```
pub fn timestamp(unix: u64) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::from_unix(unix);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn known_times() {
        for (unix, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (2_147_483_647, "2038-01-19T03:14:07Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(timestamp(unix), text);
        }
    }
}
