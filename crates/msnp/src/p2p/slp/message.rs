//! A message of SLP.

use std::fmt::Write as _;

use super::super::{Party, limits};
use super::Fields;
use super::fields::in_a_line;

/// Content types of bodies (MSNC reference, 6.1).
pub mod content {
    /// What a session is for; and the answer.
    pub const SESSION: &str = "application/x-msnmsgr-sessionreqbody";
    /// A session ends.
    pub const CLOSE: &str = "application/x-msnmsgr-sessionclosebody";
    /// Why a session comes to nothing.
    pub const FAILURE: &str = "application/x-msnmsgr-session-failure-respbody";
    /// An offer of ways to connect.
    pub const TRANSPORT: &str = "application/x-msnmsgr-transreqbody";
    /// Which way is taken.
    pub const TRANSPORT_ANSWER: &str = "application/x-msnmsgr-transrespbody";
    /// Where a connection really comes from.
    pub const TRANSPORT_UPDATE: &str = "application/x-msnmsgr-transdestaddrupdate";
}

/// The version of the protocol that start lines name.
const VERSION: &str = "MSNSLP/1.0";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Opens a session or offers a transport.
    Invite,
    /// Ends a session.
    Bye,
    /// Tells something, and gets no answer.
    Ack,
}

impl Method {
    const ALL: [Self; 3] = [Self::Invite, Self::Bye, Self::Ack];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "INVITE",
            Self::Bye => "BYE",
            Self::Ack => "ACK",
        }
    }
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Something is asked for: `INVITE MSNMSGR:alice@example.com MSNSLP/1.0`.
    Request(Method),
    /// It is answered: `MSNSLP/1.0 200 OK`.
    Status(u16),
}

/// The words that go with a status.
const fn phrase(code: u16) -> &'static str {
    match code {
        200 => "OK",
        404 => "Not Found",
        481 => "No Such Call",
        500 => "Internal Error",
        603 => "Decline",
        606 => "Unacceptable",
        _ => "Error",
    }
}

/// A message of SLP (MSNC reference, 6.1).
///
/// Read kindly: headers in any order and letter case, each of them may be missing but the addresses and `Call-ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slp {
    /// What it is.
    pub start: Start,
    /// Whom it is for.
    pub to: Party,
    /// Whom it is from, by what he says.
    pub from: Party,
    /// The GUID of the request, in braces as written; answers repeat it.
    pub branch: String,
    /// 0 in requests and 1 in their answers.
    pub cseq: u32,
    /// The GUID of the call, in braces as written.
    pub call_id: String,
    /// What the body is.
    pub content_type: String,
    /// The body.
    pub body: Fields,
}

impl Slp {
    /// The answer to it.
    pub fn answer(&self, code: u16, content_type: &str, body: Fields) -> Self {
        Self {
            start: Start::Status(code),
            to: self.from.clone(),
            from: self.to.clone(),
            branch: self.branch.clone(),
            cseq: self.cseq.wrapping_add(1),
            call_id: self.call_id.clone(),
            content_type: content_type.to_owned(),
            body,
        }
    }

    /// Whether the body is of this type.
    pub fn is(&self, content_type: &str) -> bool {
        self.content_type.eq_ignore_ascii_case(content_type)
    }

    /// Reads one. What is behind the empty line that ends the body, a NUL mostly, doesn't matter.
    ///
    /// # Errors
    /// When it is none, or over the limits.
    pub fn read(message: &[u8]) -> Result<Self, InvalidSlp> {
        if message.len() > limits::SLP {
            return Err(InvalidSlp::TooLong);
        }
        let text = std::str::from_utf8(message).map_err(|_| InvalidSlp::NotText)?.trim_end_matches('\0');
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let (start, headers) = head.split_once('\n').unwrap_or((head, ""));
        let start = read_start(start.trim()).ok_or(InvalidSlp::Start)?;
        let headers = Fields::read(headers).ok_or(InvalidSlp::TooMany)?;
        let body = Fields::read(body).ok_or(InvalidSlp::TooMany)?;
        let party = |name| read_party(headers.get(name)?);
        let via = headers.get("Via").unwrap_or_default();
        let branch = via.split(';').find_map(|part| part.trim().strip_prefix("branch="));
        let content_type = headers.get("Content-Type").unwrap_or_default();
        Ok(Self {
            start,
            to: party("To").ok_or(InvalidSlp::Address)?,
            from: party("From").ok_or(InvalidSlp::Address)?,
            branch: branch.unwrap_or_default().to_owned(),
            cseq: headers.number("CSeq").unwrap_or(0),
            call_id: headers.get("Call-ID").filter(|id| !id.is_empty()).ok_or(InvalidSlp::Call)?.to_owned(),
            content_type: content_type.split(';').next().unwrap_or_default().trim().to_owned(),
            body,
        })
    }

