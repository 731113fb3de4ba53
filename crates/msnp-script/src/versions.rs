//! In which versions of the protocol a script is run.

use std::fmt;
use std::ops::RangeInclusive;

use msnp::version::Version;

/// The versions of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions {
    /// That of the script.
    pub version: Version,
    /// That of those who speak another one, in a script with an `against` line.
    pub against: Option<Version>,
}

impl Versions {
    /// As it may stand in the name of an account: `msnp8`, `msnp8-msnp12`.
    pub fn slug(&self) -> String {
        let version = self.version.to_string().to_lowercase();
        match self.against {
            Some(against) => format!("{version}-{}", against.to_string().to_lowercase()),
            None => version,
        }
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.against {
            Some(against) => write!(f, "{} against {against}", self.version),
            None => self.version.fmt(f),
        }
    }
}

/// What a line is for: `[8-9]`, `[10]`, `[against 11+]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Only {
    /// Whether it is about those who speak another version.
    pub(crate) against: bool,
    /// The versions.
    pub(crate) range: RangeInclusive<u8>,
}

impl Only {
    /// Whether `version`, in the place where the line stands, and `against` are meant.
    pub(crate) fn admits(&self, version: Version, against: Option<Version>) -> bool {
        let asked = if self.against { against } else { Some(version) };
        asked.is_some_and(|version| self.range.contains(&version.0))
    }
}
