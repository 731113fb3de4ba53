//! Reading lists in full, for a client that asks.

use std::collections::HashMap;

use msnp::types::{Email, Guid, List, Lists, Privacy, Prompt, Property};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::{Connection as _, FromRow, SqliteConnection};

use super::gather::{Found, Gathered};
use super::group::{Group, number};
use super::list::allows;
use super::outside::{self, OutsideContact};
use super::privacy::setting;
use super::property::{in_order, shown};
use super::row::{account_id, email, lists, unsigned};
use super::writer::BoxFuture;
use super::{Store, StoreError};
use crate::account::AccountId;

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

/// All of it but for those without an account, in one row: a statement is a wait for another thread, and so is a row.
#[derive(FromRow)]
struct RosterRow {
    id: i64,
    prompt: String,
    privacy: String,
    created: i64,
    revision: i64,
    lists_revision: i64,
    settings_revision: i64,
    name: String,
    /// JSON: [`ContactEntry`]s.
    contacts: String,
    /// JSON: contact and number of the group, by number of the group.
    memberships: String,
    /// JSON: account, name, value.
    properties: String,
    /// JSON: number, GUID in hexadecimal digits, name.
    groups: String,
    has_outside: bool,
}

/// Those of the accounts `$1`.
const ROSTER: &str = "
    SELECT me.id, me.prompt, me.privacy, me.created, me.revision, me.lists_revision, me.settings_revision,
        coalesce(me.name, me.email) AS name,
        (SELECT json_group_array(json_array(c.contact, a.email, a.name, c.name, c.phone, hex(c.guid), c.lists, c.revision,
                c.in_other, o.lists, a.privacy) ORDER BY c.contact)
            FROM contact c JOIN account a ON a.id = c.contact
            LEFT JOIN contact o ON o.owner = c.contact AND o.contact = c.owner
            WHERE c.owner = me.id AND c.lists <> 0) AS contacts,
        (SELECT json_group_array(json_array(m.contact, m.number) ORDER BY m.number) FROM membership m
            WHERE m.owner = me.id) AS memberships,
        (SELECT json_group_array(json_array(p.account, p.name, p.value)) FROM property p
            WHERE p.account = me.id OR p.account IN
                (SELECT c.contact FROM contact c WHERE c.owner = me.id AND c.lists & $2 <> 0)) AS properties,
        (SELECT json_group_array(json_array(g.number, hex(g.guid), g.name) ORDER BY g.number) FROM contact_group g
            WHERE g.owner = me.id) AS groups,
        EXISTS (SELECT 1 FROM outside_contact e WHERE e.owner = me.id) AS has_outside
    FROM account me WHERE me.id IN (SELECT value FROM json_each($1))";

/// A row of somebody's lists, and what the contact says of it.
#[derive(Deserialize)]
struct ContactEntry(
    /// The contact.
    i64,
    /// His address.
    String,
    /// What he calls himself.
    Option<String>,
    /// What the owner calls him.
    Option<String>,
    /// The number the owner has for him.
    Option<String>,
    /// The GUID, in hexadecimal digits.
    String,
    /// The lists he is on.
    i64,
    /// The revision of the row.
    i64,
    /// Whether he is in "Other Contacts" beside his groups.
    i64,
    /// The lists that the owner is on with him.
    Option<i64>,
    /// Whether he lets see him who is on neither of the two.
    String,
);

impl Store {
    /// Everything that a client of this account gets to see of its lists; `None` where there is no such account. All
    /// of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn roster(&self, account: AccountId) -> Result<Option<Roster>, StoreError> {
        let gatherer = self.gatherers()?.roster;
        gatherer.read(account).await
    }
}

impl Gathered for Roster {
    fn read<'c>(
        conn: &'c mut SqliteConnection,
        accounts: &'c str,
    ) -> BoxFuture<'c, Result<Found<Self>, StoreError>> {
        Box::pin(async move {
            let mut found = Vec::new();
            for row in rows(conn, accounts).await? {
                let id = account_id(row.id)?;
                let whole = match row.has_outside {
                    true => with_outside(conn, id).await.transpose(),
                    false => Some(roster(row, Vec::new())),
                };
                found.extend(whole.map(|roster| (id, roster)));
            }
            Ok(found)
        })
    }
}

