//! Offline messages, sent and fetched. Whatever is stored fits into a message on a switchboard.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::soap::oim::{Content, MAX_PAYLOAD, Store};
use msnp::soap::rsi::{Call, MAX_IDS, Request};

fuzz_target!(|document: &[u8]| {
    let content = match Store::parse(document) {
        Ok(store) => store.content,
        Err(_) => String::from_utf8_lossy(document).into_owned(),
    };
    if let Ok(content) = Content::read(&content) {
        assert!(content.payload.len() <= MAX_PAYLOAD);
        assert!(std::str::from_utf8(&content.payload).is_ok());
    }
    if let Ok(Call { request: Request::DeleteMessages(ids), .. }) = Call::parse(document) {
        assert!((1..=MAX_IDS).contains(&ids.len()));
    }
});
