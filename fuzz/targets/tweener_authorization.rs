//! The header with which clients sign in to Passport.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::auth::tweener::{Answer, Authorization};

fuzz_target!(|value: &[u8]| {
    if let Ok(text) = std::str::from_utf8(value) {
        let _ = Answer::parse(text);
    }
    let Ok(read) = Authorization::parse(value) else { return };
    let again = Authorization::parse(read.to_header().as_bytes());
    // Written out, every byte takes up to three, which may be more than is read.
    let Ok(again) = again else { return };
    assert_eq!((again.sign_in, again.password.expose()), (read.sign_in, read.password.expose()));
});
