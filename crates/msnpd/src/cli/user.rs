//! `msnpd user …`: what an operator does to accounts. A server that runs on the same data directory acts on it within
//! a second.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use msnp::types::{Email, List, Privacy};

use super::password;
use super::store::{DataDir, must_exist, run as run_on_store};
use super::text::{count, day, plain};
use crate::password::Hasher;
use crate::password::legacy::LegacyKey;
use crate::store::{AccountError, AccountSummary, NewAccount, Store};

/// The arguments of `msnpd user`.
#[derive(Args, Debug)]
pub struct UserArgs {
    #[command(flatten)]
    at: DataDir,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add an account
    Add {
        /// The address it signs in with
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
        /// The name that others see; the address until one is set
        #[arg(long)]
        name: Option<String>,
        /// Keep the password sealed as well, without which MSN Messenger 1 to 4 (MSNP2-7) can't sign in
        #[arg(long)]
        legacy_md5: bool,
    },
    /// Give an account another password; whoever is signed in with it is signed out
    Passwd {
        /// The address it signs in with
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
        /// Keep the password sealed as well from now on; an account that was added so stays so
        #[arg(long)]
        legacy_md5: bool,
    },
    /// Give an account another address; it stays on everybody's lists
    Rename {
        /// The address it has
        email: String,
        /// The address it gets
        new_email: String,
    },
    /// List all accounts
    List,
    /// Show an account and its lists
    Show {
        /// The address it signs in with
        email: String,
    },
    /// Keep an account from signing in; whoever is signed in with it is signed out
    Disable {
        /// The address it signs in with
        email: String,
    },
    /// Let a disabled account sign in again
    Enable {
        /// The address it signs in with
        email: String,
    },
    /// Remove an account, its lists, and it from everybody's lists
    Remove {
        /// The address it signs in with
        email: String,
    },
}

#[derive(Args)]
struct PasswordArgs {
    /// The password, which others on this machine may see while the command runs; without, it is asked for on a
    /// terminal, or is the first line of standard input
    #[arg(long, value_name = "P")]
    password: Option<String>,
}

/// Says nothing of the password.
impl std::fmt::Debug for PasswordArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordArgs(..)")
    }
}

pub(super) fn run(args: UserArgs) -> anyhow::Result<()> {
    run_on_store(act(&args.at.data_dir, args.action))
}

/// Does it and returns what to say.
async fn act(dir: &Path, action: Action) -> anyhow::Result<String> {
    // Everywhere else it is there already.
    if !matches!(action, Action::Add { .. }) {
        must_exist(dir)?;
    }
    if let Action::Add { email, .. } = &action {
        address(email)?;
    }
    let store = Store::open(dir).await?;
    let said = match action {
        Action::Add { email, password, name, legacy_md5 } => {
            add(dir, &store, &email, password, name, legacy_md5).await
        }
        Action::Passwd { email, password, legacy_md5 } => {
            passwd(dir, &store, &email, password, legacy_md5).await
        }
        Action::Rename { email, new_email } => rename(dir, &store, &email, &new_email).await,
        Action::List => list(&store).await,
        Action::Show { email } => show(dir, &store, &email).await,
        Action::Disable { email } => disable(dir, &store, &email).await,
        Action::Enable { email } => enable(dir, &store, &email).await,
        Action::Remove { email } => remove(dir, &store, &email).await,
    };
    store.close().await;
    said
}

async fn add(
    dir: &Path,
    store: &Store,
    email: &str,
    password: PasswordArgs,
    name: Option<String>,
    legacy: bool,
) -> anyhow::Result<String> {
    let email = address(email)?;
    if store.account_by_email(&email).await?.is_some() {
        return Err(told(dir, &email, AccountError::Exists(email.clone())));
    }
    let password = password::read(password.password)?;
    let password_hash = Hasher::new(1).hash(&password).await?;
    let sealed_password =
        if legacy { Some(LegacyKey::load_or_create(dir)?.sealing(&password)) } else { None };
    let name = name.filter(|name| !name.is_empty());
    let new = NewAccount { email: email.clone(), name, password_hash, sealed_password };
    store.add_account(new).await.map_err(|error| told(dir, &email, error))?;
    let versions = if legacy { ", from MSNP2-7 too" } else { "" };
    Ok(format!("{email} can sign in now{versions}.\n"))
}

async fn passwd(
    dir: &Path,
    store: &Store,
    email: &str,
    password: PasswordArgs,
    legacy: bool,
) -> anyhow::Result<String> {
    let account = find(dir, store, email).await?;
    let password = password::read(password.password)?;
    let hash = Hasher::new(1).hash(&password).await?;
    let legacy = legacy || account.legacy;
    let sealed =
        if legacy { Some(LegacyKey::load_or_create(dir)?.seal(account.id, &password)?) } else { None };
    let done = store.set_password(account.id, hash, sealed).await;
    done.map_err(|error| told(dir, &account.email, error))?;
    let versions = if legacy { ", for MSNP2-7 too" } else { "" };
    Ok(format!("{} has a new password{versions}; who was signed in with it is signed out.\n", account.email))
}

async fn rename(dir: &Path, store: &Store, email: &str, new: &str) -> anyhow::Result<String> {
    let account = find(dir, store, email).await?;
    let new = address(new)?;
    if new == account.email {
        bail!("{new} is its address already: nothing to do");
    }
    let done = store.rename_account(account.id, &new).await;
    done.map_err(|error| told(dir, &account.email, error))?;
    Ok(format!("{} is {new} now, on everybody's lists too.\n", account.email))
}

