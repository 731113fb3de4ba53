//! Accounts to measure with.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;
use clap::Args;
use msnp::types::Email;
use msnpd::account::AccountId;
use msnpd::password::Hasher;
use msnpd::store::{Limits, NewAccount, Store};
use msnpd::ticket::{LIFETIME, Mint, Purpose};
use tokio::task::JoinSet;

/// How many edits wait for the store at once: it puts them into few transactions.
const AT_ONCE: usize = 2000;

/// Everybody's password: one hash for all of them is made in a moment.
pub(crate) const PASSWORD: &str = "wonderland";

/// Who there is to be.
#[derive(Clone, Debug, Args)]
pub(crate) struct Population {
    /// How many accounts: user0@example.com and so on, all with the password "wonderland"
    #[arg(long, default_value_t = 1000)]
    pub(crate) users: usize,
    /// How many contacts each has: those with the next numbers
    #[arg(long, default_value_t = 20)]
    pub(crate) contacts: usize,
    /// Everybody has user0@example.com on his list besides
    #[arg(long)]
    pub(crate) fans: bool,
    /// Tickets are for single sign-on, as from MSNP15 on
    #[arg(long)]
    pub(crate) sso: bool,
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
    let store = Store::open(dir).await?;
    let hash = Hasher::new(1).hash(PASSWORD).await?;
    let new = (0..who.users).map(|number| {
        let (store, password_hash) = (store.clone(), hash.clone());
        async move {
            let email: Email = address(number).parse()?;
            let new = NewAccount { email, name: None, password_hash, sealed_password: None };
            anyhow::Ok((number, store.add_account(new).await?))
        }
    });
    let mut ids = together(new).await?;
    ids.sort_by_key(|(number, _)| *number);
    let contacts = who.contacts.min(who.users.saturating_sub(1));
    let pairs = (0..who.users).flat_map(|owner| {
        let next = (1..=contacts).map(move |next| (owner, (owner + next) % who.users));
        let first = (who.fans && owner > 0).then_some((owner, 0));
        next.filter(move |(_, contact)| !(who.fans && *contact == 0))
            .chain(first)
            .filter(|(owner, other)| owner != other)
    });
    let contacts = pairs.map(|(owner, contact)| {
        let (store, owner) = (store.clone(), ids.get(owner).map(|(_, id)| *id));
        async move {
            let contact: Email = address(contact).parse()?;
            let owner = owner.context("nobody owns a list")?;
            store.add_contact(owner, &contact, None, None, Limits::CLASSIC).await?;
            anyhow::Ok(())
        }
    });
    together(contacts).await?;
    store.close().await;
    write_tickets(dir, who, &ids)
}

fn write_tickets(dir: &Path, who: &Population, ids: &[(usize, AccountId)]) -> anyhow::Result<PathBuf> {
    let mint = Mint::open(dir)?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let purpose = if who.sso { Purpose::SingleSignOn } else { Purpose::Tweener };
    let mut lines = String::new();
    for (number, id) in ids {
        let ticket = mint.issue(*id, 1, purpose, now, LIFETIME);
        // Writing to memory can't fail.
        let _ = write!(lines, "{} {}", address(*number), ticket.text().expose());
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

/// Does all of it, much at once.
async fn together<T: Send + 'static>(
    works: impl Iterator<Item = impl Future<Output = anyhow::Result<T>> + Send + 'static>,
) -> anyhow::Result<Vec<T>> {
    let (mut working, mut done) = (JoinSet::new(), Vec::new());
    for work in works {
        if working.len() >= AT_ONCE
            && let Some(one) = working.join_next().await
        {
            done.push(one??);
        }
        working.spawn(work);
    }
    while let Some(one) = working.join_next().await {
        done.push(one??);
    }
    Ok(done)
}
