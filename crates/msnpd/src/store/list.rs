//! Reading lists: in brief for a sign-in, in full for a client that asks.

use std::collections::HashMap;

use msnp::types::{Email, Guid, List, Lists, Privacy, Prompt, Property};
use sqlx::{FromRow, SqliteConnection};

use super::account::Stored;
use super::group::{Group, groups, number};
use super::outside::{self, OutsideContact};
use super::privacy::setting;
use super::property::{in_order, shown};
use super::row::{account_id, email, guid, lists, unsigned};
use super::{Store, StoreError};
use crate::account::{Account, AccountId};

/// What the directory keeps of somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// Who may see him.
    pub privacy: Privacy,
    /// His revision; that of his last change of any kind.
    pub revision: u64,
    /// The revision of the last change to contacts, groups and memberships.
    pub lists_revision: u64,
    /// The revision of the last change to name, privacy and properties.
    pub settings_revision: u64,
    /// His friendly name; his address where none was ever set.
    pub name: String,
    /// Everybody on any list of his.
    pub contacts: Vec<BriefContact>,
}

/// One row of a list, as the directory keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BriefContact {
    /// Who is on it.
    pub id: AccountId,
    /// On which lists.
    pub lists: Lists,
    /// The owner's revision when the row was last changed.
    pub revision: u64,
}

/// Everything that a client gets to see of its user's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// When the account was made, in seconds since 1970.
    pub created: u64,
    /// The account's revision; that of its last change of any kind.
    pub revision: u64,
    /// The revision of the last change to contacts, groups and memberships.
    pub lists_revision: u64,
    /// The revision of the last change to name, privacy and properties.
    pub settings_revision: u64,
    /// The friendly name; the address where none was ever set.
    pub name: String,
    /// What the client is to do about newcomers.
    pub prompt: Prompt,
    /// Who may see the user.
    pub privacy: Privacy,
    /// The user's own properties that are set.
    pub properties: Vec<(Property, String)>,
    /// The groups by number, without "Other Contacts".
    pub groups: Vec<Group>,
    /// Everybody on any list, by number of the account.
    pub contacts: Vec<RosterContact>,
    /// Those who have no account here, by network and address.
    pub outside: Vec<OutsideContact>,
}

/// Somebody on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterContact {
    /// Who it is.
    pub id: AccountId,
    /// His address.
    pub email: Email,
    /// The friendly name he has given himself; his address where none was ever set.
    pub name: String,
    /// The name the owner has for him.
    pub stored_name: Option<String>,
    /// The mobile number the owner has for him.
    pub phone: Option<String>,
    /// What MSNP10 and later name the row by.
    pub guid: Guid,
    /// Which lists he is on.
    pub lists: Lists,
    /// The owner's revision when the row was last changed.
    pub revision: u64,
    /// The groups he is in, by number, lowest first. 0, "Other Contacts", is among them where he is in it beside others;
    /// in none at all he is in it anyway. Positions in [`Roster::groups`] are looked up with [`Roster::groups_of`].
    pub groups: Vec<u8>,
    /// Those of his properties that contacts get to know, if he is on the forward list and lets the owner see him.
    pub properties: Vec<(Property, String)>,
}

impl Roster {
    /// The groups a contact is in, whose [`groups`](RosterContact::groups) these are, by number.
    pub fn groups_of<'a>(&'a self, numbers: &'a [u8]) -> impl Iterator<Item = &'a Group> {
        self.groups.iter().filter(|group| numbers.contains(&group.number))
    }
}

/// What a sign-in reads, in one row.
#[derive(FromRow)]
struct SignInRow {
    #[sqlx(flatten)]
    account: Stored,
    privacy: String,
    revision: i64,
    lists_revision: i64,
    settings_revision: i64,
    rows: Option<String>,
}

/// A row of somebody's lists, and what the contact says of it.
#[derive(FromRow)]
struct ContactRow {
    contact: i64,
    email: String,
    name: Option<String>,
    stored_name: Option<String>,
    phone: Option<String>,
    guid: Vec<u8>,
    lists: i64,
    revision: i64,
    /// Whether he is in "Other Contacts" beside his groups.
    in_other: bool,
    /// The lists that the owner is on with him.
    theirs: Option<i64>,
    privacy: String,
}

