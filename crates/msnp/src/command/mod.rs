//! The commands, one file each: what may stand on the line in which dialect, read and written by both sides.
//!
//! In each file `Request` is what a client says, `Reply` what the server answers it with, and `Push` what the server
//! says unasked. A value borrows from the line it was read from. It is a command as it stands on the wire: names and
//! objects are kept in the bytes they came in ([`Encoded`](crate::wire::Encoded)), since replies repeat them so.

/// A command that can be read from a frame and written as one.
pub trait Command<'a>: Sized {
    /// Its word.
    const VERB: Verb;

    /// Reads it as `dialect` writes it. Surplus arguments are passed over.
    ///
    /// # Errors
    /// When an argument is missing or malformed.
    fn read(frame: Frame<'a>, dialect: &Dialect) -> Result<Self, ArgError>;

    /// Writes it as `dialect` has it, payload and all.
    fn write(&self, out: &mut Vec<u8>, dialect: &Dialect);
}

use crate::dialect::Dialect;
use crate::wire::{ArgError, Frame, Verb};

pub mod adc;
pub mod chg;
pub mod ver;

/// Known answers, both ways: each row is read from its bytes, compared, written, and compared again.
///
/// `known_answers! { DIRECTION, Type: DIALECT "line and payload" => value, … }`, the line without its end.
#[cfg(test)]
macro_rules! known_answers {
    ($($name:ident: $direction:ident $dialect:ident $line:literal => $value:expr,)*) => {
        $(#[test]
        fn $name() {
            $crate::command::testing::known_answer(
                $crate::wire::Direction::$direction, &$crate::dialect::$dialect, $line, "", &$value);
        })*
    };
}
#[cfg(test)]
pub(crate) use known_answers;

#[cfg(test)]
pub(crate) mod testing {
    use std::fmt::Debug;

    use super::Command;
    use crate::dialect::Dialect;
    use crate::wire::{ArgError, Direction, Frame, Framer};

    /// The frame in `bytes`, all of which it has to be.
    pub(crate) fn frame(direction: Direction, bytes: &[u8]) -> Frame<'_> {
        let (frame, used) = Framer::new(direction).next(bytes).unwrap().expect("a whole frame");
        assert_eq!(used, bytes.len(), "{:?} is more than one frame", String::from_utf8_lossy(bytes));
        frame
    }

    /// Reads `line` and `payload`, compares with `value`, writes `value`, and compares with the bytes.
    pub(crate) fn known_answer<'a, C: Command<'a> + PartialEq + Debug>(
        direction: Direction,
        dialect: &Dialect,
        line: &str,
        payload: &str,
        value: &C,
    ) {
        let bytes = format!("{line}\r\n{payload}").into_bytes();
        let leaked: &'a [u8] = Box::leak(bytes.clone().into_boxed_slice());
        let frame = frame(direction, leaked);
        assert_eq!(frame.verb, C::VERB);
        assert_eq!(&C::read(frame, dialect).unwrap(), value, "read from {line:?} in {}", dialect.version);
        let mut written = Vec::new();
        value.write(&mut written, dialect);
        assert_eq!(
            String::from_utf8_lossy(&written),
            String::from_utf8_lossy(&bytes),
            "in {}",
            dialect.version
        );
    }

    /// What reading `line` fails with.
    pub(crate) fn fault<'a, C: Command<'a> + Debug>(
        direction: Direction,
        dialect: &Dialect,
        line: &str,
    ) -> ArgError {
        let leaked: &'a [u8] = Box::leak(format!("{line}\r\n").into_bytes().into_boxed_slice());
        C::read(frame(direction, leaked), dialect).unwrap_err()
    }
}
