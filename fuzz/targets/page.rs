//! Pages: what is taken from a client is what a telephone gets; and the document in which pages come in.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::command::ipg::Notification;
use msnp::types::{MAX_PAGE, Page};

fuzz_target!(|payload: &[u8]| {
    if let Ok(page) = Page::read(payload) {
        assert!(page.text.chars().count() <= MAX_PAGE);
        assert_eq!(Page::read(page.to_payload().as_bytes()), Ok(page));
    }
    // Escapes make it longer: it has to be within the limit still.
    if payload.len() <= 4096
        && let Ok(notification) = Notification::read(payload)
    {
        let again = Notification::read(notification.to_payload().as_bytes()).expect("what was written reads");
        assert_eq!((again.to_pid, again.from_pid), (notification.to_pid, notification.from_pid));
    }
});
