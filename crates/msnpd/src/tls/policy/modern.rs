//! TLS 1.2 and 1.3 with today's ciphers.

use openssl::error::ErrorStack;
use openssl::ssl::{
    SslAcceptor, SslAcceptorBuilder, SslContext, SslMethod, SslMode, SslOptions, SslSessionCacheMode,
};

use crate::tls::Identity;

/// What accepts connections.
pub(super) fn context(identity: &Identity) -> Result<SslContext, ErrorStack> {
    let mut builder = builder()?;
    show(&mut builder, identity)?;
    Ok(builder.build().into_context())
}

/// The rules without a certificate.
pub(super) fn builder() -> Result<SslAcceptorBuilder, ErrorStack> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    // A client could have the server compute for ever.
    builder.set_options(SslOptions::NO_RENEGOTIATION);
    // Sessions are resumed from the client's ticket or not at all: a cache would hold memory for clients that may never
    // come back.
    builder.set_session_cache_mode(SslSessionCacheMode::OFF);
    // Some 30 KiB, which a connection on which nothing is said would keep.
    builder.set_mode(SslMode::RELEASE_BUFFERS);
    Ok(builder)
}

/// Adds what the server shows of itself.
pub(super) fn show(builder: &mut SslAcceptorBuilder, identity: &Identity) -> Result<(), ErrorStack> {
    builder.set_certificate(&identity.certificate)?;
    builder.set_private_key(&identity.key)?;
    builder.check_private_key()
}
