//! Reading lists in full, for a client that asks.

use std::borrow::Cow;
use std::collections::HashMap;

use msnp::types::{Email, Guid, List, Lists, Privacy, Prompt, Property};
use serde::Deserialize;
use sqlx::{Connection as _, FromRow, SqliteConnection};

use super::account::Stored;
use super::gather::{Found, Gathered};
use super::group::{Group, number};
use super::list::allows;
use super::outside::{self, OutsideContact};
use super::privacy::setting;
use super::property::{in_order, shown};
use super::row::{account_id, email, lists, unsigned};
use super::writer::BoxFuture;
use super::{Store, StoreError};
use crate::account::{Account, AccountId};

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

/// All that a client learns of its own account when it signs in and asks for its lists, in one row: a statement is a wait for
/// another thread, and so is a row. Who has asked for it makes it out, not the one task that reads for everybody.
#[derive(Clone, FromRow)]
pub(super) struct Entrance {
    #[sqlx(flatten)]
    account: Stored,
    prompt: String,
    privacy: String,
    created: i64,
    revision: i64,
    lists_revision: i64,
    settings_revision: i64,
    /// JSON: [`ContactEntry`]s.
    contacts: String,
    /// JSON: contact and number of the group.
    memberships: String,
    /// JSON: name, value.
    own_properties: String,
    /// JSON: [`PropertyEntry`]s.
    properties: String,
    /// JSON: number, GUID in hexadecimal digits, name.
    groups: String,
    has_outside: bool,
    /// Whether others have said something to him while he was away.
    something_waits: bool,
    /// Those without an account, who are rows of their own.
    #[sqlx(skip)]
    outside: Vec<OutsideContact>,
}

/// Those of the accounts `$1`; `$2` is the bit of the forward list. Nothing here is put in order, or made a table of for one
/// moment, which would cost SQLite as much as all the rest.
const ENTRANCE: &str = "
    SELECT me.id, me.email, me.name, me.password_hash, me.generation, me.disabled, me.prompt, me.privacy, me.created,
        me.revision, me.lists_revision, me.settings_revision,
        (SELECT json_group_array(json_array(c.contact, a.email, a.name, c.name, c.phone, hex(c.guid), c.lists, c.revision,
                c.in_other))
            FROM contact c JOIN account a ON a.id = c.contact
            WHERE c.owner = me.id AND c.lists <> 0) AS contacts,
        (SELECT json_group_array(json_array(m.contact, m.number)) FROM membership m WHERE m.owner = me.id)
            AS memberships,
        (SELECT json_group_array(json_array(p.name, p.value)) FROM property p WHERE p.account = me.id)
            AS own_properties,
        (SELECT json_group_array(json_array(p.account, p.name, p.value, o.lists, a.privacy))
            FROM contact c CROSS JOIN property p ON p.account = c.contact CROSS JOIN account a ON a.id = c.contact
            LEFT JOIN contact o ON o.owner = c.contact AND o.contact = c.owner
            WHERE c.owner = me.id AND c.lists & $2 <> 0) AS properties,
        (SELECT json_group_array(json_array(g.number, hex(g.guid), g.name)) FROM contact_group g WHERE g.owner = me.id)
            AS groups,
        EXISTS (SELECT 1 FROM outside_contact e WHERE e.owner = me.id) AS has_outside,
        EXISTS (SELECT 1 FROM offline_message w WHERE w.receiver = me.id) AS something_waits
    FROM account me WHERE me.id IN (SELECT value FROM json_each($1))";

/// A row of somebody's lists, and what the contact says of it.
#[derive(Deserialize)]
struct ContactEntry<'a>(
    /// The contact.
    i64,
    /// His address.
    #[serde(borrow)]
    Cow<'a, str>,
    /// What he calls himself.
    Option<String>,
    /// What the owner calls him.
    Option<String>,
    /// The number the owner has for him.
    Option<String>,
    /// The GUID, in hexadecimal digits.
    #[serde(borrow)]
    Cow<'a, str>,
    /// The lists he is on.
    i64,
    /// The revision of the row.
    i64,
    /// Whether he is in "Other Contacts" beside his groups.
    i64,
);

/// A property of somebody on the forward list.
#[derive(Deserialize)]
struct PropertyEntry<'a>(
    /// The contact.
    i64,
    /// What it is.
    #[serde(borrow)]
    Cow<'a, str>,
    /// What it is set to.
    String,
    /// The lists that the owner is on with him.
    Option<i64>,
    /// Whether he lets see him who is on neither of the two.
    #[serde(borrow)]
    Cow<'a, str>,
);

impl Store {
    /// Everything that a client of this account gets to see of its lists; `None` where there is no such account. All
    /// of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn roster(&self, account: AccountId) -> Result<Option<Roster>, StoreError> {
        let gatherer = self.gatherers()?.entrance;
        let read = gatherer.read(account).await?;
        read.map(|entrance| entrance.open().map(|(_, roster, _)| roster)).transpose()
    }
}

