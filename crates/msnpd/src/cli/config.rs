//! `msnpd config …`: what can be chosen, and what is.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use clap::{Args, Subcommand};

use crate::config::{self, Config, ConfigArgs, KEYS, Origin};

/// The arguments of `msnpd config`.
#[derive(Args, Debug)]
pub struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a configuration file with every key, what it is for, and its default
    Example,
    /// Say what is in effect with this file, environment and flags, and what is wrong
    Check(ConfigArgs),
}

pub(super) fn run(command: ConfigCommand) -> anyhow::Result<()> {
    let said = match command.action {
        Action::Example => config::example(),
        Action::Check(args) => check(&args)?,
    };
    match io::stdout().write_all(said.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// Everything in effect, as a file could have it, with where it comes from.
fn check(args: &ConfigArgs) -> anyhow::Result<String> {
    let mut loaded = args.load()?;
    config::check(&mut loaded)?;
    for warning in &loaded.warnings {
        writeln!(io::stderr(), "msnpd: warning: {warning}")?;
    }
    let defaults = Config::default();
    let mut said = String::new();
    for key in KEYS {
        let (value, default) = ((key.show)(&loaded.config), (key.show)(&defaults));
        write!(said, "{} = {value}", key.name)?;
        match loaded.origin(key.name) {
            Origin::Default => {}
            origin if value == default => write!(said, "  # {origin}, like the default")?,
            origin => write!(said, "  # {origin}; default: {default}")?,
        }
        said.push('\n');
    }
    Ok(said)
}
