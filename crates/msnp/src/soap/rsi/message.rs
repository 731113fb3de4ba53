//! A message that was fetched.

use super::mail_data::{decoded_words, encoded_word};
use crate::soap::abch::Timestamp;
use crate::soap::oim::{InvalidContent, base64_lines, text};
use crate::types::Guid;
use crate::types::calendar::Civil;
use crate::wire::Mime;

/// A message as the client gets it. What it says does not show in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: Guid,
    /// What the sender called himself then.
    pub name: String,
    /// His address.
    pub from: String,
    /// The receiver's address.
    pub to: String,
    /// When it was said, in seconds since 1970.
    pub sent: u64,
    /// The conversation it belongs to. Clients sort by it, and then by the number.
    pub run: Guid,
    /// Its place there, from 1 on.
    pub number: u32,
    /// What it says, in UTF-8.
    pub text: Vec<u8>,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, from, to, text, .. } = self;
        write!(f, "Message({id} from {from} to {to}, <{} bytes>)", text.len())
    }
}

impl Message {
    /// The MIME message.
    ///
    /// Where its sender was is nobody's business, so that `X-OIM-originatingSource` is left out; no client needs it.
    pub fn to_mime(&self) -> String {
        let Self { id, name, from, to, sent, run, number, text } = self;
        let Civil { year, month, day, hour, minute, second } = Civil::from_unix(*sent);
        let short_month = MONTHS.get(usize::try_from(month).unwrap_or_default()).unwrap_or(&"");
        let weekday = WEEKDAYS.get(usize::try_from(sent / 86_400 % 7).unwrap_or_default()).unwrap_or(&"");
        let time = format!("{hour:02}:{minute:02}:{second:02}");
        let date = format!("{day} {short_month} {year:04} {time} +0000");
        let file_time = (sent + SECONDS_FROM_1601).saturating_mul(10_000_000);
        let (high, low) = (file_time >> 32, file_time & u64::from(u32::MAX));
        let run = run.to_string().to_ascii_uppercase();
        let mut mime = format!(
            "X-Message-Info: msnpd\r\n\
             Received: from oim.messenger.msn.com by rsi.hotmail.com with Microsoft SMTPSVC; {weekday}, {date}\r\n\
             From: {name} <{from}>\r\n\
             To: {to}\r\n\
             Subject: \r\n\
             X-OIMProxy: MSNMSGR\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=UTF-8\r\n\
             Content-Transfer-Encoding: base64\r\n\
             X-OIM-Message-Type: OfflineMessage\r\n\
             X-OIM-Run-Id: {{{run}}}\r\n\
             X-OIM-Sequence-Num: {number}\r\n\
             Message-ID: <{id}@oim.messenger.msn.com>\r\n\
             X-OriginalArrivalTime: {day:02} {short_month} {year:04} {time}.0000 (UTC) FILETIME=[{low:08X}:{high:08X}]\r\n\
             Date: {date}\r\n\
             Return-Path: ndr@oim.messenger.msn.com\r\n\r\n",
            name = encoded_word(name),
        );
        base64_lines(text, &mut mime);
        mime
    }

    /// Reads the MIME message that `GetMessage` of `id` was answered with, with lines that end in either way.
    ///
    /// What it does not say is empty, or 0: a message that has a text is worth showing without the rest.
    ///
    /// # Errors
    /// When there is no text in it.
    pub fn read(id: Guid, mime: &str) -> Result<Self, InvalidContent> {
        let message = mime.trim_start();
        let text = text(message)?;
        let mime = Mime::new(message.as_bytes());
        let word = |name| mime.header(name).unwrap_or_default();
        let (name, from) = match word("From").rsplit_once('<') {
            Some((name, address)) => (name.trim(), address.trim_end_matches('>')),
            None => ("", word("From")),
        };
        let sent = ["X-OriginalArrivalTime", "Date"].into_iter().find_map(|name| date(mime.header(name)?));
        Ok(Self {
            id,
            name: decoded_words(name),
            from: from.trim().to_owned(),
            to: word("To").to_owned(),
            sent: sent.unwrap_or_default(),
            run: word("X-OIM-Run-Id").parse().unwrap_or(Guid([0; 16])),
            number: word("X-OIM-Sequence-Num").parse().unwrap_or_default(),
            text: text.into_bytes(),
        })
    }
}

/// A date as it stands in a header, in seconds since 1970: `3 Feb 2026 04:05:06 -0800`, with a weekday in front or none, a
/// fraction or none, and anything behind.
fn date(text: &str) -> Option<u64> {
    let mut words = text.split_ascii_whitespace().skip_while(|word| word.ends_with(','));
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().skip(1).position(|known| known.eq_ignore_ascii_case(month))? + 1;
    let zone = words.next().filter(|zone| zone.len() == 5 && zone.starts_with(['+', '-']));
    let zone = zone.and_then(|zone| zone.split_at_checked(3)).unwrap_or(("+00", "00"));
    let (hours, minutes) = zone;
    let at = Timestamp::read(&format!("{year:0>4}-{month:02}-{day:0>2}T{time:0>8}{hours}:{minutes}"))?;
    Some(at.unix_millis() / 1000)
}

/// From the first month on; a month has no number 0.
const MONTHS: [&str; 13] =
    ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// From 1 January 1970 on.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

