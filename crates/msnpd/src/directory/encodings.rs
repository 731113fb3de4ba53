//! One line for many readers: encoded once for each dialect among them.

use bytes::Bytes;
use msnp::dialect::Dialect;

/// Something to be said, in every dialect in which somebody listens. Each is made when first asked for.
#[derive(Debug)]
pub struct Encodings<F> {
    encode: F,
    done: [Option<Bytes>; Dialect::ALL.len()],
}

impl<F: FnMut(&'static Dialect, &mut Vec<u8>)> Encodings<F> {
    /// What `encode` writes for a dialect; it may write nothing.
    pub fn new(encode: F) -> Self {
        Self { encode, done: [const { None }; Dialect::ALL.len()] }
    }

    /// The bytes for a reader of `dialect`, shared by all of them.
    pub fn of(&mut self, dialect: &'static Dialect) -> Bytes {
        let Self { encode, done } = self;
        let mut make = || {
            let mut line = Vec::new();
            encode(dialect, &mut line);
            Bytes::from(line)
        };
        match done.get_mut(dialect.index()) {
            Some(slot) => slot.get_or_insert_with(make).clone(),
            None => make(),
        }
    }
}
