//! The web services: SOAP requests and replies, as old clients write and read them.
//!
//! Requests are read kindly: any prefix, any order, names without regard to case, white space trimmed.
//! Replies are written to the letter, since several clients compare text and not meaning.

pub mod abch;
pub mod canonical;
pub mod directory;
pub mod envelope;
pub mod oim;
pub mod rsi;
pub mod rst;
pub mod storage;
mod text;
pub mod tree;
mod xml;

pub(crate) use text::is_xml;
pub use text::{escape, timestamp};
