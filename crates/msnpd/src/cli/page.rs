//! `msnpd page …`: what a gateway from text messages runs when one comes in for somebody.

use anyhow::bail;
use clap::Args;
use msnp::types::{Email, Telephone};

use super::store::{self, DataDir, with_existing};
use super::text::lossy;
use super::user;
use crate::store::Order;

/// The longest text that is brought to a client, in characters: a message of several parts.
const MAX_TEXT: usize = 1000;

/// The arguments of `msnpd page`.
#[derive(Args, Debug)]
pub struct PageArgs {
    #[command(flatten)]
    at: DataDir,

    /// Who it is from: a telephone number or an address
    #[arg(long, value_name = "NUMBER|ADDRESS", allow_hyphen_values = true, value_parser = lossy())]
    from: String,

    /// What it says, which is its sender's to choose
    #[arg(long, allow_hyphen_values = true, value_parser = lossy())]
    text: String,

    /// The account it is for
    email: String,
}

pub(super) fn run(args: PageArgs) -> anyhow::Result<()> {
    let PageArgs { at: DataDir { data_dir: dir }, from, email, text } = args;
    let from = match (from.parse::<Email>(), Telephone::of_written(&from)) {
        (Ok(address), _) => address.to_string(),
        (_, Ok(number)) => number.to_string(),
        _ => bail!("--from {from:?} is neither a telephone number, such as +15550100, nor an address"),
    };
    if text.trim().is_empty() || text.chars().count() > MAX_TEXT {
        bail!("a page has something to say, in at most {MAX_TEXT} characters");
    }
    let dir = &dir;
    store::run(with_existing(dir, async |store| {
        let account = user::find(dir, &store, &email).await?;
        store.order(&Order::Page { account: account.id.0, from, text }).await?;
        Ok(String::new())
    }))
}
