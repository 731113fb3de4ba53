//! Accounts: who there is, and adding one.

use std::collections::HashMap;
use std::fmt;

use msnp::types::{Email, Privacy};
use sqlx::{FromRow, QueryBuilder, Sqlite};

use super::privacy::setting;
use super::role::MAX_NUMBER;
use super::row::{account_id, email, find, unsigned};
use super::{Store, StoreError, now};
use crate::account::{Account, AccountId};
use crate::password::legacy::LegacyError;

/// How many addresses are looked up in one statement.
const ADDRESSES_AT_ONCE: usize = 500;

/// Seals a password for the account that it will belong to: its number is known only once the row is there.
pub type Seal = Box<dyn FnOnce(AccountId) -> Result<Vec<u8>, LegacyError> + Send>;

/// An account to be.
pub struct NewAccount {
    /// The address it signs in with.
    pub email: Email,
    /// Its friendly name; `None`: its address stands in until it sets one.
    pub name: Option<String>,
    /// The password as an argon2id string in PHC form.
    pub password_hash: String,
    /// What seals the password for sign-in from MSNP2-7, if the account may do so.
    pub sealed_password: Option<Seal>,
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount").field("email", &self.email).finish_non_exhaustive()
    }
}

/// What an operator gets to know of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSummary {
    /// Its number.
    pub id: AccountId,
    /// The address it signs in with.
    pub email: Email,
    /// Its friendly name; `None` where none was ever set.
    pub name: Option<String>,
    /// Whether it is disabled.
    pub disabled: bool,
    /// Whether MSNP2-7 can sign in with it.
    pub legacy: bool,
    /// When it was made, in seconds since 1970.
    pub created: u64,
    /// Who may see it.
    pub privacy: Privacy,
}

