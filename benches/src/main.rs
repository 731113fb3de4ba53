//! Measures whether msnpd keeps its budgets: `cargo run --release -p msnpd-bench -- --help`, and `benches/README.md`.

#![allow(clippy::print_stdout, reason = "that is where figures are told")]

mod budget;
mod compare;
mod populate;
mod service;
mod xmpp;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use msnp_load::play;

use budget::Budget;
use compare::Comparison;
use populate::Population;

/// Measures whether msnpd keeps its budgets, on this machine, with the msnpd that lies beside this program
///
/// Exits with 0 if the budgets hold, 1 if one does not, 2 if something could not be measured.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// As it has to work and not as it has to be fast: few people, short, and nothing is held against a budget
    #[arg(long, global = true)]
    smoke: bool,
    /// How many rounds, with the server and with the floor in turn
    #[arg(long, global = true, default_value_t = 5)]
    rounds: usize,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Budget(Budget),
    /// All budgets, one after another
    All,
    /// The same work with msnpd, with ejabberd and Prosody from Debian, and with another MSNP server, in turn
    Compare(Comparison),
    /// Fill a new data directory with accounts, and write a file with a ticket for each
    Populate {
        /// The data directory
        dir: PathBuf,
        #[command(flatten)]
        population: Population,
    },
}

fn main() -> ExitCode {
    // Scenarios are played in processes of their own, and so is the floor: they are this program too.
    if let Some(part) = play::part(std::env::args().nth(1).as_deref()) {
        return part;
    }
    let Arguments { command, smoke, rounds } = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let held = runtime.block_on(async {
        match command {
            Command::Budget(budget) => budget.measure(smoke, rounds).await,
            Command::All => {
                let mut held = true;
                for budget in Budget::ALL {
                    held &= budget.measure(smoke, rounds).await?;
                }
                Ok(held)
            }
            Command::Compare(comparison) => comparison.measure(rounds).await.map(|()| true),
            Command::Populate { dir, population } => {
                populate::populate(&dir, &population).await?;
                Ok(true)
            }
        }
    });
    match held {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "msnpd-bench: {error:#}");
    ExitCode::from(2)
}
