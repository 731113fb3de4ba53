//! Whom something is from and to.

use std::fmt;
use std::str::FromStr;

use crate::types::{Capabilities, Email, Guid, InvalidEmail};

/// The bit of the second set that says that a client has version 2.
const VERSION_2: u32 = 0x20;

/// The version of MSNC that somebody has, 0 for none: 1 to 5 are MSN Messenger 6.0 to 7.5, 6 is Windows Live Messenger 8.0
/// (MSNC reference, section 2).
pub const fn msnc(capabilities: Capabilities) -> u32 {
    capabilities.base >> 28
}

/// A person, or one of his places: `alice@example.com` or `alice@example.com;{3f1c0a52-9b7e-4d21-8a60-5e2d41c7b901}`.
///
/// With a place it is written in P2P version 2, without in version 1 (MSNC reference, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Party {
    /// Who.
    pub email: Email,
    /// Where he is signed in.
    pub place: Option<Guid>,
}

impl Party {
    /// Somebody, wherever he is.
    pub const fn of(email: Email) -> Self {
        Self { email, place: None }
    }

    /// How somebody is addressed who has these capabilities, by us who have those. `None`: he has no P2P at all, and is to be
    /// [invited as of old](super::OldInvitation).
    ///
    /// With his place, and so in version 2, only if both sides have it and the place was seen in presence and in the chat
    /// (MSNC reference, section 2).
    pub fn reached(
        email: Email,
        place: Option<Guid>,
        theirs: Capabilities,
        ours: Capabilities,
    ) -> Option<Self> {
        let has_it = |capabilities: Capabilities| capabilities.extended & VERSION_2 != 0;
        let place = place.filter(|_| has_it(theirs) && has_it(ours));
        (msnc(theirs) > 0).then_some(Self { email, place })
    }

    /// Whether what is addressed to `dest` is meant for us, who are `self`: the address is ours, and so is the place, if one
    /// is named.
    pub fn is_meant_by(&self, dest: &Self) -> bool {
        self.email == dest.email && dest.place.is_none_or(|place| Some(place) == self.place)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.email.as_str())?;
        match self.place {
            Some(place) => write!(f, ";{{{place}}}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Party {
    type Err = InvalidEmail;

    /// Letter case doesn't matter. What is behind a `;` and no GUID is passed over.
    fn from_str(written: &str) -> Result<Self, InvalidEmail> {
        let (email, place) = written.trim().split_once(';').unwrap_or((written.trim(), ""));
        Ok(Self { email: email.trim().parse()?, place: place.trim().parse().ok() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_reached_by_what_both_can_do() {
        let (email, place): (Email, Guid) =
            ("alice@example.com".parse().unwrap(), "3f1c0a52-9b7e-4d21-8a60-5e2d41c7b901".parse().unwrap());
        let reached = |theirs: &str, ours: &str, place| {
            let capabilities = |written: &str| written.parse().unwrap();
            Party::reached(email.clone(), place, capabilities(theirs), capabilities(ours))
                .map(|party| party.place)
        };
        // MSN Messenger 5, 7.5, Windows Live Messenger 2009.
        for (theirs, ours, seen, reached_at) in [
            ("28", "2789003324:48", Some(place), None),
            ("1342558252", "2789003324:48", Some(place), Some(None)),
            ("2789003324:48", "1342558252:0", Some(place), Some(None)),
            ("2789003324:48", "2789003324:48", None, Some(None)),
            ("2789003324:48", "2789003324:48", Some(place), Some(Some(place))),
        ] {
            assert_eq!(reached(theirs, ours, seen), reached_at, "{theirs} {ours}");
        }
        assert_eq!(msnc("1342558252".parse().unwrap()), 5);
    }

    #[test]
    fn goes_both_ways_and_knows_its_places() {
        let place = "alice@example.com;{3f1c0a52-9b7e-4d21-8a60-5e2d41c7b901}";
        let here: Party = place.to_uppercase().parse().unwrap();
        assert_eq!(here.to_string(), place);
        let anywhere: Party = "Alice@example.com".parse().unwrap();
        let elsewhere: Party = place.replace("3f", "4f").parse().unwrap();
        assert!(here.is_meant_by(&anywhere) && here.is_meant_by(&here) && !here.is_meant_by(&elsewhere));
        assert!(anywhere.is_meant_by(&anywhere) && !anywhere.is_meant_by(&here));
        assert!(!here.is_meant_by(&"bob@example.com".parse().unwrap()));
        assert!("".parse::<Party>().is_err() && ";{}".parse::<Party>().is_err());
    }
}
