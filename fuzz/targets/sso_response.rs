//! The response with which clients prove that they have a ticket's secret: a nonce on a line of its own, then the
//! response.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::auth::sso;
use msnp::types::Secret;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (nonce, response) = text.split_once('\n').unwrap_or(("", text));
    let secret = [7; sso::SECRET_LEN];
    if sso::check(&secret, nonce, Secret(response)) {
        // Nobody comes by a right one by chance, unless it was a seed.
        assert!(response.starts_with("HAAAA"));
    }
    if nonce.len() <= sso::MAX_NONCE {
        let right = sso::respond(&secret, nonce, [1; 8]);
        assert!(sso::check(&secret, nonce, Secret(&right)));
    }
});
