//! The picture that an echo shows of itself, and how people get it.

use std::sync::Arc;
use std::time::Instant;

use msnp::p2p::{Decline, Event, Invitation, Peers};
use msnp::types::{Email, MsnObject, ObjectType};

/// Ninety-six pixels each way, as every version shows, and small enough to go in one packet: `msnp11-sdk` loses what comes
/// in several at once.
const DATA: &[u8] = include_bytes!("echo.png");

/// The name that clients of the time gave a picture's file.
const LOCATION: &str = "TFR1.dat";

/// A picture, and what describes it.
#[derive(Debug)]
pub(super) struct Picture {
    data: Arc<[u8]>,
    object: MsnObject,
}

impl Picture {
    /// The picture of `echo`.
    pub(super) fn of(echo: &Email) -> Self {
        let object = MsnObject::new(echo.as_str(), ObjectType::PICTURE, LOCATION, "", DATA);
        Self { data: DATA.into(), object }
    }

    /// What describes it, as it stands on the line of a status.
    pub(super) fn to_encoded(&self) -> String {
        self.object.to_encoded()
    }

    /// Answers those who have asked for something: with the picture if it is that, and with no.
    pub(super) fn answer(&self, peers: &mut Peers, now: Instant) {
        while let Some((party, event)) = peers.poll_event() {
            let Event::Invited { session, invitation } = event else { continue };
            let Some(peer) = peers.peer(&party) else { continue };
            // A session that has ended meanwhile needs no answer.
            let _ = match invitation {
                Invitation::Object(asked) if asked.hash() == self.object.hash() => {
                    peer.give(session, self.data.clone(), now)
                }
                Invitation::File(_) => peer.decline(session, Decline::Unwanted),
                _ => peer.decline(session, Decline::Impossible),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_picture_that_every_version_shows() {
        let picture = image::load_from_memory(DATA).unwrap();
        assert_eq!((picture.width(), picture.height()), (96, 96));
        let picture = Picture::of(&"echo@demo.example".parse().unwrap());
        assert!(picture.object.is_of(DATA));
    }
}
