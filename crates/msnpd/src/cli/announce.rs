//! `msnpd announce …`: telling everybody that the service goes down.

use std::str::FromStr;

use anyhow::bail;
use clap::Args;

use super::store::{self, DataDir, with_existing};
use super::text::count;
use crate::announcement::{LONGEST, LONGEST_ABSENCE, Plan};
use crate::data_dir;
use crate::store::{Order, Store};

/// The arguments of `msnpd announce`.
#[derive(Args, Debug)]
pub struct AnnounceArgs {
    #[command(flatten)]
    at: DataDir,

    /// In how many minutes it goes down; `cancel`: it does not, after all
    #[arg(value_name = "MINUTES|cancel")]
    what: What,

    /// It comes back MINUTES after that, or after 2: clients that know of it come back by themselves then
    #[arg(long, value_name = "MINUTES", num_args = 0..=1, require_equals = true, default_missing_value = "2",
        value_parser = clap::value_parser!(u32).range(1..=i64::from(LONGEST_ABSENCE)))]
    restart: Option<u32>,

    /// It does not go down by itself: you stop it when the time has come
    #[arg(long)]
    only_say: bool,
}

/// What is announced.
#[derive(Clone, Copy, Debug)]
enum What {
    Minutes(u32),
    Cancel,
}

impl FromStr for What {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        match (written, written.parse()) {
            ("cancel", _) => Ok(Self::Cancel),
            (_, Ok(minutes)) if (1..=LONGEST).contains(&minutes) => Ok(Self::Minutes(minutes)),
            _ => Err(format!("should be a number of minutes, 1 to {LONGEST}, or cancel")),
        }
    }
}

pub(super) fn run(args: AnnounceArgs) -> anyhow::Result<()> {
    store::run(with_existing(&args.at.data_dir.clone(), async |store| order(args, &store).await))
}

async fn order(args: AnnounceArgs, store: &Store) -> anyhow::Result<String> {
    let AnnounceArgs { at: DataDir { data_dir: dir }, what, restart: back_in, only_say } = args;
    if !data_dir::is_served(&dir)? {
        bail!("no server runs on {}: there is nobody to tell", dir.display());
    }
    let minutes = match what {
        What::Cancel if back_in.is_some() || only_say => bail!("cancel takes no other option"),
        What::Cancel => {
            store.order(&Order::CallOff).await?;
            return Ok("The service stays up. Clients know no message that says so.\n".to_owned());
        }
        What::Minutes(minutes) => minutes,
    };
    store.order(&Order::Announce { plan: Plan { minutes, back_in, only_say } }).await?;
    let how = if only_say { "; stop it yourself then" } else { "" };
    Ok(format!(
        "Everybody is told that the service goes down in {}{how}.\n",
        count(minutes as usize, "minute")
    ))
}
