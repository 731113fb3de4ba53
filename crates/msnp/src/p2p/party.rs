//! Whom something is from and to.

use std::fmt;
use std::str::FromStr;

use crate::types::{Email, Guid, InvalidEmail};

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
