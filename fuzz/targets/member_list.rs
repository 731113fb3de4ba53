//! Lists of people in ADL, RML and FQY: what is read is written so that it reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::types::MemberList;

fuzz_target!(|payload: &[u8]| {
    let Ok(list) = MemberList::read(payload) else { return };
    let again = MemberList::read(list.write().as_bytes()).expect("what was written reads");
    assert_eq!(again.is_initial, list.is_initial);
    assert_eq!(again.members.len(), list.members.len());
});
