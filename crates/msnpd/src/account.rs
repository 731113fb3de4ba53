//! Who has an account here.

use std::fmt;

use msnp::types::{Email, Guid};

/// The number of an account: what the store keeps lists by and the directory is spoken to by.
///
/// Never used twice, even when the account it named is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub u32);

impl AccountId {
    /// The account's 64-bit number in Passport headers and, in halves, in the profile of a sign-in.
    pub const fn puid(self) -> u64 {
        // The old service's had small high halves. Both halves stay below 2^31 that no client sees a sign.
        0x0003_0000_0000_0000 | (self.0 as u64 & 0x8000_0000) << 1 | (self.0 as u64 & 0x7fff_ffff)
    }

    /// The account's 64-bit number in web addresses and, signed, in the address book.
    pub const fn cid(self) -> u64 {
        // Spread over 64 bits, as clients know them, by the finaliser of splitmix64, which maps no two numbers
        // to one.
        let mut z = self.puid().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The account with this 64-bit number; `None` where none can have it. There need be no such account.
    pub const fn with_cid(cid: u64) -> Option<Self> {
        // Each step of `cid` backwards: the constants are the inverses of its factors.
        let mut z = cid ^ (cid >> 31) ^ (cid >> 62);
        z = z.wrapping_mul(0x3196_42b2_d24d_8ec3);
        z = (z ^ (z >> 27) ^ (z >> 54)).wrapping_mul(0x96de_1b17_3f11_9089);
        z = (z ^ (z >> 30) ^ (z >> 60)).wrapping_mul(0xf1de_83e1_9937_733d);
        let id = Self((z & 0x7fff_ffff) as u32 | (z >> 1 & 0x8000_0000) as u32);
        if id.cid() == cid { Some(id) } else { None }
    }

    /// What the account's own entry in its address book is named by: both numbers, which nothing else has together.
    pub const fn contact_id(self) -> Guid {
        Guid(((self.puid() as u128) << 64 | self.cid() as u128).to_be_bytes())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a sign-in needs to know of an account.
#[derive(Clone)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// The address it signs in with.
    pub email: Email,
    /// The friendly name, as plain text; the address where none was ever set.
    pub name: String,
    /// The password as an argon2id string in PHC form.
    pub password_hash: String,
    /// Counts what voids all tickets: a new password, `disable`. A ticket names the generation it is of.
    pub generation: u32,
    /// Whether the operator has disabled it.
    pub disabled: bool,
}

/// Leaves the hash out: who has it can try passwords against it without asking us.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("email", &self.email)
            .field("name", &self.name)
            .field("generation", &self.generation)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::AccountId;

    #[test]
    fn numbers_are_told_apart_in_every_form() {
        assert_eq!(AccountId(1).puid(), 0x0003_0000_0000_0001);
        assert_eq!(AccountId(u32::MAX).puid(), 0x0003_0001_7fff_ffff);
        let ids = [0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, u32::MAX];
        let distinct = |of: fn(AccountId) -> u64| {
            ids.into_iter().map(|id| of(AccountId(id))).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!((distinct(AccountId::puid), distinct(AccountId::cid)), (ids.len(), ids.len()));
    }

    #[test]
    fn a_number_leads_back_to_its_account() {
        for id in [0, 1, 2, 1000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, u32::MAX].map(AccountId) {
            assert_eq!(AccountId::with_cid(id.cid()), Some(id));
            assert_eq!(AccountId::with_cid(id.cid().wrapping_add(1)), None);
        }
    }
}
