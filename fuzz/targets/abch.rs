//! Requests of the address book. What can be read is small: limits hold whatever is asked.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::soap::abch::{Headers, MAX_CONTACTS, MAX_MEMBERS, NAMESPACE, Request};
use msnp::soap::envelope::Envelope;
use msnp::soap::tree::Limits;

fuzz_target!(|document: &[u8]| {
    let envelope = match Envelope::parse(document, Limits::LISTS) {
        Ok(envelope) => envelope,
        Err(invalid) => {
            let _ = invalid.fault();
            return;
        }
    };
    let _ = Headers::read(&envelope);
    let read = envelope.operation(&[NAMESPACE]).map_err(Into::into).and_then(Request::read);
    match read {
        Ok(Request::AddMember(change) | Request::DeleteMember(change)) => {
            assert!((1..=MAX_MEMBERS).contains(&change.members.len()));
        }
        Ok(Request::AbContactUpdate(update)) => assert!((1..=MAX_CONTACTS).contains(&update.contacts.len())),
        Ok(request) => {
            let _ = (request.operation(), request.book());
        }
        Err(invalid) => {
            let fault = invalid.fault(None, "host");
            assert!(Envelope::parse(fault.as_bytes(), Limits::LISTS).is_ok(), "{fault}");
        }
    }
});
