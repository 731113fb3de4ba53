//! What is sent to a mobile device.

use std::fmt::Write as _;

use crate::soap::is_xml;
use crate::soap::tree::{Element, Limits};
use crate::wire::limits;

/// The longest text of a page, in characters (notification-server reference, 3).
pub const MAX_PAGE: usize = 113;

/// A page has a handful of elements side by side; its text may be one reference of six bytes for each character.
const LIMITS: Limits = Limits { bytes: 4096, depth: 4, nodes: 32 };

/// The payload of `PAG` and `PGD`: a text for a mobile device (notification-server reference, 18.4).
///
/// ```
/// use msnp::types::Page;
///
/// let page = Page::read(br#"<TEXT xml:space="preserve">tea &#x26; cake&#x3B; now</TEXT>"#)?;
/// assert_eq!(page, Page { phone: None, text: "tea & cake; now".to_owned() });
/// # Ok::<(), msnp::types::InvalidPage>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Page {
    /// Which of his telephones it is for, where the sender has chosen one.
    pub phone: Option<PagedPhone>,
    /// The text, with something in it besides white space.
    pub text: String,
}

/// A telephone as a page names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PagedPhone {
    /// `HOME`, `WORK` or `MOBILE`.
    pub location: String,
    /// The number as written.
    pub number: String,
}

impl Page {
    /// Reads a payload. The elements stand side by side, without one around them; those not known are passed over.
    ///
    /// # Errors
    /// When it is no XML, has no text, or one over [`MAX_PAGE`], or a number that is none.
    pub fn read(payload: &[u8]) -> Result<Self, InvalidPage> {
        if payload.len() > LIMITS.bytes {
            return Err(InvalidPage::Malformed);
        }
        // An end tag in the payload that closes this element leaves a second root, which is none of XML.
        let document = [b"<PAGE>", payload, b"</PAGE>"].concat();
        let limits = Limits { bytes: document.len(), ..LIMITS };
        let root = Element::parse(&document, limits).map_err(|_| InvalidPage::Malformed)?;
        let text = root.child("TEXT").ok_or(InvalidPage::Malformed)?.exact_text().to_owned();
        if text.trim().is_empty() {
            return Err(InvalidPage::Empty);
        }
        if text.chars().count() > MAX_PAGE {
            return Err(InvalidPage::TooLong);
        }
        let of = |phone: &Element, name| phone.child(name).map(Element::text).unwrap_or_default().to_owned();
        let is_long = |text: &str| text.chars().count() > limits::PHONE;
        let phone = root
            .child("PHONE")
            .map(|phone| PagedPhone { location: of(phone, "LOC"), number: of(phone, "NUM") });
        if phone.as_ref().is_some_and(|phone| is_long(&phone.location) || is_long(&phone.number)) {
            return Err(InvalidPage::Malformed);
        }
        Ok(Self { phone, text })
    }

    /// Writes it, as `PGD` has it: there the text names its encoding.
    pub fn to_payload(&self) -> String {
        let mut out = String::new();
        if let Some(PagedPhone { location, number }) = &self.phone {
            out += "<PHONE pri=\"1\"><LOC>";
            escape(location, &mut out);
            out += "</LOC><NUM>";
            escape(number, &mut out);
            out += "</NUM></PHONE>";
        }
        out += "<TEXT xml:space=\"preserve\" enc=\"utf-8\">";
        escape(&self.text, &mut out);
        out += "</TEXT>";
        out
    }
}

impl std::fmt::Debug for Page {
    /// Shows how long the text is and not what it says.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Page {{ phone: {:?}, text: <{} bytes> }}", self.phone, self.text.len())
    }
}

/// Writes text with the references that clients use in pages. What XML can't hold is left out.
fn escape(text: &str, out: &mut String) {
    for c in text.chars().filter(|c| is_xml(*c)) {
        match c {
            '&' | ';' | '<' | '>' | '^' => {
                let _ = write!(out, "&#x{:X};", u32::from(c)); // writing to memory can't fail
            }
            c => out.push(c),
        }
    }
}

