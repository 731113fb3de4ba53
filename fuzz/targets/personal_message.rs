//! Personal messages: what is taken from one client must be what every other reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::types::PersonalMessage;

fuzz_target!(|payload: &[u8]| {
    let Ok(message) = PersonalMessage::read(payload) else { return };
    let mut written = Vec::new();
    message.write(&mut written);
    assert_eq!(written.len(), message.written_len());
    let again = PersonalMessage::read(&written).expect("what was written reads");
    assert_eq!(again.psm.unwrap_or_default(), message.psm.unwrap_or_default());
    assert_eq!(again.current_media.unwrap_or_default(), message.current_media.unwrap_or_default());
});