async fn rows(conn: &mut SqliteConnection, accounts: &str) -> Result<Vec<RosterRow>, StoreError> {
    let rows = sqlx::query_as(ROSTER)
        .bind(accounts)
        .bind(i64::from(List::Forward.bit().bits()))
        .fetch_all(conn)
        .await?;
    Ok(rows)
}

/// That of somebody who has contacts without an account, as few have. All of it is read again, to be of one moment.
async fn with_outside(conn: &mut SqliteConnection, owner: AccountId) -> Result<Option<Roster>, StoreError> {
    let mut tx = conn.begin().await?;
    let row = rows(&mut tx, &format!("[{}]", owner.0)).await?.pop();
    let outside = outside::read(&mut tx, owner).await?;
    tx.commit().await?;
    row.map(|row| roster(row, outside)).transpose()
}

fn roster(row: RosterRow, outside: Vec<OutsideContact>) -> Result<Roster, StoreError> {
    let owner = account_id(row.id)?;
    let mut memberships = HashMap::<AccountId, Vec<_>>::new();
    for (contact, group) in from_json::<Vec<(i64, i64)>>(&row.memberships)? {
        memberships.entry(account_id(contact)?).or_default().push(number(group)?);
    }
    let mut properties = HashMap::<AccountId, Vec<_>>::new();
    for (account, name, value) in from_json::<Vec<(i64, String, String)>>(&row.properties)? {
        // Those of a newer version of this program are none of ours.
        if let Ok(property) = name.parse::<Property>() {
            properties.entry(account_id(account)?).or_default().push((property, value));
        }
    }
    properties.values_mut().for_each(|properties| in_order(properties));
    let own = properties.get(&owner).cloned().unwrap_or_default();
    let entries: Vec<ContactEntry> = from_json(&row.contacts)?;
    let contact = |entry| contact(entry, &mut memberships, &properties);
    let contacts = entries.into_iter().map(contact).collect::<Result<_, _>>()?;
    let groups = from_json::<Vec<(i64, String, String)>>(&row.groups)?;
    let group = |(at, guid, name): (_, String, _)| Ok(Group { number: number(at)?, guid: hex(&guid)?, name });
    Ok(Roster {
        created: unsigned(row.created)?,
        revision: unsigned(row.revision)?,
        lists_revision: unsigned(row.lists_revision)?,
        settings_revision: unsigned(row.settings_revision)?,
        name: row.name,
        prompt: setting(&row.prompt)?,
        privacy: setting(&row.privacy)?,
        properties: own,
        groups: groups.into_iter().map(group).collect::<Result<_, StoreError>>()?,
        contacts,
        outside,
    })
}

fn contact(
    entry: ContactEntry,
    memberships: &mut HashMap<AccountId, Vec<u8>>,
    properties: &HashMap<AccountId, Vec<(Property, String)>>,
) -> Result<RosterContact, StoreError> {
    let ContactEntry(id, address, name, stored_name, phone, guid, on, revision, in_other, theirs, privacy) =
        entry;
    let (id, on) = (account_id(id)?, lists(on)?);
    let allows = allows(theirs.map(lists).transpose()?.unwrap_or_default(), setting(&privacy)?);
    let properties = match properties.get(&id) {
        Some(all) if allows && on.contains(List::Forward) => shown(all.iter().cloned()),
        _ => Vec::new(),
    };
    let mut groups = memberships.remove(&id).unwrap_or_default();
    if !on.contains(List::Forward) {
        groups.clear();
    }
    if in_other != 0 {
        groups.insert(0, 0);
    }
    Ok(RosterContact {
        id,
        email: email(&address)?,
        name: name.unwrap_or(address),
        stored_name,
        phone,
        guid: hex(&guid)?,
        lists: on,
        revision: unsigned(revision)?,
        groups,
        properties,
    })
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("what a roster is read from: {error}")))
}

/// A GUID as SQLite's `hex` writes its bytes.
fn hex(digits: &str) -> Result<Guid, StoreError> {
    let bad = || StoreError::Corrupt(format!("the GUID {digits:?}"));
    let bytes = u128::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 32);
    bytes.map(|bytes| Guid(bytes.to_be_bytes())).ok_or_else(bad)
}
