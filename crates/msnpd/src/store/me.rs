//! The owner's own entry in his address book: the settings that `PRP MFN`, `GTC` and `BLP` make, and what only the web
//! services know.

use msnp::types::{Privacy, Prompt, Property};
use sqlx::SqliteConnection;

use super::book::{BookEdited, BookError};
use super::detail::{DetailEdit, set_details};
use super::edit::EditError;
use super::privacy::{change_name, change_privacy, change_prompt};
use super::property::{Sight, change_property};
use super::row::{Part, Revisions};
use crate::account::AccountId;

/// What an owner is to have for himself. What is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeUpdate {
    /// His friendly name; with an empty one his address stands in again.
    pub name: Option<String>,
    /// What his client is to do about newcomers.
    pub prompt: Option<Prompt>,
    /// Who may see him.
    pub privacy: Option<Privacy>,
    /// Whether he can be paged.
    pub is_mobile: Option<bool>,
    /// What else is noted.
    pub details: Vec<DetailEdit>,
}

/// What was changed of an owner's own entry that others see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeEdited {
    /// His new friendly name, if it is another one, and his revision with it.
    pub name: Option<(String, u64)>,
    /// Who may see him from here on, if that is different, and his revision with it.
    pub privacy: Option<(Privacy, u64)>,
    /// What others see of his properties.
    pub sights: Vec<Sight>,
}

/// Changes what is different.
pub(super) async fn update(
    tx: &mut SqliteConnection,
    owner: AccountId,
    update: MeUpdate,
    book: &mut BookEdited,
) -> Result<MeEdited, BookError> {
    let mut done = MeEdited::default();
    if let Some(name) = update.name {
        done.name = changed(change_name(tx, owner, name.clone()).await)?.map(|revision| (name, revision));
    }
    if let Some(prompt) = update.prompt {
        changed(change_prompt(tx, owner, prompt).await)?;
    }
    if let Some(privacy) = update.privacy
        && let Some(edited) = changed(change_privacy(tx, owner, privacy).await)?
    {
        done.privacy = Some((privacy, edited.revision));
        done.sights.push(edited.sight);
    }
    if let Some(is_mobile) = update.is_mobile {
        // To be no mobile user is the same whether it was said or not.
        let value = is_mobile.then(|| "Y".to_owned());
        let edited = change_property(tx, owner, Property::MobileEnabled, value).await?;
        done.sights.push(edited.sight);
    }
    if set_details(tx, owner, owner.contact_id(), &update.details, book).await? {
        Revisions::next(tx, Part::Settings, [owner]).await?.of(owner).ok_or(EditError::Gone)?;
    }
    Ok(done)
}

/// The outcome of an edit, or nothing where it would have changed nothing.
fn changed<T>(done: Result<T, EditError>) -> Result<Option<T>, EditError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(EditError::Unchanged) => Ok(None),
        Err(error) => Err(error),
    }
}
