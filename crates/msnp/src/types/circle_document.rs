//! What is published about a circle: who is in its chat, and what it is called.

use std::fmt;

use super::Address;
use crate::soap::escape;
use crate::soap::tree::{Element, Limits, Malformed};
use crate::wire::limits;

/// The content type of [`CircleDocument`].
pub const CIRCLE_CONTENT: &str = "application/circles+xml";

/// What a document may hold: as much as fits into a payload.
const LIMITS: Limits = Limits { bytes: limits::PAYLOAD, depth: 8, nodes: 1024 };

/// The roster of a circle's chat.
const CHAT: &str = "IM";

/// The body of `PUT` and `NFY PUT` with the address of a circle (later-versions reference, 8.3).
///
/// ```text
/// <circle><roster><id>IM</id><user><id>1:alice@example.com</id></user></roster></circle>
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CircleDocument {
    /// What it is called.
    Name(String),
    /// Who is in its chat, or has come into it: addresses with the network, `1:alice@example.com`.
    Roster(Vec<String>),
}

impl CircleDocument {
    /// Reads the document.
    ///
    /// # Errors
    /// When it is another one.
    pub fn read(body: &[u8]) -> Result<Self, InvalidCircleDocument> {
        let root = Element::parse(body, LIMITS)?;
        if !root.is("circle") {
            return Err(InvalidCircleDocument::Structure);
        }
        if let Some(name) = root.find(&["props", "presence", "Data", "MFN"]) {
            return Ok(Self::Name(name.text().to_owned()));
        }
        let roster = root.child("roster").ok_or(InvalidCircleDocument::Structure)?;
        if roster.child("id").is_none_or(|id| id.text() != CHAT) {
            return Err(InvalidCircleDocument::Structure);
        }
        let users = roster.children().iter().filter(|child| child.is("user"));
        let ids = users.map(|user| user.child("id").map(|id| id.text().to_owned()));
        ids.collect::<Option<_>>().map(Self::Roster).ok_or(InvalidCircleDocument::Structure)
    }
}

/// Writes the document, without white space.
impl fmt::Display for CircleDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(
                f,
                "<circle><props><presence dtype=\"xml\"><Data><UTL></UTL><MFN>{}</MFN><PSM></PSM>\
                 <CurrentMedia></CurrentMedia></Data></presence></props></circle>",
                escape(name)
            ),
            Self::Roster(users) => {
                write!(f, "<circle><roster><id>{CHAT}</id>")?;
                for user in users {
                    write!(f, "<user><id>{}</id></user>", escape(user))?;
                }
                f.write_str("</roster></circle>")
            }
        }
    }
}

/// Where what is published about a circle is: `Uri`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircleUri<'a> {
    /// `/circle`: the circle, and everything in it.
    Circle,
    /// `/circle/roster(IM)/user(1:bob@example.com)`: somebody in its chat.
    User(Address<'a>),
}

impl<'a> CircleUri<'a> {
    /// Reads it; `None` if it is another one.
    pub fn read(uri: &'a str) -> Option<Self> {
        match uri.strip_prefix("/circle")? {
            "" => Some(Self::Circle),
            user => {
                let user = user.strip_prefix("/roster(IM)/user(")?.strip_suffix(')')?;
                Address::read(user).map(Self::User)
            }
        }
    }
}

impl fmt::Display for CircleUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circle => f.write_str("/circle"),
            Self::User(address) => write!(f, "/circle/roster({CHAT})/user({address})"),
        }
    }
}

/// Why a body is no document about a circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCircleDocument {
    /// No XML that is read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Other elements than there should be.
    #[error("a document about a circle is <circle> with a <roster> called IM, or with <props>")]
    Structure,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_both_ways() {
        let roster = "<circle><roster><id>IM</id><user><id>1:alice@example.com</id></user></roster></circle>";
        let document = CircleDocument::Roster(vec!["1:alice@example.com".to_owned()]);
        assert_eq!(CircleDocument::read(roster.as_bytes()), Ok(document.clone()));
        assert_eq!(document.to_string(), roster);
        let name = "<circle><props><presence dtype=\"xml\"><Data><UTL></UTL><MFN>Q&amp;A</MFN><PSM></PSM><CurrentMedia></CurrentMedia></Data></presence></props></circle>";
        let document = CircleDocument::Name("Q&A".to_owned());
        assert_eq!(CircleDocument::read(name.as_bytes()), Ok(document.clone()));
        assert_eq!(document.to_string(), name);
    }

    #[test]
    fn refuses_what_is_none() {
        for bad in [
            "<square/>",
            "<circle/>",
            "<circle><roster/></circle>",
            "<circle><roster><id>PE</id></roster></circle>",
            "<circle><roster><id>IM</id><user/></roster></circle>",
        ] {
            assert_eq!(CircleDocument::read(bad.as_bytes()), Err(InvalidCircleDocument::Structure), "{bad}");
        }
        assert!(matches!(CircleDocument::read(b"<circle>"), Err(InvalidCircleDocument::Malformed(_))));
    }

    #[test]
    fn users_have_uris() {
        for uri in ["/circle", "/circle/roster(IM)/user(1:bob@example.com)"] {
            assert_eq!(CircleUri::read(uri).map(|uri| uri.to_string()).as_deref(), Some(uri));
        }
        for bad in ["", "/user", "/circle/", "/circle/roster(IM)", "/circle/roster(IM)/user(bob@example.com)"]
        {
            assert_eq!(CircleUri::read(bad), None, "{bad}");
        }
    }
}
