//! What an operator asks of the server that runs, from another process.
//!
//! `msnpd announce …` and its like write an order; the server asks every now and then what is new. It forgets what is
//! done; what no server has seen goes when the next one starts, or with an order a day later.

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::{MailNews, Store, StoreError, now};
use crate::announcement::Plan;

/// How long orders are kept, in seconds: longer than any server that runs fails to ask.
const KEPT: i64 = 24 * 60 * 60;

/// Something that the server is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Tell everybody that the service goes down.
    Announce {
        /// When and how.
        plan: Plan,
    },
    /// Forget what was announced.
    CallOff,
    /// Tell somebody of his mail.
    Mail {
        /// The number of his account.
        account: u32,
        /// What has happened to it.
        news: MailNews,
    },
    /// Bring somebody a page from a mobile device, if he is there.
    Page {
        /// The number of his account.
        account: u32,
        /// Who it is from: an address, or `tel:` and a number.
        from: String,
        /// What it says.
        text: String,
    },
    /// Look again at what is to be recorded.
    Recordings,
}

/// An order with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Grows with every order; never used twice.
    pub seq: i64,
    /// What is to be done; `None`: something that this version does not know.
    pub order: Option<Order>,
}

impl Store {
    /// Asks the server that runs to do something.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn order(&self, order: &Order) -> Result<(), StoreError> {
        let order = order.clone();
        self.write(move |tx| Box::pin(async move { give(tx, &order).await })).await
    }

    /// The number of the newest order, 0 where there is none: what a server starts to ask from.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn last_order(&self) -> Result<i64, StoreError> {
        let seq = sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM operator_order");
        Ok(seq.fetch_one(self.readers()).await?)
    }

    /// Forgets what was ordered up to `seq`, which is done or of no use any more: it may hold what people say.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn forget_orders(&self, seq: i64) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                sqlx::query("DELETE FROM operator_order WHERE seq <= $1").bind(seq).execute(tx).await?;
                Ok(())
            })
        })
        .await
    }

    /// What was ordered after `seq`, in order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn orders_since(&self, seq: i64) -> Result<Vec<Ordered>, StoreError> {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT seq, what FROM operator_order WHERE seq > $1 ORDER BY seq")
                .bind(seq)
                .fetch_all(self.readers())
                .await?;
        Ok(rows
            .into_iter()
            .map(|(seq, what)| Ordered { seq, order: serde_json::from_str(&what).ok() })
            .collect())
    }
}

/// Gives an order with what else is done in this transaction: both are seen, or neither.
pub(super) async fn give(tx: &mut SqliteConnection, order: &Order) -> Result<(), StoreError> {
    let what = serde_json::to_string(order).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let now = now();
    sqlx::query("DELETE FROM operator_order WHERE at < $1").bind(now - KEPT).execute(&mut *tx).await?;
    sqlx::query("INSERT INTO operator_order (what, at) VALUES ($1, $2)")
        .bind(what)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}
