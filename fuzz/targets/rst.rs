//! Requests for tokens.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::soap::rst::Request;

fuzz_target!(|document: &[u8]| {
    let _ = Request::parse(document);
});
