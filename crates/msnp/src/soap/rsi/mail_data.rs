//! What waits, as clients are told of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::MAX_IDS;
use crate::soap::abch::Timestamp;
use crate::soap::answer::InvalidAnswer;
use crate::soap::tree::{Element, Limits};
use crate::soap::xml::Xml;
use crate::types::Guid;
use crate::types::calendar::Civil;
use crate::wire::Encoded;

/// How much mail there is, and which offline messages wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailData {
    /// Mail in the inbox, if it is to be told.
    pub mail: Option<(u32, u32)>,
    /// The messages that wait, in the order in which they were said.
    pub notices: Vec<Notice>,
}

/// More messages than this are not told of one by one over the notification server.
pub const MAX_NOTICES: usize = 20;

/// Nor in more bytes than this.
pub const MAX_NOTICE_BYTES: usize = 1500;

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is fetched and deleted by.
    pub id: Guid,
    /// When it was said, in seconds since 1970.
    pub sent: u64,
    /// How long it is, in bytes.
    pub size: u64,
    /// The sender's address.
    pub from: String,
    /// What he called himself then.
    pub name: String,
}

/// The folder that messages are in.
const FOLDER: &str = "00000000-0000-0000-0000-000000000009";

/// The same in a notice of a single message.
const NEWS_FOLDER: &str = ".!!OIM";

impl MailData {
    /// Reads the document as the notification server tells it in `Mail-Data`; [`None`] if it is too much for that, and
    /// `GetMetadata` has to be asked.
    ///
    /// # Errors
    /// When it is no such document.
    pub fn read_line(line: &str) -> Result<Option<Self>, InvalidAnswer> {
        match line.trim() {
            "too-large" => Ok(None),
            line => Self::read(&Element::parse(line.as_bytes(), Limits::SMALL)?).map(Some),
        }
    }

    /// Reads the element. Of mail, only what is unread counts, and of messages those of Messenger and of networks that are
    /// joined to it.
    pub(super) fn read(data: &Element) -> Result<Self, InvalidAnswer> {
        if !data.is("MD") {
            return Err(InvalidAnswer::Missing("MD"));
        }
        let unread = |counts: &Element, name| counts.child(name).and_then(|count| count.text().parse().ok());
        let mail = data.child("E").map(|counts| {
            (unread(counts, "IU").unwrap_or_default(), unread(counts, "OU").unwrap_or_default())
        });
        let messages = data.children().iter().filter(|child| child.is("M"));
        let notices: Vec<Notice> = messages.filter_map(Notice::read).take(MAX_IDS).collect();
        Ok(Self { mail, notices })
    }

    /// The document on one line, with what prefix and namespace it has around it.
    ///
    /// ```
    /// use msnp::soap::rsi::MailData;
    ///
    /// assert_eq!(
    ///     MailData { mail: Some((3, 1)), notices: Vec::new() }.to_xml(),
    ///     "<MD><E><I>3</I><IU>3</IU><O>1</O><OU>1</OU></E><Q><QTM>409600</QTM><QNM>204800</QNM></Q></MD>",
    /// );
    /// ```
    pub fn to_xml(&self) -> String {
        let mut xml = Xml::fragment();
        self.write(&mut xml);
        xml.finish()
    }

    /// The document, unless it is longer than clients take it over the notification server: then they have to ask for
    /// it with `GetMetadata`.
    pub fn to_line(&self) -> String {
        if self.notices.len() <= MAX_NOTICES {
            let xml = self.to_xml();
            if xml.len() <= MAX_NOTICE_BYTES {
                return xml;
            }
        }
        "too-large".to_owned()
    }

    pub(super) fn write(&self, xml: &mut Xml) {
        let Self { mail, notices } = self;
        xml.inside("MD", |xml| {
            if let Some((inbox, folders)) = mail {
                // How much has been read is not known.
                xml.inside("E", |xml| {
                    xml.plain("I", inbox);
                    xml.plain("IU", inbox);
                    xml.plain("O", folders);
                    xml.plain("OU", folders);
                });
                xml.inside("Q", |xml| {
                    xml.plain("QTM", 409_600);
                    xml.plain("QNM", 204_800);
                });
            }
            for notice in notices {
                let folder = if mail.is_some() { FOLDER } else { NEWS_FOLDER };
                xml.inside("M", |xml| notice.write(xml, folder));
            }
        });
    }
}

impl Notice {
    /// None for what is no offline message, or lacks its id.
    fn read(message: &Element) -> Option<Self> {
        let word = |name| message.child(name).map(Element::text).unwrap_or_default();
        // 13 is what comes from another network.
        if !matches!(word("T"), "11" | "13") {
            return None;
        }
        Some(Self {
            id: word("I").parse().ok()?,
            sent: Timestamp::read(word("RT")).map_or(0, |at| at.unix_millis() / 1000),
            size: word("SZ").parse().unwrap_or_default(),
            from: word("E").to_owned(),
            name: decoded_words(word("N")),
        })
    }

