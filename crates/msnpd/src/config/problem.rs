//! Telling an operator what is wrong with a configuration.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

/// What would be right.
pub(super) type Expected = Cow<'static, str>;

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody has chosen it.
    #[default]
    Default,
    /// A file.
    File {
        /// Which.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// An environment variable.
    Environment(String),
    /// A flag, without its dashes.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the default"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Environment(variable) => write!(f, "the environment, {variable}"),
            Self::Flag(flag) => write!(f, "--{flag}"),
        }
    }
}

/// A mistake in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value} ({origin}): {right}")]
pub struct Problem {
    /// The key.
    pub key: String,
    /// Its value, as it was written.
    pub value: String,
    /// Where it is.
    pub origin: Origin,
    /// What is wrong with it, or what would be right.
    pub right: Expected,
}

/// All mistakes in a configuration.
#[derive(Debug)]
pub struct Problems(pub Vec<Problem>);

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "a mistake in the configuration: {one}"),
            many => {
                write!(f, "{} mistakes in the configuration:", many.len())?;
                many.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}
