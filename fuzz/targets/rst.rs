//! Requests for tokens, and the signatures of those that show a token.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::soap::rst::{Credentials, Request};

fuzz_target!(|document: &[u8]| {
    if let Ok(Request { credentials: Credentials::Token { signature: Ok(signature), .. }, .. }) =
        Request::parse(document)
    {
        assert!(!signature.is_by(&[7; 24]), "nobody comes by a right one by chance");
    }
});
