//! `msnpd page …`: what a gateway from text messages runs when one comes in for somebody.

use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use msnp::types::{Email, Telephone};

use crate::store::{DATABASE, Order, Store};

/// The longest text that is brought to a client, in characters: a message of several parts.
const MAX_TEXT: usize = 1000;

/// The arguments of `msnpd page`.
#[derive(Args, Debug)]
pub struct PageArgs {
    /// Where the service keeps its data
    #[arg(long, value_name = "DIR", default_value = "./msnpd-data", env = "MSNPD_DATA_DIR")]
    data_dir: PathBuf,

    /// Who it is from: a telephone number or an address
    #[arg(long, value_name = "NUMBER|ADDRESS")]
    from: String,

    /// The account it is for
    email: String,

    /// What it says
    text: String,
}

pub(super) fn run(args: PageArgs) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start: the system is short of something")?;
    runtime.block_on(page(args))
}

async fn page(args: PageArgs) -> anyhow::Result<()> {
    let PageArgs { data_dir: dir, from, email, text } = args;
    let email: Email = email.parse().map_err(|error| anyhow!("{email:?} is no address: {error}"))?;
    let from = match (from.parse::<Email>(), Telephone::of_written(&from)) {
        (Ok(address), _) => address.to_string(),
        (_, Ok(number)) => number.to_string(),
        _ => bail!("--from {from:?} is neither a telephone number, such as +15550100, nor an address"),
    };
    if text.trim().is_empty() || text.chars().count() > MAX_TEXT {
        bail!("a page has something to say, in at most {MAX_TEXT} characters");
    }
    if !dir.join(DATABASE).exists() {
        bail!("there is no database in {}: --data-dir DIR says where the service keeps it", dir.display());
    }
    let store = Store::open(&dir).await?;
    let account = store.account_summary(&email).await?;
    let ordered = match account {
        Some(account) => {
            store.order(&Order::Page { account: account.id.0, from, text }).await.map_err(Into::into)
        }
        None => Err(anyhow!(
            "there is no account {email} in {}: `msnpd user list` shows those there are",
            dir.display()
        )),
    };
    store.close().await;
    ordered
}
