//! What PUT, DEL and SDG carry: what is read is written so that it reads the same, and so do the addresses in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::types::Address;
use msnp::wire::Blocks;

fuzz_target!(|payload: &[u8]| {
    let Ok(blocks) = Blocks::read(payload) else { return };
    let written = blocks.write();
    assert_eq!(Blocks::read(&written).expect("what was written reads"), blocks);
    for name in ["To", "From"] {
        let Some(address) = blocks.routing.get(name).and_then(Address::read) else { continue };
        let written = address.to_string();
        assert_eq!(Address::read(&written).expect("what was written reads"), address);
    }
});
