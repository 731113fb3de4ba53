//! Editing the address book: adding, changing, grouping and removing contacts, several at once or none.

use std::collections::HashSet;

use msnp::types::{Guid, List, Lists};
use sqlx::SqliteConnection;

use super::Store;
use super::allow::store_allowance;
use super::book::{BookEdited, BookError};
use super::contact::{add_member, find_row, is_in_any, is_member, remove_member};
use super::detail::set_details;
use super::edit::{EditError, Edited, Limits, check_room, store_mirrored, store_own};
use super::entry_types::{Adding, Addition, EntryAddress, EntryUpdate, MAX_INVITE, MAX_KEPT, NewEntry};
use super::group::{Group, groups};
use super::me::{self, MeUpdate};
use super::outside::{self};
use super::outside_row::OutsideRow;
use super::row::{Row, find};
use crate::account::AccountId;

impl Store {
    /// Puts people into the book.
    ///
    /// # Errors
    /// [`NotAUser`](BookError::NotAUser), [`ContactExists`](BookError::ContactExists) where somebody is in the book
    /// already, Messenger contact or not; [`ListFull`](EditError::ListFull), [`TooMuch`](BookError::TooMuch),
    /// [`TooLong`](BookError::TooLong).
    pub async fn add_entries(
        &self,
        owner: AccountId,
        entries: Vec<NewEntry>,
        how: Adding,
    ) -> Result<BookEdited, BookError> {
        self.add_to_groups(owner, entries.into_iter().map(Addition::New).collect(), Vec::new(), how).await
    }

    /// Puts people into groups of the book, and those who are new into the book. Who is in one already stays.
    ///
    /// # Errors
    /// [`NoSuchGroup`](BookError::NoSuchGroup), [`NoSuchContact`](BookError::NoSuchContact), and as of
    /// [`add_entries`](Self::add_entries).
    pub async fn add_to_groups(
        &self,
        owner: AccountId,
        entries: Vec<Addition>,
        groups: Vec<Guid>,
        how: Adding,
    ) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                let groups = find_groups(tx, owner, &groups).await?;
                let mut seen = HashSet::new();
                for entry in entries {
                    match entry {
                        // Whoever is named twice is there already.
                        Addition::Known(guid) if !seen.insert(guid) => done.guids.push(guid),
                        Addition::Known(guid) => {
                            regroup(tx, owner, guid, &groups, true, &mut done).await?;
                        }
                        Addition::New(new) => add(tx, owner, new, &groups, how, &mut done).await?,
                    }
                }
                done.finish(tx, owner).await
            })
        })
        .await
    }

    /// Changes what the book has of its owner and of others.
    ///
    /// # Errors
    /// [`NoSuchContact`](BookError::NoSuchContact), and as for adding.
    pub async fn update_entries(
        &self,
        owner: AccountId,
        me: Option<MeUpdate>,
        entries: Vec<EntryUpdate>,
        how: Adding,
    ) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                if let Some(update) = me {
                    done.me = Some(me::update(tx, owner, update, &mut done).await?);
                }
                for change in entries {
                    update(tx, owner, change, how, &mut done).await?;
                }
                done.finish(tx, owner).await
            })
        })
        .await
    }

    /// Takes people out of the book, its groups and the forward list. Other lists stay as they are.
    ///
    /// # Errors
    /// [`NoSuchContact`](BookError::NoSuchContact).
    pub async fn delete_entries(&self, owner: AccountId, guids: Vec<Guid>) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                for guid in guids {
                    delete(tx, owner, guid, &mut done).await?;
                }
                done.finish(tx, owner).await
            })
        })
        .await
    }

    /// Takes people of the book out of groups of it. Who is not in one stays.
    ///
    /// # Errors
    /// [`NoSuchGroup`](BookError::NoSuchGroup), [`NoSuchContact`](BookError::NoSuchContact).
    pub async fn leave_groups(
        &self,
        owner: AccountId,
        guids: Vec<Guid>,
        groups: Vec<Guid>,
    ) -> Result<BookEdited, BookError> {
        self.write(move |tx| {
            Box::pin(async move {
                let mut done = BookEdited::begin(tx, owner).await?;
                let groups = find_groups(tx, owner, &groups).await?;
                let mut seen = HashSet::new();
                for guid in guids.into_iter().filter(|guid| seen.insert(*guid)) {
                    regroup(tx, owner, guid, &groups, false, &mut done).await?;
                }
                done.finish(tx, owner).await
            })
        })
        .await
    }
}

/// Somebody in a book.
enum Entry {
    Account(Row),
    Outside(OutsideRow),
}

