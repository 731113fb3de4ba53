//! The web services: SOAP requests and replies, as old clients write and read them.
//!
//! Requests are read kindly: any prefix, any order, names without regard to case, white space trimmed.
//! Replies are written to the letter, since several clients compare text and not meaning.
//!
//! Both sides are here, beside each other: a type that is read of a request can be written as one, and a reply that is
//! written can be read. What a client reads is as hostile as what a server does, and bounded in the same way.

pub mod abch;
mod answer;
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

pub use answer::{BOOK_ANSWER, InvalidAnswer, ReceivedFault, Refused, SMALL_ANSWER};
pub(crate) use text::is_xml;
pub use text::{escape, timestamp};
