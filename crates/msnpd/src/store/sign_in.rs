//! What is read of everybody who signs in.

use msnp::types::{Lists, Privacy};
use sqlx::{FromRow, SqliteConnection};

use super::account::Stored;
use super::gather::{Found, Gathered};
use super::privacy::setting;
use super::roster::{Entrance, Roster, RosterContact};
use super::row::{account_id, lists, unsigned};
use super::writer::BoxFuture;
use super::{Store, StoreError};
use crate::account::{Account, AccountId};

/// All that a sign-in reads, of one moment.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The account, for the ticket's generation to be compared with.
    pub account: Account,
    /// What the directory keeps of it.
    pub brief: Brief,
    /// Its lists in full, where they were asked for.
    pub roster: Option<Box<Roster>>,
    /// Whether others have said something to him while he was away.
    pub something_waits: bool,
}

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

/// What is read of somebody whose client reads his lists elsewhere, in one row.
#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    account: Stored,
    privacy: String,
    revision: i64,
    lists_revision: i64,
    settings_revision: i64,
    rows: Option<String>,
    something_waits: bool,
}

/// Those of the accounts `$1`. One row costs a fraction of twenty.
const SIGN_IN: &str = "
    SELECT id, email, name, password_hash, generation, disabled, privacy, revision, lists_revision, settings_revision,
        (SELECT string_agg(contact || ' ' || lists || ' ' || contact.revision, ',') FROM contact
            WHERE owner = account.id AND lists <> 0) AS rows,
        EXISTS (SELECT 1 FROM offline_message WHERE receiver = account.id) AS something_waits
    FROM account WHERE id IN (SELECT value FROM json_each($1))";

impl Gathered for SignIn {
    fn read<'c>(
        conn: &'c mut SqliteConnection,
        accounts: &'c str,
    ) -> BoxFuture<'c, Result<Found<Self>, StoreError>> {
        Box::pin(async move {
            let rows: Vec<Row> = sqlx::query_as(SIGN_IN).bind(accounts).fetch_all(conn).await?;
            rows.into_iter().map(|row| Ok((row.account.id()?, SignIn::try_from(row)))).collect()
        })
    }
}

impl TryFrom<Row> for SignIn {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let account = Account::try_from(row.account)?;
        let rows = row.rows.unwrap_or_default();
        let brief = Brief {
            privacy: setting(&row.privacy)?,
            revision: unsigned(row.revision)?,
            lists_revision: unsigned(row.lists_revision)?,
            settings_revision: unsigned(row.settings_revision)?,
            name: account.name.clone(),
            contacts: rows.split_terminator(',').map(contact).collect::<Result<_, _>>()?,
        };
        Ok(Self { account, brief, roster: None, something_waits: row.something_waits })
    }
}

/// Reads what the statement has put together: number, list bits, revision.
fn contact(text: &str) -> Result<BriefContact, StoreError> {
    let mut numbers = text.split(' ').map(str::parse::<i64>);
    match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(id)), Some(Ok(bits)), Some(Ok(revision)), None) => {
            Ok(BriefContact { id: account_id(id)?, lists: lists(bits)?, revision: unsigned(revision)? })
        }
        _ => Err(StoreError::Corrupt(format!("the list row {text:?}"))),
    }
}

impl TryFrom<Entrance> for SignIn {
    type Error = StoreError;

    fn try_from(entrance: Entrance) -> Result<Self, StoreError> {
        let (account, roster, something_waits) = entrance.open()?;
        let contact = |contact: &RosterContact| BriefContact {
            id: contact.id,
            lists: contact.lists,
            revision: contact.revision,
        };
        let brief = Brief {
            privacy: roster.privacy,
            revision: roster.revision,
            lists_revision: roster.lists_revision,
            settings_revision: roster.settings_revision,
            name: roster.name.clone(),
            contacts: roster.contacts.iter().map(contact).collect(),
        };
        Ok(Self { account, brief, roster: Some(Box::new(roster)), something_waits })
    }
}

impl Store {
    /// All that a sign-in with a ticket reads; `with_lists` for a client that is about to ask for its lists. `None` where
    /// there is no such account. All of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn sign_in(&self, account: AccountId, with_lists: bool) -> Result<Option<SignIn>, StoreError> {
        let gatherers = self.gatherers()?;
        match with_lists {
            true => gatherers.entrance.read(account).await?.map(SignIn::try_from).transpose(),
            false => gatherers.sign_in.read(account).await,
        }
    }

    /// What the directory keeps of an account, to be read again after a gap in its revisions; `None` where there is no
    /// such account. All of it is of one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn brief(&self, account: AccountId) -> Result<Option<Brief>, StoreError> {
        Ok(self.sign_in(account, false).await?.map(|read| read.brief))
    }
}
