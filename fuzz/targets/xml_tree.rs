//! XML as clients send it, with an end to its size and depth; and its canonical form, which has another reader.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msnp::soap::canonical;
use msnp::soap::tree::{Element, Limits};

const LIMITS: Limits = Limits { bytes: 4096, depth: 8, nodes: 64 };

fn nodes(element: &Element, depth: usize) -> usize {
    assert!(depth <= LIMITS.depth);
    1 + element.children().iter().map(|child| nodes(child, depth + 1)).sum::<usize>()
}

fuzz_target!(|document: &[u8]| {
    if let Ok(root) = Element::parse(document, LIMITS) {
        assert!(document.len() <= LIMITS.bytes);
        assert!(nodes(&root, 1) <= LIMITS.nodes);
    }
    if let Ok(root) = canonical::Element::parse(document, LIMITS)
        && let Ok(form) = root.canonical(LIMITS.bytes)
    {
        // What is canonical stays as it is. It may have become too much to be read again.
        let again = canonical::Element::parse(form.as_bytes(), LIMITS);
        if let Ok(again) = again {
            assert_eq!(again.canonical(LIMITS.bytes).as_deref(), Ok(form.as_str()));
        }
    }
});
