//! The command words.

use std::fmt;

use crate::types::ErrorCode;

/// The first word of a line: three upper-case letters, or the three digits of an error.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Verb([u8; 3]);

impl Verb {
    /// The word, if it is one: three upper-case letters or digits.
    pub fn new(word: &str) -> Option<Self> {
        let bytes: [u8; 3] = word.as_bytes().try_into().ok()?;
        bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).then_some(Self(bytes))
    }

    /// Whether both are the same word; `==` for constants.
    pub const fn is(self, other: Self) -> bool {
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        a == x && b == y && c == z
    }

    /// The word that says `code`.
    pub const fn error(code: ErrorCode) -> Self {
        let code = code.0 % 1000;
        Self([b'0' + (code / 100) as u8, b'0' + (code / 10 % 10) as u8, b'0' + (code % 10) as u8])
    }

    /// The word as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// The error number, if the word is one.
    pub fn error_code(self) -> Option<ErrorCode> {
        self.as_str().parse().ok().map(ErrorCode)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Declares the vocabulary: a constant per word and the list of them all.
macro_rules! vocabulary {
    ($($word:ident $meaning:literal,)*) => {
        #[allow(missing_docs, reason = "the meaning stands in the list")]
        impl Verb {
            $(#[doc = $meaning] pub const $word: Self = Self(*bytes(stringify!($word)));)*

            /// Every command word that some version knows, with its meaning, in the order of the alphabet.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$word, $meaning),)*];
        }
    };
}

const fn bytes(word: &str) -> &[u8; 3] {
    match word.as_bytes().first_chunk() {
        Some(bytes) => bytes,
        None => b"???",
    }
}

vocabulary! {
    ACK "a message was queued for everybody in the chat",
    ADC "add a contact to a list, or to a group",
    ADD "add a contact to a list, or to a group, in the older form",
    ADG "add a group",
    ADL "tell the server one's lists, taken from the address book",
    ANS "answer an invitation to a chat",
    BLP "who may see one who stands on neither the allow nor the block list",
    BPR "a property of a contact",
    BYE "somebody left the chat",
    CAL "invite somebody to a chat",
    CHG "change one's own status",
    CHL "a challenge to prove that the client is a known one",
    CVQ "which client version is recommended, asked of a dispatch server only",
    CVR "which client version is recommended",
    DEL "withdraw what was published",
    FLN "a contact went offline",
    FND "search the member directory",
    FQY "ask which network an address is on",
    FSL "unknown; asked by Windows Phone 7",
    GCF "get a configuration file",
    GSB "unknown; named as new in MSNP11",
    GTC "whether to ask before a new user gets onto the allow list",
    ILN "a contact's status at the first look",
    IMS "whether one may be invited to chats (MSN TV)",
    INF "which ways to sign in there are",
    IPG "a page from a mobile device",
    IRO "somebody who already is in the chat",
    JOI "somebody joined the chat",
    LKP "ask whether a telephone number is somebody's",
    LSG "a group",
    LST "a contact on one's lists",
    MSG "a message",
    NAK "a message reached nobody",
    NFY "a publication of somebody else",
    NLN "a contact's status",
    NOT "an alert",
    OUT "the session ends",
    PAG "page a mobile device, in the older form",
    PGD "page a mobile device",
    PNG "is the connection alive",
    PRP "set one of one's own properties",
    PUT "publish",
    QNG "the connection is alive",
    QRY "the answer to a challenge",
    REA "change a name, one's own or that of a contact",
    REG "rename a group",
    REM "remove a contact from a list, or from a group",
    RFS "read the lists again",
    RMG "remove a group",
    RML "tell the server whom one took off one's lists",
    RNG "an invitation to a chat",
    SBP "set a property of a contact",
    SBS "unknown; sent once after sign-in",
    SDC "invite somebody to the service by mail",
    SDG "a message over the notification server",
    SND "invite somebody to the service by mail, in the older form",
    SYN "compare one's lists with those of the server",
    UBM "a message from another network",
    UBN "small data from one person",
    UBX "what a contact tells of himself",
    UUM "a message to another network",
    UUN "small data to one person",
    URL "where a web page of the service is",
    USR "sign in",
    UUX "tell of oneself",
    VAS "report somebody",
    VER "which version of the protocol to speak",
    XFR "go to another server",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_three_letters_or_digits() {
        assert_eq!(Verb::new("VER"), Some(Verb::VER));
        for bad in ["", "ver", "VE", "VERS", "V R", "ÄR"] {
            assert_eq!(Verb::new(bad), None, "{bad:?}");
        }
        assert_eq!(Verb::error(ErrorCode(911)).as_str(), "911");
        assert_eq!(Verb::new("911").and_then(Verb::error_code), Some(ErrorCode(911)));
        assert_eq!(Verb::VER.error_code(), None);
    }
}