/// Why an account could not be made or changed. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AccountError {
    /// The address is taken.
    #[error("there is an account {0} already")]
    Exists(Email),
    /// There were as many accounts as can have numbers.
    #[error("there can be no more accounts: the numbers that clients can read are used up")]
    Full,
    /// The password could not be sealed.
    #[error(transparent)]
    Seal(#[from] LegacyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such account.
    #[error("no such account")]
    Unknown,
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// An account as its row holds it.
#[derive(Clone, FromRow)]
pub(super) struct Stored {
    id: i64,
    email: String,
    name: Option<String>,
    password_hash: String,
    generation: i64,
    disabled: bool,
}

impl Stored {
    /// The number of the account.
    pub(super) fn id(&self) -> Result<AccountId, StoreError> {
        account_id(self.id)
    }
}

/// The same and what MSNP2-7 need.
#[derive(FromRow)]
struct WithSealed {
    #[sqlx(flatten)]
    account: Stored,
    sealed_password: Option<Vec<u8>>,
}

impl TryFrom<Stored> for Account {
    type Error = StoreError;

    fn try_from(row: Stored) -> Result<Self, StoreError> {
        let generation = u32::try_from(row.generation)
            .map_err(|_| StoreError::Corrupt(format!("generation {}", row.generation)))?;
        Ok(Self {
            id: account_id(row.id)?,
            name: row.name.unwrap_or_else(|| row.email.clone()),
            email: email(&row.email)?,
            password_hash: row.password_hash,
            generation,
            disabled: row.disabled,
        })
    }
}

/// A row of [`Store::accounts`]: id, email, name, disabled, legacy, created, privacy.
type Summary = (i64, String, Option<String>, bool, bool, i64, String);

impl Store {
    /// The account that signs in with `email`. Never waits for a write.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn account_by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        let row: Option<Stored> = sqlx::query_as(
            "SELECT id, email, name, password_hash, generation, disabled FROM account WHERE email = $1",
        )
        .bind(email.as_str())
        .fetch_optional(self.readers())
        .await?;
        row.map(Account::try_from).transpose()
    }

    /// Those of these addresses that have an account, with its number. Never waits for a write.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn accounts_with(
        &self,
        mut addresses: Vec<Email>,
    ) -> Result<HashMap<Email, AccountId>, StoreError> {
        addresses.sort_unstable();
        addresses.dedup();
        let mut found = HashMap::with_capacity(addresses.len());
        for some in addresses.chunks(ADDRESSES_AT_ONCE) {
            let mut query = QueryBuilder::<Sqlite>::new("SELECT email, id FROM account WHERE email IN (");
            let mut list = query.separated(", ");
            for address in some {
                list.push_bind(address.as_str());
            }
            query.push(")");
            let rows: Vec<(String, i64)> = query.build_query_as().fetch_all(self.readers()).await?;
            for (address, id) in rows {
                found.insert(email(&address)?, account_id(id)?);
            }
        }
        Ok(found)
    }

    /// The account with this number. Never waits for a write.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let row: Option<Stored> = sqlx::query_as(
            "SELECT id, email, name, password_hash, generation, disabled FROM account WHERE id = $1",
        )
        .bind(i64::from(id.0))
        .fetch_optional(self.readers())
        .await?;
        row.map(Account::try_from).transpose()
    }

    /// The account that signs in with `email`, and the sealed password that MSNP2-7 sign-in needs, if it has one. One
    /// question whatever there is, so that the time it takes tells little. Never waits for a write.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn account_and_sealed_password(
        &self,
        email: &Email,
    ) -> Result<Option<(Account, Option<Vec<u8>>)>, StoreError> {
        let row: Option<WithSealed> = sqlx::query_as(
            "SELECT id, email, name, password_hash, generation, disabled, sealed_password FROM account \
             WHERE email = $1",
        )
        .bind(email.as_str())
        .fetch_optional(self.readers())
        .await?;
        row.map(|row| Ok((Account::try_from(row.account)?, row.sealed_password))).transpose()
    }

    /// The sealed password that MSNP2-7 sign-in needs; `None` where the account has none, or there is no account.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn sealed_password(&self, id: AccountId) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed: Option<Option<Vec<u8>>> =
            sqlx::query_scalar("SELECT sealed_password FROM account WHERE id = $1")
                .bind(i64::from(id.0))
                .fetch_optional(self.readers())
                .await?;
        Ok(sealed.flatten())
    }

    /// Whether there is any account.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        let some: i64 =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM account)").fetch_one(self.readers()).await?;
        Ok(some != 0)
    }

    /// All accounts, by address.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn accounts(&self) -> Result<Vec<AccountSummary>, StoreError> {
        let rows: Vec<Summary> = sqlx::query_as(
            "SELECT id, email, name, disabled, sealed_password IS NOT NULL, created, privacy FROM account \
             ORDER BY email",
        )
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(summary).collect()
    }

    /// What an operator gets to know of one account.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn account_summary(&self, email: &Email) -> Result<Option<AccountSummary>, StoreError> {
        let row: Option<Summary> = sqlx::query_as(
            "SELECT id, email, name, disabled, sealed_password IS NOT NULL, created, privacy FROM account \
             WHERE email = $1",
        )
        .bind(email.as_str())
        .fetch_optional(self.readers())
        .await?;
        row.map(summary).transpose()
    }

    /// Adds an account.
    ///
    /// # Errors
    /// [`Exists`](AccountError::Exists), [`Full`](AccountError::Full), or what sealing the password says.
    pub async fn add_account(&self, new: NewAccount) -> Result<AccountId, AccountError> {
        self.write(move |tx| {
            Box::pin(async move {
                if find(tx, &new.email).await?.is_some() {
                    return Err(AccountError::Exists(new.email));
                }
                let id: i64 = sqlx::query_scalar(
                    "INSERT INTO account (email, name, password_hash, created) VALUES ($1, $2, $3, $4) \
                     RETURNING id",
                )
                .bind(new.email.as_str())
                .bind(new.name)
                .bind(new.password_hash)
                .bind(now())
                .fetch_one(&mut *tx)
                .await?;
                let id = account_id(id)?;
                if id.0 >= MAX_NUMBER {
                    return Err(AccountError::Full);
                }
                if let Some(seal) = new.sealed_password {
                    sqlx::query("UPDATE account SET sealed_password = $2 WHERE id = $1")
                        .bind(i64::from(id.0))
                        .bind(seal(id)?)
                        .execute(tx)
                        .await?;
                }
                Ok(id)
            })
        })
        .await
    }
}

fn summary(row: Summary) -> Result<AccountSummary, StoreError> {
    let (id, address, name, disabled, legacy, created, privacy) = row;
    Ok(AccountSummary {
        id: account_id(id)?,
        email: email(&address)?,
        name,
        disabled,
        legacy,
        created: unsigned(created)?,
        privacy: setting(&privacy)?,
    })
}