const SECONDS_FROM_1601: u64 = 11_644_473_600;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_written_as_clients_read_it() {
        let message = Message {
            id: "6f1c9f3e-5555-4a2b-8c3d-0000000000bb".parse().unwrap(),
            name: "Bob B.".to_owned(),
            from: "bob@example.com".to_owned(),
            to: "alice@example.com".to_owned(),
            sent: 1_770_091_506,
            run: "6f1c9f3e-4444-4a2b-8c3d-0000000000aa".parse().unwrap(),
            number: 1,
            text: b"Hello, read this later".to_vec(),
        };
        assert_eq!(
            message.to_mime(),
            "X-Message-Info: msnpd\r\n\
             Received: from oim.messenger.msn.com by rsi.hotmail.com with Microsoft SMTPSVC; Tue, 3 Feb 2026 04:05:06 \
             +0000\r\n\
             From: =?utf-8?B?Qm9iIEIu?= <bob@example.com>\r\n\
             To: alice@example.com\r\n\
             Subject: \r\n\
             X-OIMProxy: MSNMSGR\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=UTF-8\r\n\
             Content-Transfer-Encoding: base64\r\n\
             X-OIM-Message-Type: OfflineMessage\r\n\
             X-OIM-Run-Id: {6F1C9F3E-4444-4A2B-8C3D-0000000000AA}\r\n\
             X-OIM-Sequence-Num: 1\r\n\
             Message-ID: <6f1c9f3e-5555-4a2b-8c3d-0000000000bb@oim.messenger.msn.com>\r\n\
             X-OriginalArrivalTime: 03 Feb 2026 04:05:06.0000 (UTC) FILETIME=[47984500:01DC94C2]\r\n\
             Date: 3 Feb 2026 04:05:06 +0000\r\n\
             Return-Path: ndr@oim.messenger.msn.com\r\n\r\n\
             SGVsbG8sIHJlYWQgdGhpcyBsYXRlcg==\r\n"
        );
        assert!(!format!("{message:?}").contains("Hello"));
    }

    #[test]
    fn long_text_is_broken_into_lines() {
        let message = Message {
            id: Guid([0; 16]),
            name: String::new(),
            from: String::new(),
            to: String::new(),
            sent: 0,
            run: Guid([0; 16]),
            number: 1,
            text: vec![b'x'; 1000],
        };
        let mime = message.to_mime();
        let (_, body) = mime.split_once("\r\n\r\n").unwrap();
        assert!(body.lines().all(|line| line.len() <= 76));
        assert_eq!(STANDARD.decode(body.replace("\r\n", "")).unwrap(), message.text);
    }

    #[test]
    fn is_read_as_servers_write_it() {
        // As the reference has it, with lines as XML leaves them, and as others do.
        let mime = "X-Message-Info: opaque\nFrom: Bob <bob@example.com>\nTo: alice@example.com\nSubject:\n\
                    X-OIMProxy: MSNMSGR\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\
                    Content-Transfer-Encoding: base64\nX-OIM-Message-Type: OfflineMessage\n\
                    X-OIM-Run-Id: {6F1C9F3E-4444-4A2B-8C3D-0000000000AA}\nX-OIM-Sequence-Num: 1\n\
                    Date: 3 Feb 2026 04:05:06 -0800\n\nSGVsbG8sIHJlYWQgdGhpcyBsYXRlcg==\n";
        let message = Message::read(Guid([1; 16]), mime).unwrap();
        assert_eq!((message.name.as_str(), message.from.as_str()), ("Bob", "bob@example.com"));
        assert_eq!((message.sent, message.number), (1_770_120_306, 1));
        assert_eq!(message.text, b"Hello, read this later");
        let bare =
            Message::read(Guid([1; 16]), "From: bob@example.com\nContent-Type: text/plain\n\nhi").unwrap();
        assert_eq!((bare.from.as_str(), bare.sent, bare.number), ("bob@example.com", 0, 0));
        assert_eq!(Message::read(Guid([1; 16]), "From: x\n\nhi"), Err(InvalidContent::NoText));
    }

    #[test]
    fn dates_are_read_in_every_form() {
        for (text, unix) in [
            ("3 Feb 2026 04:05:06 +0000", 1_770_091_506),
            ("Tue, 3 Feb 2026 04:05:06 GMT", 1_770_091_506),
            ("Tue, 03 FEB 2026 04:05:06 -0800", 1_770_120_306),
            ("03 Feb 2026 04:05:06.0377 (UTC) FILETIME=[89ABCDEF:01DC9500]", 1_770_091_506),
            ("3 Feb 2026 4:05:06", 1_770_091_506),
        ] {
            assert_eq!(date(text), Some(unix), "{text}");
        }
        for bad in [
            "",
            "now",
            "3 Foo 2026 04:05:06",
            "3 Feb 2026",
            "Feb 3 2026 04:05:06",
            "3 Feb 1926 04:05:06 +0000",
        ] {
            assert_eq!(date(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn comes_back_as_it_was(
            (name, from, to) in ("\\PC{0,20}", "[a-z]{1,9}@[a-z]{1,9}", "[a-z]{1,9}@[a-z]{1,9}"),
            sent in 0..253_402_300_799_u64,
            (id, run) in any::<([u8; 16], [u8; 16])>(),
            number: u32,
            text in "\\PC{0,300}[!-~]",
        ) {
            let (id, run, text) = (Guid(id), Guid(run), text.into_bytes());
            let message = Message { id, name, from, to, sent, run, number, text };
            let mime = message.to_mime();
            prop_assert_eq!(Message::read(id, &mime), Ok(message.clone()));
            prop_assert_eq!(Message::read(id, &mime.replace("\r\n", "\n")), Ok(message));
        }

        #[test]
        fn never_panics(mime in "(?s)(Content-Type: text/plain\n)?((From|Date|To): .{0,30}\n)*\n?.*") {
            let _ = Message::read(Guid([0; 16]), &mime);
        }
    }
}
