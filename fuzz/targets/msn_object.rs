//! MSN objects: what is read is kept as it was, and reads again in every form that it is written in.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::types::MsnObject;

fuzz_target!(|written: &str| {
    let _ = MsnObject::read_encoded(written);
    let _ = MsnObject::read_context(written);
    if let Ok(object) = written.parse::<MsnObject>() {
        assert_eq!(object.as_str().parse(), Ok(object.clone()));
        assert_eq!(MsnObject::read_encoded(&object.to_encoded()), Ok(object.clone()));
        assert_eq!(MsnObject::read_context(&object.to_context()), Ok(object));
    }
});
