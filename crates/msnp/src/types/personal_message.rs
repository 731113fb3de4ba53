//! What a user tells about himself beside his name.

use std::borrow::Cow;

use crate::soap::is_xml;

/// The longest personal message, in bytes as [`PersonalMessage::well_formed`]. `[choice]`: the last official client lets
/// its user type 129 characters, and writes some of them as references of up to nine bytes.
pub const MAX_PSM: usize = 1300;

/// The longest text of what is playing, in bytes as [`PersonalMessage::well_formed`]. `[choice]`: a format, a title, an
/// artist and an album.
pub const MAX_CURRENT_MEDIA: usize = 2048;

/// The payload of `UUX` and `UBX`: a personal message and what is playing (notification-server reference, 13).
///
/// The texts are the inner texts of the elements exactly as written, XML escapes and all. `None` is an element that
/// is not there, which in a `UUX` leaves the text as it was. A payload may be two elements without a `<Data>` around
/// them, so this is no strict XML; but what is taken from it can be put between two tags for everybody else once it has
/// been through [`PersonalMessage::well_formed`].
///
/// ```
/// use msnp::types::PersonalMessage;
///
/// let message = PersonalMessage::read(b"<PSM>tea &amp; cake</PSM><CurrentMedia/>")?;
/// assert_eq!(message, PersonalMessage { psm: Some("tea &amp; cake"), current_media: Some("") });
/// # Ok::<(), msnp::types::InvalidPersonalMessage>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonalMessage<'a> {
    /// `<PSM>`: the personal message.
    pub psm: Option<&'a str>,
    /// `<CurrentMedia>`: what is playing, in fields that the two characters `\0` separate.
    pub current_media: Option<&'a str>,
}

impl<'a> PersonalMessage<'a> {
    /// Both elements, with nothing in them.
    pub const EMPTY: PersonalMessage<'static> = PersonalMessage { psm: Some(""), current_media: Some("") };

    /// Finds the elements in a payload. Other elements inside `<Data>` are passed over.
    ///
    /// # Errors
    /// When there is another element at the root, text outside of elements, an element in one of the two, a tag
    /// that is not closed, anything that is no character of XML, or a text over [`MAX_PSM`] or [`MAX_CURRENT_MEDIA`].
    pub fn read(payload: &'a [u8]) -> Result<Self, InvalidPersonalMessage> {
        let text = std::str::from_utf8(payload).map_err(|_| InvalidPersonalMessage::IllegalCharacter)?;
        if !text.chars().all(is_xml) {
            return Err(InvalidPersonalMessage::IllegalCharacter);
        }
        let found = Self::find(text).ok_or(InvalidPersonalMessage::Structure)?;
        let fits = |text: Option<&str>, max| text.is_none_or(|text| Self::well_formed(text).len() <= max);
        if fits(found.psm, MAX_PSM) && fits(found.current_media, MAX_CURRENT_MEDIA) {
            Ok(found)
        } else {
            Err(InvalidPersonalMessage::TooLong)
        }
    }

    /// One of the texts as it may go to others. Some clients leave a `&` as it is; one that begins neither one of XML's
    /// five entities nor the number of a character becomes `&amp;`, and the `>` that would end a section of raw text
    /// becomes `&gt;`. The rest stays as it was written.
    ///
    /// ```
    /// use msnp::types::PersonalMessage;
    ///
    /// assert_eq!(PersonalMessage::well_formed("tea & cake &amp; &#x1F375;"), "tea &amp; cake &amp; &#x1F375;");
    /// ```
    pub fn well_formed(text: &str) -> Cow<'_, str> {
        let mut out = String::new();
        let mut written = 0;
        for (at, special) in text.match_indices(['&', '>']) {
            let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
            let escape = match special {
                "&" if !begins_reference(rest) => "&amp;",
                ">" if before.ends_with("]]") => "&gt;",
                _ => continue,
            };
            out.push_str(before.get(written..).unwrap_or_default());
            out.push_str(escape);
            written = at + special.len();
        }
        if written == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(written..).unwrap_or_default());
        Cow::Owned(out)
    }

    fn find(text: &'a str) -> Option<Self> {
        let (mut found, mut inside_data) = (Self::default(), false);
        let mut rest = text.trim_ascii_start();
        while !rest.is_empty() {
            let (tag, after) = rest.strip_prefix('<')?.split_once('>')?;
            let (opening, is_empty) = tag.strip_suffix('/').map_or((tag, false), |opening| (opening, true));
            let name = opening.split_ascii_whitespace().next()?;
            rest = match name {
                "Data" if !inside_data => {
                    inside_data = !is_empty;
                    after
                }
                "/Data" if inside_data => {
                    inside_data = false;
                    after
                }
                "PSM" | "CurrentMedia" => {
                    let (inner, after) = if is_empty { ("", after) } else { element(after, name)? };
                    if inner.contains('<') {
                        return None;
                    }
                    *if name == "PSM" { &mut found.psm } else { &mut found.current_media } = Some(inner);
                    after
                }
                _ if name.starts_with('?') => after,
                _ if inside_data && name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                    if is_empty {
                        after
                    } else {
                        element(after, name)?.1
                    }
                }
                _ => return None,
            }
            .trim_ascii_start();
        }
        (!inside_data).then_some(found)
    }

    /// How many bytes [`PersonalMessage::write`] writes.
    pub fn written_len(&self) -> usize {
        self.parts().map(str::len).iter().sum()
    }

    /// Writes `<Data>` with both elements, those without a text as empty ones.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.parts().into_iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
    }

    fn parts(&self) -> [&'a str; 5] {
        [
            "<Data><PSM>",
            self.psm.unwrap_or_default(),
            "</PSM><CurrentMedia>",
            self.current_media.unwrap_or_default(),
            "</CurrentMedia></Data>",
        ]
    }
}

