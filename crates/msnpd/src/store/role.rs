//! What somebody is to an owner, and the number that a client names him by in that.
//!
//! Roles are views of list bits. Allow and block are the lists of that name. Who has put the owner on his forward list is
//! in the role of the reverse list once the owner was asked about him, and in that of the pending list before.

use std::num::NonZeroU32;

use msnp::types::{List, Lists};

use super::StoreError;
use crate::account::AccountId;

/// The bit of the Messenger network itself, as in `LST` of MSNP12.
pub const OWN_NETWORK: u8 = 1;

/// Numbers of accounts and of one owner's other contacts are below this, so that a member's number with its role in it
/// stays below 2^31: clients read it as a signed one.
pub const MAX_NUMBER: u32 = 1 << 27;

/// What somebody is to the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// May see him.
    Allow,
    /// May not.
    Block,
    /// Has put him on the forward list, and he was not asked yet.
    Pending,
    /// Has put him on the forward list.
    Reverse,
}

impl Role {
    /// Every role, in the order in which clients are told them.
    pub const ALL: [Self; 4] = [Self::Allow, Self::Block, Self::Reverse, Self::Pending];

    const fn code(self) -> u32 {
        match self {
            Self::Allow => 1,
            Self::Block => 2,
            Self::Reverse => 3,
            Self::Pending => 4,
        }
    }

    pub(super) const fn is_held(self, lists: Lists) -> bool {
        match self {
            Self::Allow => lists.contains(List::Allow),
            Self::Block => lists.contains(List::Block),
            Self::Pending => lists.contains(List::Pending),
            Self::Reverse => lists.contains(List::Reverse) && !lists.contains(List::Pending),
        }
    }
}

/// The roles of somebody who is on these lists.
pub(super) fn roles(lists: Lists) -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(move |role| role.is_held(lists))
}

/// What a client names somebody in a role by: a positive number below 2^31 that is the owner's only one, now and later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MembershipId(NonZeroU32);

/// Added to the numbers of those who have no account here.
const OUTSIDE: u32 = MAX_NUMBER << 3;

impl MembershipId {
    /// The number as a client has written it; `None` where it can be none.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).filter(|number| number.get() < 2 * OUTSIDE).map(Self)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// The role that it is a number in.
    pub fn role(self) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == self.get() & 7)
    }

    /// The account whose number it is; `None` where he has none here.
    pub const fn account(self) -> Option<AccountId> {
        if self.get() & OUTSIDE == 0 { Some(AccountId(self.get() >> 3)) } else { None }
    }

    pub(super) fn of_account(account: AccountId, role: Role) -> Result<Self, StoreError> {
        Self::of(account.0, role, 0)
    }

    pub(super) fn of_outside(number: u32, role: Role) -> Result<Self, StoreError> {
        Self::of(number, role, OUTSIDE)
    }

    fn of(number: u32, role: Role, base: u32) -> Result<Self, StoreError> {
        if number >= MAX_NUMBER {
            return Err(StoreError::Corrupt(format!("the number {number} of somebody")));
        }
        Self::new(base + (number << 3) + role.code())
            .ok_or_else(|| StoreError::Corrupt(format!("the number {number} of somebody")))
    }

    /// Whose number it is, if it is one for that role.
    pub(super) fn who(self, role: Role) -> Option<Numbered> {
        let (base, rest) = (self.get() & OUTSIDE, self.get() & (OUTSIDE - 1));
        let number = rest >> 3;
        if rest & 7 != role.code() || number == 0 {
            return None;
        }
        Some(if base == 0 { Numbered::Account(AccountId(number)) } else { Numbered::Outside(number) })
    }
}

/// Whose number it is.
pub(super) enum Numbered {
    Account(AccountId),
    Outside(u32),
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn numbers_tell_everybody_and_every_role_apart() {
        let mut seen = HashSet::new();
        for number in [1, 2, MAX_NUMBER - 1] {
            for role in Role::ALL {
                for id in [
                    MembershipId::of_account(AccountId(number), role).unwrap(),
                    MembershipId::of_outside(number, role).unwrap(),
                ] {
                    assert!(id.get() < 1 << 31 && seen.insert(id));
                    let named = match id.who(role).unwrap() {
                        Numbered::Account(AccountId(named)) => {
                            MembershipId::of_account(AccountId(named), role)
                        }
                        Numbered::Outside(named) => MembershipId::of_outside(named, role),
                    };
                    assert_eq!(named.unwrap(), id);
                    assert!(Role::ALL.into_iter().all(|other| id.who(other).is_some() == (other == role)));
                }
            }
        }
        assert!(MembershipId::of_account(AccountId(MAX_NUMBER), Role::Allow).is_err());
        for none in [0, 1 << 31, u32::MAX] {
            assert!(MembershipId::new(none).is_none());
        }
        for empty in [1, 7, OUTSIDE, OUTSIDE + 7] {
            assert!(Role::ALL.into_iter().all(|role| MembershipId::new(empty).unwrap().who(role).is_none()));
        }
    }
}
