//! HTTPS for clients old and new: a CA of the server's own, certificates for the names that clients have built
//! in, and the policy under which a listener speaks TLS.

mod acceptor;
mod ca;
mod issue;
mod names;
mod policy;

pub use acceptor::{Acceptor, HandshakeError};
pub use ca::{CA_CERTIFICATE, CA_KEY, Identity, LEAF_CERTIFICATE, LEAF_KEY, TlsError};
pub use names::{BUILT_IN, Names};
pub use policy::Policy;
