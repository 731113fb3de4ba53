//! What the protocol talks about: types that can't hold anything the wire could not carry.

mod email;
mod guid;
mod list;

pub use email::{Email, InvalidEmail, MAX_LEN as MAX_EMAIL_LEN};
pub use guid::{Guid, InvalidGuid};
pub use list::{List, Lists, UnknownList};
