//! The log, on standard error.

use std::io::{self, IsTerminal};

use crate::config::LogFilter;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Begins to log. Once per process, in the program itself: tests capture what they want to see.
pub(crate) fn start(filter: &LogFilter, format: Format) {
    let log = tracing_subscriber::fmt().with_env_filter(filter.filter()).with_writer(io::stderr);
    match format {
        Format::Text => log.with_ansi(io::stderr().is_terminal()).init(),
        Format::Json => log.json().init(),
    }
}