    /// Writes it, with the NUL behind the body. What can't be in a line is left out of it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = String::new();
        self.body.write(&mut body);
        body.push_str("\r\n\0");
        let mut out = match self.start {
            Start::Request(method) => format!("{} MSNMSGR:{} {VERSION}\r\n", method.as_str(), self.to),
            Start::Status(code) => format!("{VERSION} {code} {}\r\n", phrase(code)),
        };
        // Writing to a `String` can't fail. The blank behind the number is official.
        let _ = write!(
            out,
            "To: <msnmsgr:{}>\r\nFrom: <msnmsgr:{}>\r\nVia: {VERSION}/TLP ;branch={}\r\nCSeq: {} \r\n\
             Call-ID: {}\r\nMax-Forwards: 0\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.to,
            self.from,
            in_a_line(&self.branch),
            self.cseq,
            in_a_line(&self.call_id),
            in_a_line(&self.content_type),
            body.len(),
        );
        out.into_bytes()
    }
}

fn read_start(line: &str) -> Option<Start> {
    let mut words = line.split_ascii_whitespace();
    let first = words.next()?;
    if first.eq_ignore_ascii_case(VERSION) {
        let code: u16 = words.next()?.parse().ok()?;
        return (100..=999).contains(&code).then_some(Start::Status(code));
    }
    let method = Method::ALL.into_iter().find(|method| method.as_str() == first)?;
    words.next()?;
    words.next()?.eq_ignore_ascii_case(VERSION).then_some(Start::Request(method))
}

/// `<msnmsgr:alice@example.com>`, with or without the brackets.
fn read_party(written: &str) -> Option<Party> {
    let bare = written.trim_start_matches('<').trim_end_matches('>');
    bare.split_once(':').map_or(bare, |(_, address)| address).parse().ok()
}