/// What stands before the end tag of `name`, and what stands after it.
fn element<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    text.match_indices("</").find_map(|(at, _)| {
        let (inner, end_tag) = text.split_at_checked(at)?;
        let after = end_tag.strip_prefix("</")?.strip_prefix(name)?.trim_ascii_start().strip_prefix('>')?;
        Some((inner, after))
    })
}

/// Whether `text`, which begins with `&`, begins with an entity of XML's own or the number of a character that XML has.
fn begins_reference(text: &str) -> bool {
    let Some((name, _)) = text.strip_prefix('&').and_then(|text| text.split_once(';')) else { return false };
    let Some(number) = name.strip_prefix('#') else {
        return matches!(name, "amp" | "lt" | "gt" | "quot" | "apos");
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    // A number may be read with a sign before it, but not written so.
    digits.chars().all(|digit| digit.is_digit(radix))
        && u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).is_some_and(is_xml)
}

/// Why a payload is none that could be passed on to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPersonalMessage {
    /// Something that is no character of XML. The service answers 715 (notification-server reference, 13).
    #[error("a personal message holds what is no character of XML")]
    IllegalCharacter,
    /// Other elements than there should be. The service closes the connection.
    #[error("a personal message is <PSM> and <CurrentMedia>, with nothing but text in them")]
    Structure,
    /// More than [`MAX_PSM`] or [`MAX_CURRENT_MEDIA`] bytes.
    #[error("a personal message has at most {MAX_PSM} bytes, and what is playing {MAX_CURRENT_MEDIA}")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::tree::{Element, Limits};
    use proptest::prelude::*;

    fn read(payload: &str) -> Result<(Option<&str>, Option<&str>), InvalidPersonalMessage> {
        PersonalMessage::read(payload.as_bytes()).map(|message| (message.psm, message.current_media))
    }

    #[test]
    fn finds_the_elements_in_whatever_surrounds_them() {
        for (payload, found) in [
            ("<Data><PSM>tea time</PSM><CurrentMedia></CurrentMedia></Data>", (Some("tea time"), Some(""))),
            ("<PSM></PSM><CurrentMedia></CurrentMedia>", (Some(""), Some(""))),
            ("<?xml version=\"1.0\"?>\r\n<Data>\r\n <PSM >x</PSM >\r\n</Data>\r\n", (Some("x"), None)),
            ("<Data><PSM/><PSMUrl>a<b/>c</PSMUrl><MachineGuid/></Data>", (Some(""), None)),
            (
                r"<CurrentMedia>\0Music\01\0{0}\0a &lt; b\0</CurrentMedia>",
                (None, Some(r"\0Music\01\0{0}\0a &lt; b\0")),
            ),
            ("<PSM>a > b & c</PSM><CurrentMedia>></CurrentMedia>", (Some("a > b & c"), Some(">"))),
            ("<Data/>", (None, None)),
            ("", (None, None)),
        ] {
            assert_eq!(read(payload), Ok(found), "{payload}");
        }
    }

    #[test]
    fn refuses_what_others_could_not_read() {
        for bad in [
            "<invalid><PSM>x</PSM></invalid>",
            "<invalid/>",
            "text",
            "<PSM>x</PSM>text",
            "<PSM>a<b/>c</PSM>",
            "<PSM>a < b</PSM>",
            "<PSM>x",
            "<PSM",
            "<Data><PSM>x</PSM>",
            "</Data>",
            "<Data><a>x</Data>",
            "<!-- --><PSM>x</PSM>",
            "<>",
            "</>",
        ] {
            assert_eq!(read(bad), Err(InvalidPersonalMessage::Structure), "{bad:?}");
        }
        for bad in ["<PSM>\u{1}</PSM>", "<PSM>\0</PSM>", "<PSM>\u{FFFF}</PSM>"] {
            assert_eq!(read(bad), Err(InvalidPersonalMessage::IllegalCharacter), "{bad:?}");
        }
        let bad = PersonalMessage::read(b"<PSM>\xFF</PSM>");
        assert_eq!(bad, Err(InvalidPersonalMessage::IllegalCharacter));
    }

    #[test]
    fn as_much_is_taken_as_can_be_passed_on() {
        for (element, max) in [("PSM", MAX_PSM), ("CurrentMedia", MAX_CURRENT_MEDIA)] {
            for (text, fits) in [
                ("x".repeat(max), true),
                ("x".repeat(max + 1), false),
                // Four more than it was.
                ("x".repeat(max - 5) + "&", true),
                ("x".repeat(max - 4) + "&", false),
            ] {
                let payload = format!("<Data><{element}>{text}</{element}></Data>");
                let read = PersonalMessage::read(payload.as_bytes());
                assert_eq!(read.is_ok(), fits, "{element} of {}", text.len());
                assert!(fits || read == Err(InvalidPersonalMessage::TooLong));
            }
        }
    }

    #[test]
    fn what_begins_no_entity_is_escaped() {
        for (text, well_formed) in [
            ("&", "&amp;"),
            ("&&amp;&", "&amp;&amp;&amp;"),
            ("a&b;c", "a&amp;b;c"),
            ("&nbsp;", "&amp;nbsp;"),
            ("&AMP;", "&amp;AMP;"),
            ("&amp", "&amp;amp"),
            ("&lt;&gt;&quot;&apos;", "&lt;&gt;&quot;&apos;"),
            ("&#65;&#x41;&#x1f375;", "&#65;&#x41;&#x1f375;"),
            ("&#;&#x;", "&amp;#;&amp;#x;"),
            ("&#+65;&#x+41;&#X41;", "&amp;#+65;&amp;#x+41;&amp;#X41;"),
            ("&#0;&#1;&#xFFFF;&#xD800;&#x110000;", "&amp;#0;&amp;#1;&amp;#xFFFF;&amp;#xD800;&amp;#x110000;"),
            ("&#99999999999;", "&amp;#99999999999;"),
            ("&é;", "&amp;é;"),
            ("a > b ]]> c", "a > b ]]&gt; c"),
        ] {
            assert_eq!(PersonalMessage::well_formed(text), well_formed, "{text}");
        }
        assert!(matches!(PersonalMessage::well_formed("a &amp; b > c"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn what_is_read_can_be_read_again(payload in "(<(/|)(Data|PSM|CurrentMedia|x)(/|)>|[a-z<>&/ ]{0,3}){0,8}") {
            if let Ok(message) = PersonalMessage::read(payload.as_bytes()) {
                let mut written = Vec::new();
                message.write(&mut written);
                prop_assert_eq!(written.len(), message.written_len());
                let again = PersonalMessage::read(&written).unwrap();
                prop_assert_eq!(again.psm, Some(message.psm.unwrap_or_default()));
                prop_assert_eq!(again.current_media, Some(message.current_media.unwrap_or_default()));
            }
        }

        #[test]
        fn a_well_formed_text_is_xml(text in "([a-c;>&#x0-9é]|&amp;|&#x[0-9a-f]{1,3};|\\]\\]>){0,20}") {
            let well_formed = PersonalMessage::well_formed(&text);
            prop_assert!(matches!(PersonalMessage::well_formed(&well_formed), Cow::Borrowed(_)));
            let document = format!("<PSM>{well_formed}</PSM>");
            prop_assert!(Element::parse(document.as_bytes(), Limits::SMALL).is_ok(), "{}", document);
        }

        #[test]
        fn any_payload_is_survived(payload in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = PersonalMessage::read(&payload);
        }
    }
}
