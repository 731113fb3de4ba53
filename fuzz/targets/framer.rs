//! Finding messages: what is found does not depend on the pieces in which bytes arrive.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::wire::{Direction, Framer};

const DIRECTIONS: [Direction; 4] = [
    Direction::ToNotification,
    Direction::FromNotification,
    Direction::ToSwitchboard,
    Direction::FromSwitchboard,
];

/// The messages in `bytes`, fed `step` bytes at a time, and whether the rest can't be one.
fn read(direction: Direction, bytes: &[u8], step: usize) -> (Vec<String>, bool) {
    let (mut framer, mut buffer, mut found) = (Framer::new(direction), Vec::new(), Vec::new());
    for piece in bytes.chunks(step) {
        buffer.extend_from_slice(piece);
        loop {
            match framer.next(&buffer) {
                Ok(Some((frame, used))) => {
                    assert!(used > 0 && used <= buffer.len());
                    // The log's form must be had of anything.
                    found.push(format!("{} {:?}", frame.redacted(), frame.payload));
                    buffer.drain(..used);
                }
                Ok(None) => break,
                Err(_) => return (found, true),
            }
        }
    }
    (found, false)
}

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (direction, step, bytes) = input;
    let direction = DIRECTIONS[usize::from(direction) % DIRECTIONS.len()];
    let whole = read(direction, bytes, bytes.len().max(1));
    let pieces = read(direction, bytes, usize::from(step).max(1));
    assert_eq!(whole, pieces);
});
