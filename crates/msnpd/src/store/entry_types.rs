//! Who is to be in the address book, and how.

use msnp::types::{Email, Guid};

use super::detail::DetailEdit;
use super::edit::Limits;

/// The most entries of a book that are no Messenger contacts.
pub const MAX_KEPT: i64 = 1000;

/// The longest text with which one asks to be let in, in bytes.
pub const MAX_INVITE: usize = 1024;

/// Somebody who is to be in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Who it is.
    pub who: EntryAddress,
    /// Whether he is to be a Messenger contact. Who has no address on a network can't be.
    pub is_buddy: bool,
    /// The name the owner has for him.
    pub name: Option<String>,
    /// The mobile number the owner has for him.
    pub phone: Option<String>,
    /// What else is noted of him.
    pub details: Vec<DetailEdit>,
    /// What is to be told to him with the question whether he wants to be somebody's contact.
    pub invite: Option<String>,
}

/// Whom an entry is to be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryAddress {
    /// An account here.
    Account(Email),
    /// Somebody without one.
    Outside {
        /// The network he is on, a bit as in `LST` of MSNP12; 0: none that is known.
        network: u8,
        /// His address there; empty where there is none.
        address: String,
    },
}

/// Who is to be put into groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addition {
    /// Somebody who is in the book, by what he is named by.
    Known(Guid),
    /// Somebody who is not in it yet.
    New(NewEntry),
}

/// What somebody in the book is to be. What is not named stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryUpdate {
    /// Who it is, by what he is named by.
    pub guid: Guid,
    /// Whether he is to be a Messenger contact.
    pub is_buddy: Option<bool>,
    /// The name the owner has for him; an empty one is none.
    pub name: Option<String>,
    /// The mobile number the owner has for him; an empty one is none.
    pub phone: Option<String>,
    /// What else is noted of him.
    pub details: Vec<DetailEdit>,
    /// What is to be told to him who becomes a Messenger contact.
    pub invite: Option<String>,
}

/// How people are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adding {
    /// Whether Messenger contacts get onto the allow list too, unless they are blocked.
    pub allows: bool,
    /// How long lists may get.
    pub limits: Limits,
}
