//! HTTPS for clients old and new: CAs of the server's own, certificates for the names that clients have built in, and
//! the policy under which a listener speaks TLS.

mod acceptor;
mod ca;
mod era;
mod issue;
mod names;
mod policy;

pub use acceptor::{Acceptor, HandshakeError};
pub use ca::{Identity, TlsError};
pub use era::{Era, Files};
pub use names::{BUILT_IN, Names};
pub use policy::{Identities, Policy};
