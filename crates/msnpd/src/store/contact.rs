//! The forward list: adding, removing, grouping and naming contacts.

use msnp::types::{Email, Guid, List};
use sqlx::SqliteConnection;

use super::edit::{
    ContactKey, EditError, Edited, Limits, Note, check_room, store_mirrored, store_own, unchanged,
};
use super::group::{GroupKey, Place, place};
use super::row::{Row, account_id, find};
use super::{Store, StoreError, outside};
use crate::account::AccountId;

impl Store {
    /// Puts `who` on the owner's forward list, and in a group if one is given. Somebody who is on it already is only
    /// put in the group. An empty name is none.
    ///
    /// The owner comes to stand on `who`'s reverse list, and on his pending list unless he has allowed or blocked the
    /// owner before.
    ///
    /// # Errors
    /// In this order: [`UnknownAccount`](EditError::UnknownAccount), [`NoSuchGroup`](EditError::NoSuchGroup),
    /// [`AlreadyThere`](EditError::AlreadyThere), [`ListFull`](EditError::ListFull) (reference, 8.1).
    pub async fn add_contact(
        &self,
        owner: AccountId,
        who: &Email,
        name: Option<&str>,
        group: Option<GroupKey>,
        limits: Limits,
    ) -> Result<Edited, EditError> {
        let (who, name) = (who.clone(), name.filter(|name| !name.is_empty()).map(str::to_owned));
        self.write(move |tx| {
            Box::pin(async move {
                let contact = find(tx, &who).await?.ok_or(EditError::UnknownAccount)?;
                let place = place(tx, owner, group.as_ref()).await?;
                let mut row = Row::load(tx, owner, contact).await?;
                if row.lists.contains(List::Forward) {
                    return match group {
                        Some(key) => join(tx, row, &place, key.is_number()).await,
                        None => Err(EditError::AlreadyThere),
                    };
                }
                check_room(tx, owner, List::Forward, limits).await?;
                if name.is_some() {
                    row.name = name;
                }
                let after = row.lists.with(List::Forward);
                let edited = store_mirrored(tx, row, after, None).await?;
                if let Place::Group(group) = &place {
                    add_member(tx, owner, contact, group.number).await?;
                }
                Ok(edited)
            })
        })
        .await
    }

    /// Puts a contact, named as in `ADC FL C=<guid> <group>`, in a group.
    ///
    /// # Errors
    /// [`UnknownAccount`](EditError::UnknownAccount) where the GUID is none of a contact on the forward list, then
    /// [`NoSuchGroup`](EditError::NoSuchGroup), then [`AlreadyThere`](EditError::AlreadyThere).
    pub async fn add_contact_by_guid(
        &self,
        owner: AccountId,
        guid: Guid,
        group: GroupKey,
    ) -> Result<Edited, EditError> {
        self.write(move |tx| {
            Box::pin(async move {
                let Some(contact) = find_row(tx, owner, guid).await? else {
                    return outside::join(tx, owner, guid, &group).await;
                };
                let row = Row::load(tx, owner, contact).await?;
                if !row.lists.contains(List::Forward) {
                    return Err(EditError::UnknownAccount);
                }
                let place = place(tx, owner, Some(&group)).await?;
                join(tx, row, &place, group.is_number()).await
            })
        })
        .await
    }

    /// The account with this address, if it is on the owner's forward list. Never waits for a write.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn forward_contact(
        &self,
        owner: AccountId,
        who: &Email,
    ) -> Result<Option<AccountId>, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT a.id FROM account a JOIN contact c ON c.owner = $1 AND c.contact = a.id \
             WHERE a.email = $2 AND c.lists & $3 <> 0",
        )
        .bind(i64::from(owner.0))
        .bind(who.as_str())
        .bind(i64::from(List::Forward.bit().bits()))
        .fetch_optional(self.readers())
        .await?;
        found.map(account_id).transpose()
    }

    /// Takes a contact off the forward list and out of all groups, or only out of `group`. Who is in no group any
    /// more is in "Other Contacts".
    ///
    /// # Errors
    /// In this order: [`UnknownAccount`](EditError::UnknownAccount) for an address nobody has,
    /// [`NotOnList`](EditError::NotOnList) (also for a GUID that names nobody),
    /// [`NoSuchGroup`](EditError::NoSuchGroup), [`NotInGroup`](EditError::NotInGroup).
    pub async fn remove_contact(
        &self,
        owner: AccountId,
        who: ContactKey,
        group: Option<GroupKey>,
    ) -> Result<Edited, EditError> {
        self.write(move |tx| {
            Box::pin(async move {
                let contact = match who {
                    ContactKey::Email(email) => find(tx, &email).await?.ok_or(EditError::UnknownAccount)?,
                    ContactKey::Guid(guid) => match find_row(tx, owner, guid).await? {
                        Some(contact) => contact,
                        None => return outside::remove(tx, owner, guid, group.as_ref()).await,
                    },
                };
                let row = Row::load(tx, owner, contact).await?;
                if !row.lists.contains(List::Forward) {
                    return Err(EditError::NotOnList);
                }
                if group.is_some() {
                    let place = place(tx, owner, group.as_ref()).await?;
                    return leave(tx, row, &place).await;
                }
                let after = row.lists.without(List::Forward);
                store_mirrored(tx, row, after, None).await
            })
        })
        .await
    }

    /// Sets the name that the owner has for a contact, on whichever list; an empty one is none. Cheap where it is that
    /// already, as some clients write it whenever they see the contact.
    ///
    /// # Errors
    /// [`UnknownAccount`](EditError::UnknownAccount), for a GUID too; [`NotOnList`](EditError::NotOnList) for an
    /// account that is on none of the owner's lists.
    pub async fn rename_contact(
        &self,
        owner: AccountId,
        who: ContactKey,
        name: &str,
    ) -> Result<Edited, EditError> {
        self.note(owner, who, Note::Name, name).await
    }

    /// Sets the mobile number that the owner has for a contact, for as long as the contact shows none himself; an empty
    /// one is none. Cheap where it is that already.
    ///
    /// # Errors
    /// As of [`rename_contact`](Self::rename_contact).
    pub async fn set_contact_phone(
        &self,
        owner: AccountId,
        who: ContactKey,
        phone: &str,
    ) -> Result<Edited, EditError> {
        self.note(owner, who, Note::Phone, phone).await
    }

    async fn note(
        &self,
        owner: AccountId,
        who: ContactKey,
        note: Note,
        value: &str,
    ) -> Result<Edited, EditError> {
        let value = Some(value).filter(|value| !value.is_empty()).map(str::to_owned);
        self.write(move |tx| {
            Box::pin(async move {
                let contact = match who {
                    ContactKey::Email(email) => find(tx, &email).await?,
                    ContactKey::Guid(guid) => match find_row(tx, owner, guid).await? {
                        None => return outside::note(tx, owner, guid, note, value).await,
                        contact => contact,
                    },
                };
                let mut row = Row::load(tx, owner, contact.ok_or(EditError::UnknownAccount)?).await?;
                if row.lists.is_empty() {
                    return Err(EditError::NotOnList);
                }
                let noted = match note {
                    Note::Name => &mut row.name,
                    Note::Phone => &mut row.phone,
                };
                if *noted == value {
                    return unchanged(tx, row).await;
                }
                *noted = value;
                let after = row.lists;
                store_own(tx, row, after).await
            })
        })
        .await
    }
}

