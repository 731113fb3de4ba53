//! What is kept of a chat for somebody who is away, and how it looks when he gets it.
//!
//! Text is, and nothing else: typing, nudges and invitations mean nothing later, and data between clients is worth
//! nothing without the other client (switchboard reference, section 9). A text in several parts (9.2) is kept part by
//! part and given part by part. Only its first part is text by itself, so only that one tells the time; the others are
//! kept if it was.

use msnp::types::calendar::Civil;
use msnp::wire::Mime;

/// What a message is, for somebody who is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter<'a> {
    /// Text.
    Whole,
    /// The first part of a text, with what names it.
    First(&'a str),
    /// A later part of it.
    Later(&'a str),
}

impl<'a> Letter<'a> {
    /// What `payload` is; `None`: nothing that is kept.
    pub(super) fn read(payload: &'a [u8]) -> Option<Self> {
        let mime = Mime::new(payload);
        let is_text = mime.is("text/plain");
        match (mime.header("Message-ID"), mime.header("Chunk"), mime.header("Chunks")) {
            // Some repeat the content type in every part, others don't.
            (Some(id), Some(_), _) if is_text || mime.content_type().is_none() => Some(Self::Later(id)),
            (_, Some(_), _) => None,
            (Some(id), None, Some(_)) if is_text => Some(Self::First(id)),
            (_, None, _) => is_text.then_some(Self::Whole),
        }
    }
}

/// A message with the time at which it was said, in seconds since 1970, at the front of the text, where every client
/// shows it. Not in a header: one with colons in its value ends the chat of Twisted Words, and the message is lost.
///
/// It may be longer than clients may send. All that is said stays as it was, byte for byte.
pub(super) fn dated(payload: &[u8], sent: u64) -> Vec<u8> {
    if matches!(Letter::read(payload), Some(Letter::Later(_))) {
        return payload.to_vec();
    }
    let Civil { year, month, day, hour, minute, .. } = Civil::from_unix(sent);
    let (head, text) = split(payload);
    let mut dated = Vec::with_capacity(payload.len() + 80);
    dated.extend_from_slice(head);
    if !head.is_empty() && !head.ends_with(b"\n") {
        dated.extend_from_slice(b"\r\n");
    }
    dated.extend_from_slice(
        format!("\r\n[{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC] ").as_bytes(),
    );
    dated.extend_from_slice(text);
    dated
}

/// The header lines, and what follows the empty line.
fn split(payload: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in payload.split_inclusive(|&b| b == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        if bare.strip_suffix(b"\r").unwrap_or(bare).is_empty() {
            return (
                payload.get(..at).unwrap_or_default(),
                payload.get(at + line.len()..).unwrap_or_default(),
            );
        }
        at += line.len();
    }
    (payload, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 22 November 2026, 14:03:09.
    const SENT: u64 = 1_795_356_189;

    #[test]
    fn text_is_kept_and_nothing_else() {
        let read = |payload: &'static str| Letter::read(payload.as_bytes());
        assert_eq!(read("Content-Type: text/plain; charset=UTF-8\r\n\r\nhi"), Some(Letter::Whole));
        assert_eq!(read("content-type: Text/Plain\r\n\r\nhi"), Some(Letter::Whole));
        assert_eq!(
            read("Content-Type: text/plain\r\nMessage-ID: {1}\r\nChunks: 2\r\n\r\nhi"),
            Some(Letter::First("{1}"))
        );
        assert_eq!(read("Message-ID: {1}\r\nChunk: 1\r\n\r\nho"), Some(Letter::Later("{1}")));
        assert_eq!(
            read("Content-Type: text/plain\r\nMessage-ID: {1}\r\nChunk: 1\r\n\r\nho"),
            Some(Letter::Later("{1}"))
        );
        for other in [
            "",
            "hi",
            "\r\nContent-Type: text/plain\r\n\r\n",
            "Chunk: 1\r\n\r\n",
            "Content-Type: text/x-msmsgscontrol\r\nTypingUser: a@b.c\r\n\r\n\r\n",
            "Content-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n",
            "Content-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n",
            "Content-Type: image/gif\r\nMessage-ID: {1}\r\nChunks: 2\r\n\r\nbase64:",
            "Content-Type: image/gif\r\nMessage-ID: {1}\r\nChunk: 1\r\n\r\nbase64:",
        ] {
            assert_eq!(read(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_time_is_told_where_it_is_seen() {
        let dated =
            |payload: &'static str| String::from_utf8(super::dated(payload.as_bytes(), SENT)).unwrap();
        assert_eq!(
            dated("MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHi ☕\r\n\r\nBob"),
            "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n\
             [2026-11-22 14:03 UTC] Hi ☕\r\n\r\nBob"
        );
        assert_eq!(
            dated("Content-Type: text/plain"),
            "Content-Type: text/plain\r\n\r\n\
             [2026-11-22 14:03 UTC] "
        );
        let later = "Message-ID: {1}\r\nChunk: 1\r\n\r\nho";
        assert_eq!(dated(later), later);
    }

    proptest! {
        #[test]
        fn nothing_that_is_said_is_lost(
            payload in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\r'), Just(b'\n'), Just(b':')], 0..200),
            sent in 0..253_402_300_800u64,
        ) {
            let dated = dated(&payload, sent);
            let (before, after) = (Mime::new(&payload), Mime::new(&dated));
            prop_assert!(dated.len() <= payload.len() + 100);
            if !matches!(Letter::read(&payload), Some(Letter::Later(_))) {
                prop_assert!(split(&dated).1.ends_with(split(&payload).1));
                let kept: Vec<_> = after.headers().collect();
                prop_assert_eq!(kept, before.headers().collect::<Vec<_>>());
            }
        }
    }
}
