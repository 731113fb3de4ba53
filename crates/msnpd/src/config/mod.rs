//! What an operator may choose: one table of keys, from which come the TOML file, the environment and the flags.
//!
//! A flag goes before the environment, the environment before the file, and the file before the default. All four
//! are texts that one parser reads, so a value that is good in one place is good in the others.

mod check;
mod domains;
mod example;
mod flags;
mod keys;
mod load;
mod problem;
mod value;

pub use check::check;
pub use domains::Domains;
pub use example::example;
pub use flags::ConfigArgs;
pub use keys::{Config, KEYS, Key};
pub use load::{Loaded, Sources, load};
pub use problem::{Origin, Problem, Problems};
pub use value::LogFilter;

/// A length of time as the operator writes it: `90`, `30m`, `24h`.
pub(crate) fn duration(text: &str) -> Option<std::time::Duration> {
    value::Value::parse(text)
}
