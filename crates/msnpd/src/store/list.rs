//! Reading parts of lists; in brief they are read by `sign_in`, in full by `roster`.

use std::collections::HashMap;

use msnp::types::{Email, List, Lists, Privacy, Property};
use sqlx::SqliteConnection;

use super::group::number;
use super::privacy::setting;
use super::property::{in_order, shown};
use super::row::{account_id, email, lists};
use super::{Store, StoreError};
use crate::account::AccountId;

impl Store {
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
