//! SSL 3.0 to TLS 1.3 on one port (web-services.md 27.1). Two sets of rules: the client's hello decides which.
//!
//! A client that offers TLS 1.2 or 1.3 is held to that, under the modern key. Nobody in between can talk it down: a
//! hello that is changed on the way breaks the handshake's checksum, a second attempt with an older hello carries the
//! mark of one (`TLS_FALLBACK_SCSV`) and is refused, and what an attacker could win from the old ciphers, a key and a
//! CA of their own, is nothing that it trusts.

use std::sync::OnceLock;

use openssl::error::ErrorStack;
use openssl::provider::Provider;
use openssl::ssl::{ClientHelloResponse, SslContext, SslOptions, SslRef, SslVersion};

use super::modern;
use crate::tls::Identity;

/// For hellos of TLS 1.2: today's, and then what Windows 7 and 8 have for an RSA certificate before their updates of
/// 2014. No RSA key exchange: the modern key only ever signs. TLS 1.3 has a list of its own.
const MODERN: &str = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:\
     DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA";

/// For older ones, the best first: Windows Vista and 7, then Mac OS X, then Windows 98 to XP, which have nothing better
/// than the last three. The 40- and 56-bit ciphers of export versions can be broken while one waits, and stay out.
const LEGACY: &str =
    "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:AES128-SHA:AES256-SHA:DES-CBC3-SHA:RC4-SHA:RC4-MD5";

/// What accepts connections.
pub(super) fn context(modern: &Identity, legacy: &Identity) -> Result<SslContext, ErrorStack> {
    load_rc4()?;
    let today = {
        let mut builder = modern::builder()?;
        builder.set_cipher_list(MODERN)?;
        modern::show(&mut builder, modern)?;
        builder.build().into_context()
    };
    // A connection begins under these rules. No newest version is set: the mark of a second attempt, and the one that
    // TLS 1.3 puts into the server's random bytes, tell by the newest version that is served.
    let mut builder = modern::builder()?;
    builder.clear_options(SslOptions::NO_SSLV3 | SslOptions::NO_TLSV1 | SslOptions::NO_TLSV1_1);
    builder.set_min_proto_version(Some(SslVersion::SSL3))?;
    // Old Schannel takes an empty record for the end.
    builder.set_options(SslOptions::DONT_INSERT_EMPTY_FRAGMENTS | SslOptions::CIPHER_SERVER_PREFERENCE);
    // SHA-1 signatures, MD5 and all versions before TLS 1.2 are below level 1.
    builder.set_security_level(0);
    builder.set_cipher_list(LEGACY)?;
    modern::show(&mut builder, legacy)?;
    builder.set_client_hello_callback(move |ssl, _| {
        if !is_old(ssl) {
            // Brings certificate, ciphers and security level, which by itself would keep older versions away, but not
            // the versions.
            ssl.set_ssl_context(&today)?;
            ssl.set_min_proto_version(Some(SslVersion::TLS1_2))?;
        }
        Ok(ClientHelloResponse::SUCCESS)
    });
    Ok(builder.build().into_context())
}

/// Whether a hello, of either form, offers nothing newer than TLS 1.1. One that offers TLS 1.3 has the number of 1.2 in
/// this place (RFC 8446, 4.1.2), and whatever has another number is held to the stricter rules.
fn is_old(ssl: &SslRef) -> bool {
    matches!(
        ssl.client_hello_legacy_version(),
        Some(SslVersion::SSL3 | SslVersion::TLS1 | SslVersion::TLS1_1)
    )
}

/// OpenSSL has RC4 in a part that is loaded on demand, for the whole process. The modern rules name their ciphers, and
/// are the same with it.
fn load_rc4() -> Result<(), ErrorStack> {
    static LOADED: OnceLock<Provider> = OnceLock::new();
    if LOADED.get().is_none() {
        let provider = Provider::try_load(None, "legacy", true)?;
        // Who comes second gives back what the first one has loaded already.
        let _ = LOADED.set(provider);
    }
    Ok(())
}
