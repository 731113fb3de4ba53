//! What a user tells about himself beside his name.

/// The payload of `UUX` and `UBX`: a personal message and what is playing (notification-server reference, 13).
///
/// The texts are the inner texts of the elements exactly as written, XML escapes and all. `None` is an element that
/// is not there, which in a `UUX` leaves the text as it was. A payload may be two elements without a `<Data>` around
/// them, so this is no strict XML; but what is taken from it can be put between two tags for everybody else.
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
    /// that is not closed, or anything that is no character of XML.
    pub fn read(payload: &'a [u8]) -> Result<Self, InvalidPersonalMessage> {
        let text = std::str::from_utf8(payload).map_err(|_| InvalidPersonalMessage)?;
        if text.chars().any(is_illegal) {
            return Err(InvalidPersonalMessage);
        }
        Self::find(text).ok_or(InvalidPersonalMessage)
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
                    if inner.contains(['<', '>']) {
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

fn is_illegal(c: char) -> bool {
    (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// The payload is none that could be passed on to others: 715, or a closed connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a personal message is <PSM> and <CurrentMedia>, with nothing but text in them")]
pub struct InvalidPersonalMessage;

#[cfg(test)]
mod tests {
    use super::*;
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
            "<PSM>a > b</PSM>",
            "<PSM>a < b</PSM>",
            "<PSM>x",
            "<PSM",
            "<Data><PSM>x</PSM>",
            "</Data>",
            "<Data><a>x</Data>",
            "<!-- --><PSM>x</PSM>",
            "<PSM>\u{1}</PSM>",
            "<PSM>\0</PSM>",
            "<PSM>\u{FFFF}</PSM>",
            "<>",
            "</>",
        ] {
            assert_eq!(read(bad), Err(InvalidPersonalMessage), "{bad:?}");
        }
        assert!(PersonalMessage::read(b"<PSM>\xFF</PSM>").is_err());
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
        fn any_payload_is_survived(payload in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = PersonalMessage::read(&payload);
        }
    }
}
