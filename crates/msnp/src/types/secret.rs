//! What must not be shown.

use std::fmt;

/// A ticket, a cookie or the like, as it stands on the line. It does not show what it holds when printed for
/// debugging, so that a command can go to a log as it is.
///
/// ```
/// assert_eq!(format!("{:?}", msnp::types::Secret("t=5AbC")), "<hidden>");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret<'a>(pub &'a str);

impl<'a> Secret<'a> {
    /// The secret itself.
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// A password or a ticket that outlives the message it came in. It shows as little as a [`Secret`].
///
/// ```
/// use msnp::types::OwnedSecret;
///
/// let password = OwnedSecret::new("hunter2");
/// assert_eq!(format!("{password:?}"), "<hidden>");
/// assert_eq!(password.expose(), "hunter2");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedSecret(Box<str>);

impl OwnedSecret {
    /// Hides `text`.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself. The name is meant to stand out where it is used.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OwnedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}
