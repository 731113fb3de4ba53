//! Accounts to measure with.

use std::fmt::Write as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;
use std::time::SystemTime;

use anyhow::Context as _;
use clap::Args;
use msnpd::account::AccountId;
use msnpd::password::Hasher;
use msnpd::store::{DATABASE, Store};
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::task::JoinSet;

/// $1 accounts with the password whose hash is $2. The numbers of accounts are one more than those of people.
const ACCOUNTS: &str = "
    INSERT INTO account (id, email, password_hash, created, revision, lists_revision)
    WITH RECURSIVE person (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM person WHERE number + 1 < $1)
    SELECT number + 1, 'user' || number || '@example.com', $2, 0, 2, 2 FROM person";

/// Each of $1 has his neighbours on both sides, $2 of them, as people have each other: on the forward, the allow and the
/// reverse list (1, 2, 8). If $3 all others have the first on the forward list besides.
const CONTACTS: &str = "
    INSERT INTO contact (owner, contact, lists, guid, revision, book_revision, member_revision)
    WITH RECURSIVE
        step (width) AS (SELECT 1 WHERE $2 > 0 UNION ALL SELECT width + 1 FROM step WHERE width < ($2 + 1) / 2),
        pair (one, other) AS (
            SELECT id, (id - 1 + width) % $1 + 1 FROM account, step
            UNION SELECT (id - 1 + width) % $1 + 1, id FROM account, step
        ),
        entry (owner, contact, lists) AS (
            SELECT one, other, 11 FROM pair
            UNION ALL SELECT id, 1, 3 FROM account WHERE $3 AND id > 1
            UNION ALL SELECT 1, id, 8 FROM account WHERE $3 AND id > 1
        )
    SELECT owner, contact, max(lists), randomblob(16), 2, 2, 2
    FROM entry GROUP BY owner, contact";

/// Everybody's password: one hash for all of them is made in a moment.
pub(crate) const PASSWORD: &str = "wonderland";

/// Who there is to be.
#[derive(Clone, Debug, Args)]
pub(crate) struct Population {
    /// How many accounts: user0@example.com and so on, all with the password "wonderland"
    #[arg(long, default_value_t = 1000)]
    pub(crate) users: usize,
    /// How many contacts each has: his neighbours by number, who have him as well
    #[arg(long, default_value_t = 20)]
    pub(crate) contacts: usize,
    /// Everybody has user0@example.com on his list besides
    #[arg(long)]
    pub(crate) fans: bool,
    /// Tickets are for single sign-on, as from MSNP15 on
    #[arg(long)]
    pub(crate) sso: bool,
    /// Each has a hash of his own, which takes some 10 ms each: what was right for one is known of nobody else then
    #[arg(long)]
    pub(crate) own_hashes: bool,
}

/// The address of somebody.
pub(crate) fn address(number: usize) -> String {
    format!("user{number}@example.com")
}

/// Fills a new data directory. Returns the file with the tickets.
///
/// # Errors
/// When it can't be written.
pub(crate) async fn populate(dir: &Path, who: &Population) -> anyhow::Result<PathBuf> {
    // The schema is the store's; the rows are written here, since a hundred thousand accounts one by one take minutes.
    Store::open(dir).await?.close().await;
    let hash = Hasher::new(1).hash(PASSWORD).await?;
    let mut database = SqliteConnectOptions::new().filename(dir.join(DATABASE)).connect().await?;
    let mut tx = database.begin().await?;
    let users = i64::try_from(who.users)?;
    sqlx::query(ACCOUNTS).bind(users).bind(&hash).execute(&mut *tx).await?;
    sqlx::query(CONTACTS)
        .bind(users)
        .bind(i64::try_from(who.contacts.min(who.users.saturating_sub(1)))?)
        .bind(who.fans)
        .execute(&mut *tx)
        .await?;
    if who.own_hashes {
        for (number, hash) in hashes(who.users).await? {
            let update = sqlx::query("UPDATE account SET password_hash = $2 WHERE id = $1 + 1");
            update.bind(i64::try_from(number)?).bind(hash).execute(&mut *tx).await?;
        }
    }
    tx.commit().await?;
    database.close().await?;
    write_tickets(dir, who)
}

/// A hash of the password for each of so many people.
async fn hashes(users: usize) -> anyhow::Result<Vec<(usize, String)>> {
    let threads = available_parallelism().map_or(2, NonZero::get);
    let (hasher, next) = (Hasher::new(threads), Arc::new(AtomicUsize::new(0)));
    let mut hashing = JoinSet::new();
    for _ in 0..threads {
        let (hasher, next) = (hasher.clone(), next.clone());
        hashing.spawn(async move {
            let mut own = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= users {
                    return Ok(own);
                }
                own.push((number, hasher.hash(PASSWORD).await?));
            }
        });
    }
    let all: anyhow::Result<Vec<_>> = hashing.join_all().await.into_iter().collect();
    Ok(all?.concat())
}

fn write_tickets(dir: &Path, who: &Population) -> anyhow::Result<PathBuf> {
    let mint = Mint::open(dir)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let purpose = if who.sso { Purpose::SingleSignOn } else { Purpose::Tweener };
    let mut lines = String::new();
    for number in 0..who.users {
        let id = AccountId(u32::try_from(number)? + 1);
        let ticket = mint.issue(id, 1, purpose, now, LIFETIME);
        // Writing to memory can't fail.
        let _ = write!(lines, "{} {}", address(number), ticket.text().expose());
        if who.sso {
            lines.push(' ');
            for byte in mint.secret(&ticket) {
                let _ = write!(lines, "{byte:02x}");
            }
        }
        lines.push('\n');
    }
    let file = dir.join("tickets.txt");
    std::fs::write(&file, lines).with_context(|| format!("can't write {}", file.display()))?;
    Ok(file)
}
