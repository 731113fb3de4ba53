//! HTTP as old clients read it: 1.1 always, a `Content-Length` always, header names spelt exactly, one request
//! a connection, paths in any case and with doubled slashes.
//!
//! [`Web`] answers requests and knows no socket; [`Listener`] has the sockets and knows no path.

mod answer;
mod asked;
mod body;
mod connection;
mod front;
mod listen;
mod page;
mod spelling;
mod web;

pub use answer::{After, Answer, HTML, XML, answer};
pub use asked::{Asked, Peer};
pub use body::BODY_TIME;
pub use front::Front;
pub use listen::{Limits, Listener};
pub use page::{Notice, lead};
pub use spelling::Spelling;
pub use web::Web;