async fn list(store: &Store) -> anyhow::Result<String> {
    let accounts = store.accounts().await?;
    if accounts.is_empty() {
        return Ok("There are no accounts yet: `msnpd user add EMAIL` makes one.\n".to_owned());
    }
    let width = accounts.iter().map(|account| account.email.as_str().len()).max().unwrap_or_default();
    let mut said = String::new();
    for account in accounts {
        let state = if account.disabled { "disabled" } else { "enabled" };
        let legacy = if account.legacy { "MSNP2-21" } else { "MSNP8-21" };
        let name = account.name.as_deref().map(plain).unwrap_or_default();
        let line = format!(
            "{:width$}  {}  {state:8}  {legacy:8}  {name}",
            account.email.as_str(),
            day(account.created)
        );
        writeln!(said, "{}", line.trim_end())?;
    }
    Ok(said)
}

async fn show(dir: &Path, store: &Store, email: &str) -> anyhow::Result<String> {
    let account = find(dir, store, email).await?;
    let roster = store.roster(account.id).await?;
    let roster = roster.ok_or_else(|| told(dir, &account.email, AccountError::Unknown))?;
    let outside = || roster.outside.iter().filter(|contact| contact.lists.contains(List::Forward));
    let on = |list: List| roster.contacts.iter().filter(|contact| contact.lists.contains(list)).count();
    let mut said = String::new();
    let name = account.name.as_deref().map_or_else(|| "(none set)".to_owned(), plain);
    let versions = if account.legacy { "MSNP2 and later" } else { "MSNP8 and later" };
    let seen_by = match account.privacy {
        Privacy::AllowOthers => "everybody who is not blocked",
        Privacy::BlockOthers => "those who are allowed",
    };
    writeln!(said, "Address:   {}", account.email)?;
    writeln!(said, "Name:      {name}")?;
    writeln!(said, "State:     {}", if account.disabled { "disabled" } else { "enabled" })?;
    writeln!(said, "Added:     {}", day(account.created))?;
    writeln!(said, "Signs in:  from {versions}")?;
    writeln!(said, "Seen by:   {seen_by}")?;
    let waiting = usize::try_from(store.count_waiting(account.id).await?).unwrap_or(usize::MAX);
    if waiting > 0 {
        writeln!(said, "Waiting:   {}", count(waiting, "message"))?;
    }
    writeln!(
        said,
        "Lists:     {} in {}, {} allowed, {} blocked; on {}",
        count(on(List::Forward) + outside().count(), "contact"),
        count(roster.groups.len(), "group"),
        on(List::Allow),
        on(List::Block),
        count(on(List::Reverse), "forward list"),
    )?;
    for contact in roster.contacts.iter().filter(|contact| contact.lists.contains(List::Forward)) {
        let blocked = if contact.lists.contains(List::Block) { "  (blocked)" } else { "" };
        writeln!(said, "           {}{blocked}", contact.email)?;
    }
    for contact in outside() {
        writeln!(said, "           {}", plain(&contact.address))?;
    }
    Ok(said)
}

async fn disable(dir: &Path, store: &Store, email: &str) -> anyhow::Result<String> {
    let account = find(dir, store, email).await?;
    let done = store.disable(account.id).await.map_err(|error| told(dir, &account.email, error))?;
    let how = if done { "can't sign in any more" } else { "was disabled already" };
    Ok(format!("{} {how}.\n", account.email))
}

async fn enable(dir: &Path, store: &Store, email: &str) -> anyhow::Result<String> {
    let account = find(dir, store, email).await?;
    let done = store.enable(account.id).await.map_err(|error| told(dir, &account.email, error))?;
    let how = if done { "can sign in again" } else { "was not disabled" };
    Ok(format!("{} {how}.\n", account.email))
}

async fn remove(dir: &Path, store: &Store, email: &str) -> anyhow::Result<String> {
    let account = find(dir, store, email).await?;
    let holders = store.remove_account(account.id).await.map_err(|error| told(dir, &account.email, error))?;
    let off = match holders.len() {
        0 => "it was on nobody's lists".to_owned(),
        1 => "and off the lists of 1 other".to_owned(),
        others => format!("and off the lists of {others} others"),
    };
    Ok(format!("{} is removed, {off}.\n", account.email))
}

fn address(written: &str) -> anyhow::Result<Email> {
    written.parse().map_err(|error| anyhow!("{written:?} is no address: {error}"))
}

pub(super) async fn find(dir: &Path, store: &Store, email: &str) -> anyhow::Result<AccountSummary> {
    let email = address(email)?;
    let account = store.account_summary(&email).await?;
    account.ok_or_else(|| told(dir, &email, AccountError::Unknown))
}

/// An error with what to do about it.
fn told(dir: &Path, email: &Email, error: AccountError) -> anyhow::Error {
    match error {
        AccountError::Exists(taken) => {
            anyhow!("there is an account {taken} already: `msnpd user show {taken}` tells about it")
        }
        AccountError::Unknown => anyhow!(
            "there is no account {email} in {}: `msnpd user list` shows those there are",
            dir.display()
        ),
        error @ (AccountError::Full | AccountError::Seal(_) | AccountError::Store(_)) => error.into(),
    }
}
