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
