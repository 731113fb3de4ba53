//! How the two sides prove to each other who they are.

pub mod challenge;
pub mod md5;
pub mod sso;
pub mod tweener;

/// The header with which a server of ours says, where it answers a sign-in or `/health` over HTTPS, that its Messenger port
/// takes a TLS hello for what it is. No server of the time had such a thing, and no client of the time looks for it.
pub const TLS_OFFER: &str = "Msnp-Tls";
