//! The flags, made from the table of keys.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};

use super::keys::{Config, KEYS, Key};
use super::load::{Loaded, Sources, load};

/// What the command line says about the configuration.
#[derive(Debug, Default)]
pub struct ConfigArgs {
    /// The file.
    file: Option<PathBuf>,
    /// Which flags were given, with their values.
    given: Vec<(&'static Key, String)>,
}

impl ConfigArgs {
    /// Reads the file, the environment and the flags.
    ///
    /// # Errors
    /// When the file can't be read, or with [`Problems`](super::Problems).
    pub fn load(&self) -> anyhow::Result<Loaded> {
        load(&Sources {
            file: self.file.as_deref(),
            environment: std::env::vars_os().collect(),
            flags: &self.given,
        })
    }
}

impl clap::FromArgMatches for ConfigArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut args = Self::default();
        args.update_from_arg_matches(matches)?;
        Ok(args)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.file = matches.get_one::<PathBuf>("config").cloned();
        let given = |key: &'static Key| Some((key, matches.get_one::<String>(key.name)?.clone()));
        self.given = KEYS.iter().filter(|key| key.has_flag).filter_map(given).collect();
        Ok(())
    }
}

impl clap::Args for ConfigArgs {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .env("MSNPD_CONFIG")
            .hide_env_values(true)
            .value_parser(value_parser!(PathBuf))
            .help("A TOML file with any of the keys that `msnpd config example` shows");
        let defaults = Config::default();
        KEYS.iter().filter(|key| key.has_flag).fold(command.arg(file), |command, key| {
            let doc: Vec<_> = key.doc.iter().map(|line| line.trim()).collect();
            let doc = doc.join(" ");
            // The first sentence for -h, and all of it for --help.
            let first = doc.split_once(". ").map_or(doc.as_str(), |(first, _)| first);
            let first = first.trim_end_matches('.');
            let shown = (key.show)(&defaults);
            let value = match shown.trim_matches('"') {
                "" => String::new(),
                _ if key.is_switch => String::new(),
                value => format!(" [default: {value}]"),
            };
            let variable = format!(" [env: {}]", key.variable());
            let arg = Arg::new(key.name)
                .long(key.flag())
                .value_name(value_name(key.name))
                .help(format!("{first}{value}{variable}"))
                .long_help(format!("{doc}{value}{variable}"));
            command.arg(match key.is_switch {
                false => arg,
                true => arg.num_args(0..=1).require_equals(true).default_missing_value("true"),
            })
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn value_name(key: &str) -> &'static str {
    match key {
        "data_dir" => "DIR",
        "public_host" => "NAME[:PORT]",
        "log" => "FILTER",
        "log_format" => "FORMAT",
        "demo" => "BOOL",
        _ => "ADDR:PORT",
    }
}