/// Puts somebody on the forward list in one more group. `numbered`: group 0 is one like any to this client, so who was
/// in no other before is in both from here on, until he is taken out of it.
async fn join(
    tx: &mut SqliteConnection,
    mut row: Row,
    place: &Place,
    numbered: bool,
) -> Result<Edited, EditError> {
    let is_in_any = is_in_any(tx, &row).await?;
    match place {
        Place::Group(group) => {
            if is_member(tx, &row, group.number).await? {
                return Err(EditError::AlreadyThere);
            }
            add_member(tx, row.owner, row.contact, group.number).await?;
            row.in_other |= numbered && !is_in_any;
        }
        Place::OtherContacts => {
            if row.in_other || !is_in_any {
                return Err(EditError::AlreadyThere);
            }
            row.in_other = true;
        }
    }
    let after = row.lists;
    store_own(tx, row, after).await
}

/// Takes somebody on the forward list out of one group. Out of "Other Contacts" there is no other way than into a
/// group: for somebody who is in none it is granted, and shows nothing.
async fn leave(tx: &mut SqliteConnection, mut row: Row, place: &Place) -> Result<Edited, EditError> {
    match place {
        Place::Group(group) => {
            if !is_member(tx, &row, group.number).await? {
                return Err(EditError::NotInGroup);
            }
            remove_member(tx, &row, group.number).await?;
            row.in_other &= is_in_any(tx, &row).await?;
        }
        Place::OtherContacts => {
            if !row.in_other && is_in_any(tx, &row).await? {
                return Err(EditError::NotInGroup);
            }
            row.in_other = false;
        }
    }
    let after = row.lists;
    store_own(tx, row, after).await
}

/// Whose row of the owner's has this GUID.
pub(super) async fn find_row(
    tx: &mut SqliteConnection,
    owner: AccountId,
    guid: Guid,
) -> Result<Option<AccountId>, StoreError> {
    // Looks through the owner's rows, which lie side by side: an index would cost every insert more.
    let found: Option<i64> = sqlx::query_scalar("SELECT contact FROM contact WHERE owner = $1 AND guid = $2")
        .bind(i64::from(owner.0))
        .bind(guid.0.as_slice())
        .fetch_optional(tx)
        .await?;
    found.map(account_id).transpose()
}

/// Puts somebody in a group; nothing is different where he is in it.
pub(super) async fn add_member(
    tx: &mut SqliteConnection,
    owner: AccountId,
    contact: AccountId,
    number: u8,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO membership (owner, contact, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(i64::from(owner.0))
        .bind(i64::from(contact.0))
        .bind(i64::from(number))
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes somebody out of a group.
pub(super) async fn remove_member(
    tx: &mut SqliteConnection,
    row: &Row,
    number: u8,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM membership WHERE owner = $1 AND contact = $2 AND number = $3")
        .bind(i64::from(row.owner.0))
        .bind(i64::from(row.contact.0))
        .bind(i64::from(number))
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether somebody is in a group.
pub(super) async fn is_member(tx: &mut SqliteConnection, row: &Row, number: u8) -> Result<bool, StoreError> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM membership WHERE owner = $1 AND contact = $2 AND number = $3")
            .bind(i64::from(row.owner.0))
            .bind(i64::from(row.contact.0))
            .bind(i64::from(number))
            .fetch_optional(tx)
            .await?;
    Ok(found.is_some())
}

/// Whether somebody is in any group.
pub(super) async fn is_in_any(tx: &mut SqliteConnection, row: &Row) -> Result<bool, StoreError> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM membership WHERE owner = $1 AND contact = $2 LIMIT 1")
            .bind(i64::from(row.owner.0))
            .bind(i64::from(row.contact.0))
            .fetch_optional(tx)
            .await?;
    Ok(found.is_some())
}