impl Gathered for Entrance {
    fn read<'c>(
        conn: &'c mut SqliteConnection,
        accounts: &'c str,
    ) -> BoxFuture<'c, Result<Found<Self>, StoreError>> {
        Box::pin(async move {
            let mut found = Vec::new();
            for row in rows(conn, accounts).await? {
                let id = row.account.id()?;
                let whole = match row.has_outside {
                    true => with_outside(conn, id).await.transpose(),
                    false => Some(Ok(row)),
                };
                found.extend(whole.map(|entrance| (id, entrance)));
            }
            Ok(found)
        })
    }
}

async fn rows(conn: &mut SqliteConnection, accounts: &str) -> Result<Vec<Entrance>, StoreError> {
    let rows = sqlx::query_as(ENTRANCE)
        .bind(accounts)
        .bind(i64::from(List::Forward.bit().bits()))
        .fetch_all(conn)
        .await?;
    Ok(rows)
}

/// That of somebody who has contacts without an account, as few have. All of it is read again, to be of one moment.
async fn with_outside(conn: &mut SqliteConnection, owner: AccountId) -> Result<Option<Entrance>, StoreError> {
    let mut tx = conn.begin().await?;
    let row = rows(&mut tx, &format!("[{}]", owner.0)).await?.pop();
    let outside = outside::read(&mut tx, owner).await?;
    tx.commit().await?;
    Ok(row.map(|row| Entrance { outside, ..row }))
}

impl Entrance {
    /// Makes it out: the account, its lists, and whether something waits.
    pub(super) fn open(self) -> Result<(Account, Roster, bool), StoreError> {
        let something_waits = self.something_waits;
        let account = Account::try_from(self.account.clone())?;
        let roster = roster(self, &account)?;
        Ok((account, roster, something_waits))
    }
}

fn roster(row: Entrance, account: &Account) -> Result<Roster, StoreError> {
    let mut memberships = HashMap::<AccountId, Vec<_>>::new();
    for (contact, group) in from_json::<Vec<(i64, i64)>>(&row.memberships)? {
        memberships.entry(account_id(contact)?).or_default().push(number(group)?);
    }
    memberships.values_mut().for_each(|numbers| numbers.sort_unstable());
    // Properties of a newer version of this program are none of ours.
    let known = |name: &str, value| name.parse::<Property>().ok().map(|property| (property, value));
    let own = from_json::<Vec<(String, String)>>(&row.own_properties)?;
    let mut own: Vec<_> = own.into_iter().filter_map(|(name, value)| known(&name, value)).collect();
    in_order(&mut own);
    let mut properties = HashMap::<AccountId, Vec<_>>::new();
    for PropertyEntry(contact, name, value, theirs, privacy) in from_json::<Vec<_>>(&row.properties)? {
        if allows(theirs.map(lists).transpose()?.unwrap_or_default(), setting(&privacy)?) {
            properties.entry(account_id(contact)?).or_default().extend(known(&name, value));
        }
    }
    properties.values_mut().for_each(|properties| in_order(properties));
    let entries: Vec<ContactEntry<'_>> = from_json(&row.contacts)?;
    let contact = |entry| contact(entry, &mut memberships, &mut properties);
    let mut contacts: Vec<_> = entries.into_iter().map(contact).collect::<Result<_, _>>()?;
    contacts.sort_by_key(|contact| contact.id);
    let groups = from_json::<Vec<(i64, String, String)>>(&row.groups)?;
    let group = |(at, guid, name): (_, String, _)| Ok(Group { number: number(at)?, guid: hex(&guid)?, name });
    let mut groups: Vec<_> = groups.into_iter().map(group).collect::<Result<_, StoreError>>()?;
    groups.sort_by_key(|group| group.number);
    Ok(Roster {
        created: unsigned(row.created)?,
        revision: unsigned(row.revision)?,
        lists_revision: unsigned(row.lists_revision)?,
        settings_revision: unsigned(row.settings_revision)?,
        name: account.name.clone(),
        prompt: setting(&row.prompt)?,
        privacy: setting(&row.privacy)?,
        properties: own,
        groups,
        contacts,
        outside: row.outside,
    })
}

fn contact(
    entry: ContactEntry<'_>,
    memberships: &mut HashMap<AccountId, Vec<u8>>,
    properties: &mut HashMap<AccountId, Vec<(Property, String)>>,
) -> Result<RosterContact, StoreError> {
    let ContactEntry(id, address, name, stored_name, phone, guid, on, revision, in_other) = entry;
    let (id, on) = (account_id(id)?, lists(on)?);
    let properties = properties.remove(&id).map_or_else(Vec::new, shown);
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
        name: name.unwrap_or_else(|| address.into_owned()),
        stored_name,
        phone,
        guid: hex(&guid)?,
        lists: on,
        revision: unsigned(revision)?,
        groups,
        properties,
    })
}

fn from_json<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("what a roster is read from: {error}")))
}

/// A GUID as SQLite's `hex` writes its bytes.
fn hex(digits: &str) -> Result<Guid, StoreError> {
    let bad = || StoreError::Corrupt(format!("the GUID {digits:?}"));
    // By hand, since twenty are read with every sign-in.
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(bad()),
    };
    let mut guid = [0; 16];
    let (pairs, []) = digits.as_bytes().as_chunks() else { return Err(bad()) };
    if pairs.len() != guid.len() {
        return Err(bad());
    }
    for (byte, [high, low]) in guid.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Ok(Guid(guid))
}