    fn write(&self, xml: &mut Xml, folder: &str) {
        let Civil { year, month, day, hour, minute, second } = Civil::from_unix(self.sent);
        xml.plain("T", 11);
        xml.plain("S", 6);
        // One client takes no time without thousandths.
        let time = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z");
        xml.plain("RT", time);
        xml.plain("RS", 0);
        xml.plain("SZ", self.size);
        xml.text("E", &self.from);
        xml.plain("I", format!("{}", self.id).to_ascii_uppercase());
        xml.plain("F", folder);
        xml.plain("N", encoded_word(&self.name));
        xml.plain("SU", " ");
    }
}

/// A name as it stands in a header: one word of letters, digits and signs, however long it is, since one client takes
/// what is behind the first blank for the address.
pub(in crate::soap) fn encoded_word(name: &str) -> String {
    format!("=?utf-8?B?{}?=", STANDARD.encode(name))
}

/// A name out of a header: words in base64 or quoted-printable are decoded, if they are UTF-8, and everything else is as it
/// is.
pub(super) fn decoded_words(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !decoded.is_empty() {
            decoded.push(' ');
        }
        decoded.push_str(decoded_word(word).as_deref().unwrap_or(word));
    }
    decoded
}

fn decoded_word(word: &str) -> Option<String> {
    let (charset, word) = word.strip_prefix("=?")?.strip_suffix("?=")?.split_once('?')?;
    let (encoding, word) = word.split_once('?')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(word).ok()?,
        // The same as `%XX` elsewhere, with a sign for the blank.
        "Q" | "q" => {
            let word = word.replace('%', "%25").replace('=', "%").replace('_', " ");
            return Encoded::from_wire(&word).try_decode().ok().map(Into::into);
        }
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read() {
        let data = MailData { mail: Some((3, 1)), notices: vec![notice("Bob B."), notice("")] };
        assert_eq!(MailData::read_line(&format!(" {} ", data.to_xml())), Ok(Some(data.clone())));
        let news = MailData { mail: None, ..data };
        assert_eq!(MailData::read_line(&news.to_xml()), Ok(Some(news)));
        assert_eq!(MailData::read_line("too-large"), Ok(None));
        assert_eq!(MailData::read_line("<MX/>"), Err(InvalidAnswer::Missing("MD")));
        assert!(MailData::read_line("x").is_err());
        let mail =
            "<MD><M><T>1</T><I>6F1C9F3E-5555-4A2B-8C3D-0000000000BB</I></M><M><T>11</T><I>x</I></M></MD>";
        assert_eq!(MailData::read_line(mail), Ok(Some(MailData::default())));
    }

    #[test]
    fn names_are_decoded() {
        for (written, name) in [
            ("=?utf-8?B?Qm9i?=", "Bob"),
            (" =?UTF-8?q?Bob_=C3=A4_100%_a=3Db?=", "Bob ä 100% a=b"),
            ("Bob  B.", "Bob B."),
            ("=?utf-8?B?Qm9i?= =?utf-8?B?Qm9i?=", "Bob Bob"),
            ("=?iso-8859-1?Q?B=F6b?=", "=?iso-8859-1?Q?B=F6b?="),
            ("=?utf-8?B?/w==?=", "=?utf-8?B?/w==?="),
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
            ("=??=", "=??="),
        ] {
            assert_eq!(decoded_words(written), name, "{written}");
        }
    }

    fn notice(name: &str) -> Notice {
        Notice {
            id: "6f1c9f3e-5555-4a2b-8c3d-0000000000bb".parse().unwrap(),
            sent: 1_770_091_506,
            size: 950,
            from: "bob@example.com".to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn messages_are_told_on_one_line() {
        let message = |folder| {
            format!(
                "<M><T>11</T><S>6</S><RT>2026-02-03T04:05:06.000Z</RT><RS>0</RS><SZ>950</SZ><E>bob@example.com</E>\
                 <I>6F1C9F3E-5555-4A2B-8C3D-0000000000BB</I><F>{folder}</F><N>=?utf-8?B?Qm9i?=</N><SU> </SU></M>"
            )
        };
        let mut data = MailData { mail: Some((0, 0)), notices: vec![notice("Bob")] };
        assert_eq!(
            data.to_line(),
            format!(
                "<MD><E><I>0</I><IU>0</IU><O>0</O><OU>0</OU></E><Q><QTM>409600</QTM><QNM>204800</QNM></Q>{}</MD>",
                message("00000000-0000-0000-0000-000000000009")
            )
        );
        data.mail = None;
        assert_eq!(data.to_line(), format!("<MD>{}</MD>", message(".!!OIM")));
        // Whatever he calls himself.
        data.notices = vec![notice("B\r\nob <o>\u{1}")];
        assert!(!data.to_line().contains(['\r', '\n', '\u{1}']));
    }

    #[test]
    fn much_is_not_told_at_once() {
        let many = |count| MailData { mail: None, notices: vec![notice("B"); count] };
        assert!(many(5).to_line().starts_with("<MD>"));
        assert_eq!(many(9).to_line(), "too-large", "in too many bytes");
        assert_eq!(many(MAX_NOTICES + 1).to_line(), "too-large");
        assert!(many(MAX_NOTICES + 1).to_xml().starts_with("<MD>"), "who asks is told");
        let long = MailData { mail: None, notices: vec![notice(&"x".repeat(2000))] };
        assert_eq!(long.to_line(), "too-large");
    }
}
