//! What an echo says to what it hears.

use msnp::command::msg::Ack;
use msnp::types::Email;
use msnp::wire::Mime;

/// An answer, and what its sender wants to hear of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) ack: Ack,
    pub(super) payload: Vec<u8>,
}

/// What `echo` answers to a message of a chat; `None` to what needs no answer, or an answer of another kind.
pub(super) fn answer(echo: &Email, payload: &[u8]) -> Option<Answer> {
    let mime = Mime::new(payload);
    // Text in parts is given back part by part: the later ones have no type.
    let is_part = mime.content_type().is_none() && mime.header("Chunk").is_some();
    if is_part || ["text/plain", "application/x-ms-ink", "image/gif"].iter().any(|kind| mime.is(kind)) {
        return Some(Answer { ack: Ack::Negative, payload: payload.to_vec() });
    }
    if mime.is("text/x-msmsgscontrol") {
        let payload = format!(
            "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: {echo}\r\n\r\n\r\n"
        );
        return Some(Answer { ack: Ack::Unacknowledged, payload: payload.into_bytes() });
    }
    if mime.is("text/x-msnmsgr-datacast") {
        let is_nudge = field(body(payload), "ID") == Some("1");
        return is_nudge.then(|| Answer { ack: Ack::Negative, payload: payload.to_vec() });
    }
    if mime.is("text/x-msmsgsinvite") {
        return decline(body(payload));
    }
    None
}

/// Says no to an invitation of old, to send a file or to talk: whoever has asked does not wait.
fn decline(body: &str) -> Option<Answer> {
    let cookie = field(body, "Invitation-Cookie")?;
    (field(body, "Invitation-Command")?.eq_ignore_ascii_case("INVITE")).then(|| {
        let payload = format!(
            "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n\
             Invitation-Command: CANCEL\r\nInvitation-Cookie: {cookie}\r\nCancel-Code: REJECT_NOT_INSTALLED\r\n\r\n"
        );
        Answer { ack: Ack::Negative, payload: payload.into_bytes() }
    })
}

/// What follows the headers, as far as it is text.
fn body(payload: &[u8]) -> &str {
    let text = std::str::from_utf8(payload).unwrap_or_default();
    text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// A line of the body, which is written as headers are.
fn field<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    body.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(payload: &str) -> Option<String> {
        let echo = "echo@demo.example".parse().unwrap();
        answer(&echo, payload.as_bytes()).map(|answer| String::from_utf8(answer.payload).unwrap())
    }

    #[test]
    fn text_and_nudges_come_back_as_they_are() {
        for payload in [
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=Arial\r\n\r\nHi ☕",
            "Message-ID: {1}\r\nChunk: 1\r\n\r\nrest",
            "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n",
        ] {
            assert_eq!(answered(payload).as_deref(), Some(payload));
        }
    }

    #[test]
    fn whoever_types_sees_the_echo_type() {
        let typing =
            "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: a@b.c\r\n\r\n\r\n";
        assert_eq!(answered(typing).unwrap(), typing.replace("a@b.c", "echo@demo.example"));
    }

    #[test]
    fn invitations_are_declined_and_cancellations_are_not() {
        let invite = |command: &str| {
            format!(
                "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n\
                 Application-Name: File Transfer\r\nInvitation-Command: {command}\r\nInvitation-Cookie: 33267\r\n\r\n"
            )
        };
        let declined = answered(&invite("INVITE")).unwrap();
        assert!(
            declined.contains("Invitation-Command: CANCEL\r\nInvitation-Cookie: 33267\r\n"),
            "{declined}"
        );
        assert_eq!(answered(&invite("CANCEL")), None);
    }

    #[test]
    fn nothing_is_said_to_anything_else() {
        for payload in [
            "",
            "hi",
            "Content-Type: text/x-msnmsgr-datacast\r\n\r\nID: 2\r\n\r\n",
            "Content-Type: text/x-mms-emoticon\r\n\r\n:)\t<msnobj/>",
            "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: echo@demo.example\r\n\r\n\0",
            "Content-Type: text/x-msmsgsinvite\r\n\r\nInvitation-Command: INVITE\r\n\r\n",
        ] {
            assert_eq!(answered(payload), None, "{payload:?}");
        }
    }
}
