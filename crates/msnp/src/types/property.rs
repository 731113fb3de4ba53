//! The named values a user has.

use std::fmt;
use std::str::FromStr;

/// A property of a user, set with `PRP` and shown to others with `BPR` (notification-server reference, section 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    /// `PHH`: phone at home
    HomePhone,
    /// `PHW`: phone at work
    WorkPhone,
    /// `PHM`: mobile phone
    MobilePhone,
    /// `MOB`: may be paged, `Y` or `N`
    Pageable,
    /// `MBE`: the mobile service is set up, `Y` or `N`
    MobileEnabled,
    /// `WWE`: MSN Direct, `0` to `2` (MSNP9 and later)
    WebWatch,
    /// `MFN`: one's own friendly name (MSNP10 and later)
    FriendlyName,
    /// `HSB`: has a blog, `1` (MSNP11 and later)
    HasBlog,
}

impl Property {
    /// Every property, in the order in which the lists of MSNP5-7 give them.
    pub const ALL: [Self; 8] = [
        Self::FriendlyName,
        Self::HomePhone,
        Self::WorkPhone,
        Self::MobilePhone,
        Self::Pageable,
        Self::MobileEnabled,
        Self::WebWatch,
        Self::HasBlog,
    ];

    /// The three letters that name it on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HomePhone => "PHH",
            Self::WorkPhone => "PHW",
            Self::MobilePhone => "PHM",
            Self::Pageable => "MOB",
            Self::MobileEnabled => "MBE",
            Self::WebWatch => "WWE",
            Self::FriendlyName => "MFN",
            Self::HasBlog => "HSB",
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Property {
    type Err = UnknownProperty;

    fn from_str(written: &str) -> Result<Self, UnknownProperty> {
        Self::ALL.into_iter().find(|property| property.as_str() == written).ok_or(UnknownProperty)
    }
}

/// The text names no property: 715, or a closed connection if it is longer than three letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a property is one of MFN PHH PHW PHM MOB MBE WWE HSB")]
pub struct UnknownProperty;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for property in Property::ALL {
            assert_eq!(property.as_str().parse(), Ok(property));
        }
        assert_eq!("CID".parse::<Property>(), Err(UnknownProperty));
    }
}