/// Why bytes are no message of SLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSlp {
    /// `To` or `From` is missing, or no address.
    #[error("an SLP message says whom it is to and from")]
    Address,
    /// `Call-ID` is missing.
    #[error("an SLP message belongs to a call")]
    Call,
    /// It is not UTF-8.
    #[error("an SLP message is text")]
    NotText,
    /// The first line is neither a request nor a status.
    #[error("an SLP message begins with a request or a status")]
    Start,
    /// It has more than [`limits::SLP`] bytes.
    #[error("an SLP message has at most {} bytes", limits::SLP)]
    TooLong,
    /// It has more than [`limits::FIELDS`] headers or fields.
    #[error("an SLP message has at most {} headers and as many fields", limits::FIELDS)]
    TooMany,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bye() -> Slp {
        Slp {
            start: Start::Request(Method::Bye),
            to: "alice@example.com".parse().unwrap(),
            from: "bob@example.com".parse().unwrap(),
            branch: "{20F9D6C3-7A51-4E8B-B6D4-91C3E5A7F082}".into(),
            cseq: 0,
            call_id: "{B1D7E3A9-0C48-4F62-9A3D-7E5C1F208B64}".into(),
            content_type: content::CLOSE.into(),
            body: Fields::new().with("SessionID", "1234567"),
        }
    }

    /// MSNC reference, section 15, packet 10.
    const BYE: &str = "BYE MSNMSGR:alice@example.com MSNSLP/1.0\r\n\
        To: <msnmsgr:alice@example.com>\r\n\
        From: <msnmsgr:bob@example.com>\r\n\
        Via: MSNSLP/1.0/TLP ;branch={20F9D6C3-7A51-4E8B-B6D4-91C3E5A7F082}\r\n\
        CSeq: 0 \r\n\
        Call-ID: {B1D7E3A9-0C48-4F62-9A3D-7E5C1F208B64}\r\n\
        Max-Forwards: 0\r\n\
        Content-Type: application/x-msnmsgr-sessionclosebody\r\n\
        Content-Length: 23\r\n\r\n\
        SessionID: 1234567\r\n\r\n\0";

    #[test]
    fn known_answer() {
        assert_eq!(BYE.len(), 351);
        assert_eq!(Slp::read(BYE.as_bytes()), Ok(bye()));
        assert_eq!(String::from_utf8(bye().to_bytes()).unwrap(), BYE);
    }

    #[test]
    fn is_read_kindly() {
        let kind = "BYE msnmsgr:x MSNSLP/1.0\nto: msnmsgr:alice@example.com\nFROM:<msnmsgr:bob@example.com>\n\
                    call-id: {B1D7E3A9-0C48-4F62-9A3D-7E5C1F208B64}\n\
                    Via: MSNSLP/1.0/TLP;branch={20F9D6C3-7A51-4E8B-B6D4-91C3E5A7F082}\n\
                    Content-Type: application/x-msnmsgr-sessionclosebody; x=y\r\n\r\nsessionid:1234567";
        let read = Slp::read(kind.as_bytes()).unwrap();
        assert_eq!(read.body.number("SessionID"), Some(1_234_567));
        assert_eq!(Slp { body: bye().body, ..read }, bye());
    }

    #[test]
    fn an_answer_goes_back() {
        let answer = bye().answer(481, content::FAILURE, Fields::new());
        let written = String::from_utf8(answer.to_bytes()).unwrap();
        assert!(written.starts_with("MSNSLP/1.0 481 No Such Call\r\nTo: <msnmsgr:bob@example.com>\r\n"));
        assert!(written.contains("CSeq: 1 \r\n") && written.contains("Content-Length: 3\r\n"));
        assert_eq!(Slp::read(written.as_bytes()), Ok(answer));
    }

    #[test]
    fn what_is_none_is_refused() {
        let many: String = (0..=limits::FIELDS).map(|i| format!("A{i}: b\r\n")).collect();
        for (bad, why) in [
            (String::new(), InvalidSlp::Start),
            (BYE.replace("BYE ", "bye "), InvalidSlp::Start),
            (BYE.replacen("MSNSLP/1.0", "SIP/2.0", 1), InvalidSlp::Start),
            (
                BYE.replacen("BYE MSNMSGR:alice@example.com MSNSLP/1.0", "MSNSLP/1.0 -200", 1),
                InvalidSlp::Start,
            ),
            (BYE.replace("To: <", "For: <"), InvalidSlp::Address),
            (BYE.replace("msnmsgr:bob@example.com", "bob"), InvalidSlp::Address),
            (BYE.replace("Call-ID", "Call"), InvalidSlp::Call),
            (BYE.replace("CSeq: 0 \r\n", &many), InvalidSlp::TooMany),
            (BYE.replace("SessionID: 1234567\r\n", &many), InvalidSlp::TooMany),
            (BYE.replace('\0', &"\0".repeat(limits::SLP)), InvalidSlp::TooLong),
        ] {
            assert_eq!(Slp::read(bad.as_bytes()), Err(why), "{bad}");
        }
        assert_eq!(Slp::read(b"BYE \xff"), Err(InvalidSlp::NotText));
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(
            pieces in proptest::collection::vec(
                prop::sample::select(vec![
                    "INVITE", "MSNSLP/1.0", " 200 ", "To: <msnmsgr:a@b.c>\r\n", "From: a@b.c\r\n", "\r\n", "\0",
                    "Call-ID: x\r\n", "Via: ;branch=y\r\n", ":", ";", "é", "SessionID: 1\r\n", " ", "CSeq: 7",
                ]),
                0..24,
            ),
        ) {
            for front in ["", "MSNSLP/1.0 200 OK\r\nTo: a@b.c\r\nFrom: a@b.c\r\nCall-ID: x\r\n"] {
                let text = format!("{front}{}", pieces.concat());
                if let Ok(slp) = Slp::read(text.as_bytes()) {
                    prop_assert_eq!(Slp::read(&slp.to_bytes()), Ok(slp));
                }
            }
        }
    }
}
