//! How much mail somebody has on the operator's mail server.
//!
//! The mail itself is not here: the mail server says what comes and goes, and clients are told. What is counted is kept,
//! so that who signs in later sees it.

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::{Order, Store, StoreError, order, row};
use crate::account::AccountId;

/// The inbox, as clients and `msnpd mail` call it.
pub const INBOX: &str = "ACTIVE";

/// Where deleted mail goes, which nobody counts.
pub const TRASH: &str = ".!!trAsH";

/// How many mails have not been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// In the inbox.
    pub inbox: u32,
    /// In all other folders.
    pub folders: u32,
}

/// What has happened to somebody's mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case", deny_unknown_fields)]
pub enum MailNews {
    /// There is so much unread now.
    Counts(Unread),
    /// A mail has come.
    New(NewMail),
    /// Unread mails have left a folder for another, or were read or deleted.
    Moved {
        /// The folder where they were.
        from: String,
        /// The folder where they are.
        to: String,
        /// How many.
        count: u32,
    },
}

/// A mail that has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMail {
    /// The name of who sent it.
    pub from: String,
    /// His address.
    pub address: String,
    /// What it is about.
    pub subject: String,
    /// The folder that it was put into.
    pub folder: String,
    /// What the mail server calls it, for its page.
    pub id: Option<String>,
}

impl Unread {
    /// What is unread after that.
    #[must_use]
    pub fn after(self, news: &MailNews) -> Self {
        match news {
            MailNews::Counts(unread) => *unread,
            MailNews::New(mail) => self.plus(&mail.folder, 1),
            MailNews::Moved { from, to, count } => self.minus(from, *count).plus(to, *count),
        }
    }

    fn plus(mut self, folder: &str, count: u32) -> Self {
        if let Some(unread) = self.of(folder) {
            *unread = unread.saturating_add(count);
        }
        self
    }

    fn minus(mut self, folder: &str, count: u32) -> Self {
        if let Some(unread) = self.of(folder) {
            *unread = unread.saturating_sub(count);
        }
        self
    }

    fn of(&mut self, folder: &str) -> Option<&mut u32> {
        match folder {
            INBOX => Some(&mut self.inbox),
            TRASH => None,
            _ => Some(&mut self.folders),
        }
    }
}

impl Store {
    /// Notes what has happened to somebody's mail, and has the server that runs tell him.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn mail(&self, account: AccountId, news: MailNews) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let unread = unread(tx, account).await?.after(&news);
                sqlx::query(
                    "INSERT INTO mailbox (account, inbox_unread, folders_unread) VALUES ($1, $2, $3) \
                     ON CONFLICT (account) DO UPDATE SET inbox_unread = excluded.inbox_unread, \
                     folders_unread = excluded.folders_unread",
                )
                .bind(i64::from(account.0))
                .bind(i64::from(unread.inbox))
                .bind(i64::from(unread.folders))
                .execute(&mut *tx)
                .await?;
                order::give(tx, &Order::Mail { account: account.0, news }).await
            })
        })
        .await
    }

    /// How much unread mail somebody has.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn unread(&self, account: AccountId) -> Result<Unread, StoreError> {
        unread(&mut *self.readers().acquire().await?, account).await
    }
}

async fn unread(tx: &mut SqliteConnection, account: AccountId) -> Result<Unread, StoreError> {
    let found: Option<(i64, i64)> =
        sqlx::query_as("SELECT inbox_unread, folders_unread FROM mailbox WHERE account = $1")
            .bind(i64::from(account.0))
            .fetch_optional(tx)
            .await?;
    let Some((inbox, folders)) = found else { return Ok(Unread::default()) };
    Ok(Unread { inbox: row::small(inbox)?, folders: row::small(folders)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_follow_what_happens() {
        let new = |folder: &str| {
            MailNews::New(NewMail {
                from: String::new(),
                address: String::new(),
                subject: String::new(),
                folder: folder.to_owned(),
                id: None,
            })
        };
        let moved =
            |from: &str, to: &str, count| MailNews::Moved { from: from.to_owned(), to: to.to_owned(), count };
        let mut unread = Unread::default();
        for (news, inbox, folders) in [
            (MailNews::Counts(Unread { inbox: 3, folders: 1 }), 3, 1),
            (new(INBOX), 4, 1),
            (new("Lists"), 4, 2),
            (moved(INBOX, TRASH, 1), 3, 2),
            (moved(INBOX, "Lists", 2), 1, 4),
            (moved("Lists", INBOX, 1), 2, 3),
            (moved(INBOX, TRASH, 9), 0, 3),
        ] {
            unread = unread.after(&news);
            assert_eq!(unread, Unread { inbox, folders }, "{news:?}");
        }
    }
}
