//! Session ids: two numbers with a dot between, the second another one in each answer.

use std::fmt;
use std::str::FromStr;

use crate::random;

/// An id under which the next request of a session may come. As clients know it from the old service, both numbers are
/// below 2^31. Both have to be right, so that neither session nor moment can be guessed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Id {
    /// Which session it is; stays the same.
    pub(super) head: u32,
    /// Which of its requests.
    pub(super) tail: u32,
}

/// A number as it stands in an id.
fn number() -> u32 {
    random::number() >> 1
}

impl Id {
    /// The first id of a session.
    pub(super) fn random() -> Self {
        Self { head: number(), tail: number() }
    }

    /// An id for the next request.
    #[must_use]
    pub(super) fn next(self) -> Self {
        loop {
            let next = Self { tail: number(), ..self };
            if next != self {
                return next;
            }
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.head, self.tail)
    }
}

/// Without the part that lets somebody speak in a session.
impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({}.…)", self.head)
    }
}

/// The text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no session id")]
pub(super) struct InvalidId;

impl FromStr for Id {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let number = |digits: &str| -> Result<u32, InvalidId> {
            let are_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            are_digits.then(|| digits.parse().ok()).flatten().ok_or(InvalidId)
        };
        let (head, tail) = text.split_once('.').ok_or(InvalidId)?;
        Ok(Self { head: number(head)?, tail: number(tail)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_written() {
        let id: Id = "1770091506.12345".parse().unwrap();
        assert_eq!((id.head, id.tail, id.to_string().as_str()), (1_770_091_506, 12_345, "1770091506.12345"));
        for bad in ["", ".", "1", "1.", ".1", "1.2.3", "+1.2", "1.-2", " 1.2", "1.99999999999", "a.b", "1,2"]
        {
            assert_eq!(bad.parse::<Id>(), Err(InvalidId), "{bad:?}");
        }
    }

    #[test]
    fn the_next_one_is_another_of_the_same_session() {
        let id = Id::random();
        let next = id.next();
        assert!(next.head == id.head && next.tail != id.tail && next.tail < 1 << 31 && next.head < 1 << 31);
        assert!(!format!("{id:?}").contains(&format!(".{}", id.tail)));
    }
}
