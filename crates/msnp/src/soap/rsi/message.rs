//! A message that was fetched.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::mail_data::encoded_word;
use crate::types::Guid;
use crate::types::calendar::Civil;

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

/// Characters of base64 on a line.
const LINE: usize = 76;

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
        for byte in STANDARD.encode(text).as_bytes().chunks(LINE) {
            mime.push_str(std::str::from_utf8(byte).unwrap_or_default());
            mime.push_str("\r\n");
        }
        mime
    }
}

/// From the first month on; a month has no number 0.
const MONTHS: [&str; 13] =
    ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// From 1 January 1970 on.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

const SECONDS_FROM_1601: u64 = 11_644_473_600;

#[cfg(test)]
mod tests {
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
        assert!(body.lines().all(|line| line.len() <= LINE));
        assert_eq!(STANDARD.decode(body.replace("\r\n", "")).unwrap(), message.text);
    }
}
