//! What becomes of circles when an account goes, or gets another address.

use sqlx::SqliteConnection;

use super::StoreError;
use super::circle::circle_id;
use super::circle_edit::leave;
use super::circle_edited::CircleError;
use crate::account::AccountId;

/// Takes somebody out of all circles, of whom nothing stays. Returns whom it concerns.
pub(super) async fn leave_all(
    tx: &mut SqliteConnection,
    account: AccountId,
) -> Result<Vec<AccountId>, StoreError> {
    let circles: Vec<i64> =
        sqlx::query_scalar("SELECT circle FROM circle_member WHERE account = $1 AND state IN (1, 3)")
            .bind(i64::from(account.0))
            .fetch_all(&mut *tx)
            .await?;
    let mut concerned = Vec::new();
    for circle in circles {
        match leave(tx, account, circle_id(circle)?).await {
            Ok(edited) => concerned.extend(edited.concerned.into_iter().map(|(account, _)| account)),
            Err(CircleError::Store(error)) => return Err(error),
            // An invitation that he did not know of.
            Err(_) => {}
        }
    }
    // No mark is left of him in their books either.
    sqlx::query(
        "UPDATE circle SET revision = revision + 1, deltas_from = revision + 1 \
         WHERE id IN (SELECT circle FROM circle_member WHERE account = $1)",
    )
    .bind(i64::from(account.0))
    .execute(tx)
    .await?;
    concerned.retain(|other| *other != account);
    Ok(concerned)
}

/// Has the books of somebody's circles show his address anew.
pub(super) async fn show_anew(tx: &mut SqliteConnection, account: AccountId) -> Result<(), StoreError> {
    for statement in [
        "UPDATE circle SET revision = revision + 1 \
         WHERE id IN (SELECT circle FROM circle_member WHERE account = $1)",
        "UPDATE circle_member SET revision = (SELECT revision FROM circle WHERE id = circle) WHERE account = $1",
    ] {
        sqlx::query(statement).bind(i64::from(account.0)).execute(&mut *tx).await?;
    }
    Ok(())
}
