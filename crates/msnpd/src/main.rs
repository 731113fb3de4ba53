//! The `msnpd` program.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use msnpd::cli::{self, Cli};

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told if standard error is gone too.
            let _ = writeln!(io::stderr(), "msnpd: {error:#}");
            ExitCode::FAILURE
        }
    }
}
