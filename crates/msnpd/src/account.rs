//! Who has an account here.

use std::fmt;

use msnp::types::Email;

/// The number of an account: what the store keeps lists by and the directory is spoken to by.
///
/// Never used twice, even when the account it named is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub u32);

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
