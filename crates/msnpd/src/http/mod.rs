//! HTTP as old clients read it: 1.1 always, a `Content-Length` always, header names spelt exactly, one request
//! a connection, paths in any case and with doubled slashes.
//!
//! No connection is closed while a client may believe it to be kept: answers say `Connection: close`, and the
//! connection ends with it. Only the gateway [holds](Line) connections, where a client takes the end of one for the end of
//! its session. What is closed without a word has never been answered on: one that has brought no whole request
//! in time. Its client is not waiting for an answer, and sees at once that it has to open another one.
//!
//! [`Web`] answers requests and knows no socket; [`Listener`] has the sockets and knows no path.

mod answer;
mod asked;
mod body;
mod connection;
mod front;
mod line;
mod listen;
mod others;
mod page;
mod spelling;
mod web;

pub use answer::{After, Answer, HTML, XML, answer};
pub use asked::{Asked, Peer};
pub use body::BODY_TIME;
pub use front::Front;
pub use line::Line;
pub use listen::{Limits, Listener};
pub use page::{Notice, lead, redirect};
pub use spelling::Spelling;
pub use web::Web;
