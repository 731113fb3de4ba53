//! Headers of messages.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::wire::Mime;

fuzz_target!(|payload: &[u8]| {
    let mime = Mime::new(payload);
    for (name, value) in mime.headers() {
        assert!(!name.contains(&b':') && !name.contains(&b'\n') && !value.contains(&b'\n'));
        if let Ok(name) = std::str::from_utf8(name) {
            let _ = mime.header(name);
        }
    }
    let _ = mime.is("text/x-msmsgscontrol");
});
