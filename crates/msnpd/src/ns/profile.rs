//! The profile message, the first thing a client gets after it has signed in, and what some wait for.

use std::fmt::Write as _;
use std::net::SocketAddr;

use msnp::dialect::{Dialect, Profile};
use msnp::types::Email;

use super::{Session, notice};
use crate::account::AccountId;
use crate::clock::unix_now;

/// Passport's number for Messenger.
const SITE: u32 = 507;

/// A profile message, ready to be written.
pub(super) struct ProfileMessage {
    payload: String,
}

impl ProfileMessage {
    pub(super) fn write(&self, out: &mut Vec<u8>, dialect: &Dialect) {
        notice::write(&self.payload, out, dialect);
    }
}

impl Session {
    /// The profile of the user (notification-server reference, 5.7).
    ///
    /// No value has a colon in it, since one client takes the rest of the session for part of it then; an IPv6
    /// address is therefore left out, and the port with it.
    pub(super) fn profile(&self, email: &Email, id: AccountId, pass: &str) -> ProfileMessage {
        let mut payload = String::with_capacity(512);
        let mut field = |name: &str, value: &dyn std::fmt::Display| {
            let _ = write!(payload, "{name}: {value}\r\n"); // writing to memory can't fail
        };
        field("MIME-Version", &"1.0");
        field("Content-Type", &"text/x-msmsgsprofile; charset=UTF-8");
        field("LoginTime", &unix_now());
        let form = self.dialect().profile;
        if form != Profile::LoginTime {
            // The live service printed the halves of the account's number as signed ones.
            let (high, low) = member_id(id);
            field("EmailEnabled", &u8::from(self.has_mail()));
            field("MemberIdHigh", &high);
            field("MemberIdLow", &low);
            field("lang_preference", &1033);
            field("preferredEmail", email);
            field("country", &"US");
            for name in ["PostalCode", "Gender"] {
                field(name, &"");
            }
            field("Kid", &0);
            for name in ["Age", "BDayPre", "Birthday", "Wallet"] {
                field(name, &"");
            }
            field("Flags", &1027);
            field("sid", &SITE);
            field("kv", &11);
            field("MSPAuth", &pass);
        }
        let has_address = !matches!(form, Profile::LoginTime | Profile::Passport);
        if let (true, SocketAddr::V4(peer)) = (has_address, unmapped(self.ends.peer)) {
            field("ClientIP", peer.ip());
            field("ClientPort", &peer.port().swap_bytes());
        }
        if matches!(form, Profile::Migrated | Profile::SeveralPlaces) {
            field("ABCHMigrated", &1);
        }
        if form == Profile::SeveralPlaces {
            // Whoever has signed in without naming his place is alone.
            let has_place = self.user.as_ref().is_some_and(|user| user.endpoint.machine.is_some());
            field("MPOPEnabled", &u8::from(has_place));
        }
        payload.push_str("\r\n");
        ProfileMessage { payload }
    }
}

/// The two halves of an account's number in the world of Passport.
fn member_id(id: AccountId) -> (i32, i32) {
    let puid = id.puid();
    (((puid >> 32) as u32).cast_signed(), (puid as u32).cast_signed())
}

/// An IPv4 address that came in the form of an IPv6 one, as it does to a listener for both.
fn unmapped(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_port_has_its_bytes_swapped() {
        assert_eq!(1863_u16.swap_bytes(), 18183);
    }
}
