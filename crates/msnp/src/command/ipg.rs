//! `IPG`: a page from a mobile device (MSNP6 and later).
//!
//! ```text
//! S: IPG length
//!    <NOTIFICATION …>…</NOTIFICATION>
//! ```
//! It has no transaction id. The document is that of an alert, with who has sent the page
//! (notification-server reference, 18.4).

use std::fmt::Write as _;

use super::Command;
use crate::dialect::Dialect;
use crate::soap::escape;
use crate::soap::tree::{Element, Limits, Malformed};
use crate::wire::{ArgError, Frame, Line, Verb};

/// A page as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    /// What is a [`Notification`] if it is well-formed.
    pub payload: &'a [u8],
}

impl<'a> Command<'a> for Push<'a> {
    const VERB: Verb = Verb::IPG;

    fn read(Frame { payload, .. }: Frame<'a>, _: &Dialect) -> Result<Self, ArgError> {
        Ok(Self { payload })
    }

    fn write(&self, out: &mut Vec<u8>, _: &Dialect) {
        Line::new(out, Verb::IPG).payload(self.payload);
    }
}

/// The number by which clients know the mobile service.
const SITE_ID: &str = "111100400";

/// The category of an incoming page.
const CATEGORY: &str = "110110001";

/// The document: who has sent what to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The address of the reader's account.
    pub to: String,
    /// The number of his account.
    pub to_pid: u64,
    /// The sender's address, or `tel:` and his number.
    pub from: String,
    /// The number of the sender's account; 0 where he has none.
    pub from_pid: u64,
    /// Where the service is, to which the document's other addresses are relative.
    pub site_url: String,
    /// The text.
    pub text: String,
}

impl Notification {
    /// Writes the document. The halves of the account numbers stand high one first (reference, 18.1).
    pub fn to_payload(&self) -> String {
        let mut out = String::new();
        let (to, to_pid) = (escape(&self.to), Pid(self.to_pid));
        let (from, from_pid) = (escape(&self.from), Pid(self.from_pid));
        let (site, text) = (escape(&self.site_url), escape(&self.text));
        let _ = write!(
            out,
            "<NOTIFICATION id=\"0\" siteid=\"{SITE_ID}\" siteurl=\"{site}\">\
             <TO name=\"{to}\" pid=\"{to_pid}\" email=\"{to}\"><VIA agent=\"mobile\"/></TO>\
             <FROM pid=\"{from_pid}\" name=\"{from}\"/>\
             <MSG pri=\"1\" id=\"0\"><ACTION url=\"r\"/><SUBSCR url=\"r\"/><CAT id=\"{CATEGORY}\"/>\
             <BODY lang=\"1033\"><TEXT>{text}</TEXT></BODY></MSG></NOTIFICATION>"
        ); // writing to memory can't fail
        out
    }

    /// Reads it. What is missing is empty, or 0.
    ///
    /// # Errors
    /// When the payload is no XML.
    pub fn read(payload: &[u8]) -> Result<Self, Malformed> {
        let root = Element::parse(payload, Limits::SMALL)?;
        let attribute = |path: &[&str], name| {
            root.find(path).and_then(|element| element.attribute(name)).unwrap_or_default()
        };
        Ok(Self {
            to: attribute(&["TO"], "name").to_owned(),
            to_pid: Pid::read(attribute(&["TO"], "pid")),
            from: attribute(&["FROM"], "name").to_owned(),
            from_pid: Pid::read(attribute(&["FROM"], "pid")),
            site_url: attribute(&[], "siteurl").to_owned(),
            text: root.find(&["MSG", "BODY", "TEXT"]).map(Element::exact_text).unwrap_or_default().to_owned(),
        })
    }
}

/// The number of an account in two halves.
struct Pid(u64);

impl std::fmt::Display for Pid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{:08x}:0x{:08x}", self.0 >> 32, self.0 & 0xffff_ffff)
    }
}

impl Pid {
    fn read(written: &str) -> u64 {
        let half =
            |text: &str| u64::from(u32::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or(0));
        written.split_once(':').map_or(0, |(high, low)| half(high) << 32 | half(low))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::command::known_answers;

    const DOCUMENT: &str = concat!(
        r#"<NOTIFICATION id="0" siteid="111100400" siteurl="http://mobile.example.com/"><TO name="alice@example.com" "#,
        r#"pid="0x00014b00:0x897521c7" email="alice@example.com"><VIA agent="mobile"/></TO><FROM "#,
        r#"pid="0x00000001:0x00000002" name="bob@example.net"/><MSG pri="1" id="0"><ACTION url="r"/><SUBSCR url="r"/>"#,
        r#"<CAT id="110110001"/><BODY lang="1033"><TEXT>on my way</TEXT></BODY></MSG></NOTIFICATION>"#,
    );

    fn notification(from: &str, text: &str) -> Notification {
        Notification {
            to: "alice@example.com".to_owned(),
            to_pid: 0x0001_4b00_8975_21c7,
            from: from.to_owned(),
            from_pid: 0x0000_0001_0000_0002,
            site_url: "http://mobile.example.com/".to_owned(),
            text: text.to_owned(),
        }
    }

    known_answers! {
        page: FromNotification MSNP6 "IPG 29" "<NOTIFICATION></NOTIFICATION>" =>
            Push { payload: b"<NOTIFICATION></NOTIFICATION>" },
    }

    #[test]
    fn a_known_document_both_ways() {
        let known = notification("bob@example.net", "on my way");
        assert_eq!(known.to_payload(), DOCUMENT);
        assert_eq!(known.to_payload().len(), 387);
        assert_eq!(Notification::read(DOCUMENT.as_bytes()), Ok(known));
    }

    #[test]
    fn what_is_missing_is_empty() {
        let empty = Notification::read(b"<NOTIFICATION/>").unwrap();
        assert_eq!((&*empty.to, empty.to_pid, &*empty.text), ("", 0, ""));
        assert!(Notification::read(b"on my way").is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read(from in "[!-~é]{0,30}", text in "[ -~é]{0,80}") {
            let sent = notification(&from, &text);
            prop_assert_eq!(Notification::read(sent.to_payload().as_bytes()), Ok(sent));
        }

        #[test]
        fn any_payload_is_survived(payload in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Notification::read(&payload);
        }
    }
}