impl Store {
    /// All that a sign-in with a ticket reads: the account, for the ticket's generation to be compared with, and what
    /// the directory keeps of it. `None` where there is no such account. All of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn sign_in(&self, account: AccountId) -> Result<Option<(Account, Brief)>, StoreError> {
        // One statement is one snapshot and one wait, and one row costs a fraction of twenty.
        let row: Option<SignInRow> = sqlx::query_as(
            "SELECT id, email, name, password_hash, generation, disabled, \
             privacy, revision, lists_revision, settings_revision, \
             (SELECT string_agg(contact || ' ' || lists || ' ' || revision, ',') FROM contact \
             WHERE owner = $1 AND lists <> 0) AS rows FROM account WHERE id = $1",
        )
        .bind(i64::from(account.0))
        .fetch_optional(self.readers())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let account = Account::try_from(row.account)?;
        let rows = row.rows.unwrap_or_default();
        let contacts = rows.split_terminator(',').map(brief_contact).collect::<Result<_, _>>()?;
        let brief = Brief {
            privacy: setting(&row.privacy)?,
            revision: unsigned(row.revision)?,
            lists_revision: unsigned(row.lists_revision)?,
            settings_revision: unsigned(row.settings_revision)?,
            name: account.name.clone(),
            contacts,
        };
        Ok(Some((account, brief)))
    }

    /// What the directory keeps of an account, to be read again after a gap in its revisions; `None` where there is no
    /// such account. All of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn brief(&self, account: AccountId) -> Result<Option<Brief>, StoreError> {
        Ok(self.sign_in(account).await?.map(|(_, brief)| brief))
    }

    /// Those properties of `contact` that `viewer` gets to see: none where he lets him not see him.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn properties_shown(
        &self,
        contact: AccountId,
        viewer: AccountId,
    ) -> Result<Vec<(Property, String)>, StoreError> {
        let rows: Vec<(String, String, String, Option<i64>)> = sqlx::query_as(
            "SELECT p.name, p.value, a.privacy, c.lists FROM property p JOIN account a ON a.id = p.account \
             LEFT JOIN contact c ON c.owner = a.id AND c.contact = $2 WHERE p.account = $1",
        )
        .bind(i64::from(contact.0))
        .bind(i64::from(viewer.0))
        .fetch_all(self.readers())
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for (name, value, privacy, bits) in rows {
            if allows(bits.map(lists).transpose()?.unwrap_or_default(), setting(&privacy)?)
                && let Ok(property) = name.parse()
            {
                found.push((property, value));
            }
        }
        in_order(&mut found);
        Ok(shown(found))
    }

    /// Who waits on an account's pending list, with the name he has given himself.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn pending(&self, account: AccountId) -> Result<Vec<(Email, String)>, StoreError> {
        let rows: Vec<(String, Option<String>)> = sqlx::query_as(
            "SELECT a.email, a.name FROM contact c JOIN account a ON a.id = c.contact \
             WHERE c.owner = $1 AND c.lists & $2 <> 0 ORDER BY c.contact",
        )
        .bind(i64::from(account.0))
        .bind(i64::from(List::Pending.bit().bits()))
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(|(address, name)| Ok((email(&address)?, name.unwrap_or(address)))).collect()
    }

    /// The revision an account has; `None` where there is no such account.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn revision(&self, account: AccountId) -> Result<Option<u64>, StoreError> {
        let mut reader = self.readers().acquire().await?;
        super::row::revision(&mut reader, account).await
    }

    /// Everything that a client of this account gets to see of its lists; `None` where there is no such account. All
    /// of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn roster(&self, account: AccountId) -> Result<Option<Roster>, StoreError> {
        let mut tx = self.readers().begin().await?;
        let roster = read_roster(&mut tx, account).await?;
        tx.commit().await?;
        Ok(roster)
    }
}

