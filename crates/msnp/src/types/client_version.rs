//! Versions of client programs, as `CVR` tells them.

use std::fmt;
use std::str::FromStr;

/// The version of a program, `7.5.0324`: major and minor number and build. Ordered as released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientVersion {
    /// The major number.
    pub major: u32,
    /// The minor number.
    pub minor: u32,
    /// The build, written with four digits at least.
    pub build: u32,
}

impl FromStr for ClientVersion {
    type Err = InvalidClientVersion;

    /// Windows Live Messenger 2009 and later have a fourth number, which is read and not kept.
    fn from_str(written: &str) -> Result<Self, InvalidClientVersion> {
        let number = |part: &str| {
            let is_number = (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| part.parse().ok()).flatten().ok_or(InvalidClientVersion)
        };
        let mut numbers = written.split('.').map(number);
        let mut next = || numbers.next().unwrap_or(Err(InvalidClientVersion));
        let version = Self { major: next()?, minor: next()?, build: next()? };
        match (numbers.next().transpose()?, numbers.next()) {
            (_, None) => Ok(version),
            (_, Some(_)) => Err(InvalidClientVersion),
        }
    }
}

impl fmt::Display for ClientVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor, build } = self;
        write!(f, "{major}.{minor}.{build:04}")
    }
}

/// The text is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version is written as in 7.5.0324")]
pub struct InvalidClientVersion;

#[cfg(test)]
mod tests {
    use super::*;

    fn version(written: &str) -> ClientVersion {
        written.parse().unwrap()
    }

    #[test]
    fn are_ordered_by_number_and_not_by_letter() {
        let released =
            ["1.0.0863", "4.7.3001", "5.0.0544", "7.0.0820", "7.5.0311", "7.5.0324", "14.0.8117.0416"];
        assert!(released.map(version).is_sorted_by(|one, other| one < other));
        assert_eq!(version("7.5.324"), version("7.5.0324"));
    }

    #[test]
    fn are_written_as_clients_write_them() {
        for written in ["1.0.0863", "7.5.0324", "6.2.0137", "8.5.1302", "5.1.10000"] {
            assert_eq!(version(written).to_string(), written);
        }
        assert_eq!(version("14.0.8117.0416").to_string(), "14.0.8117");
    }

    #[test]
    fn what_is_none_is_refused() {
        for bad in [
            "",
            "7",
            "7.5",
            "7.5.",
            "7.5.x",
            "7.+5.1",
            "7.5.0324.1.2",
            "7.5.0324.",
            "9999999999.0.0",
            "a.b.c",
        ] {
            assert_eq!(bad.parse::<ClientVersion>(), Err(InvalidClientVersion), "{bad}");
        }
    }
}