impl Entry {
    /// Whoever is named so in the owner's book.
    async fn load(tx: &mut SqliteConnection, owner: AccountId, guid: Guid) -> Result<Self, BookError> {
        let entry = match find_row(tx, owner, guid).await? {
            Some(contact) => Some(Self::Account(Row::load(tx, owner, contact).await?)),
            None => OutsideRow::by_guid(tx, owner, guid).await?.map(Self::Outside),
        };
        entry.filter(Self::is_in_book).ok_or(BookError::NoSuchContact)
    }

    /// Whoever has this address, in the book or not; somebody without an account gets a row.
    async fn find(tx: &mut SqliteConnection, owner: AccountId, who: EntryAddress) -> Result<Self, BookError> {
        Ok(match who {
            EntryAddress::Account(email) => {
                let contact = find(tx, &email).await?.ok_or(BookError::NotAUser)?;
                Self::Account(Row::load(tx, owner, contact).await?)
            }
            EntryAddress::Outside { network, address } => {
                let found = match address.is_empty() {
                    true => None,
                    false => OutsideRow::by_address(tx, owner, network, &address).await?,
                };
                Self::Outside(match found {
                    Some(row) => row,
                    None => OutsideRow::new(tx, owner, network, address).await?,
                })
            }
        })
    }

    const fn is_in_book(&self) -> bool {
        match self {
            Self::Account(row) => row.is_in_book(),
            Self::Outside(row) => row.is_in_book(),
        }
    }

    /// Whether he can be a Messenger contact: not without an address at which Messenger could find him.
    const fn can_be_buddy(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Outside(row) => row.network != 0 && !row.address.is_empty(),
        }
    }

    const fn guid(&self) -> Guid {
        match self {
            Self::Account(row) => row.guid,
            Self::Outside(row) => row.guid,
        }
    }

    const fn lists(&self) -> Lists {
        match self {
            Self::Account(row) => row.lists,
            Self::Outside(row) => row.lists,
        }
    }

    const fn in_book(&mut self) -> &mut bool {
        match self {
            Self::Account(row) => &mut row.in_book,
            Self::Outside(row) => &mut row.in_book,
        }
    }

    /// The name and the number that the owner has for him.
    const fn notes(&mut self) -> (&mut Option<String>, &mut Option<String>) {
        match self {
            Self::Account(row) => (&mut row.name, &mut row.phone),
            Self::Outside(row) => (&mut row.name, &mut row.phone),
        }
    }

    /// Puts him into a group or takes him out; says whether that makes a difference.
    async fn set_member(
        &mut self,
        tx: &mut SqliteConnection,
        number: u8,
        joins: bool,
    ) -> Result<bool, BookError> {
        Ok(match self {
            Self::Account(row) => {
                if is_member(tx, row, number).await? == joins {
                    return Ok(false);
                }
                if joins {
                    add_member(tx, row.owner, row.contact, number).await?;
                } else {
                    remove_member(tx, row, number).await?;
                    row.in_other &= is_in_any(tx, row).await?;
                }
                true
            }
            Self::Outside(row) if joins => outside::add_member(tx, row, number).await?,
            Self::Outside(row) => outside::remove_member(tx, row, number).await?,
        })
    }

    /// Writes him with his lists `after`, and on the other side what follows from it.
    async fn store(
        self,
        tx: &mut SqliteConnection,
        after: Lists,
        invite: Option<&str>,
    ) -> Result<Edited, EditError> {
        match self {
            Self::Account(row) if row.lists.contains(List::Forward) != after.contains(List::Forward) => {
                store_mirrored(tx, row, after, invite).await
            }
            Self::Account(row) => store_own(tx, row, after).await,
            Self::Outside(row) => row.store_next(tx, after).await,
        }
    }
}

/// Puts somebody of the book into groups, or takes him out of them.
async fn regroup(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    groups: &[Group],
    joins: bool,
    done: &mut BookEdited,
) -> Result<(), BookError> {
    let mut entry = Entry::load(tx, owner, guid).await?;
    let mut changed = false;
    for group in groups {
        changed |= entry.set_member(tx, group.number, joins).await?;
    }
    if changed {
        let after = entry.lists();
        done.edits.push(entry.store(tx, after, None).await?);
    }
    done.guids.push(guid);
    Ok(())
}