async fn read_roster(tx: &mut SqliteConnection, owner: AccountId) -> Result<Option<Roster>, StoreError> {
    let row: Option<(String, String, i64, i64, i64, i64, String)> = sqlx::query_as(
        "SELECT prompt, privacy, created, revision, lists_revision, settings_revision, coalesce(name, email) \
         FROM account WHERE id = $1",
    )
    .bind(i64::from(owner.0))
    .fetch_optional(&mut *tx)
    .await?;
    let Some((prompt, privacy, created, revision, lists_revision, settings_revision, name)) = row else {
        return Ok(None);
    };
    let mut memberships = memberships(tx, owner).await?;
    let properties = properties(tx, owner).await?;
    let own = properties.get(&owner).cloned().unwrap_or_default();
    let rows: Vec<ContactRow> = sqlx::query_as(
        "SELECT c.contact, a.email, a.name, c.name AS stored_name, c.phone, c.guid, c.lists, c.revision, \
         c.in_other, o.lists AS theirs, a.privacy \
         FROM contact c JOIN account a ON a.id = c.contact \
         LEFT JOIN contact o ON o.owner = c.contact AND o.contact = c.owner \
         WHERE c.owner = $1 AND c.lists <> 0 ORDER BY c.contact",
    )
    .bind(i64::from(owner.0))
    .fetch_all(&mut *tx)
    .await?;
    let mut contacts = Vec::with_capacity(rows.len());
    for row in rows {
        let id = account_id(row.contact)?;
        let on = lists(row.lists)?;
        let allows = allows(row.theirs.map(lists).transpose()?.unwrap_or_default(), setting(&row.privacy)?);
        let properties = match properties.get(&id) {
            Some(all) if allows && on.contains(List::Forward) => shown(all.iter().cloned()),
            _ => Vec::new(),
        };
        let mut groups = memberships.remove(&id).unwrap_or_default();
        if !on.contains(List::Forward) {
            groups.clear();
        }
        if row.in_other {
            groups.insert(0, 0);
        }
        contacts.push(RosterContact {
            id,
            email: email(&row.email)?,
            name: row.name.unwrap_or(row.email),
            stored_name: row.stored_name,
            phone: row.phone,
            guid: guid(&row.guid)?,
            lists: on,
            revision: unsigned(row.revision)?,
            groups,
            properties,
        });
    }
    Ok(Some(Roster {
        created: unsigned(created)?,
        revision: unsigned(revision)?,
        lists_revision: unsigned(lists_revision)?,
        settings_revision: unsigned(settings_revision)?,
        name,
        prompt: setting(&prompt)?,
        privacy: setting(&privacy)?,
        properties: own,
        groups: groups(tx, owner).await?,
        contacts,
        outside: outside::read(tx, owner).await?,
    }))
}

/// Whether somebody lets another see him, who is on `lists` of his (notification-server reference, 6.2).
pub(super) fn allows(lists: Lists, privacy: Privacy) -> bool {
    !lists.contains(List::Block) && (lists.contains(List::Allow) || privacy == Privacy::AllowOthers)
}

/// The groups of everybody with an account, by number.
pub(super) async fn memberships(
    tx: &mut SqliteConnection,
    owner: AccountId,
) -> Result<HashMap<AccountId, Vec<u8>>, StoreError> {
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("SELECT contact, number FROM membership WHERE owner = $1 ORDER BY contact, number")
            .bind(i64::from(owner.0))
            .fetch_all(tx)
            .await?;
    let mut memberships: HashMap<_, Vec<_>> = HashMap::new();
    for (contact, n) in rows {
        memberships.entry(account_id(contact)?).or_default().push(number(n)?);
    }
    Ok(memberships)
}

/// The properties of the owner and of everybody on his forward list.
async fn properties(
    tx: &mut SqliteConnection,
    owner: AccountId,
) -> Result<HashMap<AccountId, Vec<(Property, String)>>, StoreError> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT account, name, value FROM property WHERE account = $1 OR account IN \
         (SELECT contact FROM contact WHERE owner = $1 AND lists & $2 <> 0)",
    )
    .bind(i64::from(owner.0))
    .bind(i64::from(List::Forward.bit().bits()))
    .fetch_all(tx)
    .await?;
    let mut found: HashMap<_, Vec<(Property, String)>> = HashMap::new();
    for (account, name, value) in rows {
        // Those of a newer version of this program are none of ours.
        if let Ok(property) = name.parse() {
            found.entry(account_id(account)?).or_default().push((property, value));
        }
    }
    for properties in found.values_mut() {
        in_order(properties);
    }
    Ok(found)
}

/// Reads what `brief` has put together: number, list bits, revision.
fn brief_contact(text: &str) -> Result<BriefContact, StoreError> {
    let mut numbers = text.split(' ').map(str::parse::<i64>);
    match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(id)), Some(Ok(bits)), Some(Ok(revision)), None) => {
            Ok(BriefContact { id: account_id(id)?, lists: lists(bits)?, revision: unsigned(revision)? })
        }
        _ => Err(StoreError::Corrupt(format!("the list row {text:?}"))),
    }
}
