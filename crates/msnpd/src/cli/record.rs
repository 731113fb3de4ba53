//! `msnpd record …`: what is said on an account's connections, written to files by the server that runs.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::store::{self, DataDir, with_existing};
use super::user::find;
use crate::clock::unix_now;
use crate::config::duration;
use crate::recording::{DIRECTORY, MAX_TIME};
use crate::store::{Order, Store, Wish};

/// The arguments of `msnpd record`.
#[derive(Args, Debug)]
pub struct RecordArgs {
    #[command(flatten)]
    at: DataDir,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Record all connections of an account from its next words on, what others say to it included; never passwords,
    /// tickets or cookies
    Start {
        /// The address it signs in with
        email: String,
        /// For how long: a number of seconds, or a number with s, m, h or d; at most 7d
        #[arg(long = "for", value_name = "TIME", default_value = "1h", value_parser = time)]
        time: Duration,
    },
    /// End a recording; its files stay
    Stop {
        /// The address it signs in with
        email: String,
    },
    /// List who is recorded
    List,
}

fn time(written: &str) -> Result<Duration, String> {
    match duration(written) {
        Some(time) if !time.is_zero() && time <= MAX_TIME => Ok(time),
        Some(_) => Err("more than nothing, and at most 7d".to_owned()),
        None => Err("a number of seconds, or a number with s, m, h or d, such as 30m".to_owned()),
    }
}

pub(super) fn run(args: RecordArgs) -> anyhow::Result<()> {
    let RecordArgs { at: DataDir { data_dir: dir }, action } = args;
    let dir = &dir;
    store::run(with_existing(dir, async |store| match action {
        Action::Start { email, time } => start(dir, &store, &email, time).await,
        Action::Stop { email } => stop(dir, &store, &email).await,
        Action::List => list(&store).await,
    }))
}

async fn start(dir: &Path, store: &Store, email: &str, time: Duration) -> anyhow::Result<String> {
    let account = find(dir, store, email).await?.email;
    let wish = Wish { account, until: unix_now() + time.as_secs() };
    store.want_recording(&wish).await?;
    store.order(&Order::Recordings).await?;
    Ok(format!(
        "{} is recorded for {}, by the server that runs or is started, in {}.\n\
         What others say to it is in there too: tell them.\n",
        wish.account,
        left(time.as_secs()),
        dir.join(DIRECTORY).display()
    ))
}

async fn stop(dir: &Path, store: &Store, email: &str) -> anyhow::Result<String> {
    let account = find(dir, store, email).await?.email;
    let was = store.end_recording(&account).await?;
    store.order(&Order::Recordings).await?;
    Ok(if was {
        format!("{account} is recorded no more; what there is is in {}.\n", dir.join(DIRECTORY).display())
    } else {
        format!("{account} was not recorded.\n")
    })
}

async fn list(store: &Store) -> anyhow::Result<String> {
    let wishes = store.recordings().await?;
    if wishes.is_empty() {
        return Ok("Nobody is recorded: `msnpd record start EMAIL` does it.\n".to_owned());
    }
    let mut said = String::new();
    for Wish { account, until } in wishes {
        writeln!(said, "{account}  for another {}", left(until.saturating_sub(unix_now())))?;
    }
    Ok(said)
}

/// `1 h 30 min`
fn left(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_an_end() {
        assert_eq!(time("30m"), Ok(Duration::from_secs(1800)));
        for bad in ["0", "8d", "x", "", "99999999999999999999"] {
            assert!(time(bad).is_err(), "{bad}");
        }
        let told = [5, 90, 3600, 5400].map(left);
        assert_eq!(told, ["5 s", "1 min", "1 h", "1 h 30 min"]);
    }
}
