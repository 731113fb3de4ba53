//! The address that names a user: his passport.

use std::fmt;
use std::str::FromStr;

use memchr::memrchr;

/// The longest address the service takes, in bytes (draft-movva-msn-messenger-protocol-00, 7.3).
pub const MAX_LEN: usize = 129;

/// A well-formed address in its stored form: lower case, `local@domain.tld`, at most [`MAX_LEN`] bytes.
///
/// Clients write addresses in any letter case. A reply to the writer repeats what he wrote; everything else
/// the server says uses this form, and this form is what is compared.
///
/// ```
/// use msnp::types::Email;
///
/// let email: Email = "Alice@Example.com".parse()?;
/// assert_eq!(email.as_str(), "alice@example.com");
/// assert!("alice@example".parse::<Email>().is_err());
/// # Ok::<(), msnp::types::InvalidEmail>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(Box<str>);

impl Email {
    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether `written` names the same user, in whatever letter case.
    pub fn is(&self, written: &str) -> bool {
        self.0.eq_ignore_ascii_case(written)
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(written: &str) -> Result<Self, InvalidEmail> {
        if written.len() > MAX_LEN {
            return Err(InvalidEmail::TooLong);
        }
        let at = memrchr(b'@', written.as_bytes()).ok_or(InvalidEmail::NoDomain)?;
        let (local, domain) = written.as_bytes().split_at_checked(at).ok_or(InvalidEmail::NoDomain)?;
        if local.is_empty() || local.iter().any(|byte| !stands_in(*byte, LOCAL)) {
            return Err(InvalidEmail::Character);
        }
        // Labels with a dot between each two, and at least one.
        let (mut dots, mut in_label) = (0, false);
        for byte in domain.iter().skip(1) {
            match byte {
                b'.' if in_label => (dots, in_label) = (dots + 1, false),
                byte if stands_in(*byte, LABEL) => in_label = true,
                _ => return Err(InvalidEmail::NoDomain),
            }
        }
        if dots == 0 || !in_label {
            return Err(InvalidEmail::NoDomain);
        }
        Ok(Self(written.to_ascii_lowercase().into()))
    }
}

/// May stand before the `@`. An address stands unescaped between spaces on a line, in front of `;{guid}` on a switchboard,
/// and behind `1:` in later versions, so what would end it there can't be part of it.
const LOCAL: u8 = 1;

/// May stand in a label of the domain.
const LABEL: u8 = 2;

/// What each byte may stand in. A table, since twenty addresses are read with every sign-in.
const PLACES: [u8; 256] = {
    let mut places = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        let ends_it = matches!(c, b'@' | b';' | b',' | b':' | b'<' | b'>' | b'"' | b'\'' | b'%' | b'&');
        let in_local = if c.is_ascii_graphic() && !ends_it { LOCAL } else { 0 };
        let in_label = if c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_') { LABEL } else { 0 };
        #[allow(clippy::indexing_slicing, reason = "there are 256")]
        {
            places[byte] = in_local | in_label;
        }
        byte += 1;
    }
    places
};

fn stands_in(byte: u8, place: u8) -> bool {
    PLACES.get(usize::from(byte)).is_some_and(|places| places & place != 0)
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// A character that can't stand in an address on the wire.
    #[error("an address has only visible ASCII characters, none of @ ; , : < > \" ' % & before its @")]
    Character,
    /// No `@`, or no domain with a dot after it.
    #[error("an address is written name@domain.tld")]
    NoDomain,
    /// More than [`MAX_LEN`] bytes.
    #[error("an address has at most {MAX_LEN} bytes")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_kept_in_lower_case() {
        let email: Email = "Bob.K+x@Mail.Example.NET".parse().unwrap();
        assert_eq!(email.as_str(), "bob.k+x@mail.example.net");
        assert_eq!((email.local(), email.domain()), ("bob.k+x", "mail.example.net"));
        assert!(email.is("BOB.k+X@mail.example.net"));
    }

    #[test]
    fn refuses_what_a_line_could_not_carry() {
        for bad in [
            "",
            "alice",
            "@example.com",
            "a@b",
            "a b@example.com",
            "a@b@example.com",
            "a;x@example.com",
            "a@.com",
            "a@example..com",
            "ä@example.com",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
        let long = format!("{}@example.com", "x".repeat(MAX_LEN));
        assert_eq!(long.parse::<Email>(), Err(InvalidEmail::TooLong));
    }
}
