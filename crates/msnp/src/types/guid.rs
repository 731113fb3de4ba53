//! GUIDs, as MSNP10 and later name contacts and groups with.

use std::fmt;
use std::str::FromStr;

/// A GUID, written as 8-4-4-4-12 lower-case hexadecimal digits without braces.
///
/// Read with or without braces and in either letter case, as clients differ.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub [u8; 16]);

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Guid {
    type Err = InvalidGuid;

    fn from_str(written: &str) -> Result<Self, InvalidGuid> {
        let bare = written.strip_prefix('{').and_then(|w| w.strip_suffix('}')).unwrap_or(written);
        let mut bytes = [0; 16];
        let mut digits = bare.bytes();
        for (i, byte) in bytes.iter_mut().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) && digits.next() != Some(b'-') {
                return Err(InvalidGuid);
            }
            let mut digit = || digits.next().and_then(|d| char::from(d).to_digit(16)).ok_or(InvalidGuid);
            *byte = (digit()? << 4 | digit()?) as u8;
        }
        if digits.next().is_some() { Err(InvalidGuid) } else { Ok(Self(bytes)) }
    }
}

/// The text is not 32 hexadecimal digits in groups of 8-4-4-4-12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a GUID is written 8-4-4-4-12 in hexadecimal digits")]
pub struct InvalidGuid;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_in_every_form_and_written_in_one() {
        let written = "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c";
        for form in [written.to_owned(), written.to_uppercase(), format!("{{{written}}}")] {
            assert_eq!(form.parse::<Guid>().unwrap().to_string(), written);
        }
        for bad in [
            "",
            "New%2520Group",
            "b2c6a9d03f414c5e8a770d1e2f3a4b5c",
            "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5",
            "b2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5cd",
            "g2c6a9d0-3f41-4c5e-8a77-0d1e2f3a4b5c",
        ] {
            assert_eq!(bad.parse::<Guid>(), Err(InvalidGuid), "{bad:?}");
        }
    }
}
