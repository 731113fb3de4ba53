//! What the edits of lists have in common: how they are asked for, what they answer, how both sides are kept in step.

use msnp::types::{Email, Guid, List, Lists};
use sqlx::SqliteConnection;

use super::StoreError;
use super::property::Sight;
use super::row::{Change, Part, Revisions, Row, revision};
use crate::account::AccountId;

/// How long lists may grow by adding. One that is longer already, because another version may, is kept and sent whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// People on the forward list.
    pub forward: u32,
    /// People on the allow list.
    pub allow: u32,
    /// People on the block list.
    pub block: u32,
    /// Groups, "Other Contacts" included. More than 30 have no number that MSNP7-9 could name them by.
    pub groups: u8,
}

impl Limits {
    /// For sessions of MSNP2-12 (notification-server reference, 3).
    pub const CLASSIC: Self = Self { forward: 600, allow: 1500, block: 1500, groups: 30 };

    /// For the address book of MSNP13 and later.
    pub const ADDRESS_BOOK: Self = Self { forward: 1000, ..Self::CLASSIC };
}

/// How a client names a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactKey {
    /// By address.
    Email(Email),
    /// By the GUID of the owner's row for the contact (MSNP10 and later).
    Guid(Guid),
}

/// What the owner of a list notes of a contact, for himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// The name he has for him.
    Name,
    /// The mobile number he has for him.
    Phone,
}

/// What an edit of lists did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The owner's revision. The one he had before where nothing had to be changed; `changes` is empty then.
    pub revision: u64,
    /// Whom the edit was about; `None` for somebody without an account here, of whom `changes` has nothing either.
    pub contact: Option<AccountId>,
    /// What MSNP10 and later name the owner's row for the contact by.
    pub guid: Guid,
    /// Every row that changed, the owner's first; the contact's own, where the edit reached it, second.
    pub changes: Vec<Change>,
    /// What the contact sees of the owner's properties, where the edit lets him see them or hides them.
    pub sight: Sight,
}

impl Edited {
    /// Whether the edit put the contact on the owner's forward list: he was not on it before.
    pub fn is_new_contact(&self) -> bool {
        let own = self.changes.first();
        own.is_some_and(|row| !row.before.contains(List::Forward) && row.after.contains(List::Forward))
    }
}

/// Why an edit was refused. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EditError {
    /// The contact is on that list, or in that group, already (215).
    #[error("already there")]
    AlreadyThere,
    /// The account whose list it is was removed meanwhile.
    #[error("the account no longer exists")]
    Gone,
    /// The owner has another group of that name (228).
    #[error("a group of that name exists")]
    GroupExists,
    /// The list has as many entries as it may have (210).
    #[error("the list is full")]
    ListFull,
    /// The owner has no such group (224).
    #[error("no such group")]
    NoSuchGroup,
    /// Clients don't edit this list this way.
    #[error("the server keeps the list {0}")]
    NotEditable(List),
    /// The contact is not in that group (225).
    #[error("not in that group")]
    NotInGroup,
    /// The contact is not on that list (216).
    #[error("not on that list")]
    NotOnList,
    /// Allow and block exclude each other (219).
    #[error("on the opposite list")]
    OnOppositeList,
    /// "Other Contacts" can't be renamed or removed (230).
    #[error("the group of those without a group stays")]
    OtherContacts,
    /// The store failed (603).
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are as many groups as there may be (223).
    #[error("too many groups")]
    TooManyGroups,
    /// The setting has this value already (218).
    #[error("nothing would change")]
    Unchanged,
    /// There is no such account (205, 208).
    #[error("no such account")]
    UnknownAccount,
}

impl From<sqlx::Error> for EditError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Writes a row of the owner's that concerns nobody else.
pub(super) async fn store_own(
    tx: &mut SqliteConnection,
    row: Row,
    after: Lists,
) -> Result<Edited, EditError> {
    let (owner, contact, guid) = (row.owner, row.contact, row.guid);
    let revisions = Revisions::next(tx, Part::Lists, [owner]).await?;
    let revision = revisions.of(owner).ok_or(EditError::Gone)?;
    let changes = vec![row.store(tx, after, revision).await?];
    Ok(Edited { revision, contact: Some(contact), guid, changes, sight: Sight::default() })
}

/// Writes a row of the owner's whose forward bit changes, and what follows from it in the contact's row for him: with
/// `invite` the owner asks to be let in.
pub(super) async fn store_mirrored(
    tx: &mut SqliteConnection,
    row: Row,
    after: Lists,
    invite: Option<&str>,
) -> Result<Edited, EditError> {
    let revisions = Revisions::next(tx, Part::Lists, [row.owner, row.contact]).await?;
    let revision = revisions.of(row.owner).ok_or(EditError::Gone)?;
    let (contact, guid) = (row.contact, row.guid);
    let changes = mirror(tx, row, after, invite, &revisions).await?;
    Ok(Edited { revision, contact: Some(contact), guid, changes, sight: Sight::default() })
}

/// [`store_mirrored`], for a caller that has the revisions.
pub(super) async fn mirror(
    tx: &mut SqliteConnection,
    row: Row,
    mut after: Lists,
    invite: Option<&str>,
    revisions: &Revisions,
) -> Result<Vec<Change>, EditError> {
    let (owner, contact) = (row.owner, row.contact);
    let added = after.contains(List::Forward);
    let revision = revisions.of(owner).ok_or(EditError::Gone)?;
    if owner == contact {
        // Whoever adds himself is one row, and needs not be asked.
        after = if added { after.with(List::Reverse) } else { after.without(List::Reverse) };
        return Ok(vec![row.store(tx, after, revision).await?]);
    }
    let mut changes = vec![row.store(tx, after, revision).await?];
    let mut theirs = Row::load(tx, contact, owner).await?;
    let asked = theirs.lists.contains(List::Allow) || theirs.lists.contains(List::Block);
    let after = match (added, asked) {
        (true, true) => theirs.lists.with(List::Reverse),
        (true, false) => theirs.lists.with(List::Reverse).with(List::Pending),
        // Who has taken him off again leaves nothing to ask about.
        (false, _) => theirs.lists.without(List::Reverse).without(List::Pending),
    };
    theirs.invite = invite.map(str::to_owned);
    let revision = revisions.of(contact).ok_or(EditError::UnknownAccount)?;
    changes.push(theirs.store(tx, after, revision).await?);
    Ok(changes)
}

/// Answers for an edit that finds everything as it should be.
pub(super) async fn unchanged(tx: &mut SqliteConnection, row: Row) -> Result<Edited, EditError> {
    let revision = revision(tx, row.owner).await?.ok_or(EditError::Gone)?;
    let (contact, guid) = (Some(row.contact), row.guid);
    Ok(Edited { revision, contact, guid, changes: Vec::new(), sight: Sight::default() })
}

/// Refuses where the list is as long as it may get by adding.
pub(super) async fn check_room(
    tx: &mut SqliteConnection,
    owner: AccountId,
    list: List,
    limits: Limits,
) -> Result<(), EditError> {
    let most = match list {
        List::Forward => limits.forward,
        List::Allow => limits.allow,
        List::Block => limits.block,
        List::Pending | List::Reverse => return Ok(()),
    };
    let on_it: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM contact WHERE owner = $1 AND lists & $2 <> 0) \
         + (SELECT count(*) FROM outside_contact WHERE owner = $1 AND lists & $2 <> 0)",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(list.bit().bits()))
    .fetch_one(tx)
    .await?;
    if on_it < i64::from(most) { Ok(()) } else { Err(EditError::ListFull) }
}
