//! XML as clients send it, with an end to its size and depth.

#![no_main]

use libfuzzer_sys::fuzz_target;
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
});
