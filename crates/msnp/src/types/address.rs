//! The address that stands in blocks of headers, and in presence lines from MSNP18 on.

use std::fmt;
use std::str::FromStr;

use super::guid::Guid;

/// `network:account`, and what may follow: over whom he is met, at which of his places, and what of him is meant
/// (later-versions reference, section 3).
///
/// ```
/// use msnp::types::Address;
///
/// let address = Address::read("1:bob@example.com;epid={8b7a6c5d-4e3f-4a2b-9c1d-0e1f2a3b4c5d}").expect("an address");
/// assert_eq!((address.network, address.account), (1, "bob@example.com"));
/// assert!(address.place.is_some());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Address<'a> {
    /// The network he is on.
    pub network: u8,
    /// His account there, as written.
    pub account: &'a str,
    /// `via`: the network and the account of the circle or the gateway that he is met over.
    pub via: Option<(u8, &'a str)>,
    /// `epid`: one of his places.
    pub place: Option<Guid>,
    /// `path`: what of him is meant.
    pub path: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// Somebody, wherever he is.
    pub const fn of(network: u8, account: &'a str) -> Self {
        Self { network, account, via: None, place: None, path: None }
    }

    /// Reads one, its parts behind the account in any order. Those that nobody knows are passed over. `None`: it is none,
    /// or has one of its parts twice.
    pub fn read(written: &'a str) -> Option<Self> {
        let mut parts = written.split(';');
        let (network, account) = who(parts.next()?)?;
        let mut address = Self::of(network, account);
        for part in parts {
            let (name, value) = part.split_once('=')?;
            let is_new = match name {
                "via" => address.via.replace(who(value)?).is_none(),
                // Some write it without braces.
                "epid" => address.place.replace(Guid::from_str(value).ok()?).is_none(),
                "path" => address.path.replace(value).is_none(),
                _ => true,
            };
            if !is_new {
                return None;
            }
        }
        Some(address)
    }
}

fn who(written: &str) -> Option<(u8, &str)> {
    let (network, account) = written.split_once(':')?;
    let is_number = !network.is_empty() && network.bytes().all(|b| b.is_ascii_digit());
    let is_account = !account.is_empty() && account.bytes().all(|b| b.is_ascii_graphic());
    Some((network.parse().ok()?, account)).filter(|_| is_number && is_account)
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.network, self.account)?;
        if let Some((network, account)) = self.via {
            write!(f, ";via={network}:{account}")?;
        }
        if let Some(place) = self.place {
            write!(f, ";epid={{{place}}}")?;
        }
        if let Some(path) = self.path {
            write!(f, ";path={path}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn goes_both_ways() {
        for written in [
            "1:alice@example.com",
            "9:00000000-0000-0000-0009-0a1b2c3d4e5f@live.com;path=IM",
            "1:bob@example.com;via=9:00000000-0000-0000-0009-0a1b2c3d4e5f@live.com",
            "1:alice@example.com;epid={5f0c1a7e-3b42-4d19-9a61-0d2c7e8b4f10}",
            "13:4711;via=14:fb",
        ] {
            assert_eq!(Address::read(written).unwrap().to_string(), written);
        }
    }

    #[test]
    fn parts_come_in_any_order() {
        let epid = "5F0C1A7E-3B42-4D19-9A61-0D2C7E8B4F10";
        let address =
            Address::read(&format!("9:x@live.com;path=IM;odd=1;epid={epid}")).map(|a| a.to_string());
        assert_eq!(address.unwrap(), format!("9:x@live.com;epid={{{}}};path=IM", epid.to_lowercase()));
    }

    #[test]
    fn refuses_what_is_none() {
        for bad in [
            "",
            "alice@example.com",
            ":alice@example.com",
            "x:alice@example.com",
            "+1:alice@example.com",
            "256:alice@example.com",
            "1:",
            "1:alice example.com",
            "1:alice@example.com;",
            "1:alice@example.com;via=9",
            "1:alice@example.com;epid={}",
            "1:alice@example.com;path=IM;path=PE",
        ] {
            assert_eq!(Address::read(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_it_was_meant(written in "[0-9]{1,3}:[a-z@;=:{}]{0,20}") {
            if let Some(address) = Address::read(&written) {
                let again = address.to_string();
                prop_assert_eq!(Address::read(&again), Some(address));
            }
        }
    }
}
