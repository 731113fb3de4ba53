//! What a circle tells of itself to those who are in it: `NFY`.

use msnp::command::{Command, nfy};
use msnp::dialect::MSNP18;
use msnp::types::{Address, CIRCLE_CONTENT, CIRCLE_NETWORK, CircleDocument, CircleId};
use msnp::wire::{Blocks, Headers, Subject};

/// What a circle tells of itself (later-versions reference, 8.3).
pub(super) struct Notice<'a> {
    change: nfy::Change,
    number: &'static str,
    uri: &'a str,
    is_full: bool,
    body: String,
}

impl Notice<'static> {
    /// The uri of the circle itself.
    const CIRCLE: &'static str = "/circle";

    /// To somebody who has come.
    pub(super) fn is_there(name: &str) -> Self {
        let body = CircleDocument::Name(name.to_owned()).to_string();
        Self { change: nfy::Change::Published, number: "0", uri: Self::CIRCLE, is_full: true, body }
    }

    /// To those who are in it, of another name.
    pub(super) fn is_called(name: &str) -> Self {
        Self { is_full: false, number: "1", ..Self::is_there(name) }
    }

    /// Of those who are in the chat.
    pub(super) fn joined(users: Vec<String>) -> Self {
        let body = CircleDocument::Roster(users).to_string();
        Self { change: nfy::Change::Published, number: "1", uri: Self::CIRCLE, is_full: false, body }
    }
}

impl<'a> Notice<'a> {
    /// Of one who is not any more, whom `uri` names.
    pub(super) fn left(uri: &'a str) -> Self {
        Self { change: nfy::Change::Withdrawn, number: "2", uri, is_full: false, body: String::new() }
    }

    /// The line of it, the `segment`th that the circle tells.
    pub(super) fn line(&self, id: CircleId, to: &Address<'_>, segment: u32) -> Vec<u8> {
        let address = id.address();
        let blocks = Blocks {
            routing: Headers::new("1.0")
                .with("To", to.to_string())
                .with("From", Address::of(CIRCLE_NETWORK, &address).to_string()),
            reliability: Headers::new("1.0").with("Stream", "0").with("Segment", segment.to_string()),
            subject: Subject::Notification,
            content: Headers::new("1.0")
                .with("NotifNum", self.number)
                .with("Uri", self.uri)
                .with("NotifType", if self.is_full { "Full" } else { "Partial" })
                .with("Content-Type", CIRCLE_CONTENT),
            body: self.body.as_bytes().into(),
        };
        let mut line = Vec::new();
        // One form for all dialects that have circles.
        nfy::Push { change: self.change, payload: &blocks.write() }.write(&mut line, &MSNP18);
        line
    }
}
