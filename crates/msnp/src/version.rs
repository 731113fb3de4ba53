//! The names of the protocol's versions.

use std::fmt;

/// A version of the protocol, by its number: 12 of `MSNP12`.
///
/// It has no order on purpose. How versions differ is told by [`Dialect`](crate::dialect::Dialect), field by field;
/// code that asks whether a version is later than another belongs there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version(pub u8);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MSNP{}", self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