async fn add(
    tx: &mut SqliteConnection,
    owner: AccountId,
    new: NewEntry,
    groups: &[Group],
    how: Adding,
    done: &mut BookEdited,
) -> Result<(), BookError> {
    let NewEntry { who, is_buddy, name, phone, details, invite } = new;
    check_invite(invite.as_deref())?;
    let mut entry = Entry::find(tx, owner, who).await?;
    let is_buddy = is_buddy && entry.can_be_buddy();
    let guid = entry.guid();
    if entry.is_in_book() {
        return Err(BookError::ContactExists(guid));
    }
    let (stored_name, stored_phone) = entry.notes();
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        *stored_name = Some(name);
    }
    if let Some(phone) = phone.filter(|phone| !phone.is_empty()) {
        *stored_phone = Some(phone);
    }
    let mut after = entry.lists();
    if is_buddy {
        check_room(tx, owner, List::Forward, how.limits).await?;
        after = after.with(List::Forward);
    } else {
        check_kept(tx, owner).await?;
        *entry.in_book() = true;
    }
    done.edits.push(entry.store(tx, after, invite.as_deref()).await?);
    set_details(tx, owner, guid, &details, done).await?;
    // Its row is there, with the revision that all of this is of.
    let mut entry = Entry::load(tx, owner, guid).await?;
    for group in groups {
        entry.set_member(tx, group.number, true).await?;
    }
    if how.allows {
        allow(tx, entry, how.limits, done).await?;
    }
    done.guids.push(guid);
    Ok(())
}

/// Changes somebody of the book.
pub(super) async fn update(
    tx: &mut SqliteConnection,
    owner: AccountId,
    change: EntryUpdate,
    how: Adding,
    done: &mut BookEdited,
) -> Result<(), BookError> {
    let EntryUpdate { guid, is_buddy, name, phone, details, invite } = change;
    check_invite(invite.as_deref())?;
    let mut entry = Entry::load(tx, owner, guid).await?;
    let mut changed = set_details(tx, owner, guid, &details, done).await?;
    let (stored_name, stored_phone) = entry.notes();
    for (value, stored) in [(name, stored_name), (phone, stored_phone)] {
        let Some(value) = value else { continue };
        let value = Some(value).filter(|value| !value.is_empty());
        changed |= *stored != value;
        *stored = value;
    }
    let mut after = entry.lists();
    match is_buddy {
        Some(true) if !after.contains(List::Forward) && entry.can_be_buddy() => {
            check_room(tx, owner, List::Forward, how.limits).await?;
            after = after.with(List::Forward);
        }
        Some(false) if after.contains(List::Forward) => {
            check_kept(tx, owner).await?;
            *entry.in_book() = true;
            after = after.without(List::Forward);
        }
        _ => {}
    }
    if changed || after != entry.lists() {
        done.edits.push(entry.store(tx, after, invite.as_deref()).await?);
    }
    if how.allows {
        let entry = Entry::load(tx, owner, guid).await?;
        allow(tx, entry, how.limits, done).await?;
    }
    done.guids.push(guid);
    Ok(())
}

/// Takes somebody out of the book.
pub(super) async fn delete(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
    done: &mut BookEdited,
) -> Result<(), BookError> {
    let mut entry = Entry::load(tx, owner, guid).await?;
    *entry.in_book() = false;
    let after = entry.lists().without(List::Forward);
    done.edits.push(entry.store(tx, after, None).await?);
    done.guids.push(guid);
    Ok(())
}

/// Puts a Messenger contact onto the allow list, unless he is blocked.
async fn allow(
    tx: &mut SqliteConnection,
    entry: Entry,
    limits: Limits,
    done: &mut BookEdited,
) -> Result<(), BookError> {
    let lists = entry.lists();
    if !lists.contains(List::Forward) || lists.contains(List::Allow) || lists.contains(List::Block) {
        return Ok(());
    }
    let after = lists.with(List::Allow);
    done.edits.push(match entry {
        Entry::Account(row) => {
            check_room(tx, row.owner, List::Allow, limits).await?;
            store_allowance(tx, row, after).await?
        }
        Entry::Outside(row) => {
            check_room(tx, row.owner, List::Allow, limits).await?;
            row.store_next(tx, after).await?
        }
    });
    Ok(())
}

/// The groups that are named so, each once.
async fn find_groups(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guids: &[Guid],
) -> Result<Vec<Group>, BookError> {
    let named: HashSet<_> = guids.iter().copied().collect();
    let mut all = groups(tx, owner).await?;
    all.retain(|group| named.contains(&group.guid));
    if all.len() == named.len() { Ok(all) } else { Err(BookError::NoSuchGroup) }
}

const fn check_invite(invite: Option<&str>) -> Result<(), BookError> {
    match invite {
        Some(text) if text.len() > MAX_INVITE => Err(BookError::TooLong("InviteMessage")),
        _ => Ok(()),
    }
}

/// Refuses where the book has as many entries that are no Messenger contacts as it may have.
async fn check_kept(tx: &mut SqliteConnection, owner: AccountId) -> Result<(), BookError> {
    let kept: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM contact WHERE owner = $1 AND in_book = 1) \
         + (SELECT count(*) FROM outside_contact WHERE owner = $1 AND in_book = 1)",
    )
    .bind(i64::from(owner.0))
    .fetch_one(tx)
    .await?;
    if kept < MAX_KEPT { Ok(()) } else { Err(BookError::TooMuch) }
}
