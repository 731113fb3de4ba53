//! What edits of circles come to.

use msnp::types::{CircleId, Guid};

use super::StoreError;
use super::circle::CircleRole;
use crate::account::AccountId;

/// What an edit of a circle did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircleEdited {
    /// The circle.
    pub circle: CircleId,
    /// What it is called.
    pub name: String,
    /// Who has done it.
    pub by: AccountId,
    /// What.
    pub what: CircleChange,
    /// Whether the circle is no more.
    pub is_over: bool,
    /// Everybody whose book shows it, with the revision that his account has got by it: who is in the circle, who was until
    /// now, and whom it was about if he may know.
    pub concerned: Vec<(AccountId, u64)>,
}

/// What was done to a circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircleChange {
    /// It was made; the maker is in it.
    Created,
    /// Somebody was invited who was not.
    Invited(AccountId),
    /// Somebody who was invited is in it.
    Joined(AccountId),
    /// Somebody who was invited does not want to.
    Declined(AccountId),
    /// Somebody is in it no more, or invited no more: who has done it, if it was not he, has removed him.
    Left {
        /// Who.
        who: AccountId,
        /// Whether he was in it.
        was_in: bool,
        /// Who is admin in his place, where he was the last one.
        heir: Option<AccountId>,
    },
    /// Somebody may do something else.
    Role(AccountId, CircleRole),
    /// It has another name.
    Renamed,
    /// Nothing had to be changed.
    Nothing,
}

/// Why an edit of a circle was refused. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CircleError {
    /// He is in it already, or has an entry in its book already, by this name.
    #[error("he is in the circle")]
    AlreadyThere(Guid),
    /// Who asks has no account any more.
    #[error("the account no longer exists")]
    Gone,
    /// Nobody else may do what the last admin may.
    #[error("the last admin stays one")]
    LastAdmin,
    /// Who asks may not do that.
    #[error("not with this role")]
    NotAllowed,
    /// The address is nobody's account.
    #[error("not an account")]
    NotAUser,
    /// There is no such circle, or who asks is not in it; or not invited, if he answers.
    #[error("no such circle")]
    NoSuchCircle,
    /// Nobody of that name is in the circle's book.
    #[error("no such member")]
    NoSuchMember,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is named so is longer than it may be, or not there at all.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// There are as many circles, members or invitations as there may be.
    #[error("too many {0}")]
    TooMany(&'static str),
}

impl From<sqlx::Error> for CircleError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
