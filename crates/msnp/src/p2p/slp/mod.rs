//! SLP: the messages, like those of SIP, by which two clients open and close sessions (MSNC reference, section 6).

mod body;
mod fields;
mod message;
mod transport;

pub use body::{Close, SessionRequest, euf};
pub use fields::Fields;
pub use message::{InvalidSlp, Method, Slp, Start, content};
pub use transport::{NonceForm, TransportAnswer, TransportOffer};
