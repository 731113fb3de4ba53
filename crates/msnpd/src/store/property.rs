//! Phone numbers and marks that an account shows to its contacts.

use std::fmt;
use std::str::FromStr;

use msnp::types::List;

use super::Store;
use super::edit::EditError;
use super::row::{Part, Revisions, account_id, revision};
use crate::account::AccountId;

/// A property of an account: `PRP` and `BPR` (notification-server reference, 11). The friendly name, which is one of
/// them on the wire, is the account's own field here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Property {
    /// `PHH`: phone at home.
    PhoneHome,
    /// `PHW`: phone at work.
    PhoneWork,
    /// `PHM`: mobile phone.
    PhoneMobile,
    /// `MOB`: whether he may be paged, `Y` or `N`.
    Pager,
    /// `MBE`: whether he has set up the mobile service, `Y` or `N`. Nobody else's business.
    MobileService,
    /// `WWE`: whether his watch shows messages.
    Watch,
    /// `HSB`: whether he has a blog.
    Blog,
}

impl Property {
    /// Every property, in the order in which lists send them.
    pub const ALL: [Self; 7] = [
        Self::PhoneHome,
        Self::PhoneWork,
        Self::PhoneMobile,
        Self::Pager,
        Self::MobileService,
        Self::Watch,
        Self::Blog,
    ];

    /// The three letters that name it on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PhoneHome => "PHH",
            Self::PhoneWork => "PHW",
            Self::PhoneMobile => "PHM",
            Self::Pager => "MOB",
            Self::MobileService => "MBE",
            Self::Watch => "WWE",
            Self::Blog => "HSB",
        }
    }

    /// Whether contacts get to know it.
    pub const fn is_shown(self) -> bool {
        !matches!(self, Self::MobileService)
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Property {
    type Err = UnknownProperty;

    fn from_str(written: &str) -> Result<Self, UnknownProperty> {
        Self::ALL.into_iter().find(|property| property.as_str() == written).ok_or(UnknownProperty)
    }
}

/// The text names no property that is kept (715).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a property is one of PHH PHW PHM MOB MBE WWE HSB")]
pub struct UnknownProperty;

/// What setting a property did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyEdited {
    /// The account's revision; the one it had before where the property had that value.
    pub revision: u64,
    /// Who has the account on the forward list and may see it, with his new revision: his list as he gets it has
    /// changed, and he is to be told if he is there.
    pub watchers: Vec<(AccountId, u64)>,
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
    ) -> Result<PropertyEdited, EditError> {
        let value = value.map(str::to_owned);
        self.write(move |tx| {
            Box::pin(async move {
                let before = revision(tx, account).await?.ok_or(EditError::Gone)?;
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
                    return Ok(PropertyEdited { revision: before, watchers: Vec::new() });
                }
                let revisions = Revisions::next(tx, Part::Settings, [account]).await?;
                let revision = revisions.of(account).ok_or(EditError::Gone)?;
                let mut watchers = Vec::new();
                if property.is_shown() {
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
                    watchers = Revisions::next(tx, Part::Lists, ids).await?.into_vec();
                }
                Ok(PropertyEdited { revision, watchers })
            })
        })
        .await
    }
}
