//! What users tell of themselves: what is taken from one client must be what every other reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::dialect::PersonalDataForm;
use msnp::types::{PersonalData, Published};

fuzz_target!(|payload: &[u8]| {
    let Ok(published) = Published::read(payload) else { return };
    let data = published.data;
    let mut written = String::new();
    data.write(&[], PersonalDataForm::Scenes, &mut written);
    let again = PersonalData::read(written.as_bytes()).expect("what was written reads");
    assert_eq!(again.psm.unwrap_or_default(), data.psm.unwrap_or_default());
    assert_eq!(again.current_media.unwrap_or_default(), data.current_media.unwrap_or_default());
    assert_eq!((again.ddp, again.scene), (data.ddp, data.scene));
});