/// Why a payload is no page. The service answers 220.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPage {
    /// There is nothing to read.
    #[error("a page without text")]
    Empty,
    /// Not XML, or without `<TEXT>`.
    #[error("a page is <TEXT>, with <PHONE> before it or not")]
    Malformed,
    /// More than [`MAX_PAGE`] characters.
    #[error("a page has at most {MAX_PAGE} characters")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(payload: &str) -> Result<Page, InvalidPage> {
        Page::read(payload.as_bytes())
    }

    fn text(text: &str) -> Page {
        Page { phone: None, text: text.to_owned() }
    }

    #[test]
    fn finds_text_and_telephone_in_whatever_stands_beside_them() {
        assert_eq!(read(r#"<TEXT xml:space="preserve">call me</TEXT>"#), Ok(text("call me")));
        assert_eq!(read(r#"<TEXT xml:space="preserve" enc="utf-8"> call é </TEXT>"#), Ok(text(" call é ")));
        assert_eq!(read("<TEXT>&#x26;&#x3B;&#x3C;&#x3E;&#x5E;&amp;</TEXT>"), Ok(text("&;<>^&")));
        assert_eq!(read("<TEXT>x</TEXT><LCID>1033</LCID> <CS>UTF-8</CS>\r\n"), Ok(text("x")));
        let phone = PagedPhone { location: "MOBILE".to_owned(), number: "15550100".to_owned() };
        let page = r#"<PHONE pri="1"><LOC>MOBILE</LOC><NUM>15550100</NUM></PHONE><TEXT>x</TEXT>"#;
        assert_eq!(read(page), Ok(Page { phone: Some(phone), text: "x".to_owned() }));
        assert_eq!(read("<PHONE/><TEXT>x</TEXT>").unwrap().phone, Some(PagedPhone::default()));
    }

    #[test]
    fn refuses_what_is_none() {
        let long = format!("<TEXT>{}</TEXT>", "é".repeat(MAX_PAGE + 1));
        let many = format!("<PHONE><NUM>{}</NUM></PHONE><TEXT>x</TEXT>", "1".repeat(limits::PHONE + 1));
        let endless = format!("<TEXT>x</TEXT>{}", " ".repeat(LIMITS.bytes));
        for (payload, why) in [
            ("", InvalidPage::Malformed),
            ("call me", InvalidPage::Malformed),
            ("<TEXT>call me", InvalidPage::Malformed),
            ("<TEXT>a & b</TEXT>", InvalidPage::Malformed),
            ("<NUM>1</NUM>", InvalidPage::Malformed),
            ("</PAGE><PAGE><TEXT>x</TEXT>", InvalidPage::Malformed),
            ("<TEXT>\u{1}</TEXT>", InvalidPage::Malformed),
            ("<TEXT>x</TEXT><a><b><c><d/></c></b></a>", InvalidPage::Malformed),
            ("<!DOCTYPE a><TEXT>x</TEXT>", InvalidPage::Malformed),
            (&endless, InvalidPage::Malformed),
            (&many, InvalidPage::Malformed),
            ("<TEXT/>", InvalidPage::Empty),
            ("<TEXT> </TEXT>", InvalidPage::Empty),
            (&long, InvalidPage::TooLong),
        ] {
            assert_eq!(read(payload), Err(why), "{payload}");
        }
        assert_eq!(Page::read(b"<TEXT>\xff</TEXT>"), Err(InvalidPage::Malformed));
        assert!(read(&format!("<TEXT>{}</TEXT>", "&#x26;".repeat(MAX_PAGE))).is_ok());
    }

    #[test]
    fn escapes_as_clients_do() {
        assert_eq!(
            text("a&b;<c>^").to_payload(),
            "<TEXT xml:space=\"preserve\" enc=\"utf-8\">a&#x26;b&#x3B;&#x3C;c&#x3E;&#x5E;</TEXT>"
        );
    }

    #[test]
    fn what_is_said_is_not_shown() {
        assert_eq!(format!("{:?}", text("secret")), "Page { phone: None, text: <6 bytes> }");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            words in "[ -~é]{0,112}x",
            phone in prop::option::of(("(HOME|WORK|MOBILE)", "[0-9&<;]{1,9}"))
        ) {
            let phone = phone.map(|(location, number)| PagedPhone { location, number });
            let page = Page { phone, text: words };
            prop_assert_eq!(read(&page.to_payload()), Ok(page));
        }

        #[test]
        fn what_is_read_can_be_read_again(
            payload in "(<(/|)(PHONE|LOC|NUM|TEXT|PAGE|x)(/|)>|[a-z<>&;/ ]{0,3}|&#x2[0-9a-f];){0,8}"
        ) {
            if let Ok(page) = read(&payload) {
                prop_assert_eq!(read(&page.to_payload()), Ok(page));
            }
        }

        #[test]
        fn any_payload_is_survived(payload in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Page::read(&payload);
        }
    }
}
