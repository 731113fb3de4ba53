//! Reading lists in brief, as a sign-in does; in full they are read by `roster`.

use std::collections::HashMap;

use msnp::types::{Email, List, Lists, Privacy, Property};
use sqlx::{FromRow, SqliteConnection};

use super::account::Stored;
use super::gather::{Found, Gathered};
use super::group::number;
use super::privacy::setting;
use super::property::{in_order, shown};
use super::row::{account_id, email, lists, unsigned};
use super::writer::BoxFuture;
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

/// What a sign-in reads of the accounts `$1`. One row costs a fraction of twenty.
const SIGN_IN: &str = "
    SELECT id, email, name, password_hash, generation, disabled, privacy, revision, lists_revision, settings_revision,
        (SELECT string_agg(contact || ' ' || lists || ' ' || contact.revision, ',') FROM contact
            WHERE owner = account.id AND lists <> 0) AS rows
    FROM account WHERE id IN (SELECT value FROM json_each($1))";

/// An account, and what the directory keeps of it.
pub(super) type SignIn = (Account, Brief);

impl Gathered for SignIn {
    fn read<'c>(
        conn: &'c mut SqliteConnection,
        accounts: &'c str,
    ) -> BoxFuture<'c, Result<Found<Self>, StoreError>> {
        Box::pin(async move {
            let rows: Vec<SignInRow> = sqlx::query_as(SIGN_IN).bind(accounts).fetch_all(conn).await?;
            rows.into_iter().map(|row| Ok((row.account.id()?, brief(row)))).collect()
        })
    }
}

fn brief(row: SignInRow) -> Result<SignIn, StoreError> {
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
    Ok((account, brief))
}

impl Store {
    /// All that a sign-in with a ticket reads: the account, for the ticket's generation to be compared with, and what
    /// the directory keeps of it. `None` where there is no such account. All of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn sign_in(&self, account: AccountId) -> Result<Option<(Account, Brief)>, StoreError> {
        let gatherer = self.gatherers()?.sign_in;
        gatherer.read(account).await
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
