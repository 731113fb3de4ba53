//! What a user shows of himself: his status and what his client can do.

use std::fmt;
use std::str::FromStr;

/// The status of a user (notification-server reference, 12.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// `NLN`
    Online,
    /// `BSY`
    Busy,
    /// `IDL`: the client decides when
    Idle,
    /// `BRB`
    BeRightBack,
    /// `AWY`
    Away,
    /// `PHN`
    OnThePhone,
    /// `LUN`
    OutToLunch,
    /// `HDN`: signed in, and shown to others as offline
    Hidden,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Online,
        Self::Busy,
        Self::Idle,
        Self::BeRightBack,
        Self::Away,
        Self::OnThePhone,
        Self::OutToLunch,
        Self::Hidden,
    ];

    /// The three letters that stand for it on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "NLN",
            Self::Busy => "BSY",
            Self::Idle => "IDL",
            Self::BeRightBack => "BRB",
            Self::Away => "AWY",
            Self::OnThePhone => "PHN",
            Self::OutToLunch => "LUN",
            Self::Hidden => "HDN",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(written: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == written).ok_or(UnknownStatus)
    }
}

/// The text names no status that a client may take. `FLN` is among them: the service answered it with 201.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a status is one of NLN BSY IDL BRB AWY PHN LUN HDN")]
pub struct UnknownStatus;

/// What a client can do: a set of bits that the server passes on unread, with a second set from MSNP16 on.
///
/// Some clients write the later form `a:b` in every version, so both forms are read everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Capabilities {
    /// The first set; bits 28 to 31 are the version number of MSNC.
    pub base: u32,
    /// The second set, MSNP16 and later.
    pub extended: u32,
}

impl FromStr for Capabilities {
    type Err = InvalidCapabilities;

    fn from_str(written: &str) -> Result<Self, InvalidCapabilities> {
        // Some clients print the set as a signed or a longer number; the low 32 bits are what they mean.
        let number = |part: &str| part.parse::<i64>().map(|n| n as u32).map_err(|_| InvalidCapabilities);
        let (base, extended) = written.split_once(':').unwrap_or((written, "0"));
        Ok(Self { base: number(base)?, extended: number(extended)? })
    }
}

/// The text is no number, and no two numbers with a colon between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("capabilities are a decimal number, or two with a colon between them")]
pub struct InvalidCapabilities;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_go_both_ways() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        assert_eq!("FLN".parse::<Status>(), Err(UnknownStatus));
        assert_eq!("nln".parse::<Status>(), Err(UnknownStatus));
    }

    #[test]
    fn capabilities_are_read_in_every_form() {
        let read = |written: &str| written.parse::<Capabilities>().map(|c| (c.base, c.extended));
        assert_eq!(read("1073791084"), Ok((1_073_791_084, 0)));
        assert_eq!(read("2789003324:48"), Ok((2_789_003_324, 48)));
        assert_eq!(read("-1"), Ok((u32::MAX, 0)));
        assert_eq!(read("x"), Err(InvalidCapabilities));
        assert_eq!(read(""), Err(InvalidCapabilities));
    }
}
