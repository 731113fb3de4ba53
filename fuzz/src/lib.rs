//! What the targets have in common.

use msnp::command::Command;
use msnp::dialect::Dialect;
use msnp::wire::{Direction, Frame, Framer};

/// Every whole frame at the front of `bytes`.
pub fn frames(direction: Direction, bytes: &[u8]) -> Vec<Frame<'_>> {
    let (mut framer, mut rest, mut found) = (Framer::new(direction), bytes, Vec::new());
    while let Ok(Some((frame, used))) = framer.next(rest) {
        assert!(used > 0 && used <= rest.len(), "a frame is some of what was read");
        rest = &rest[used..];
        found.push(frame);
    }
    found
}

/// Reads a frame as a `C`, if it is one, in every dialect. What can be read is written as one frame of the same verb,
/// and reads again as what writes the same bytes.
pub fn survives<'a, C: Command<'a>>(direction: Direction, frame: Frame<'a>) {
    if frame.verb != C::VERB {
        return;
    }
    for dialect in Dialect::ALL {
        let Ok(command) = C::read(frame, dialect) else { continue };
        let mut written = Vec::new();
        command.write(&mut written, dialect);
        let [again] = frames(direction, &written)[..] else {
            panic!("{} became {:?}", frame.redacted(), String::from_utf8_lossy(&written));
        };
        assert_eq!(again.verb, C::VERB);
    }
}

/// [`survives`] for many commands.
#[macro_export]
macro_rules! survive {
    ($direction:ident, $frame:expr, $($command:ty),+ $(,)?) => {
        $($crate::survives::<$command>(msnp::wire::Direction::$direction, $frame);)+
    };
}
