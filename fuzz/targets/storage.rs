//! What roams, and the directory of profiles. What can be read is small, and what is refused is told in XML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::soap::directory::{self, MAX_PEOPLE};
use msnp::soap::envelope::Envelope;
use msnp::soap::storage::{Call, LIMITS, MAX_CHUNK, MAX_PICTURE_BYTES, Request};
use msnp::soap::tree::Limits;

fuzz_target!(|document: &[u8]| {
    match Call::parse(document).map(|call| call.request) {
        Ok(Ok(Request::CreateDocument(request))) => assert!(request.picture.len() <= MAX_PICTURE_BYTES),
        Ok(Ok(Request::FindDocuments(request))) => assert!(request.most <= MAX_CHUNK),
        Ok(Ok(_)) => {}
        Ok(Err(invalid)) | Err(invalid) => {
            assert!(Envelope::parse(invalid.fault().to_xml().as_bytes(), LIMITS).is_ok());
        }
    }
    match directory::Call::parse(document).map(|call| call.request) {
        Ok(Ok(directory::Request::GetMany(_, people))) => assert!(people.len() <= MAX_PEOPLE),
        Ok(Ok(_)) => {}
        Ok(Err(invalid)) | Err(invalid) => {
            assert!(Envelope::parse(invalid.fault().to_xml().as_bytes(), Limits::SMALL).is_ok());
        }
    }
});
