//! Lines, before and after the blocks.

/// The longest line, in bytes: the longest real one is an address and a number.
const LONGEST: usize = 512;

/// Bytes that have come and not been taken. No more is ever kept than a line or a block.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<u8>);

impl Lines {
    /// The front of `input` up to the end of a line. `Err`: it is longer than any.
    pub(super) fn next(&mut self, input: &mut &[u8]) -> Result<Option<String>, ()> {
        while let Some((byte, rest)) = input.split_first() {
            *input = rest;
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.0);
                return String::from_utf8(line).map(|line| Some(line.trim().to_owned())).map_err(|_| ());
            }
            if self.0.len() >= LONGEST {
                return Err(());
            }
            self.0.push(*byte);
        }
        Ok(None)
    }
}
