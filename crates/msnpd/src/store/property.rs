//! Phone numbers and marks that an account shows to its contacts.

use msnp::types::{List, Property};
use sqlx::SqliteConnection;

use super::edit::EditError;
use super::row::{Part, Revisions, account_id, revision};
use super::{Store, StoreError};
use crate::account::AccountId;

/// Whether contacts get to know a property. That the mobile service is set up is nobody else's business.
const fn is_shown(property: Property) -> bool {
    !matches!(property, Property::MobileEnabled | Property::FriendlyName)
}

/// What contacts get to see of somebody's properties. Without the mobile service he can't be paged, whatever he has
/// said (notification-server reference, 11).
pub(super) fn shown(all: impl IntoIterator<Item = (Property, String)>) -> Vec<(Property, String)> {
    let mut all: Vec<_> = all.into_iter().collect();
    let is_mobile = all.iter().any(|(property, value)| *property == Property::MobileEnabled && value == YES);
    all.retain(|(property, _)| is_shown(*property));
    for (property, value) in &mut all {
        if *property == Property::Pageable && !is_mobile {
            NO.clone_into(value);
        }
    }
    all
}

/// `MOB` and `MBE`: yes.
const YES: &str = "Y";

/// `MOB` and `MBE`: no.
const NO: &str = "N";

/// What others see of an account's properties after an edit, where they saw something else before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// The properties of which they see another value than before, and that value.
    pub properties: Vec<(Property, Option<String>)>,
    /// Who has the account on the forward list and sees that, with his new revision: his list as he gets it has
    /// changed, and he is to be told if he is there.
    pub watchers: Vec<(AccountId, u64)>,
}

/// What an edit of a setting did that others may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingEdited {
    /// The account's revision; the one it had before where the setting had that value.
    pub revision: u64,
    /// What others see of it.
    pub sight: Sight,
}

impl Store {
    /// Sets a property, or removes it.
    ///
    /// # Errors
    /// [`Gone`](EditError::Gone).
    pub async fn set_property(
        &self,
        account: AccountId,
        property: Property,
        value: Option<&str>,
    ) -> Result<SettingEdited, EditError> {
        let value = value.map(str::to_owned);
        self.write(move |tx| Box::pin(change_property(tx, account, property, value))).await
    }
}

/// [`Store::set_property`].
pub(super) async fn change_property(
    tx: &mut SqliteConnection,
    account: AccountId,
    property: Property,
    value: Option<String>,
) -> Result<SettingEdited, EditError> {
    let before = revision(tx, account).await?.ok_or(EditError::Gone)?;
    // With the mobile service comes and goes that one can be paged.
    let visible = if property == Property::MobileEnabled { Property::Pageable } else { property };
    let shown_before = shown_value(tx, account, visible).await?;
    let edit = match value {
        Some(value) => sqlx::query(
            "INSERT INTO property (account, name, value) VALUES ($1, $2, $3) \
             ON CONFLICT (account, name) DO UPDATE SET value = excluded.value \
             WHERE property.value <> excluded.value",
        )
        .bind(i64::from(account.0))
        .bind(property.as_str())
        .bind(value),
        None => sqlx::query("DELETE FROM property WHERE account = $1 AND name = $2")
            .bind(i64::from(account.0))
            .bind(property.as_str()),
    };
    let done = edit.execute(&mut *tx).await?;
    if done.rows_affected() == 0 {
        return Ok(SettingEdited { revision: before, sight: Sight::default() });
    }
    let revisions = Revisions::next(tx, Part::Settings, [account]).await?;
    let revision = revisions.of(account).ok_or(EditError::Gone)?;
    let value = shown_value(tx, account, visible).await?;
    let mut sight = Sight::default();
    if value != shown_before {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT c.contact FROM contact c JOIN account a ON a.id = c.owner \
             WHERE c.owner = $1 AND c.contact <> $1 AND c.lists & $2 <> 0 AND c.lists & $3 = 0 \
             AND (c.lists & $4 <> 0 OR a.privacy = 'AL')",
        )
        .bind(i64::from(account.0))
        .bind(i64::from(List::Reverse.bit().bits()))
        .bind(i64::from(List::Block.bit().bits()))
        .bind(i64::from(List::Allow.bit().bits()))
        .fetch_all(&mut *tx)
        .await?;
        let ids = ids.into_iter().map(account_id).collect::<Result<Vec<_>, _>>()?;
        let watchers = Revisions::next(tx, Part::Lists, ids).await?.into_vec();
        sight = Sight { properties: vec![(visible, value)], watchers };
    }
    Ok(SettingEdited { revision, sight })
}

/// What somebody sees of an account's properties who may see it from now on, or from now on may not.
pub(super) async fn turned(
    tx: &mut SqliteConnection,
    account: AccountId,
    is_seen: bool,
) -> Result<Vec<(Property, Option<String>)>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT name, value FROM property WHERE account = $1")
        .bind(i64::from(account.0))
        .fetch_all(tx)
        .await?;
    let rows = rows.into_iter().filter_map(|(name, value)| Some((name.parse().ok()?, value)));
    let mut all = shown(rows);
    in_order(&mut all);
    Ok(all.into_iter().map(|(property, value)| (property, is_seen.then_some(value))).collect())
}

/// Puts properties in the order in which lists give them.
pub(super) fn in_order(properties: &mut [(Property, String)]) {
    properties.sort_by_key(|(property, _)| Property::ALL.iter().position(|p| p == property));
}

/// The value of a property as contacts get to see it.
async fn shown_value(
    tx: &mut SqliteConnection,
    account: AccountId,
    property: Property,
) -> Result<Option<String>, StoreError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT name, value FROM property WHERE account = $1 AND name IN ($2, $3)")
            .bind(i64::from(account.0))
            .bind(property.as_str())
            .bind(Property::MobileEnabled.as_str())
            .fetch_all(tx)
            .await?;
    let rows = rows.into_iter().filter_map(|(name, value)| Some((name.parse().ok()?, value)));
    Ok(shown(rows).into_iter().find(|(name, _)| *name == property).map(|(_, value)| value))
}
