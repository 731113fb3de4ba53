//! Bytes and lines: what a message is before it means anything.

mod args;
mod blocks;
mod frame;
pub mod limits;
mod line;
mod mime;
mod payload;
mod percent;
mod verb;

pub use args::{ArgError, Args, Fault};
pub use blocks::{Blocks, Headers, InvalidBlocks, MAX_HEADER, MAX_HEADERS, Subject};
pub use frame::{Frame, FrameError, Framer};
pub use line::Line;
pub use mime::Mime;
pub use payload::Direction;
pub use percent::Encoded;
pub use verb::Verb;
